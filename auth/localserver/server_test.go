package localserver

import (
	"bytes"
	"context"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"tokenwell/assets"
	"tokenwell/auth"
)

func TestMain(m *testing.M) {
	slog.SetDefault(slog.New(slog.DiscardHandler)) // the library logs every refusal there
	goleak.VerifyTestMain(m)
}

func TestFirstRunMakesTheUserAndThePracticeClient(t *testing.T) {
	b := start(t)
	assert.True(t, b.info.Running)
	assert.Equal(t, "analyst", b.info.User)
	assert.Regexp(t, `^([a-hjkmnp-z2-9]{4}-){3}[a-hjkmnp-z2-9]{4}$`, b.info.Password.Reveal())
	assert.Regexp(t, `^practice-[a-z0-9]{8}$`, b.info.ClientID)
	assert.True(t, strings.HasPrefix(b.info.ClientSecret.Reveal(), "twl_cs_"))
	other := start(t).info
	assert.False(t, b.info.Password.Equal(other.Password))
	assert.False(t, b.info.ClientSecret.Equal(other.ClientSecret))
}

func TestARestartKeepsIssuerClientKeyAndGrants(t *testing.T) {
	b := startOver(t, newMemoryStore())
	before, keys := b.info, b.get(pathKeys).text
	access, refresh := b.tokens()
	require.NoError(t, b.server.Close())
	assert.False(t, b.server.Info().Running)
	assert.Equal(t, before.Issuer, b.server.Info().Issuer, "the form still shows it")

	b.open()
	assert.Equal(t, before.Issuer, b.info.Issuer)
	assert.Equal(t, before.ClientID, b.info.ClientID)
	assert.True(t, before.ClientSecret.Equal(b.info.ClientSecret))
	assert.True(t, before.Password.Equal(b.info.Password))
	assert.Equal(t, keys, b.get(pathKeys).text)
	assert.True(t, b.active(access))
	assert.Equal(t, http.StatusOK, b.refresh(refresh).StatusCode)
}

func TestAServerCanBeClosedTwiceAndStartedAgain(t *testing.T) {
	b := start(t)
	require.Error(t, b.server.Start(t.Context()), "it runs")
	require.NoError(t, b.server.Close())
	require.NoError(t, b.server.Close())
	require.NoError(t, b.server.Start(t.Context()))
	assert.Equal(t, b.info.Issuer, b.server.Info().Issuer)
}

// deafListener accepts nobody.
type deafListener struct{ net.Listener }

func (deafListener) Accept() (net.Conn, error) { return nil, net.ErrClosed }

func TestAServerThatStoppedByItselfCanBeStartedAgain(t *testing.T) {
	b := start(t)
	b.get(pathKeys) // it serves
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp4", "127.0.0.1:0")
	require.NoError(t, err)
	b.server.serve(b.server.http, deafListener{listener}, make(chan struct{}))
	info := b.server.Info()
	assert.False(t, info.Running)
	assert.Contains(t, info.Problem, "Start it again")
	require.NoError(t, b.server.Start(t.Context()))
	assert.Equal(t, b.info.Issuer, b.server.Info().Issuer)
	assert.Empty(t, b.server.Info().Problem)
}

// slowStore holds each purge until it is let go.
type slowStore struct {
	*memoryStore
	held, let chan struct{}
}

func (s slowStore) Purge(ctx context.Context, before time.Time) error {
	s.held <- struct{}{}
	<-s.let
	return s.memoryStore.Purge(ctx, before)
}

func TestInfoDoesNotWaitForAStart(t *testing.T) {
	store := slowStore{newMemoryStore(), make(chan struct{}), make(chan struct{})}
	store.settings[settingKey] = testKey()
	s := New(Params{Store: store, Pages: assets.Pages, Addr: "127.0.0.1:0"})
	started, told := make(chan error), make(chan auth.LocalInfo)
	go func() { started <- s.Start(t.Context()) }()
	<-store.held
	go func() { told <- s.Info() }()
	select {
	case info := <-told:
		assert.False(t, info.Running)
		close(store.let)
	case <-time.After(5 * time.Second):
		t.Error("Info waits for the disk")
		close(store.let)
		<-told
	}
	require.NoError(t, <-started)
	require.NoError(t, s.Close())
}

func TestATakenPortIsToldWithAWayOut(t *testing.T) {
	taken, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp4", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { _ = taken.Close() }()
	s := New(Params{Store: newMemoryStore(), Pages: assets.Pages, Addr: taken.Addr().String()})
	err = s.Start(t.Context())
	_, port, _ := net.SplitHostPort(taken.Addr().String())
	require.ErrorContains(t, err, "another program uses port "+port)
	assert.Equal(t, err.Error(), s.Info().Problem)
	assert.False(t, s.Info().Running)
	require.NoError(t, s.Close())
}

func TestOnlyTheLoopbackLiteralIsBound(t *testing.T) {
	for _, addr := range []string{":0", "0.0.0.0:0", "localhost:0", "[::]:0", "127.0.0.2:0", "127.0.0.1", "127.0.0.1:http", "127.0.0.1:-1", "127.0.0.1:65536"} {
		s := New(Params{Store: newMemoryStore(), Pages: assets.Pages, Addr: addr})
		assert.Error(t, s.Start(t.Context()), addr)
		assert.NoError(t, s.Close())
	}
}

func TestALockedVaultKeepsItFromStarting(t *testing.T) {
	store := newMemoryStore()
	store.fail = auth.ErrVaultLocked
	s := New(Params{Store: store, Pages: assets.Pages, Addr: "127.0.0.1:0"})
	require.ErrorIs(t, s.Start(t.Context()), auth.ErrVaultLocked)
	store.fail = nil
	require.NoError(t, s.Start(t.Context()), "and nothing is left behind")
	require.NoError(t, s.Close())
}

func TestTheLogHoldsNoSecret(t *testing.T) {
	var log bytes.Buffer
	before := slog.Default()
	logger := slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	slog.SetDefault(logger)
	t.Cleanup(func() { slog.SetDefault(before) })
	b := start(t)
	require.NoError(t, b.server.Close())
	b.server = New(Params{Store: b.store, Pages: assets.Pages, Addr: "127.0.0.1:0", Log: logger, Now: b.clock.now})
	require.NoError(t, b.server.Start(context.Background()))

	code := b.code()
	reply := b.api(pathToken, exchange(code)).json(t)
	b.api(pathToken, exchange(code))
	access, _ := reply["access_token"].(string)
	refresh, _ := reply["refresh_token"].(string)
	b.refresh(refresh)
	b.api(pathToken, exchange(b.code(), "code_verifier", "TWSENT-verifier"))
	b.signIn(newSession(b).authorize(), "TWSENT-password")
	r := b.request(http.MethodPost, pathToken, exchange("TWSENT-code"))
	r.SetBasicAuth(b.info.ClientID, "x%QZ")
	b.send(r)
	require.NoError(t, b.server.Close())
	for _, secret := range []string{
		code, access, refresh, b.info.Password.Reveal(), b.info.ClientSecret.Reveal(), verifier, "TWSENT", "%QZ",
	} {
		require.NotEmpty(t, secret)
		assert.NotContains(t, log.String(), secret)
	}
}
