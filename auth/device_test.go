package auth_test

import (
	"context"
	"net"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/auth/authtest"
)

// deviceNetwork is a network inside a synctest bubble, in which waiting costs no time:
// every connection leads to one handler.
type deviceNetwork struct {
	handler http.Handler
	running sync.WaitGroup
	server  http.Server
}

type deviceListener struct {
	conns chan net.Conn
	once  sync.Once
	done  chan struct{}
}

func (l *deviceListener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.done:
		return nil, net.ErrClosed
	}
}
func (l *deviceListener) Close() error   { l.once.Do(func() { close(l.done) }); return nil }
func (l *deviceListener) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)} }

// newDeviceNetwork serves handler until the test ends.
func newDeviceNetwork(t *testing.T, handler http.Handler) func(ctx context.Context, network, address string) (net.Conn, error) {
	listener := &deviceListener{conns: make(chan net.Conn), done: make(chan struct{})}
	p := &deviceNetwork{server: http.Server{Handler: handler, ReadHeaderTimeout: time.Minute}}
	p.running.Go(func() { _ = p.server.Serve(listener) })
	t.Cleanup(func() {
		_ = p.server.Close()
		p.running.Wait()
	})
	return func(ctx context.Context, _, _ string) (net.Conn, error) {
		here, there := net.Pipe()
		select {
		case listener.conns <- there:
			return here, nil
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// deviceRig is a rig whose engine lives in a bubble, and when it was polled.
type deviceRig struct {
	*rig
	browser *authtest.Browser

	mu    sync.Mutex
	start time.Time
	polls []time.Duration
	hold  chan struct{} // optional; holds the answers to polls back until it is closed
}

// inDeviceBubble runs test with an engine in a synctest bubble and a server outside.
func inDeviceBubble(t *testing.T, test func(r *deviceRig)) {
	t.Helper()
	server := authtest.NewEvilas(t, authtest.EvilasParams{})
	synctest.Test(t, func(t *testing.T) {
		r := &deviceRig{rig: &rig{T: t, store: authtest.NewMemStore(), server: server, now: time.Now, log: &lockedBuffer{}}, start: time.Now()}
		dial := newDeviceNetwork(t, http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
			if q.URL.Path == authtest.PathToken {
				r.mu.Lock()
				r.polls = append(r.polls, time.Since(r.start))
				r.mu.Unlock()
				if r.hold != nil {
					<-r.hold
				}
			}
			server.ServeHTTP(w, q)
		}))
		r.browser = authtest.NewBrowser(t, authtest.BrowserIgnore, nil)
		catalog, err := authtest.Catalog()
		require.NoError(t, err)
		r.engine, err = auth.New(auth.Params{
			Store: r.store, Vault: r.store.Vault(), Catalog: catalog,
			Wire: auth.NewWire(auth.WireParams{}.WithDial(dial)), Browser: r.browser,
		})
		require.NoError(t, err)
		t.Cleanup(r.engine.Close)
		test(r)
	})
}

func (r *deviceRig) polled() []time.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]time.Duration(nil), r.polls...)
}

func (r *deviceRig) begin() *auth.SignIn {
	r.Helper()
	d := r.grantDraft(auth.GrantDeviceCode, nil)
	d.ClientSecret, d.Confirmation = auth.Secret{}, auth.Secret{}
	s, err := r.engine.Authorize(background(), d)
	require.NoError(r, err)
	return s
}

