package auth

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

// browserFunc is a Browser.
type browserFunc func(ctx context.Context, link string) error

func (b browserFunc) Open(ctx context.Context, link string) error { return b(ctx, link) }

var noBrowser = browserFunc(func(context.Context, string) error { return nil })

// testSignIn is a sign-in with what its hooks saw.
type testSignIn struct {
	*SignIn
	flow      *flow
	exchanges atomic.Int32
	ended     chan error
}

// startTestSignIn runs a sign-in over f; exchange nil stores at once.
func startTestSignIn(t *testing.T, f *flow, b Browser, exchange func(context.Context, answer) (Detail, error)) *testSignIn {
	t.Helper()
	s := &testSignIn{flow: f, ended: make(chan error, 2)}
	s.SignIn = newSignIn(t.Context(), signInParams{
		ID: "id-1", Name: "Report mail", Flow: f, Browser: b,
		Exchange: func(ctx context.Context, a answer) (Detail, error) {
			s.exchanges.Add(1)
			if exchange == nil {
				return Detail{HasSecret: true}, nil
			}
			return exchange(ctx, a)
		},
		Explain: func(err error) *Failure { return Explain(err, ExplainContext{Host: f.Host()}) },
		Ended:   func(err error) { s.ended <- err },
	})
	var running sync.WaitGroup
	running.Go(s.run)
	t.Cleanup(func() {
		s.Cancel()
		running.Wait()
		assert.Len(t, s.ended, 1, "ended exactly once")
	})
	return s
}

func failureOf(t *testing.T, err error) *Failure {
	t.Helper()
	var failure *Failure
	require.ErrorAs(t, err, &failure)
	return failure
}

// The whole way: the browser is sent to the server, comes back, and is told
// success only after the exchange has succeeded.
func TestSignInSucceeds(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		back := q.Get("redirect_uri") + "?" + url.Values{"code": {"the-code"}, "state": {q.Get("state")}}.Encode()
		http.Redirect(w, r, back, http.StatusFound)
	}))
	defer server.Close()
	f := startTestFlow(t, func(p *flowParams) { p.Authorization, p.Issuer = server.URL+"/authorize", "" })
	pages := make(chan string, 1)
	browser := browserFunc(func(_ context.Context, link string) error {
		go func() {
			client := &http.Client{Transport: &http.Transport{}}
			defer client.CloseIdleConnections()
			request, _ := http.NewRequestWithContext(context.Background(), http.MethodGet, link, nil)
			response, err := client.Do(request)
			if err != nil {
				pages <- err.Error()
				return
			}
			defer response.Body.Close() //nolint:errcheck // read to its end
			body, _ := io.ReadAll(response.Body)
			pages <- response.Request.URL.RequestURI() + " " + string(body)
		}()
		return nil
	})
	inExchange, finish := make(chan answer), make(chan struct{})
	s := startTestSignIn(t, f, browser, func(_ context.Context, a answer) (Detail, error) {
		inExchange <- a
		<-finish
		return Detail{HasSecret: true}, nil
	})
	var mu sync.Mutex
	var phases []SignInPhase
	s.OnPhase(func(p SignInPhase) { mu.Lock(); defer mu.Unlock(); phases = append(phases, p) })
	require.NoError(t, s.OpenBrowser(t.Context()))
	got := <-inExchange
	assert.Equal(t, "the-code", got.Code.Reveal())
	assert.Len(t, got.Verifier.Reveal(), 43)
	assert.Equal(t, s.RedirectURI(), got.RedirectURI)
	assert.NotEmpty(t, got.Nonce)
	require.ErrorIs(t, s.OpenBrowser(t.Context()), ErrCancelled, "the browser has done its part")
	select {
	case page := <-pages:
		require.Fail(t, "told before the exchange succeeded", page)
	default:
	}
	close(finish)
	detail, err := s.Wait(t.Context())
	require.NoError(t, err)
	assert.True(t, detail.HasSecret)
	page := <-pages
	assert.Contains(t, page, pageSignedIn.Title)
	assert.Contains(t, page, "/callback/done ", "no code and no state in the address")
	mu.Lock()
	assert.Equal(t, []SignInPhase{PhaseBrowser, PhaseExchange, PhaseDone}, phases)
	mu.Unlock()
	assert.Equal(t, "id-1", s.ID())
	assert.Equal(t, "Report mail", s.Name())
}

