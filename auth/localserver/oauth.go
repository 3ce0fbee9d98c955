package localserver

import (
	"context"
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"
)

// provider answers the requests that the library has routed and parsed. It is
// the library's op.Server; what it does not override is "not supported".
type provider struct {
	op.UnimplementedServer
	store    Store
	now      func() time.Time
	issuer   string
	keys     atomic.Pointer[keyring]
	log      *slog.Logger
	state    *browserState
	devices  *devices
	pushed   *pushedRequests
	guesses  *guesses
	stopping chan struct{} // closed when the server stops: whoever waits goes on
	tidied   atomic.Int64  // when tidy last ran, in milliseconds
}

// storageFailed is the answer when the store fails: server_error without
// detail, which stays in the log.
func storageFailed(err error) error {
	return op.NewStatusError(oidc.ErrServerError().WithDescription("the local server could not read or write its data").WithParent(err), http.StatusInternalServerError)
}

// What is over is kept for purgeAge, and looked for every purgeInterval: a
// program that refreshes all day leaves two tokens behind each time.
const (
	purgeAge      = 24 * time.Hour
	purgeInterval = time.Hour
)

// tidy purges when it is due. A failure costs room only, so it is logged.
func (p *provider) tidy(ctx context.Context) {
	at, last := p.now(), p.tidied.Load()
	if at.UnixMilli()-last < purgeInterval.Milliseconds() || !p.tidied.CompareAndSwap(last, at.UnixMilli()) {
		return
	}
	if err := p.store.Purge(ctx, at.Add(-purgeAge)); err != nil {
		p.log.Warn("local server: old tokens could not be removed", "error", err)
	}
}

// clientOff forgets what waits for a client that was switched off: switching it
// on again brings nothing back.
func (p *provider) clientOff(id string) {
	p.devices.drop(func(d deviceRequest) bool { return d.clientID == id })
}

// userOff signs a user out and forgets what it approved for devices.
func (p *provider) userOff(id string) {
	p.state.endSessions(id)
	p.devices.drop(func(d deviceRequest) bool { return d.userID == id })
}
