package auth

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"unicode/utf8"
)

// DraftFor returns an empty draft with the service's defaults; an unknown
// service gives the zero Draft with that ID.
func (e *Engine) DraftFor(serviceID string) Draft {
	svc, ok := e.catalog.Get(serviceID)
	if !ok {
		return Draft{ServiceID: serviceID}
	}
	d := Draft{ServiceID: svc.ID, Params: map[string]string{}, Public: svc.PublicByDefault()}
	for _, p := range svc.Parameters {
		d.Params[p.Name] = p.Default
	}
	if _, asks := d.Params[LocalParam]; asks {
		d.Params[LocalParam] = e.LocalServer().Issuer
	}
	for _, g := range svc.Grants {
		if _, known := g.Info(); known {
			d.Grant = g
			break
		}
	}
	for _, s := range svc.Scopes {
		if s.Default {
			d.Scopes = append(d.Scopes, s.Name)
		}
	}
	d.AutoRefresh = AutoRefreshDefault(svc, d)
	return d
}

// DraftOf returns a draft that edits an authorization; with duplicate one for a
// new authorization with the same settings under a free name. Secrets stay in
// the vault: see Draft and FieldInfo.Keep.
func (e *Engine) DraftOf(ctx context.Context, id string, duplicate bool) (Draft, error) {
	r, err := e.load(ctx, id)
	if err != nil {
		return Draft{}, err
	}
	a := r.Authorization
	svc, err := e.serviceOf(r)
	if err != nil {
		return Draft{}, err
	}
	d := draftOf(svc, r)
	if duplicate {
		d.ID, d.CopyOf = "", id
		if d.Name, err = e.freeName(ctx, a.Name, ""); err != nil {
			return Draft{}, e.explain(err, r)
		}
	}
	return d, nil
}

// Check returns what is wrong with the draft, in the form's order; nil when it
// can be saved.
func (e *Engine) Check(ctx context.Context, d Draft) ([]FieldError, error) {
	svc, ok := e.catalog.Get(d.ServiceID)
	if !ok {
		return []FieldError{{Field: FieldService, Message: "Choose the service"}}, nil
	}
	wrong := Validate(svc, d)
	name, err := e.checkName(ctx, d.Name, d.ID)
	if err != nil {
		return nil, e.explain(err, Record{})
	}
	if name != nil {
		wrong = slices.Insert(wrong, 0, *name)
	}
	return wrong, nil
}

// checkName returns the error beside a name that another authorization has; nil
// when it is free or no name at all, which Validate says.
func (e *Engine) checkName(ctx context.Context, name, exceptID string) (*FieldError, error) {
	if CheckName(name) != nil {
		return nil, nil
	}
	taken, err := e.store.NameTaken(ctx, CleanName(name), exceptID)
	if err != nil || !taken {
		return nil, err
	}
	fix, err := e.freeName(ctx, name, exceptID)
	if err != nil {
		return nil, err
	}
	return &FieldError{Field: FieldName, Message: nameTaken, Fix: fix}, nil
}

// nameTaken says always how names are compared: the store tells that one is taken,
// not how the other is spelt.
const nameTaken = "Another authorization has this name; capital letters do not count"

// freeName returns name with the lowest number that makes it free.
func (e *Engine) freeName(ctx context.Context, name, exceptID string) (string, error) {
	base := []rune(CleanName(name))
	for n := 2; n < 1000; n++ {
		suffix := fmt.Sprintf(" %d", n)
		try := string(base[:min(len(base), MaxName-utf8.RuneCountInString(suffix))]) + suffix
		taken, err := e.store.NameTaken(ctx, try, exceptID)
		if err != nil {
			return "", err
		}
		if !taken {
			return try, nil
		}
	}
	return "", nil
}

// Rename changes name and notes at once. A name that can't be used gives
// FieldErrors.
func (e *Engine) Rename(ctx context.Context, id, name, notes string) error {
	if err := CheckName(name); err != nil {
		return FieldErrors{{Field: FieldName, Message: err.Error()}}
	}
	err := e.store.Rename(ctx, id, CleanName(name), notes)
	switch {
	case errors.Is(err, ErrNameTaken):
		return e.nameTakenError(ctx, name, id)
	case err != nil:
		return e.explain(err, Record{})
	}
	e.publish(EventList, id)
	return nil
}

// nameTakenError is what a name that was taken at the last moment is refused with.
func (e *Engine) nameTakenError(ctx context.Context, name, exceptID string) error {
	wrong, err := e.checkName(ctx, name, exceptID)
	if err != nil || wrong == nil {
		return FieldErrors{{Field: FieldName, Message: nameTaken}}
	}
	return FieldErrors{*wrong}
}