// The page does not say success when the exchange has failed (T11).
func TestSignInExchangeFails(t *testing.T) {
	f := startTestFlow(t, nil)
	s := startTestSignIn(t, f, noBrowser, func(context.Context, answer) (Detail, error) {
		return Detail{}, &CodedError{Code: "invalid_grant"}
	})
	pages := make(chan seen, 1)
	go func() {
		visit(t, f, genuine(f).Encode())
		pages <- send(t, http.MethodGet, f.RedirectURI()+"/done", nil)
	}()
	_, err := s.Wait(t.Context())
	assert.Equal(t, "invalid_grant", failureOf(t, err).Code)
	page := <-pages
	assert.Contains(t, page.body, pageFailed.Title)
	assert.NotContains(t, page.body, pageSignedIn.Title)
}

// T06, T10: an answer that names another issuer, or an error such as the
// refusal of S256, leads to no exchange and to no second request.
func TestSignInWithoutExchange(t *testing.T) {
	for _, pairs := range [][]string{{"iss", "https://honest.example"}, {"error", "access_denied"}, {"error", "invalid_request"}} {
		var opened atomic.Int32
		f := startTestFlow(t, nil)
		s := startTestSignIn(t, f, browserFunc(func(context.Context, string) error { opened.Add(1); return nil }), nil)
		require.NoError(t, s.OpenBrowser(t.Context()))
		pages := make(chan seen, 1)
		go func() {
			visit(t, f, genuine(f, pairs...).Encode())
			pages <- send(t, http.MethodGet, f.RedirectURI()+"/done", nil)
		}()
		_, err := s.Wait(t.Context())
		failureOf(t, err)
		assert.Contains(t, (<-pages).body, pageFailed.Title)
		assert.Zero(t, s.exchanges.Load())
		assert.EqualValues(t, 1, opened.Load())
	}
}

// T04: the answer comes many times, by both ways; the code is exchanged once.
func TestSignInExchangesOnce(t *testing.T) {
	for range 20 {
		f := startTestFlow(t, nil)
		s := startTestSignIn(t, f, noBrowser, nil)
		query := genuine(f).Encode()
		var all sync.WaitGroup
		for i := range 50 {
			all.Go(func() {
				if i%2 == 0 {
					f.receive(query)
				} else {
					_ = s.Paste(query) // one of all copies is taken, which is counted below
				}
			})
		}
		all.Wait()
		f.loopback.deliveredOnce.Do(func() { close(f.loopback.delivered) }) // no browser waits for a page
		_, err := s.Wait(t.Context())
		require.NoError(t, err)
		require.EqualValues(t, 1, s.exchanges.Load())
	}
}

// R33: a sign-in that nobody finishes ends by itself.
func TestSignInTimesOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := unservedFlow(t, testFlowParams())
		start := time.Now()
		s := startTestSignIn(t, f, noBrowser, nil)
		assert.Equal(t, start.Add(10*time.Minute).UTC(), s.Deadline())
		_, err := s.Wait(t.Context())
		assert.Equal(t, 10*time.Minute, time.Since(start))
		assert.Equal(t, CodeSignInTimedOut, failureOf(t, err).Code)
		assert.Equal(t, CodeAlreadyUsed, failureOf(t, s.Paste(genuine(f).Encode())).Code, "its state is dead")
		assert.Zero(t, s.exchanges.Load())
	})
}

