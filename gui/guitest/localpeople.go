package guitest

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"tokenwell/auth"
)

// Scopes implements auth.LocalRegistry.
func (r *Registry) Scopes(context.Context) ([]auth.LocalScope, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	scopes := slices.Clone(r.scopes)
	for i := range scopes {
		scopes[i].Clients = 0
		for _, c := range r.clients {
			if slices.Contains(c.Scopes, scopes[i].Name) {
				scopes[i].Clients++
			}
		}
	}
	return scopes, r.Err
}

// SaveScope implements auth.LocalRegistry.
func (r *Registry) SaveScope(_ context.Context, s auth.LocalScope, _ bool) error {
	if r.OnSaveScope != nil {
		if err := r.OnSaveScope(s); err != nil {
			return err
		}
	}
	r.change("save scope "+s.Name, func() {
		if i := slices.IndexFunc(r.scopes, func(o auth.LocalScope) bool { return o.Name == s.Name }); i >= 0 {
			r.scopes[i] = s
			return
		}
		r.scopes = append(r.scopes, s)
	})
	return nil
}

// DeleteScope implements auth.LocalRegistry.
func (r *Registry) DeleteScope(_ context.Context, name string) error {
	r.mu.Lock()
	used := &auth.LocalScopeInUse{Scope: name}
	for _, c := range r.clients {
		if slices.Contains(c.Scopes, name) {
			used.Clients = append(used.Clients, c.Name+" "+c.Version)
		}
	}
	for _, t := range r.tokens {
		if slices.Contains(t.Scopes, name) {
			used.Tokens++
		}
	}
	r.mu.Unlock()
	if len(used.Clients) > 0 || used.Tokens > 0 {
		return used
	}
	r.change("delete scope "+name, func() {
		r.scopes = slices.DeleteFunc(r.scopes, func(s auth.LocalScope) bool { return s.Name == name })
	})
	return nil
}

// Users implements auth.LocalRegistry.
func (r *Registry) Users(context.Context) ([]auth.LocalUser, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.users), r.Err
}

// SaveUser implements auth.LocalRegistry.
func (r *Registry) SaveUser(_ context.Context, u auth.LocalUser) (auth.LocalUser, error) {
	if r.OnSaveUser != nil {
		return r.OnSaveUser(u)
	}
	u.ID = cmp.Or(u.ID, "user-"+u.Name)
	call := "save user " + u.Name
	if !u.Password.Empty() {
		call += " with a password"
	}
	u.Password = auth.Secret{}
	r.change(call, func() {
		if i := slices.IndexFunc(r.users, func(o auth.LocalUser) bool { return o.ID == u.ID }); i >= 0 {
			r.users[i] = u
			return
		}
		r.users = append(r.users, u)
	})
	return u, nil
}

// DeleteUser implements auth.LocalRegistry.
func (r *Registry) DeleteUser(_ context.Context, id string) error {
	r.change("delete user "+id, func() {
		r.users = slices.DeleteFunc(r.users, func(u auth.LocalUser) bool { return u.ID == id })
	})
	return nil
}

// Tokens implements auth.LocalRegistry.
func (r *Registry) Tokens(_ context.Context, q auth.LocalTokenQuery) (auth.LocalTokenPage, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.Queries = append(r.Queries, q)
	if r.OnTokens != nil {
		return r.OnTokens(q)
	}
	page := auth.LocalTokenPage{Total: len(r.tokens)}
	var found []auth.LocalToken
	for _, t := range r.tokens {
		if t.State == auth.LocalTokenExpired {
			page.Expired++
		}
		words := strings.ToLower(strings.Join(append(slices.Clone(t.Scopes), t.Client, t.User), " "))
		if strings.Contains(words, strings.ToLower(q.Search)) && (q.ClientID == "" || q.ClientID == t.ClientID) {
			found = append(found, t)
		}
	}
	slices.SortStableFunc(found, func(a, b auth.LocalToken) int {
		n := cmp.Or(compareTokens(a, b, q.Sort), cmp.Compare(a.ID, b.ID))
		if q.Desc {
			return -n
		}
		return n
	})
	page.Match = len(found)
	from := min(q.Offset, len(found))
	page.Rows = slices.Clone(found[from:min(from+q.Limit, len(found))])
	return page, r.Err
}

func compareTokens(a, b auth.LocalToken, by string) int {
	switch by {
	case "user":
		return cmp.Compare(a.User, b.User)
	case "issued":
		return a.Issued.Compare(b.Issued)
	case "expires":
		return a.Expires.Compare(b.Expires)
	case "left":
		return cmp.Compare(a.RefreshesLeft, b.RefreshesLeft)
	default:
		return cmp.Compare(a.Client, b.Client)
	}
}

// RevokeToken implements auth.LocalRegistry.
func (r *Registry) RevokeToken(_ context.Context, id string) error {
	r.change("revoke token "+id, func() {
		for i := range r.tokens {
			if r.tokens[i].ID == id {
				r.tokens[i].State, r.tokens[i].RefreshesLeft = auth.LocalTokenRevoked, auth.LocalNoRefresh
			}
		}
	})
	return nil
}

// DeleteToken implements auth.LocalRegistry.
func (r *Registry) DeleteToken(_ context.Context, id string) error {
	r.change("delete token "+id, func() {
		r.tokens = slices.DeleteFunc(r.tokens, func(t auth.LocalToken) bool { return t.ID == id })
	})
	return nil
}

// RemoveExpired implements auth.LocalRegistry.
func (r *Registry) RemoveExpired(context.Context) (int, error) {
	n := 0
	r.change("remove expired", func() {
		before := len(r.tokens)
		r.tokens = slices.DeleteFunc(r.tokens, func(t auth.LocalToken) bool { return t.State == auth.LocalTokenExpired })
		n = before - len(r.tokens)
	})
	return n, nil
}

// Consents implements auth.LocalRegistry.
func (r *Registry) Consents(context.Context) ([]auth.LocalConsent, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.consent), r.Err
}

// WithdrawConsent implements auth.LocalRegistry.
func (r *Registry) WithdrawConsent(_ context.Context, id string) error {
	r.change("withdraw consent "+id, func() {
		r.consent = slices.DeleteFunc(r.consent, func(c auth.LocalConsent) bool { return c.ID == id })
	})
	return nil
}

// Log implements auth.LocalRegistry.
func (r *Registry) Log(_ context.Context, search string, limit int) ([]auth.LocalLogEntry, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	var found []auth.LocalLogEntry
	for _, e := range r.log {
		if strings.Contains(strings.ToLower(e.Client+" "+e.Endpoint+" "+e.Outcome), strings.ToLower(search)) && len(found) < limit {
			found = append(found, e)
		}
	}
	return found, r.Err
}

// ClearLog implements auth.LocalRegistry.
func (r *Registry) ClearLog(context.Context) error {
	r.change("clear log", func() { r.log = nil })
	return nil
}

// Subscribe implements auth.LocalRegistry.
func (r *Registry) Subscribe(f func()) (cancel func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	id := r.nextID
	r.nextID++
	r.watch[id] = f
	return func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		delete(r.watch, id)
	}
}
