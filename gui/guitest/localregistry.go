package guitest

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"tokenwell/auth"
)

// Registry is an auth.LocalRegistry in memory. It checks next to nothing: a
// function field refuses, or answers in another way. Safe for concurrent use.
type Registry struct {
	mu      sync.Mutex
	watch   map[int]func()
	nextID  int
	clients []auth.LocalClient
	scopes  []auth.LocalScope
	users   []auth.LocalUser
	tokens  []auth.LocalToken
	consent []auth.LocalConsent
	log     []auth.LocalLogEntry

	// State is what Info tells.
	State auth.LocalInfo
	// Calls are the names of the calls that change something, as "delete client c1".
	Calls []string
	// Queries are the calls of Tokens.
	Queries []auth.LocalTokenQuery

	Err          error // of every read, when it is not nil
	OnStart      func() error
	OnSaveClient func(c auth.LocalClient) (auth.LocalClient, error)
	OnSaveScope  func(s auth.LocalScope) error
	OnSaveUser   func(u auth.LocalUser) (auth.LocalUser, error)
	OnImport     func(data []byte) ([]auth.LocalClient, error)
	OnTokens     func(q auth.LocalTokenQuery) (auth.LocalTokenPage, error)
}

var _ auth.LocalRegistry = (*Registry)(nil)

// NewRegistry returns the registry of a running server with six scopes and no client.
func NewRegistry() *Registry {
	r := &Registry{watch: map[int]func(){}}
	issuer := "http://127.0.0.1:17655"
	r.State = auth.LocalInfo{
		Running: true, Since: time.Now().Add(-time.Hour), Issuer: issuer, Discovery: issuer + "/.well-known/openid-configuration",
		User: "analyst", Password: auth.NewSecret("analyst-password"), ClientID: "practice", ClientSecret: auth.NewSecret("practice-secret"),
	}
	for name, about := range map[string]string{
		"openid": "Sign you in", "profile": "Read your name", "email": "Read your e-mail address",
		"offline_access": "Stay signed in", "reports.read": "Read reports", "mail.read": "Read mail",
	} {
		r.scopes = append(r.scopes, auth.LocalScope{Name: name, Description: about, Default: name == "profile", Builtin: !strings.Contains(name, ".")})
	}
	slices.SortFunc(r.scopes, func(a, b auth.LocalScope) int { return cmp.Compare(a.Name, b.Name) })
	return r
}

// Fill replaces what is stored and tells the subscribers. A nil list stays.
func (r *Registry) Fill(clients []auth.LocalClient, users []auth.LocalUser, tokens []auth.LocalToken, consents []auth.LocalConsent, log []auth.LocalLogEntry) {
	r.mu.Lock()
	if clients != nil {
		r.clients = clients
	}
	if users != nil {
		r.users = users
	}
	if tokens != nil {
		r.tokens = tokens
	}
	if consents != nil {
		r.consent = consents
	}
	if log != nil {
		r.log = log
	}
	r.mu.Unlock()
	r.tell()
}

// SetState changes what Info tells.
func (r *Registry) SetState(info auth.LocalInfo) {
	r.mu.Lock()
	r.State = info
	r.mu.Unlock()
	r.tell()
}

func (r *Registry) tell() {
	r.mu.Lock()
	var all []func()
	for _, f := range r.watch {
		all = append(all, f)
	}
	r.mu.Unlock()
	for _, f := range all {
		f()
	}
}

// change runs f, notes the call and tells the subscribers.
func (r *Registry) change(call string, f func()) {
	r.mu.Lock()
	r.Calls = append(r.Calls, call)
	f()
	r.mu.Unlock()
	r.tell()
}

// Info implements auth.LocalRegistry.
func (r *Registry) Info() auth.LocalInfo {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.State
}

// Start implements auth.LocalRegistry.
func (r *Registry) Start(context.Context) error {
	if r.OnStart != nil {
		if err := r.OnStart(); err != nil {
			r.change("start", func() { r.State = auth.LocalInfo{Problem: err.Error()} })
			return err
		}
	}
	r.change("start", func() {
		r.State.Running, r.State.Since, r.State.Problem = true, time.Now(), ""
		r.State.Issuer = cmp.Or(r.State.Issuer, "http://127.0.0.1:17655")
		r.State.Discovery = r.State.Issuer + "/.well-known/openid-configuration"
	})
	return nil
}

