// Package guitest helps to test the window as its user sees it: an engine in
// memory, the program's icons, and a hand that finds things by what they say.
package guitest

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"tokenwell/auth"
)

// Engine is an engine in memory. The zero value has no authorization and an
// open vault. Set a function field to answer a call in another way. Safe for
// concurrent use once it is handed to a window.
type Engine struct {
	mu       sync.Mutex
	details  map[string]auth.Detail
	tokens   map[string]auth.Secret
	deleted  map[string]auth.Detail
	settings map[string]string
	listen   map[int]func(auth.Event)
	nextID   int

	// Queries are the calls of List, Calls the names of all others that change
	// something, as "refresh id".
	Queries []auth.Query
	Calls   []string

	Catalog   []auth.Service
	Local     auth.LocalInfo
	Vault     auth.VaultStatus
	DetailErr error // returned by Detail, DraftOf and AccessToken

	OnList         func(q auth.Query) (auth.Page, error)
	OnDetail       func(id string) (auth.Detail, error)
	OnReauthorize  func(id string, o auth.ReauthorizeOptions) (*auth.SignIn, error)
	OnAuthorize    func(d auth.Draft) (*auth.SignIn, error)
	OnRefresh      func(id string) (auth.Detail, error)
	OnCheck        func(d auth.Draft) ([]auth.FieldError, error)
	OnProbeKeyring func() error
	OnCreateVault  func(passphrase auth.Secret) error
	OnUnlock       func(passphrase auth.Secret) error
	Actions
	ServiceCalls
	ActivityCalls
	HandOutRules
	ConsentCalls
}

// NewEngine returns an engine with an open vault and two services.
func NewEngine() *Engine {
	return &Engine{
		details: map[string]auth.Detail{}, tokens: map[string]auth.Secret{}, deleted: map[string]auth.Detail{},
		settings: map[string]string{}, listen: map[int]func(auth.Event){},
		Vault: auth.VaultStatus{Exists: true, Open: true, HasKeyring: true},
		Catalog: []auth.Service{
			{ID: auth.LocalServiceID, Name: "Local server"},
			{ID: "microsoft-graph", Name: "Microsoft Graph"},
		},
		Local: auth.LocalInfo{
			Running: true, Issuer: "http://127.0.0.1:17655", User: "analyst",
			ClientID: "practice", ClientSecret: auth.NewSecret("practice-secret"),
		},
	}
}

// Put stores an authorization with its access token, or replaces it.
func (e *Engine) Put(d auth.Detail, token auth.Secret) {
	e.mu.Lock()
	defer e.mu.Unlock()
	d.RefreshesLeft = auth.Record{Authorization: d.Authorization, Status: d.Status}.RefreshesLeft()
	e.details[d.Authorization.ID], e.tokens[d.Authorization.ID] = d, token
}

// Emit tells the subscribers.
func (e *Engine) Emit(event auth.Event) {
	e.mu.Lock()
	listeners := slices.Collect(maps.Values(e.listen))
	e.mu.Unlock()
	for _, f := range listeners {
		f(event)
	}
}

// Stored returns the settings as they are stored.
func (e *Engine) Stored() map[string]string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return maps.Clone(e.settings)
}

// Preset stores a setting without a call.
func (e *Engine) Preset(key, value string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.settings[key] = value
}

func (e *Engine) called(format string, args ...any) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.Calls = append(e.Calls, fmt.Sprintf(format, args...))
}

// VaultStatus implements the window's engine.
func (e *Engine) VaultStatus(context.Context) (auth.VaultStatus, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.Vault, nil
}

// ProbeKeyring implements the window's engine.
func (e *Engine) ProbeKeyring(context.Context) error {
	if e.OnProbeKeyring != nil {
		return e.OnProbeKeyring()
	}
	return nil
}

// CreateVault implements the window's engine.
func (e *Engine) CreateVault(_ context.Context, passphrase auth.Secret) error {
	if e.OnCreateVault != nil {
		return e.OnCreateVault(passphrase)
	}
	return nil
}

// Unlock implements the window's engine.
func (e *Engine) Unlock(_ context.Context, passphrase auth.Secret) error {
	if e.OnUnlock != nil {
		return e.OnUnlock(passphrase)
	}
	return nil
}

