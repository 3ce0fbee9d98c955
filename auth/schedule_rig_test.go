package auth_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/auth/authtest"
)

// bubble is an engine whose clock and network are the test's: time passes when
// everything waits, and connections are pipes.
type bubble struct {
	*testing.T
	store  *authtest.MemStore
	engine *auth.Engine
	net    *tokenNet
	shift  func(time.Duration) // sets the wall clock
	now    func() time.Time    // the wall clock

	lifetime *auth.Lifetime // of the service's sign-ins; nil: not known

	mu     sync.Mutex
	link   string // the machine's addresses
	events map[auth.EventKind]int
}

// scheduled runs f with a rig inside a bubble. The engine is not started.
func scheduled(t *testing.T, f func(b *bubble)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		b := &bubble{T: t, store: authtest.NewMemStore(), link: "home", events: map[auth.EventKind]int{}}
		b.net = &tokenNet{T: t, answers: map[string]func(post) answer{}, flying: map[string]int{}}
		var shifted time.Duration
		var mu sync.Mutex
		b.now = func() time.Time {
			mu.Lock()
			defer mu.Unlock()
			return time.Now().Add(shifted)
		}
		b.shift = func(by time.Duration) {
			mu.Lock()
			defer mu.Unlock()
			shifted += by
		}
		b.engine = b.another()
		f(b)
	})
}

// another makes one more engine on the same store, as the next start is.
func (b *bubble) another() *auth.Engine { return b.engineOf(false) }

// brief makes one as a single command does.
func (b *bubble) brief() *auth.Engine { return b.engineOf(true) }

func (b *bubble) engineOf(brief bool) *auth.Engine {
	b.Helper()
	service := authtest.Service()
	if b.lifetime != nil {
		service.Refresh.Lifetime = *b.lifetime
	}
	catalog, err := authtest.CatalogOf(service)
	require.NoError(b, err)
	wire := auth.NewWire(auth.WireParams{Now: b.now}.WithProxy("").WithDial(b.net.dial))
	e, err := auth.New(auth.Params{
		Store: b.store, Vault: b.store.Vault(), Catalog: catalog, Wire: wire,
		Browser: authtest.NewBrowser(b.T, authtest.BrowserIgnore, nil), Now: b.now, Brief: brief,
	})
	require.NoError(b, err)
	e.WithLink(func() string {
		b.mu.Lock()
		defer b.mu.Unlock()
		return b.link
	})
	e.Subscribe(func(event auth.Event) {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.events[event.Kind]++
	})
	b.Cleanup(e.Close)
	return e
}

func (b *bubble) start() { require.NoError(b, b.engine.Start(b.Context())) }

// setLink gives the machine other addresses.
func (b *bubble) setLink(link string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.link = link
}

// seen is how many events of a kind there were.
func (b *bubble) seen(kind auth.EventKind) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.events[kind]
}

// pass lets time go by.
func (b *bubble) pass(d time.Duration) {
	<-time.After(d)
	synctest.Wait()
}

// put stores an authorization at a host (a port) that refreshes by itself: an
// hour's token with a minute left, due now.
func (b *bubble) put(port int, edit func(*auth.Record)) string {
	now, name := b.now().UTC(), fmt.Sprintf("%d %s", port, uuid.NewString())
	record := auth.Record{
		Authorization: auth.Authorization{
			ID: uuid.NewString(), Name: name, ServiceID: authtest.ServiceID, ServiceName: "Evilas", Grant: auth.GrantAuthorizationCode,
			Endpoints: auth.Endpoints{Token: endpointAt(port), Revocation: fmt.Sprintf("http://127.0.0.1:%d/revoke", port)},
			ClientID:  "client", ClientAuth: auth.ClientAuthNone, AutoRefresh: true, CreatedAt: now,
		},
		Status: auth.Status{
			State: auth.StateActive, Generation: 1, TokenType: "Bearer", IssuedAt: now.Add(-59 * time.Minute), HandOut: true, HasRefresh: true,
			Expiry: auth.Expiry{Rule: auth.ExpiryReported, At: now.Add(time.Minute), Lifetime: time.Hour}, LastOutcome: auth.OutcomeOK,
			NextRefreshAt: now,
		},
		Tokens: auth.Tokens{Access: auth.NewSecret("access"), Refresh: auth.NewSecret(name)},
	}
	if edit != nil {
		edit(&record)
	}
	b.store.Put(record)
	return record.Authorization.ID
}

