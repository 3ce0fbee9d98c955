package auth

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"

	"github.com/google/uuid"
)

// usersNamed is how many authorizations a ServiceInUse names.
const usersNamed = 5

// recentServices is how many services RecentServices names.
const recentServices = 8

// loadServices takes the user's own services into the catalog. One that does not
// match its seal, or that this version of the program could not act on, is left
// out: no request is made under it (T58).
func (e *Engine) loadServices(ctx context.Context) error {
	e.catalog.loading.Lock()
	defer e.catalog.loading.Unlock()
	own, damaged, err := e.store.OwnServices(ctx)
	if err != nil {
		return err
	}
	for _, id := range damaged {
		e.log.Error("a service was changed outside the app and is left out", "service", id)
	}
	own = slices.DeleteFunc(own, func(s Service) bool {
		wrong := checkOwnService(s)
		if len(wrong) > 0 {
			e.log.Error("a service can't be used and is left out", "service", s.ID, "field", string(wrong[0].Field))
		}
		return len(wrong) > 0
	})
	e.catalog.setOwn(own)
	return nil
}

// serviceOf returns the service of an authorization. Without it nothing is known
// of how its requests have to look, so none is made. One that is not known yet
// may have been made by another process.
func (e *Engine) serviceOf(r Record) (Service, error) {
	id := r.Authorization.ServiceID
	svc, ok := e.catalog.Get(id)
	if !ok && strings.HasPrefix(id, OwnServicePrefix) {
		ctx, cancel := context.WithTimeout(e.ctx, readTimeout)
		defer cancel()
		if err := e.loadServices(ctx); err != nil {
			return Service{}, e.explain(err, r)
		}
		svc, ok = e.catalog.Get(id)
	}
	if !ok {
		return Service{}, e.explain(&CodedError{Code: CodeServiceMissing}, r)
	}
	return svc, nil
}

// ServiceEntries returns the lines of the Services screen: the user's own
// services first, then the catalog, each by name.
func (e *Engine) ServiceEntries(ctx context.Context) ([]ServiceEntry, error) {
	// Another process may have changed them.
	if err := e.loadServices(ctx); err != nil && !errors.Is(err, ErrVaultLocked) {
		return nil, e.explain(err, Record{})
	}
	used, err := e.store.UsedServices(ctx)
	if err != nil {
		return nil, e.explain(err, Record{})
	}
	all := e.catalog.All()
	entries := make([]ServiceEntry, 0, len(all))
	for _, s := range all {
		entries = append(entries, ServiceEntry{Service: s, Own: s.IsOwn(), Used: used[s.ID]})
	}
	slices.SortStableFunc(entries, func(a, b ServiceEntry) int {
		switch {
		case a.Own != b.Own && a.Own:
			return -1
		case a.Own != b.Own:
			return 1
		}
		return strings.Compare(FoldName(a.Service.Name), FoldName(b.Service.Name))
	})
	return entries, nil
}

// RecentServices returns the IDs of the services used last, newest first.
func (e *Engine) RecentServices(ctx context.Context) ([]string, error) {
	recent, err := e.store.RecentServices(ctx, recentServices)
	if err != nil {
		return nil, e.explain(err, Record{})
	}
	return recent, nil
}

// SaveService stores a service of the user's own; an empty ID makes a new one.
// FieldErrors when something is wrong, *ServiceInUse when a scope is taken away
// that an authorization asks for. The catalog's own can't be changed.
// Authorizations keep the addresses under which they were set up: the next
// sign-in of each gives *EndpointsChanged.
func (e *Engine) SaveService(ctx context.Context, s Service) (Service, error) {
	if _, shipped := e.catalog.sample(s.ID); shipped || s.ID != "" && !ownIDPattern().MatchString(s.ID) {
		return Service{}, e.readOnly(s.Name)
	}
	s = cleanService(s)
	if wrong := e.CheckService(s); len(wrong) > 0 {
		return Service{}, FieldErrors(wrong)
	}
	if was, ok := e.catalog.Get(s.ID); ok {
		if err := e.scopesInUse(ctx, was, s); err != nil {
			return Service{}, err
		}
	}
	s.ID = cmp.Or(s.ID, OwnServicePrefix+uuid.NewString())
	if err := e.store.SaveService(ctx, s); err != nil {
		return Service{}, e.explain(err, Record{})
	}
	return s, e.servicesChanged(ctx)
}

// ownIDPattern is the form of the ID of an own service.
var ownIDPattern = pattern(`^` + OwnServicePrefix + `[a-z0-9]+(-[a-z0-9]+)*$`)

// readOnly is what a change of one of the catalog's own services is refused with.
func (e *Engine) readOnly(name string) error {
	f := Explain(&CodedError{Code: CodeNotSupported}, ExplainContext{Service: name})
	f.Title, f.Happened = "This service can't be changed", fmt.Sprintf("%s is part of the program and is updated with it.", cmp.Or(name, "It"))
	f.Steps = []string{"Make a service of your own, and start from this one as a sample."}
	return f
}

// servicesChanged takes a change of the store into the catalog and tells of it.
func (e *Engine) servicesChanged(ctx context.Context) error {
	if err := e.loadServices(ctx); err != nil {
		return e.explain(err, Record{})
	}
	e.publish(EventServices, "")
	return nil
}

// DeleteService removes a service of the user's own. *ServiceInUse when
// authorizations use it.
func (e *Engine) DeleteService(ctx context.Context, id string) error {
	if s, shipped := e.catalog.sample(id); shipped {
		return e.readOnly(s.Name)
	}
	users, err := e.store.ServiceUsers(ctx, id, math.MaxInt32)
	if err != nil {
		return e.explain(err, Record{})
	}
	if len(users) > 0 {
		return inUse("", users)
	}
	if err := e.store.DeleteService(ctx, id); err != nil && !errors.Is(err, ErrNotFound) {
		return e.explain(err, Record{})
	}
	return e.servicesChanged(ctx)
}

// scopesInUse returns a *ServiceInUse when a scope of was that is not in is any
// more is asked for by an authorization.
func (e *Engine) scopesInUse(ctx context.Context, was, is Service) error {
	var gone []Scope
	for _, scope := range was.Scopes {
		if !slices.ContainsFunc(is.Scopes, func(kept Scope) bool { return kept.Name == scope.Name }) {
			gone = append(gone, scope)
		}
	}
	if len(gone) == 0 {
		return nil
	}
	users, err := e.store.ServiceUsers(ctx, was.ID, math.MaxInt32)
	if err != nil {
		return e.explain(err, Record{})
	}
	for _, scope := range gone {
		pattern := scopePattern(scope.Name)
		asking := slices.DeleteFunc(slices.Clone(users), func(u ServiceUser) bool { return !slices.ContainsFunc(u.Scopes, pattern.MatchString) })
		if len(asking) > 0 {
			return inUse(scope.Name, asking)
		}
	}
	return nil
}

// scopePattern matches what a scope becomes when its placeholders are filled.
func scopePattern(name string) *regexp.Regexp {
	parts := placeholderPattern().Split(name, -1)
	for i, part := range parts {
		parts[i] = regexp.QuoteMeta(part)
	}
	return regexp.MustCompile(`\A` + strings.Join(parts, `.+`) + `\z`)
}

func inUse(scope string, users []ServiceUser) *ServiceInUse {
	err := &ServiceInUse{Scope: scope, More: max(0, len(users)-usersNamed)}
	for _, u := range users[:min(len(users), usersNamed)] {
		err.Names = append(err.Names, u.Name)
		if u.Deleted {
			err.Gone = append(err.Gone, u.Name)
		}
	}
	return err
}