func TestDeviceSignIn(t *testing.T) {
	inDeviceBubble(t, func(r *deviceRig) {
		s := r.begin()
		assert.Equal(t, auth.PromptDevice, s.Kind())
		prompt := s.Device()
		assert.Regexp(t, `^WDJB-`, prompt.UserCode)
		assert.Equal(t, r.server.URL()+authtest.PathVerify, prompt.Address)
		assert.Equal(t, prompt.Complete, s.URL())
		assert.Equal(t, 10*time.Minute, s.Deadline().Sub(r.start))
		assert.Equal(t, prompt.Expires, s.Deadline())
		assert.Empty(t, s.RedirectURI())
		require.ErrorIs(t, s.Paste("x"), auth.ErrCancelled)
		assert.Equal(t, auth.StateWaiting, r.row(s.ID()).Status.State)
		request := r.server.Requests(authtest.PathDevice)[0]
		assert.Equal(t, "read offline_access", request.Form.Get("scope"))
		assert.Equal(t, authtest.ClientID, request.Form.Get("client_id"), "a client without a secret is a public one")

		time.Sleep(12 * time.Second)
		assert.Empty(t, r.browser.Opened(), "never by itself (RFC 8628 section 5.4)")
		require.NoError(t, s.OpenBrowser(background()))
		assert.Equal(t, []string{prompt.Complete}, r.browser.Opened())
		r.server.Approve(prompt.UserCode)
		detail, err := s.Wait(background())
		require.NoError(t, err)
		assert.Equal(t, []time.Duration{5 * time.Second, 10 * time.Second, 15 * time.Second}, r.polled())
		assert.Equal(t, auth.StateActive, detail.Status.State)
		assert.Equal(t, []string{"read", "offline_access"}, detail.Status.Granted)
		assert.Equal(t, "ana@example.test", detail.Status.SignedInAs)
		assert.True(t, detail.HasRefreshToken)
		require.ErrorIs(t, s.OpenBrowser(background()), auth.ErrCancelled, "it is over")
	})
}

// T25: the interval is clamped, grows by 5 s at slow_down and doubles after a
// time-out; polling ends with the code.
func TestDevicePollsAsSlowlyAsTheServiceWants(t *testing.T) {
	slow, pending := authtest.JSON(400, `{"error":"slow_down"}`), authtest.JSON(400, `{"error":"authorization_pending"}`)
	seconds := func(all ...int) (list []time.Duration) {
		for _, n := range all {
			list = append(list, time.Duration(n)*time.Second)
		}
		return list
	}
	for name, test := range map[string]struct {
		interval string
		answers  []authtest.Answer
		want     []time.Duration
	}{
		"slow_down twice": {"5", []authtest.Answer{slow, slow, pending}, seconds(5, 15, 30, 45)},
		"interval is -1":  {"-1", []authtest.Answer{pending}, seconds(5, 10)},
		"interval is 0":   {"0", []authtest.Answer{pending}, seconds(5, 10)},
		"interval is 7":   {"7", []authtest.Answer{pending, slow}, seconds(7, 14, 26)},
		"interval is huge": {
			"1e9", []authtest.Answer{pending}, seconds(60, 120),
		},
		"the line is cut": {"5", []authtest.Answer{{NoAnswer: true}, {NoAnswer: true}, pending}, seconds(5, 15, 35, 55)},
		"overloaded":      {"5", []authtest.Answer{authtest.JSON(503, ``), pending}, seconds(5, 15, 25)},
		"asked to wait":   {"5", []authtest.Answer{{Status: 429, Header: http.Header{"Retry-After": {"40"}}}, pending}, seconds(5, 45, 85)},
	} {
		t.Run(name, func(t *testing.T) {
			inDeviceBubble(t, func(r *deviceRig) {
				r.server.Script(authtest.PathDevice, authtest.JSON(200, `{"device_code":"`+authtest.Sentinel+`device-x","user_code":"ABCD","verification_uri":"`+
					r.server.URL()+`/verify","interval":`+test.interval+`,"expires_in":600}`))
				r.server.Script(authtest.PathToken, test.answers...)
				s := r.begin() // the code is unknown to the server, so the poll after the script ends it
				_, err := s.Wait(background())
				assert.Equal(t, "invalid_grant", asFailure(t, err).Code)
				assert.Equal(t, test.want, r.polled())
			})
		})
	}
}

