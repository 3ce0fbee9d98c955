package localserver

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"html/template"
	"io/fs"
	"net/http"
	"slices"
	"strings"
)

// The data of the pages. No text that a request brought along is shown, but for
// the redirect URI, which is registered, and the user name that was typed.
type (
	signInPage struct {
		Host, Client, Username string
		Failed                 bool
		Form                   formFields
	}
	approvalPage struct {
		Host, User, Client, Lasts, RedirectURI string
		Scopes                                 []scopeRow
		Empty                                  bool
		Form                                   formFields
	}
	problemPage struct{ Host, Text string }

	formFields struct{ Request, Token string }
	scopeRow   struct {
		BuiltinScope
		Ticked bool
	}
)

func scopeRows(asked []string) []scopeRow {
	var rows []scopeRow
	for _, s := range Scopes() {
		if slices.Contains(asked, s.Name) {
			rows = append(rows, scopeRow{BuiltinScope: s, Ticked: !s.Off})
		}
	}
	return rows
}

// pages are the templates and the policy under which a browser shows them.
type pages struct {
	templates *template.Template
	policy    string
}

func parsePages(files fs.FS) *pages {
	t := template.Must(template.ParseFS(files, "pages/local_*.html"))
	var style bytes.Buffer
	if err := t.ExecuteTemplate(&style, "style", nil); err != nil {
		panic(err)
	}
	_, css, _ := strings.Cut(style.String(), "<style>")
	css, _, _ = strings.Cut(css, "</style>")
	sum := sha256.Sum256([]byte(css))
	// no form-action: Chromium applies it to the redirect that follows a form,
	// and the client's callback is another origin
	return &pages{templates: t, policy: "default-src 'none'; style-src 'sha256-" +
		base64.StdEncoding.EncodeToString(sum[:]) + "'; base-uri 'none'; frame-ancestors 'none'"}
}

// show renders a page as a whole before anything is sent.
func (p *pages) show(w http.ResponseWriter, status int, name string, data any) {
	var body bytes.Buffer
	if err := p.templates.ExecuteTemplate(&body, name, data); err != nil {
		http.Error(w, "The page can't be shown.", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Security-Policy", p.policy)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = body.WriteTo(w)
}

// problem shows a page of our own words; text never holds anything of the request.
func (b *browser) problem(w http.ResponseWriter, status int, text string) {
	b.pages.show(w, status, "local_problem.html", problemPage{Host: b.host, Text: text})
}

// failed shows that the server itself could not go on; the cause goes to the log.
func (b *browser) failed(w http.ResponseWriter, err error) {
	b.log.Error("local server: a page could not be served", "error", err)
	b.problem(w, http.StatusInternalServerError, "The local server could not read or write its data. Look at Tokenwell's window, then start again from the program that sent you here.")
}
