package auth_test

import (
	"context"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/auth/authtest"
)

// watchedNetwork connects for real and remembers how.
type watchedNetwork struct {
	mu    sync.Mutex
	conns []*watchedConn
}

func (n *watchedNetwork) dial(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := new(net.Dialer).DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	watched := &watchedConn{Conn: conn}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.conns = append(n.conns, watched)
	return watched, nil
}

func (n *watchedNetwork) all() []*watchedConn {
	n.mu.Lock()
	defer n.mu.Unlock()
	return append([]*watchedConn(nil), n.conns...)
}

// watchedConn counts what is written on it.
type watchedConn struct {
	net.Conn
	mu      sync.Mutex
	written int
	closed  bool
}

func (c *watchedConn) Write(p []byte) (int, error) {
	c.mu.Lock()
	c.written += len(p)
	c.mu.Unlock()
	return c.Conn.Write(p)
}

func (c *watchedConn) Close() error {
	c.mu.Lock()
	c.closed = true
	c.mu.Unlock()
	return c.Conn.Close()
}

func (c *watchedConn) state() (written int, closed bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.written, c.closed
}

// aheadRig is a rig whose engine uses a watched network.
func aheadRig(t *testing.T) (*rig, *watchedNetwork) {
	t.Helper()
	r := newRig(t, authtest.EvilasParams{Rotation: authtest.RotateStrict})
	network := &watchedNetwork{}
	r.engine = overNetwork(r, network.dial)
	return r, network
}

// overNetwork makes one more engine, whose connections dial makes.
func overNetwork(r *rig, dial func(ctx context.Context, network, address string) (net.Conn, error)) *auth.Engine {
	r.Helper()
	catalog, err := authtest.Catalog()
	require.NoError(r, err)
	e, err := auth.New(auth.Params{
		Store: r.store, Vault: r.store.Vault(), Catalog: catalog, Wire: auth.NewWire(auth.WireParams{}.WithDial(dial)),
		Browser: authtest.NewBrowser(r.T, authtest.BrowserIgnore, nil),
	})
	require.NoError(r, err)
	r.Cleanup(e.Close)
	return e
}

func TestARefreshConnectsWhileItsIntentIsStored(t *testing.T) {
	r, network := aheadRig(t)
	before := r.stored(nil)
	r.store.Fault = func(method string) error {
		if method == "BeginAttempt" {
			assert.Eventually(t, func() bool { return len(network.all()) == 1 }, 10*time.Second, time.Millisecond)
			for _, c := range network.all() {
				written, _ := c.state()
				assert.Zero(t, written, "nothing leaves before the intent is stored")
			}
		}
		return nil
	}
	_, err := r.engine.Refresh(background(), before.Authorization.ID)
	require.NoError(t, err)
	assert.Equal(t, 1, r.posts())
	assert.Len(t, network.all(), 1, "the request goes over the connection that was made ahead")
}

func TestAConnectionThatIsNotNeededIsClosedUnused(t *testing.T) {
	r, network := aheadRig(t)
	before := r.stored(nil)
	r.store.Fault = faults("BeginAttempt", 1)
	_, err := r.engine.Refresh(background(), before.Authorization.ID)
	require.ErrorIs(t, err, auth.ErrStorage)
	assert.Zero(t, r.posts())
	for _, c := range network.all() {
		written, closed := c.state()
		assert.Zero(t, written)
		assert.True(t, closed)
	}
}

// A server may have dropped a connection that stood for long, which would leave
// the end of the request unknown.
func TestAConnectionThatGrewOldIsNotUsed(t *testing.T) {
	t.Cleanup(auth.SetAheadFresh(-time.Second))
	r, network := aheadRig(t)
	before := r.stored(nil)
	_, err := r.engine.Refresh(background(), before.Authorization.ID)
	require.NoError(t, err)
	all := network.all()
	require.Len(t, all, 2)
	written, closed := all[0].state()
	assert.Zero(t, written)
	assert.True(t, closed)
}

func TestAHostThatIsNotReachedAheadGetsNoRequest(t *testing.T) {
	r := newRig(t, authtest.EvilasParams{})
	r.engine = overNetwork(r, func(context.Context, string, string) (net.Conn, error) {
		return nil, &net.DNSError{Err: "no such host", IsNotFound: true}
	})
	before := r.stored(nil)
	_, err := r.engine.Refresh(background(), before.Authorization.ID)
	assert.Equal(t, auth.CodeDNS, asFailure(t, err).Code)
	after := r.row(before.Authorization.ID)
	assert.Equal(t, before.Status.State, after.Status.State)
	assert.Equal(t, before.Tokens, after.Tokens)
}