// The time limit is for the user: an exchange that has begun is not cut off by it.
func TestSignInTimeLimitSparesTheExchange(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := unservedFlow(t, testFlowParams())
		s := startTestSignIn(t, f, noBrowser, func(ctx context.Context, _ answer) (Detail, error) {
			time.Sleep(time.Minute)
			return Detail{HasSecret: true}, ctx.Err()
		})
		time.Sleep(SignInTimeout - time.Second)
		require.NoError(t, s.Paste(genuine(f).Encode()))
		detail, err := s.Wait(t.Context())
		require.NoError(t, err)
		assert.True(t, detail.HasSecret)
	})
}

func TestSignInCancel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := unservedFlow(t, testFlowParams())
		start := time.Now()
		s := startTestSignIn(t, f, noBrowser, nil)
		s.Cancel()
		s.Cancel()
		assert.Zero(t, time.Since(start), "at once")
		_, err := s.Wait(t.Context())
		require.ErrorIs(t, err, ErrCancelled)
		require.Error(t, s.Paste(genuine(f).Encode()))
		assert.Zero(t, s.exchanges.Load())
	})
}

// Tokens that are on their way are never dropped: Cancel waits, and the
// exchange is not told.
func TestSignInCancelWaitsForTheExchange(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := unservedFlow(t, testFlowParams())
		finish := make(chan struct{})
		s := startTestSignIn(t, f, noBrowser, func(ctx context.Context, _ answer) (Detail, error) {
			<-finish
			return Detail{HasSecret: true}, ctx.Err()
		})
		require.NoError(t, s.Paste(genuine(f).Encode()))
		synctest.Wait()
		cancelled := make(chan struct{})
		go func() { s.Cancel(); close(cancelled) }()
		synctest.Wait()
		select {
		case <-cancelled:
			require.Fail(t, "Cancel did not wait for the reply")
		default:
		}
		close(finish)
		<-cancelled
		detail, err := s.Wait(t.Context())
		require.NoError(t, err)
		assert.True(t, detail.HasSecret)
	})
}

// Wait can be given up without the sign-in ending.
func TestSignInWaitEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := unservedFlow(t, testFlowParams())
		s := startTestSignIn(t, f, noBrowser, nil)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err := s.Wait(ctx)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.NoError(t, s.Paste(genuine(f).Encode()))
		_, err = s.Wait(t.Context())
		require.NoError(t, err)
	})
}

// R32: when no browser opens, the user has the link and the paste box.
func TestSignInWithoutBrowser(t *testing.T) {
	f := startTestFlow(t, nil)
	s := startTestSignIn(t, f, browserFunc(func(context.Context, string) error { return errors.New("none") }), nil)
	failure := failureOf(t, s.OpenBrowser(t.Context()))
	assert.Equal(t, CodeBrowserNotOpened, failure.Code)
	assert.Equal(t, ActionCopyLink, failure.Action)
	assert.Equal(t, f.URL(), s.URL())
	assert.Equal(t, "as.example", s.Host())
	require.Error(t, s.Paste("https://as.example/"))
	require.NoError(t, s.Paste(s.RedirectURI()+"?"+genuine(f).Encode()))
	_, err := s.Wait(t.Context())
	require.NoError(t, err)
}

// R33: starting again and again leaves one listener, live states of the last
// start only, and nothing running.
func TestSignInRestarted(t *testing.T) {
	before := goleak.IgnoreCurrent()
	var dead *flow
	p := testFlowParams()
	for range 50 {
		f, err := startFlow(p)
		require.NoError(t, err, "the fixed port is free again once Cancel has returned")
		p.Redirect.Port = portOf(f.loopback.listeners[0])
		ended := make(chan error, 1)
		s := newSignIn(t.Context(), signInParams{Flow: f, Browser: noBrowser, Ended: func(err error) { ended <- err }})
		go s.run()
		if dead != nil {
			require.Equal(t, http.StatusBadRequest, visit(t, f, genuine(dead).Encode()).status)
		}
		s.Cancel()
		require.ErrorIs(t, <-ended, ErrCancelled)
		dead = f
	}
	goleak.VerifyNone(t, before)
}