// Stop implements auth.LocalRegistry.
func (r *Registry) Stop() error {
	r.change("stop", func() { r.State.Running, r.State.Since = false, time.Time{} })
	return nil
}

// Clients implements auth.LocalRegistry.
func (r *Registry) Clients(context.Context) ([]auth.LocalClient, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	clients := slices.Clone(r.clients)
	for i := range clients {
		clients[i].Tokens = 0
		for _, t := range r.tokens {
			if t.ClientID == clients[i].ID && t.State != auth.LocalTokenRevoked {
				clients[i].Tokens++
			}
		}
	}
	slices.SortFunc(clients, func(a, b auth.LocalClient) int {
		return cmp.Compare(strings.ToLower(a.Name+" "+a.Version), strings.ToLower(b.Name+" "+b.Version))
	})
	return clients, r.Err
}

// NewClient implements auth.LocalRegistry.
func (r *Registry) NewClient() auth.LocalClient {
	return auth.LocalClient{
		Version: "1.0", Grants: []auth.LocalGrant{auth.LocalGrantCode}, RedirectURIs: []string{"http://127.0.0.1/callback"},
		AccessSeconds: 3600, RefreshCount: auth.LocalUnlimited, Scopes: []string{"openid", "profile"}, Active: true,
	}
}

// SaveClient implements auth.LocalRegistry.
func (r *Registry) SaveClient(_ context.Context, c auth.LocalClient) (auth.LocalClient, error) {
	if r.OnSaveClient != nil {
		return r.OnSaveClient(c)
	}
	if c.ID == "" {
		c.ID = strings.ReplaceAll(strings.ToLower(c.Name), " ", "-") + "-" + c.Version
		c.Active = true
	}
	switch {
	case c.Public:
		c.Secret = auth.Secret{}
	case c.Secret.Empty():
		c.Secret = auth.NewSecret("secret-of-" + c.ID)
	}
	r.change("save client "+c.Name+" "+c.Version, func() {
		r.clients = append(slices.DeleteFunc(r.clients, func(o auth.LocalClient) bool { return o.ID == c.ID }), c)
	})
	return c, nil
}

func (r *Registry) client(id string) *auth.LocalClient {
	for i := range r.clients {
		if r.clients[i].ID == id {
			return &r.clients[i]
		}
	}
	return &auth.LocalClient{}
}

// SetClientActive implements auth.LocalRegistry.
func (r *Registry) SetClientActive(_ context.Context, id string, active bool) error {
	r.change(fmt.Sprintf("active %s %v", id, active), func() {
		r.client(id).Active = active
		if !active {
			r.tokens = slices.DeleteFunc(r.tokens, func(t auth.LocalToken) bool { return t.ClientID == id })
		}
	})
	return nil
}

// NewSecret implements auth.LocalRegistry.
func (r *Registry) NewSecret(_ context.Context, id string, overlap time.Duration) (auth.LocalClient, error) {
	r.change(fmt.Sprintf("new secret %s %s", id, overlap), func() {
		c := r.client(id)
		c.OldSecret, c.OldSecretEnds = auth.Secret{}, time.Time{}
		if overlap > 0 {
			c.OldSecret, c.OldSecretEnds = c.Secret, time.Now().Add(overlap)
		}
		c.Secret = auth.NewSecret("another-secret")
	})
	r.mu.Lock()
	defer r.mu.Unlock()
	return *r.client(id), nil
}

// DeleteClient implements auth.LocalRegistry.
func (r *Registry) DeleteClient(_ context.Context, id string) error {
	r.change("delete client "+id, func() {
		r.clients = slices.DeleteFunc(r.clients, func(c auth.LocalClient) bool { return c.ID == id })
		r.tokens = slices.DeleteFunc(r.tokens, func(t auth.LocalToken) bool { return t.ClientID == id })
	})
	return nil
}

// ExportClients implements auth.LocalRegistry.
func (r *Registry) ExportClients(_ context.Context, ids ...string) ([]byte, error) {
	return json.Marshal(ids)
}

// ImportClients implements auth.LocalRegistry.
func (r *Registry) ImportClients(_ context.Context, data []byte) ([]auth.LocalClient, error) {
	if r.OnImport == nil {
		return nil, auth.ErrNotSupported
	}
	made, err := r.OnImport(data)
	if err == nil {
		r.change(fmt.Sprintf("import %d", len(made)), func() { r.clients = append(r.clients, made...) })
	}
	return made, err
}
