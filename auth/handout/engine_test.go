package handout

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"tokenwell/auth"
	"tokenwell/auth/authtest"
)

// real is a server over an engine, a store in memory and an authorization server.
type real struct {
	testing.TB
	store  *authtest.MemStore
	evilas *authtest.Evilas
	engine *auth.Engine
	socket string
}

// newReal starts it; with no rule of its own each program gets tokens.
func newReal(t testing.TB) *real {
	t.Helper()
	before := goleak.IgnoreCurrent()
	t.Cleanup(func() { goleak.VerifyNone(t, before) })
	r := &real{TB: t, store: authtest.NewMemStore(), socket: filepath.Join(runDir(t), "handout.sock")}
	r.evilas = authtest.NewEvilas(t, authtest.EvilasParams{})
	catalog, err := authtest.Catalog()
	require.NoError(t, err)
	log := &lockedBuffer{}
	r.engine, err = auth.New(auth.Params{
		Store: r.store, Vault: r.store.Vault(), Catalog: catalog, Wire: auth.NewWire(auth.WireParams{}),
		Browser: authtest.NewBrowser(t, authtest.BrowserFollow, nil),
	})
	require.NoError(t, err)
	t.Cleanup(r.engine.Close)
	server := NewServer(ServerParams{
		Engine: r.engine, Socket: r.socket, Status: Status{Program: ProgramAgent, PID: os.Getpid()},
		Log: slog.New(slog.NewTextHandler(log, nil)),
	})
	require.NoError(t, server.Start())
	t.Cleanup(func() {
		assert.NoError(t, server.Close())
		assert.NotContains(t, log.String(), authtest.Sentinel, "a secret stands in the log")
	})
	return r
}

// stored puts an authorization into the store, whose token lasts an hour.
func (r *real) stored(name string, mode auth.HandOutMode) auth.Record {
	record := r.evilas.Stored(name, time.Now())
	record.Rule.Mode = mode
	record.Status.Expiry.At = time.Now().Add(time.Hour).UTC()
	record.Status.IssuedAt = time.Now().Add(-time.Minute).UTC()
	r.store.Put(record)
	return record
}

func (r *real) dial() *Client {
	r.Helper()
	c, err := Dial(r.Context(), r.socket)
	require.NoError(r, err)
	r.Cleanup(func() { assert.NoError(r, c.Close()) })
	return c
}

// post sends a body as any program does and returns the answer as it is.
func (r *real) post(path, body string) (int, string) {
	r.Helper()
	transport := &http.Transport{
		DisableKeepAlives: true,
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			var d net.Dialer
			return d.DialContext(ctx, "unix", r.socket)
		},
	}
	ctx, cancel := context.WithTimeout(r.Context(), 10*time.Second)
	defer cancel()
	if path == PathAuthorize {
		time.AfterFunc(200*time.Millisecond, cancel) // who signs in has gone
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://tokenwell"+path, strings.NewReader(body))
	require.NoError(r, err)
	answer, err := transport.RoundTrip(request)
	require.NoError(r, err)
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if path != PathAuthorize {
		require.NoError(r, err)
	}
	return answer.StatusCode, string(text)
}

func TestTokenOfAnEngine(t *testing.T) {
	r := newReal(t)
	stored := r.stored("Säles 1", auth.HandOutAnyone)
	c := r.dial()
	for _, name := range []string{"Säles 1", "SÄLES 1", " Sa\u0308les 1 "} {
		token, err := c.Token(t.Context(), TokenRequest{Name: name})
		require.NoError(t, err, name)
		assert.Equal(t, "Säles 1", token.Name)
		assert.Equal(t, stored.Tokens.Access.Reveal(), token.AccessToken.Reveal())
		assert.Equal(t, "Bearer "+stored.Tokens.Access.Reveal(), token.HeaderValue.Reveal())
		assert.Equal(t, "Authorization", token.Header)
		assert.WithinDuration(t, stored.Status.Expiry.At, *token.ExpiresAt, 0)
		assert.True(t, token.ExpiryKnown)
		assert.False(t, token.Renewed)
	}
	none := 0
	_, err := c.Token(t.Context(), TokenRequest{Name: "Säles 1", MinValid: &none})
	require.NoError(t, err)
	refreshed, err := c.Refresh(t.Context(), "säles 1")
	require.NoError(t, err)
	assert.Equal(t, "Säles 1", refreshed.Name)
	assert.Equal(t, auth.StateActive, refreshed.State)
	tested, err := c.Test(t.Context(), TestRequest{Name: "Säles 1"})
	require.NoError(t, err)
	assert.Equal(t, http.StatusOK, tested.Status)
	listing, err := c.Authorize(t.Context(), AuthorizeRequest{Name: "Säles 1", Browser: true}, func(p Prompt) {
		assert.True(t, p.Opened)
		assert.NotEmpty(t, p.URL)
	})
	require.NoError(t, err)
	assert.Equal(t, refreshed.Name, listing.Name)
	revoked, err := c.Revoke(t.Context(), "Säles 1")
	require.NoError(t, err)
	assert.Equal(t, auth.Revoked, revoked.Outcome)
	_, err = c.Token(t.Context(), TokenRequest{Name: "Säles 1"})
	assert.Equal(t, auth.EndNeedsSignIn, asReal(t, err).End)
	status, err := c.Status(t.Context())
	require.NoError(t, err)
	assert.Equal(t, VaultOpen, status.Vault)
}

