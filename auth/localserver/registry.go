package localserver

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"tokenwell/auth"
)

// Registry administers a Server: it checks what is to be saved and tells who
// watches about every change. Safe for concurrent use.
type Registry struct{ server *Server }

var _ auth.LocalRegistry = Registry{}

// Registry returns what administers the server, whether it runs or not.
func (s *Server) Registry() Registry { return Registry{s} }

// Info implements auth.LocalRegistry. Quick.
func (r Registry) Info() auth.LocalInfo { return r.server.Info() }

// Start implements auth.LocalRegistry.
func (r Registry) Start(ctx context.Context) error { return r.server.Start(ctx) }

// Stop implements auth.LocalRegistry.
func (r Registry) Stop() error { return r.server.Close() }

// Subscribe implements auth.LocalRegistry.
func (r Registry) Subscribe(f func()) (cancel func()) { return r.server.changes.subscribe(f) }

// ready makes what the first run makes: a registry can be looked at before the
// server has ever run.
func (r Registry) ready(ctx context.Context) error {
	_, err := r.server.firstRun(ctx)
	return err
}

// done tells about a change that was stored.
func (r Registry) done(err error) error {
	if err == nil {
		r.server.changes.changed()
	}
	return err
}

// renew is done for what Info shows of the first run's user and client.
func (r Registry) renew(ctx context.Context, err error) error {
	if err != nil {
		return err
	}
	first, err := r.server.firstRun(ctx)
	if err != nil {
		return err
	}
	r.server.mu.Lock()
	if r.server.info.Issuer != "" {
		r.server.info.User, r.server.info.Password = first.user.Name, first.user.Password
		r.server.info.ClientID, r.server.info.ClientSecret = first.client.ID, first.client.Secret
	}
	r.server.mu.Unlock()
	return r.done(nil)
}

// goneError says that somebody else removed what is to be changed.
type goneError struct{ what string }

// Error implements error.
func (e goneError) Error() string { return "This " + e.what + " is not there any more" }

// Unwrap makes it an ErrNotFound.
func (goneError) Unwrap() error { return ErrNotFound }

// gone puts what the user knows in place of ErrNotFound.
func gone(what string, err error) error {
	if errors.Is(err, ErrNotFound) {
		return goneError{what}
	}
	return err
}

// Scopes implements auth.LocalRegistry, in the order in which they were made.
func (r Registry) Scopes(ctx context.Context) ([]auth.LocalScope, error) {
	if err := r.ready(ctx); err != nil {
		return nil, err
	}
	scopes, err := r.server.store.Scopes(ctx)
	if err != nil {
		return nil, err
	}
	clients, err := r.server.store.Clients(ctx, r.server.now())
	if err != nil {
		return nil, err
	}
	for i := range scopes {
		for _, c := range clients {
			if slices.Contains(c.Scopes, scopes[i].Name) {
				scopes[i].Clients++
			}
		}
	}
	return scopes, nil
}

// SaveScope implements auth.LocalRegistry.
func (r Registry) SaveScope(ctx context.Context, s auth.LocalScope, isNew bool) error {
	r.server.editing.Lock()
	defer r.server.editing.Unlock()
	s.Name, s.Description = strings.TrimSpace(s.Name), strings.TrimSpace(s.Description)
	var found faults
	found.add("scope.name", checkScopeName(s.Name))
	found.add("scope.description", checkText(s.Description, maxDescription, false))
	if len(found) > 0 {
		return found.err()
	}
	stored, err := r.Scopes(ctx)
	if err != nil {
		return err
	}
	s.Builtin = false
	if i := indexScope(stored, s.Name); i >= 0 && !isNew {
		s.Name, s.Builtin = stored[i].Name, stored[i].Builtin
	}
	err = r.server.store.SaveScope(ctx, s, isNew)
	if errors.Is(err, ErrTaken) {
		return oneFault("scope.name", "There is a scope of this name already")
	}
	return r.done(gone("scope", err))
}

