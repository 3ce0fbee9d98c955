package authtest_test

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/auth/authtest"
)

var _ auth.Browser = (*authtest.Browser)(nil)

func present(t *testing.T, s *authtest.Evilas, form url.Values) (auth.Reply, error) {
	t.Helper()
	return auth.NewWire(auth.WireParams{}).Token(t.Context(), auth.TokenRequest{
		ClientRequest: auth.ClientRequest{Endpoint: s.URL() + authtest.PathToken, ClientID: "client", ClientAuth: auth.ClientAuthNone}, Form: form,
	})
}

func refresh(t *testing.T, s *authtest.Evilas, token string) (string, error) {
	t.Helper()
	reply, err := present(t, s, url.Values{"grant_type": {"refresh_token"}, "refresh_token": {token}})
	return reply.Tokens.Refresh.Reveal(), err
}

// The oracle has to be right: each policy does to a token that comes twice what
// its name says.
func TestEvilas_Rotation(t *testing.T) {
	t.Run("never", func(t *testing.T) {
		s := authtest.NewEvilas(t, authtest.EvilasParams{})
		first := s.Grant("")
		again, err := refresh(t, s, first)
		require.NoError(t, err)
		assert.Equal(t, first, again)
	})
	t.Run("strict", func(t *testing.T) {
		s := authtest.NewEvilas(t, authtest.EvilasParams{Rotation: authtest.RotateStrict})
		first := s.Grant("")
		second, err := refresh(t, s, first)
		require.NoError(t, err)
		assert.NotEqual(t, first, second)
		assert.True(t, s.Alive(second))
		_, err = refresh(t, s, first)
		require.ErrorContains(t, err, "invalid_grant")
		assert.False(t, s.Alive(second), "the whole family ends")
		assert.Equal(t, 2, s.Shown(first))
		assert.Equal(t, 2, s.MostShown("refresh"))
	})
	t.Run("grace", func(t *testing.T) {
		now := time.Unix(1000, 0)
		s := authtest.NewEvilas(t, authtest.EvilasParams{Rotation: authtest.RotateGrace, Grace: 5 * time.Second, Now: func() time.Time { return now }})
		first := s.Grant("")
		_, err := refresh(t, s, first)
		require.NoError(t, err)
		now = now.Add(5 * time.Second)
		second, err := refresh(t, s, first)
		require.NoError(t, err)
		now = now.Add(time.Second)
		_, err = refresh(t, s, first)
		require.ErrorContains(t, err, "invalid_grant")
		assert.False(t, s.Alive(second))
	})
}

// Apply does the deed although its answer is lost.
func TestEvilas_LostAnswer(t *testing.T) {
	s := authtest.NewEvilas(t, authtest.EvilasParams{Rotation: authtest.RotateStrict})
	first := s.Grant("")
	s.Script(authtest.PathToken, authtest.Answer{Apply: true, CutAt: 1})
	_, err := refresh(t, s, first)
	var failed *auth.WireError
	require.ErrorAs(t, err, &failed)
	assert.Equal(t, auth.Ambiguous, failed.Phase)
	_, err = refresh(t, s, first)
	require.ErrorContains(t, err, "invalid_grant")
}

// authorizationLink is an authorization request whose answer goes to callback.
func authorizationLink(s *authtest.Evilas, callback, verifier string) string {
	sum := sha256.Sum256([]byte(verifier))
	return s.URL() + authtest.PathAuthorize + "?" + url.Values{
		"response_type": {"code"}, "client_id": {"client"}, "redirect_uri": {callback}, "state": {"st"}, "scope": {"openid mail.read"},
		"nonce": {"n1"}, "code_challenge": {base64.RawURLEncoding.EncodeToString(sum[:])}, "code_challenge_method": {"S256"},
	}.Encode()
}