// Services implements the window's engine.
func (e *Engine) Services() []auth.Service { return append(slices.Clone(e.Own), e.Catalog...) }

// LocalServer implements the window's engine.
func (e *Engine) LocalServer() auth.LocalInfo { return e.Local }

// List implements the window's engine.
func (e *Engine) List(_ context.Context, q auth.Query) (auth.Page, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.Queries = append(e.Queries, q)
	if e.OnList != nil {
		return e.OnList(q)
	}
	var rows []auth.Row
	for _, d := range e.details {
		r := rowOf(d, q.Now)
		text := strings.ToLower(strings.Join(append([]string{r.Name, r.ServiceName}, d.Authorization.Scopes...), " "))
		if strings.Contains(text, strings.ToLower(q.Search)) &&
			(len(q.States) == 0 || slices.Contains(q.States, r.State)) &&
			(q.ServiceID == "" || q.ServiceID == r.ServiceID) {
			rows = append(rows, r)
		}
	}
	slices.SortFunc(rows, func(a, b auth.Row) int {
		order := compare(a, b, q.Sort)
		if q.Desc {
			order = -order
		}
		return cmp.Or(order, cmp.Compare(a.ID, b.ID))
	})
	page := auth.Page{Match: len(rows), Total: len(e.details)}
	from := min(q.Offset, len(rows))
	page.Rows = slices.Clone(rows[from:min(from+q.Limit, len(rows))])
	return page, nil
}

// CountStates implements the window's engine.
func (e *Engine) CountStates(context.Context) (map[auth.State]int, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	out := map[auth.State]int{}
	for _, d := range e.details {
		out[d.Status.Effective(time.Now())]++
	}
	return out, nil
}

// UsedServices implements the window's engine.
func (e *Engine) UsedServices(context.Context) (map[string]int, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	out := map[string]int{}
	for _, d := range e.details {
		out[d.Authorization.ServiceID]++
	}
	return out, nil
}

func (e *Engine) get(id string) (auth.Detail, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	d, ok := e.details[id]
	switch {
	case !ok:
		return auth.Detail{}, auth.ErrNotFound
	case e.DetailErr != nil:
		return auth.Detail{}, e.DetailErr
	}
	d.Rule = e.Rules[id]
	return d, nil
}

// Detail implements the window's engine.
func (e *Engine) Detail(_ context.Context, id string) (auth.Detail, error) {
	if e.OnDetail != nil {
		return e.OnDetail(id)
	}
	return e.get(id)
}

// AccessToken implements the window's engine.
func (e *Engine) AccessToken(_ context.Context, id string) (auth.Secret, error) {
	if _, err := e.get(id); err != nil {
		return auth.Secret{}, err
	}
	e.called("token %s", id)
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.tokens[id], nil
}

// DraftFor implements the window's engine.
func (e *Engine) DraftFor(serviceID string) auth.Draft {
	return auth.Draft{ServiceID: serviceID, Grant: auth.GrantAuthorizationCode, Params: map[string]string{}}
}

// DraftOf implements the window's engine.
func (e *Engine) DraftOf(_ context.Context, id string, duplicate bool) (auth.Draft, error) {
	d, err := e.get(id)
	if err != nil {
		return auth.Draft{}, err
	}
	a := d.Authorization
	draft := auth.Draft{
		ID: a.ID, Name: a.Name, Notes: a.Notes, ServiceID: a.ServiceID, Grant: a.Grant,
		ClientID: a.ClientID, Scopes: a.Scopes, Params: map[string]string{},
	}
	if duplicate {
		draft.ID, draft.CopyOf, draft.Name = "", a.ID, a.Name+" 2"
	}
	return draft, nil
}