func indexScope(scopes []auth.LocalScope, name string) int {
	return slices.IndexFunc(scopes, func(s auth.LocalScope) bool { return auth.FoldName(s.Name) == auth.FoldName(name) })
}

// DeleteScope implements auth.LocalRegistry.
func (r Registry) DeleteScope(ctx context.Context, name string) error {
	r.server.editing.Lock()
	defer r.server.editing.Unlock()
	stored, err := r.Scopes(ctx)
	if err != nil {
		return err
	}
	if i := indexScope(stored, name); i >= 0 && stored[i].Builtin {
		return fmt.Errorf("the scope %q can't be deleted: the local server itself acts on it", stored[i].Name)
	}
	return r.done(r.server.store.DeleteScope(ctx, name, r.server.now()))
}

// maxRows is the longest page.
const maxRows = 1000

// Tokens implements auth.LocalRegistry. A limit of 0 gives 100 rows; there are
// never more than 1,000.
func (r Registry) Tokens(ctx context.Context, q auth.LocalTokenQuery) (auth.LocalTokenPage, error) {
	q.Limit = min(cmp.Or(q.Limit, 100), maxRows)
	return r.server.store.TokenRows(ctx, q, r.server.now())
}

// RevokeToken implements auth.LocalRegistry.
func (r Registry) RevokeToken(ctx context.Context, id string) error {
	return r.done(r.server.store.RevokeGrant(ctx, id, r.server.now()))
}

// DeleteToken implements auth.LocalRegistry.
func (r Registry) DeleteToken(ctx context.Context, id string) error {
	return r.done(r.server.store.DeleteGrant(ctx, id))
}

// RemoveExpired implements auth.LocalRegistry.
func (r Registry) RemoveExpired(ctx context.Context) (int, error) {
	count, err := r.server.store.DeleteExpired(ctx, r.server.now())
	return count, r.done(err)
}

// Consents implements auth.LocalRegistry, newest first.
func (r Registry) Consents(ctx context.Context) ([]auth.LocalConsent, error) {
	consents, err := r.server.store.Consents(ctx)
	if err != nil {
		return nil, err
	}
	clients, err := r.server.store.Clients(ctx, r.server.now())
	if err != nil {
		return nil, err
	}
	users, err := r.server.store.Users(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]auth.LocalConsent, 0, len(consents))
	for _, c := range consents {
		row := auth.LocalConsent{ID: c.ID, ClientID: c.ClientID, Scopes: c.Scopes, Given: c.Given}
		if i := slices.IndexFunc(clients, func(o Client) bool { return o.ID == c.ClientID }); i >= 0 {
			row.Client = clientTitle(clients[i])
		}
		if i := slices.IndexFunc(users, func(u User) bool { return u.ID == c.UserID }); i >= 0 {
			row.User = users[i].Name
		}
		out = append(out, row)
	}
	return out, nil
}

// WithdrawConsent implements auth.LocalRegistry.
func (r Registry) WithdrawConsent(ctx context.Context, id string) error {
	return r.done(r.server.store.DeleteConsent(ctx, id))
}

// Log implements auth.LocalRegistry. It needs no open vault.
func (r Registry) Log(ctx context.Context, search string, limit int) ([]auth.LocalLogEntry, error) {
	if err := r.server.requests.flush(ctx); err != nil {
		return nil, err
	}
	return r.server.store.Log(ctx, search, limit)
}

// ClearLog implements auth.LocalRegistry.
func (r Registry) ClearLog(ctx context.Context) error {
	if err := r.server.requests.flush(ctx); err != nil {
		return err
	}
	return r.done(r.server.store.ClearLog(ctx))
}

// maxOverlap is the longest time for which an old secret goes on to work.
const maxOverlap = 30 * 24 * time.Hour

// clientTitle is how a client is called beside others.
func clientTitle(c auth.LocalClient) string { return strings.TrimSpace(c.Name + " " + c.Version) }