func TestEvilas_CodeIsForOneUseAndOneVerifier(t *testing.T) {
	callback := newCallback(t)
	s := authtest.NewEvilas(t, authtest.EvilasParams{})
	browser := authtest.NewBrowser(t, authtest.BrowserFollow, nil)
	exchange := func(code, verifier string) (auth.Reply, error) {
		return present(t, s, url.Values{"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {callback.URL + "/callback"}, "code_verifier": {verifier}})
	}
	require.NoError(t, browser.Open(t.Context(), authorizationLink(s, callback.URL+"/callback", "right")))
	browser.Wait()
	query := callback.last.Load().(url.Values)
	assert.Equal(t, "st", query.Get("state"))
	assert.Equal(t, s.URL(), query.Get("iss"))

	_, err := exchange(query.Get("code"), "wrong")
	require.ErrorContains(t, err, "invalid_grant")
	reply, err := exchange(query.Get("code"), "right")
	require.NoError(t, err)
	assert.Equal(t, []string{"openid", "mail.read"}, reply.Granted)
	assert.NotEmpty(t, reply.Tokens.ID.Reveal())
	_, err = exchange(query.Get("code"), "right")
	require.ErrorContains(t, err, "invalid_grant")
	assert.False(t, s.Alive(reply.Tokens.Refresh.Reveal()))
	assert.Equal(t, 3, s.Shown(query.Get("code")))
}

// callback counts the answers that a browser delivers.
type callback struct {
	*httptest.Server
	count atomic.Int64
	last  atomic.Value
}

func newCallback(t *testing.T) *callback {
	t.Helper()
	c := &callback{}
	c.Server = httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		c.count.Add(1)
		c.last.Store(r.URL.Query())
	}))
	t.Cleanup(c.Close)
	return c
}

func TestBrowser_Modes(t *testing.T) {
	for mode, want := range map[authtest.BrowserMode]int64{
		authtest.BrowserFollow: 1, authtest.BrowserIgnore: 0, authtest.BrowserReplay: 2, authtest.BrowserRace: 50,
	} {
		t.Run(string(mode), func(t *testing.T) {
			callback := newCallback(t)
			s := authtest.NewEvilas(t, authtest.EvilasParams{})
			s.Script(authtest.PathAuthorize, authtest.Answer{Query: func(q url.Values) { q.Set("state", "forged") }})
			browser := authtest.NewBrowser(t, mode, nil)
			link := authorizationLink(s, callback.URL+"/callback", "v")
			require.NoError(t, browser.Open(t.Context(), link))
			browser.Wait()
			assert.Equal(t, want, callback.count.Load())
			assert.Equal(t, []string{link}, browser.Opened())
			if want > 0 {
				assert.Equal(t, "forged", callback.last.Load().(url.Values).Get("state"))
			}
		})
	}
	require.ErrorIs(t, authtest.NewBrowser(t, authtest.BrowserFail, nil).Open(t.Context(), ""), authtest.ErrBrowser)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, authtest.NewBrowser(t, authtest.BrowserHang, nil).Open(ctx, ""), context.Canceled)
}

func TestEvilas_ClientAndTokens(t *testing.T) {
	s := authtest.NewEvilas(t, authtest.EvilasParams{ClientID: "client", ClientSecret: "s:%"})
	w := auth.NewWire(auth.WireParams{})
	token := s.Grant("")
	r := auth.TokenRequest{
		ClientRequest: auth.ClientRequest{
			Endpoint: s.URL() + authtest.PathToken, ClientID: "client", ClientAuth: auth.ClientAuthBasic, ClientSecret: auth.NewSecret("wrong"),
		},
		Form: url.Values{"grant_type": {"refresh_token"}, "refresh_token": {token}},
	}
	_, err := w.Token(t.Context(), r)
	require.ErrorContains(t, err, "invalid_client")
	for _, method := range []auth.ClientAuth{auth.ClientAuthBasic, auth.ClientAuthPost} {
		r.ClientAuth, r.ClientSecret = method, auth.NewSecret("s:%")
		_, err = w.Token(t.Context(), r)
		require.NoError(t, err)
	}
	reply, err := w.Token(t.Context(), r)
	require.NoError(t, err)

	active := func() bool {
		form := url.Values{"token": {reply.Tokens.Access.Reveal()}}
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL()+authtest.PathIntrospect, strings.NewReader(form.Encode()))
		require.NoError(t, err)
		response, err := new(http.Client).Do(request)
		require.NoError(t, err)
		defer func() { _ = response.Body.Close() }()
		var answer struct{ Active bool }
		require.NoError(t, json.NewDecoder(response.Body).Decode(&answer))
		return answer.Active
	}
	assert.True(t, active())
	require.NoError(t, w.Revoke(t.Context(), auth.Revocation{
		Endpoint: s.URL() + authtest.PathRevoke, ClientID: "client", ClientAuth: auth.ClientAuthBasic, ClientSecret: auth.NewSecret("s:%"),
		Token: reply.Tokens.Refresh, Hint: "refresh_token",
	}))
	assert.False(t, active(), "a revoked refresh token takes its access tokens along")
	_, err = w.UserInfo(t.Context(), s.URL()+authtest.PathUserInfo, auth.UserInfoStyle{}, reply.Tokens.Access)
	require.Error(t, err)
}
