//go:build e2e || bench

package conformance

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"slices"
	"strings"
	"time"

	"golang.org/x/net/html"
)

// formBrowser is an auth.Browser that fills in every form it meets until it
// is back at the program's own address. before, when set, does what comes
// before the link, such as signing in through an API.
type formBrowser struct {
	user, password string
	code           string // of a device, typed where a page asks for one
	before         func(ctx context.Context, client *http.Client, link string) (string, error)
	// jar keeps the user signed in at the server from one visit to the next;
	// nil: every visit is a new browser's.
	jar http.CookieJar
	// home is where a sign-in comes back to, the redirect URI without its path.
	home string
	// arrived gets the end of each visit that Open began.
	arrived chan arrival
}

// arrival is what a visit ended with: the program's own page.
type arrival struct {
	status   int
	page     string
	fragment string // of the address, as the browser alone knows it
	err      error
}

// maxHops is the greatest number of pages and redirects of one visit.
const maxHops = 25

// newFormBrowser returns a browser for sign-ins that come back to a port of the
// loopback address.
func newFormBrowser(user, password string, port int) *formBrowser {
	return &formBrowser{user: user, password: password, home: fmt.Sprintf("http://127.0.0.1:%d/", port), arrived: make(chan arrival, 1)}
}

// Open implements auth.Browser: it returns at once, as a browser does.
func (b *formBrowser) Open(_ context.Context, link string) error {
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		b.arrived <- b.visit(ctx, link, b.home)
	}()
	return nil
}

// visit goes to the link and on until there is nothing to follow or fill in. A
// sign-in ends at the program's own address, home; without one, as for a device,
// every last page is an end.
func (b *formBrowser) visit(ctx context.Context, link, home string) arrival {
	jar := b.jar
	if jar == nil {
		fresh, err := cookiejar.New(nil)
		if err != nil {
			return arrival{err: err}
		}
		jar = fresh
	}
	client := &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	if b.before != nil {
		var err error
		if link, err = b.before(ctx, client, link); err != nil {
			return arrival{err: err}
		}
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, link, nil)
	if err != nil {
		return arrival{err: err}
	}
	back := false
	for range maxHops {
		back = back || strings.HasPrefix(request.URL.String(), home)
		response, err := client.Do(request)
		if err != nil {
			return arrival{err: err}
		}
		body, err := io.ReadAll(io.LimitReader(response.Body, 1<<20))
		_ = response.Body.Close()
		if err != nil {
			return arrival{err: err}
		}
		request, err = b.next(ctx, response, body)
		switch {
		case err != nil && back:
			return arrival{status: response.StatusCode, page: string(body), fragment: response.Request.URL.Fragment}
		case err != nil:
			return arrival{err: fmt.Errorf("at %s, status %d: %w", response.Request.URL, response.StatusCode, err)}
		}
	}
	return arrival{err: errors.New("the visit goes round in circles")}
}

// next follows a redirect or submits a form of the page; an error when there is
// neither.
func (b *formBrowser) next(ctx context.Context, response *http.Response, body []byte) (*http.Request, error) {
	if location, err := response.Location(); err == nil {
		return http.NewRequestWithContext(ctx, http.MethodGet, location.String(), nil)
	}
	forms := formsOf(string(body))
	if len(forms) == 0 {
		return nil, errors.New("there is no form on the page")
	}
	form := forms[0]
	if i := slices.IndexFunc(forms, func(f pageForm) bool { return f.fields.Get("decision") == "grant" }); i >= 0 {
		form = forms[i]
	}
	if form.fields.Has("password") {
		form.fields.Set("login", b.user)
		if form.fields.Has("username") {
			form.fields.Set("username", b.user)
		}
		form.fields.Set("password", b.password)
	}
	if b.code != "" && form.fields.Has("user_code") {
		form.fields.Set("user_code", b.code)
	}
	target, err := response.Request.URL.Parse(form.action)
	if err != nil {
		return nil, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, target.String(), strings.NewReader(form.fields.Encode()))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return request, nil
}

// pageForm is a form of a page: where it goes, and what it sends as it stands.
type pageForm struct {
	action string
	fields url.Values
}

// formsOf returns the page's forms. A button with a name counts as clicked.
func formsOf(page string) []pageForm {
	var forms []pageForm
	open := false
	tokens := html.NewTokenizer(strings.NewReader(page))
	for {
		switch tokens.Next() {
		case html.ErrorToken:
			return forms
		case html.EndTagToken:
			open = open && tokens.Token().Data != "form"
		case html.StartTagToken, html.SelfClosingTagToken:
			token := tokens.Token()
			attributes := map[string]string{}
			for _, a := range token.Attr {
				attributes[a.Key] = a.Val
			}
			switch {
			case token.Data == "form":
				forms, open = append(forms, pageForm{action: attributes["action"], fields: url.Values{}}), true
			case open && sends(token.Data, attributes):
				forms[len(forms)-1].fields.Add(attributes["name"], attributes["value"])
			}
		}
	}
}

// sends tells whether an element of a form adds something to what it sends.
func sends(element string, attributes map[string]string) bool {
	_, disabled := attributes["disabled"]
	_, checked := attributes["checked"]
	box := attributes["type"] == "checkbox" || attributes["type"] == "radio"
	return (element == "input" || element == "button") && attributes["name"] != "" && !disabled && (checked || !box)
}