func endpointAt(port int) string { return fmt.Sprintf("http://127.0.0.1:%d/token", port) }

func (b *bubble) row(id string) auth.Record {
	b.Helper()
	r, ok := b.store.Record(id)
	require.True(b, ok, "the row is gone")
	return r
}

// post is one request that a server got.
type post struct {
	At    time.Time
	Host  string
	Token string // the refresh token
	Path  string
}

// answer is what a server says to a post.
type answer struct {
	Status int
	Header http.Header
	Body   string
	After  time.Duration
	Cut    bool // the connection ends without an answer
}

// granted is an answer with tokens that live so long.
func granted(p post, lifetime string) answer {
	return answer{Status: 200, Body: fmt.Sprintf(`{"access_token":"access-%d","token_type":"Bearer","expires_in":%s,"refresh_token":"%s+"}`, p.At.UnixNano(), lifetime, p.Token)}
}

func refused(status int, code string) answer {
	return answer{Status: status, Body: fmt.Sprintf(`{"error":%q}`, code)}
}

// tokenNet is a network of token servers inside the bubble.
type tokenNet struct {
	*testing.T
	mu      sync.Mutex
	down    bool
	dials   int
	answers map[string]func(post) answer // by host; none: an hour's token at once
	posts   []post
	flying  map[string]int
	most    int // in flight to one host
	mostAll int
	all     int
}

func (n *tokenNet) setDown(down bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.down = down
}

// tried is how often a connection was asked for.
func (n *tokenNet) tried() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.dials
}

// at sets what the server at a port answers.
func (n *tokenNet) at(port int, f func(post) answer) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.answers[fmt.Sprintf("127.0.0.1:%d", port)] = f
}

// got returns the token requests so far, of one host when port is not 0.
func (n *tokenNet) got(port int) []post {
	n.mu.Lock()
	defer n.mu.Unlock()
	var all []post
	for _, p := range n.posts {
		if p.Path == "/token" && (port == 0 || p.Host == fmt.Sprintf("127.0.0.1:%d", port)) {
			all = append(all, p)
		}
	}
	return all
}

// shown counts the presentations by refresh token.
func (n *tokenNet) shown() map[string]int {
	counts := map[string]int{}
	for _, p := range n.got(0) {
		counts[p.Token]++
	}
	return counts
}

func (n *tokenNet) dial(_ context.Context, _, address string) (net.Conn, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.dials++
	if n.down {
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ENETUNREACH}
	}
	client, server := net.Pipe()
	go n.serve(server, address)
	return client, nil
}

func (n *tokenNet) serve(conn net.Conn, host string) {
	defer func() { _ = conn.Close() }()
	request, err := http.ReadRequest(bufio.NewReader(conn))
	if err != nil {
		return
	}
	assert.NoError(n, request.ParseForm())
	p := post{At: time.Now(), Host: host, Token: request.PostForm.Get("refresh_token"), Path: request.URL.Path}
	n.mu.Lock()
	n.posts = append(n.posts, p)
	n.flying[host]++
	n.all++
	n.most, n.mostAll = max(n.most, n.flying[host]), max(n.mostAll, n.all)
	say := n.answers[host]
	n.mu.Unlock()
	a := granted(p, "3600")
	if say != nil {
		a = say(p)
	}
	<-time.After(a.After)
	n.mu.Lock()
	n.flying[host]--
	n.all--
	n.mu.Unlock()
	if a.Cut {
		return
	}
	head := fmt.Sprintf("HTTP/1.1 %d X\r\nContent-Length: %d\r\n", a.Status, len(a.Body))
	if a.Header.Get("Content-Type") == "" {
		head += "Content-Type: application/json\r\n"
	}
	for name, values := range a.Header {
		head += name + ": " + values[0] + "\r\n"
	}
	_, _ = io.WriteString(conn, head+"\r\n"+a.Body)
}

// rows are all that is stored.
func (b *bubble) rows() []auth.Record {
	b.Helper()
	page, err := b.store.List(b.Context(), auth.Query{})
	require.NoError(b, err)
	var all []auth.Record
	for _, row := range page.Rows {
		all = append(all, b.row(row.ID))
	}
	return all
}