// Check implements the window's engine: the name has to be given and free.
func (e *Engine) Check(_ context.Context, d auth.Draft) ([]auth.FieldError, error) {
	if e.OnCheck != nil {
		return e.OnCheck(d)
	}
	if d.Name == "" {
		return []auth.FieldError{{Field: auth.FieldName, Message: "Give it a name."}}, nil
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	for id, other := range e.details {
		if id != d.ID && strings.EqualFold(other.Authorization.Name, d.Name) {
			return []auth.FieldError{{Field: auth.FieldName, Message: "Another authorization has this name; capital letters do not count"}}, nil
		}
	}
	return nil, nil
}

// Authorize implements the window's engine.
func (e *Engine) Authorize(_ context.Context, d auth.Draft) (*auth.SignIn, error) {
	e.called("authorize %s", d.Name)
	if e.OnAuthorize != nil {
		return e.OnAuthorize(d)
	}
	return nil, auth.ErrNotSupported
}

// Reauthorize implements the window's engine.
func (e *Engine) Reauthorize(_ context.Context, id string, o auth.ReauthorizeOptions) (*auth.SignIn, error) {
	e.called("reauthorize %s%s", id, optionWords(o))
	if e.OnReauthorize != nil {
		return e.OnReauthorize(id, o)
	}
	return nil, auth.ErrNotSupported
}

// optionWords writes the options of a sign-in behind a call.
func optionWords(o auth.ReauthorizeOptions) string {
	words := ""
	if o.Consent {
		words += " consent"
	}
	if o.ChooseAccount {
		words += " account"
	}
	return words
}

func (e *Engine) change(id string, f func(*auth.Detail)) error {
	e.mu.Lock()
	d, ok := e.details[id]
	if ok {
		f(&d)
		e.details[id] = d
	}
	e.mu.Unlock()
	if !ok {
		return auth.ErrNotFound
	}
	e.Emit(auth.Event{Kind: auth.EventList, ID: id})
	return nil
}

// Rename implements the window's engine.
func (e *Engine) Rename(_ context.Context, id, name, notes string) error {
	e.called("rename %s %s", id, name)
	return e.change(id, func(d *auth.Detail) { d.Authorization.Name, d.Authorization.Notes = name, notes })
}

// Refresh implements the window's engine.
func (e *Engine) Refresh(_ context.Context, id string) (auth.Detail, error) {
	e.called("refresh %s", id)
	if e.OnRefresh != nil {
		return e.OnRefresh(id)
	}
	err := e.change(id, func(d *auth.Detail) {
		now := time.Now()
		d.Status.State, d.Status.Generation = auth.StateActive, d.Status.Generation+1
		d.Status.IssuedAt, d.Status.Expiry.At = now, now.Add(time.Hour)
		d.Status.LastOutcome, d.Status.LastOutcomeAt = "ok", now
	})
	if err != nil {
		return auth.Detail{}, err
	}
	return e.get(id)
}

// Revoke implements the window's engine.
func (e *Engine) Revoke(_ context.Context, id string) (auth.RevokeOutcome, error) {
	e.called("revoke %s", id)
	if e.OnRevoke != nil {
		return e.OnRevoke(id)
	}
	return auth.Revoked, e.change(id, func(d *auth.Detail) { d.Status.State = auth.StateRevoked })
}

// Delete implements the window's engine.
func (e *Engine) Delete(_ context.Context, id string, revoke bool) (time.Time, error) {
	e.called("delete %s revoke=%v", id, revoke)
	e.mu.Lock()
	e.deleted[id] = e.details[id]
	delete(e.details, id)
	e.mu.Unlock()
	e.Emit(auth.Event{Kind: auth.EventList, ID: id})
	return time.Now().Add(10 * time.Second), nil
}

// Undelete implements the window's engine.
func (e *Engine) Undelete(_ context.Context, id string) error {
	e.called("undelete %s", id)
	e.mu.Lock()
	e.details[id] = e.deleted[id]
	delete(e.deleted, id)
	e.mu.Unlock()
	e.Emit(auth.Event{Kind: auth.EventList, ID: id})
	return nil
}

// Settings implements the window's engine.
func (e *Engine) Settings(context.Context) (map[string]string, error) { return e.Stored(), nil }

// SetSetting implements the window's engine.
func (e *Engine) SetSetting(_ context.Context, key, value string) error {
	e.Preset(key, value)
	return nil
}

// Subscribe implements the window's engine.
func (e *Engine) Subscribe(f func(auth.Event)) (cancel func()) {
	e.mu.Lock()
	defer e.mu.Unlock()
	id := e.nextID
	e.nextID++
	e.listen[id] = f
	return func() {
		e.mu.Lock()
		defer e.mu.Unlock()
		delete(e.listen, id)
	}
}
