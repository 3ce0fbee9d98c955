package authtest

import (
	"context"
	"errors"
	"io"
	"net/http"
	"sync"
	"testing"
)

// BrowserMode is how a Browser behaves.
type BrowserMode string

// The modes.
const (
	BrowserFollow BrowserMode = "follow" // goes where the server sends it, as a consenting user would
	BrowserIgnore BrowserMode = "ignore" // opens and does nothing
	BrowserHang   BrowserMode = "hang"   // Open does not return before its context ends
	BrowserFail   BrowserMode = "fail"   // Open fails
	BrowserReplay BrowserMode = "replay" // delivers the callback twice, one after the other
	BrowserRace   BrowserMode = "race"   // delivers the callback many times at once
)

// ErrBrowser is what a Browser in mode BrowserFail returns.
var ErrBrowser = errors.New("no browser")

// racers is how many callbacks BrowserRace sends.
const racers = 50

// Browser is an auth.Browser for tests. Visits go on after Open returns, as in
// a real one; the test waits for them at its end. Safe for concurrent use.
type Browser struct {
	mode   BrowserMode
	client *http.Client
	work   sync.WaitGroup
	ctx    context.Context

	mu     sync.Mutex
	opened []string
	pages  []Page
}

// Page is what the browser got to see at an address.
type Page struct {
	URL    string // the last one, after redirects
	Status int
	Header http.Header
	Body   string
	Err    error
}

// NewBrowser returns a browser; transport reaches the authorization server, nil
// means http.DefaultTransport.
func NewBrowser(t testing.TB, mode BrowserMode, transport http.RoundTripper) *Browser {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	b := &Browser{mode: mode, client: &http.Client{Transport: transport}, ctx: ctx}
	t.Cleanup(func() {
		cancel()
		b.work.Wait()
		b.client.CloseIdleConnections()
	})
	return b
}

// Open implements auth.Browser.
func (b *Browser) Open(ctx context.Context, link string) error {
	b.mu.Lock()
	b.opened = append(b.opened, link)
	b.mu.Unlock()
	switch b.mode {
	case BrowserFail:
		return ErrBrowser
	case BrowserHang:
		<-ctx.Done()
		return ctx.Err()
	case BrowserIgnore:
		return nil
	}
	b.work.Go(func() { b.visit(link) })
	return nil
}

// Opened returns the links so far.
func (b *Browser) Opened() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]string(nil), b.opened...)
}

// Wait waits for all visits and returns the pages that were seen, in the order
// in which they were loaded.
func (b *Browser) Wait() []Page {
	b.work.Wait()
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]Page(nil), b.pages...)
}

// visit loads the link and does with the callback what the mode says.
func (b *Browser) visit(link string) {
	if b.mode == BrowserFollow {
		b.load(b.client, link)
		return
	}
	callback := b.callback(link)
	if callback == "" {
		return
	}
	if b.mode == BrowserReplay {
		b.load(b.client, callback)
		b.load(b.client, callback)
		return
	}
	start := make(chan struct{})
	var race sync.WaitGroup
	for range racers {
		race.Go(func() {
			<-start
			b.load(b.client, callback)
		})
	}
	close(start)
	race.Wait()
}

// callback returns where the authorization server sends the browser.
func (b *Browser) callback(link string) string {
	stay := *b.client
	stay.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return b.load(&stay, link).Header.Get("Location")
}

func (b *Browser) load(client *http.Client, link string) (page Page) {
	defer func() {
		b.mu.Lock()
		b.pages = append(b.pages, page)
		b.mu.Unlock()
	}()
	request, err := http.NewRequestWithContext(b.ctx, http.MethodGet, link, nil)
	if err != nil {
		return Page{URL: link, Err: err}
	}
	response, err := client.Do(request)
	if err != nil {
		return Page{URL: link, Err: err}
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	return Page{URL: response.Request.URL.String(), Status: response.StatusCode, Header: response.Header, Body: string(body), Err: err}
}