func TestDeviceCodeRunsOut(t *testing.T) {
	for name, test := range map[string]struct {
		expires string
		want    time.Duration
	}{"as said": {`,"expires_in":61`, 61 * time.Second}, "not said": {"", 10 * time.Minute}} {
		t.Run(name, func(t *testing.T) {
			inDeviceBubble(t, func(r *deviceRig) {
				r.server.Script(authtest.PathDevice, authtest.JSON(200, `{"device_code":"x","user_code":"ABCD","verification_uri":"`+
					r.server.URL()+`/verify"`+test.expires+`}`))
				for range 200 {
					r.server.Script(authtest.PathToken, authtest.JSON(400, `{"error":"authorization_pending"}`))
				}
				s := r.begin()
				_, err := s.Wait(background())
				assert.Equal(t, "expired_token", asFailure(t, err).Code)
				assert.Equal(t, test.want, time.Since(r.start))
				assert.Equal(t, auth.StateNeverAuthorized, r.row(s.ID()).Status.State)
				last := r.polled()[len(r.polled())-1]
				assert.Less(t, last, test.want)
			})
		})
	}
}

func TestDeviceRefusedByTheUser(t *testing.T) {
	inDeviceBubble(t, func(r *deviceRig) {
		s := r.begin()
		r.server.Deny(s.Device().UserCode)
		_, err := s.Wait(background())
		assert.Equal(t, "access_denied", asFailure(t, err).Code)
		assert.Len(t, r.polled(), 1)
		assert.Equal(t, auth.StateNeverAuthorized, r.row(s.ID()).Status.State)
	})
}

func TestDeviceCancelEndsThePolling(t *testing.T) {
	inDeviceBubble(t, func(r *deviceRig) {
		s := r.begin()
		time.Sleep(7 * time.Second)
		before := time.Now()
		s.Cancel()
		assert.Zero(t, time.Since(before), "at once")
		_, err := s.Wait(background())
		require.ErrorIs(t, err, auth.ErrCancelled)
		time.Sleep(time.Minute)
		assert.Len(t, r.polled(), 1)
		assert.Equal(t, auth.StateNeverAuthorized, r.row(s.ID()).Status.State)
	})
}

// Cancel while the tokens are on their way waits for them: never dropped.
func TestDeviceCancelDuringThePollThatBringsTokens(t *testing.T) {
	inDeviceBubble(t, func(r *deviceRig) {
		r.hold = make(chan struct{})
		s := r.begin()
		r.server.Approve(s.Device().UserCode)
		time.Sleep(6 * time.Second)
		cancelled := make(chan struct{})
		go func() { s.Cancel(); close(cancelled) }()
		synctest.Wait()
		close(r.hold)
		<-cancelled
		_, err := s.Wait(background())
		require.NoError(t, err)
		assert.Equal(t, auth.StateActive, r.row(s.ID()).Status.State)
	})
}

// R29: tokens for an authorization that was deleted meanwhile are revoked and
// dropped, not stored.
func TestDeviceTokensForADeletedRowAreRevoked(t *testing.T) {
	inDeviceBubble(t, func(r *deviceRig) {
		r.hold = make(chan struct{})
		s := r.begin()
		r.server.Approve(s.Device().UserCode)
		time.Sleep(6 * time.Second)
		// Another process knows nothing of the sign-in, and does not wait for ever.
		require.NoError(t, r.store.Delete(background(), s.ID(), false, time.Now().Add(time.Hour)))
		close(r.hold)
		_, err := s.Wait(background())
		asFailure(t, err)
		row := r.row(s.ID())
		assert.True(t, row.Tokens.Access.Empty())
		queued := r.store.Revocations()
		require.Len(t, queued, 2)
		assert.Equal(t, s.ID(), queued[0].AuthorizationID)
	})
}

// The request for a code comes before anything is saved.
func TestDeviceRefusedSavesNothing(t *testing.T) {
	inDeviceBubble(t, func(r *deviceRig) {
		r.server.Script(authtest.PathDevice, authtest.JSON(401, `{"error":"unauthorized_client"}`))
		d := r.grantDraft(auth.GrantDeviceCode, nil)
		_, err := r.engine.Authorize(background(), d)
		assert.Equal(t, "unauthorized_client", asFailure(t, err).Code)
		page, err := r.engine.List(background(), auth.Query{})
		require.NoError(t, err)
		assert.Zero(t, page.Total)
	})
}
