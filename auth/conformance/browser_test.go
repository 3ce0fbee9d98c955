//go:build e2e

package conformance

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"time"

	"golang.org/x/net/html"
)

// formBrowser is an auth.Browser that fills in every form it meets until it
// is back at the program's own address. before, when set, does what comes
// before the link, such as signing in through an API.
type formBrowser struct {
	user, password string
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
	status int
	page   string
	err    error
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
			return arrival{status: response.StatusCode, page: string(body)}
		case err != nil:
			return arrival{err: fmt.Errorf("at %s, status %d: %w", response.Request.URL, response.StatusCode, err)}
		}
	}
	return arrival{err: errors.New("the visit goes round in circles")}
}

// next follows a redirect or submits the page's first form; an error when there
// is neither.
func (b *formBrowser) next(ctx context.Context, response *http.Response, body []byte) (*http.Request, error) {
	if location, err := response.Location(); err == nil {
		return http.NewRequestWithContext(ctx, http.MethodGet, location.String(), nil)
	}
	action, fields, err := firstForm(string(body))
	if err != nil {
		return nil, err
	}
	if _, asks := fields["password"]; asks {
		fields.Set("login", b.user)
		fields.Set("password", b.password)
	}
	target, err := response.Request.URL.Parse(action)
	if err != nil {
		return nil, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, target.String(), strings.NewReader(fields.Encode()))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return request, nil
}

// firstForm returns where the page's first form goes and its fields.
func firstForm(page string) (action string, fields url.Values, err error) {
	tokens := html.NewTokenizer(strings.NewReader(page))
	for {
		switch tokens.Next() {
		case html.ErrorToken:
			if fields == nil {
				return "", nil, errors.New("there is no form on the page")
			}
			return action, fields, nil
		case html.EndTagToken:
			if tokens.Token().Data == "form" && fields != nil {
				return action, fields, nil
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			token := tokens.Token()
			attributes := map[string]string{}
			for _, a := range token.Attr {
				attributes[a.Key] = a.Val
			}
			switch {
			case token.Data == "form" && fields == nil:
				action, fields = attributes["action"], url.Values{}
			case token.Data == "input" && fields != nil && attributes["name"] != "":
				fields.Set(attributes["name"], attributes["value"])
			}
		}
	}
}
