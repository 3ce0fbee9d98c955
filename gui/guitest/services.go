package guitest

import (
	"cmp"
	"context"
	"slices"

	"tokenwell/auth"
)

// ServiceCalls are the answers of the calls about services. Own and Recent are what
// is stored; a function field answers in another way.
type ServiceCalls struct {
	Own    []auth.Service
	Recent []string
	Users  map[string][]string // names of authorizations by service ID

	OnCheckService   func(s auth.Service) []auth.FieldError
	OnSaveService    func(s auth.Service) (auth.Service, error)
	OnDeleteService  func(id string) error
	OnDifferences    func(s auth.Service) []auth.Difference
	OnImport         func(data []byte) (auth.Service, error)
	OnExport         func(id string) ([]byte, error)
	OnFillFromIssuer func(issuer string, private bool) (auth.Metadata, error)
	OnCanRegister    func(d auth.Draft) bool
	OnRegister       func(d auth.Draft) (auth.Registered, error)
}

// ServiceEntries implements the window's engine.
func (e *Engine) ServiceEntries(context.Context) ([]auth.ServiceEntry, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	var entries []auth.ServiceEntry
	for _, s := range e.Own {
		entries = append(entries, auth.ServiceEntry{Service: s, Own: true, Used: len(e.Users[s.ID])})
	}
	for _, s := range e.Catalog {
		entries = append(entries, auth.ServiceEntry{Service: s, Used: len(e.Users[s.ID])})
	}
	return entries, nil
}

// SampleService implements the window's engine.
func (e *Engine) SampleService(id string) auth.Service {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, s := range e.Catalog {
		if s.ID == id {
			s.BasedOn, s.ID, s.Name = s.ID, "", s.Name+" 2"
			return s
		}
	}
	return auth.Service{Schema: auth.ServiceSchema, ScopeSeparator: " "}
}

// CheckService implements the window's engine.
func (e *Engine) CheckService(s auth.Service) []auth.FieldError {
	if e.OnCheckService != nil {
		return e.OnCheckService(s)
	}
	return nil
}

// SaveService implements the window's engine.
func (e *Engine) SaveService(_ context.Context, s auth.Service) (auth.Service, error) {
	if e.OnSaveService != nil {
		return e.OnSaveService(s)
	}
	s.ID = cmp.Or(s.ID, "own-"+s.Name)
	e.called("save service %s", s.Name)
	e.mu.Lock()
	e.Own = append(slices.DeleteFunc(e.Own, func(own auth.Service) bool { return own.ID == s.ID }), s)
	e.mu.Unlock()
	e.Emit(auth.Event{Kind: auth.EventServices})
	return s, nil
}

// DeleteService implements the window's engine.
func (e *Engine) DeleteService(_ context.Context, id string) error {
	if e.OnDeleteService != nil {
		return e.OnDeleteService(id)
	}
	e.called("delete service %s", id)
	e.mu.Lock()
	if names := e.Users[id]; len(names) > 0 {
		e.mu.Unlock()
		return &auth.ServiceInUse{Names: names}
	}
	e.Own = slices.DeleteFunc(e.Own, func(own auth.Service) bool { return own.ID == id })
	e.mu.Unlock()
	e.Emit(auth.Event{Kind: auth.EventServices})
	return nil
}

// ServiceDifferences implements the window's engine.
func (e *Engine) ServiceDifferences(s auth.Service) []auth.Difference {
	if e.OnDifferences != nil {
		return e.OnDifferences(s)
	}
	return nil
}

// ImportService implements the window's engine.
func (e *Engine) ImportService(data []byte) (auth.Service, error) {
	if e.OnImport != nil {
		return e.OnImport(data)
	}
	return auth.Service{}, auth.ErrNotSupported
}

// ExportService implements the window's engine.
func (e *Engine) ExportService(id string) ([]byte, error) {
	if e.OnExport != nil {
		return e.OnExport(id)
	}
	return nil, auth.ErrNotSupported
}

// FillFromIssuer implements the window's engine.
func (e *Engine) FillFromIssuer(_ context.Context, issuer string, private bool) (auth.Metadata, error) {
	if e.OnFillFromIssuer != nil {
		return e.OnFillFromIssuer(issuer, private)
	}
	return auth.Metadata{}, auth.ErrNotSupported
}

// CanRegister implements the window's engine.
func (e *Engine) CanRegister(d auth.Draft) bool {
	return e.OnCanRegister != nil && e.OnCanRegister(d)
}

// RegisterClient implements the window's engine.
func (e *Engine) RegisterClient(_ context.Context, d auth.Draft) (auth.Registered, error) {
	if e.OnRegister != nil {
		return e.OnRegister(d)
	}
	return auth.Registered{}, auth.ErrNotSupported
}

// RecentServices implements the window's engine.
func (e *Engine) RecentServices(context.Context) ([]string, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.Clone(e.Recent), nil
}