func asReal(t testing.TB, err error) *Error {
	t.Helper()
	var e *Error
	require.ErrorAs(t, err, &e)
	assert.NotEmpty(t, e.Steps)
	return e
}

func TestEndsOfAnEngine(t *testing.T) {
	r := newReal(t)
	r.stored("Asked", auth.HandOutAsk)
	r.stored("Listed", auth.HandOutListed)
	r.stored("Open", auth.HandOutAnyone)
	c := r.dial()
	ask := func(request TokenRequest) *Error {
		_, err := c.Token(t.Context(), request)
		return asReal(t, err)
	}
	assert.Equal(t, auth.CodeNobodyToAsk, ask(TokenRequest{Name: "Asked"}).Code)
	assert.Equal(t, auth.CodeDeniedByRule, ask(TokenRequest{Name: "Listed"}).Code)
	assert.Equal(t, auth.EndUnknownName, ask(TokenRequest{Name: "Nobody"}).End)
	assert.Equal(t, auth.EndUsage, ask(TokenRequest{}).End)
	year, less := maxMinValid+1, -1
	assert.Equal(t, auth.EndUsage, ask(TokenRequest{Name: "Open", MinValid: &year}).End)
	assert.Equal(t, auth.EndUsage, ask(TokenRequest{Name: "Open", MinValid: &less}).End)
	assert.Equal(t, auth.EndUsage, ask(TokenRequest{Name: "Open", Purpose: "export"}).End)
	assert.Equal(t, auth.EndUsage, ask(TokenRequest{Name: "Open", Host: "a\nb"}).End)
	r.store.Vault().Lock()
	assert.Equal(t, auth.EndLocked, ask(TokenRequest{Name: "Open"}).End)
	status, err := c.Status(t.Context())
	require.NoError(t, err)
	assert.Equal(t, VaultLocked, status.Vault)
}

// Names that nothing can have, and such that mean something to a shell or a file
// system, are unknown and come back nowhere (T46).
func TestOddNames(t *testing.T) {
	r := newReal(t)
	r.stored("Sales", auth.HandOutAnyone)
	for _, name := range []string{
		"../Sales", "/etc/passwd", "Sa\nles", "Sales\x00", "\x00", "-Sales", "--show", "Sales'; DROP TABLE x; --", "%", "_ales", "*", "Sale?",
		"$(Sales)", "Ѕales", "Sa\u200dles", "Sales\u202e", "\ufeffSales", strings.Repeat("S", 10<<10), strings.Repeat("Sales", 12_000),
	} {
		body, err := json.Marshal(TokenRequest{Name: name})
		require.NoError(t, err)
		for _, path := range []string{PathToken, PathRefresh, PathRevoke, PathTest} {
			status, answer := r.post(path, string(body))
			assert.Equal(t, http.StatusNotFound, status, "%q: %s", name, answer)
			assert.Contains(t, answer, auth.CodeUnknownName)
			assert.NotContains(t, answer, authtest.Sentinel)
			if auth.CheckName(name) != nil {
				assert.NotContains(t, answer, name, "an odd name is not repeated")
				assert.NotContains(t, answer, "\\u202e")
			}
		}
	}
	assert.Empty(t, r.evilas.Requests(authtest.PathToken))
}

// No verb, and nothing that a request can hold, brings a refresh token or a
// client secret out (T52).
func TestNoVerbReturnsSecrets(t *testing.T) {
	r := newReal(t)
	stored := r.stored("Sales", auth.HandOutAnyone)
	secrets := func() []string {
		now, _ := r.store.Record(stored.Authorization.ID)
		return []string{stored.Tokens.Refresh.Reveal(), now.Tokens.Refresh.Reveal(), stored.Authorization.ClientSecret.Reveal()}
	}
	bodies := []string{
		`{"name":"Sales"}`, `{"name":"Sales","browser":true}`, `{"name":"Sales","refresh_token":true,"kind":"refresh_token","token_type":"refresh"}`,
		`{"name":"Sales","purpose":"refresh_token"}`, `{"name":"Sales","include":["client_secret"],"export":true,"secrets":true}`,
		`{"name":"Sales","rejected":true}`, `{"name":"Sales","min_valid":3000}`, `{"Name":"Sales","NAME":"Sales"}`, `{}`,
		`{"name":"Sales","address":"` + r.evilas.URL() + `/userinfo"}`,
		`{"name":"Sales","address":"` + r.evilas.URL() + authtest.PathToken + `"}`,
	}
	paths := []string{
		PathStatus, PathList, PathToken, PathRefresh, PathTest, PathAuthorize, PathRaise, PathYield, "/v1/export", "/v1/refresh_token",
		"/v1/secret", "/v1/inspect", "/v1/detail", "/v1", "/", PathRevoke,
	}
	for path := range verbs() {
		assert.Contains(t, paths, path, "each verb is tried")
	}
	for _, path := range paths {
		for _, body := range bodies {
			_, answer := r.post(path, body)
			for _, secret := range secrets() {
				require.NotEmpty(t, secret)
				assert.NotContains(t, answer, secret, "%s %s", path, body)
			}
			if path != PathToken {
				assert.NotContains(t, answer, authtest.Sentinel+"access", "%s %s", path, body)
			}
		}
	}
}
