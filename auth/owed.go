package auth

import "context"

// ServiceEntries returns the lines of the Services screen: the user's own
// services first, then the catalog, each by name.
func (e *Engine) ServiceEntries(ctx context.Context) ([]ServiceEntry, error) {
	return nil, ErrNotSupported
}

// SampleService returns a service to edit, made from a catalog entry, or an
// empty one for "": without an ID, with a free name. Quick.
func (e *Engine) SampleService(id string) Service { return Service{} }

// CheckService returns what is wrong with a service of the user's own, in the
// editor's order; nil when it can be saved. Quick but for the name's uniqueness,
// which is checked among the services in memory.
func (e *Engine) CheckService(s Service) []FieldError { return nil }

// SaveService stores a service of the user's own; an empty ID makes a new one.
// FieldErrors when something is wrong, *ServiceInUse when a scope is taken away
// that an authorization asks for. The catalog's own can't be changed.
func (e *Engine) SaveService(ctx context.Context, s Service) (Service, error) {
	return Service{}, ErrNotSupported
}

// DeleteService removes a service of the user's own. *ServiceInUse when
// authorizations use it.
func (e *Engine) DeleteService(ctx context.Context, id string) error { return ErrNotSupported }

// ServiceDifferences returns in what a service differs from the catalog entry
// that it was made from; nil without one. Quick.
func (e *Engine) ServiceDifferences(s Service) []Difference { return nil }

// ImportService reads one service from a file. Nothing is stored: it comes
// back without an ID, to be looked at and saved. The error is a *Failure.
func (e *Engine) ImportService(data []byte) (Service, error) { return Service{}, ErrNotSupported }

// ExportService returns one service as a JSON file.
func (e *Engine) ExportService(id string) ([]byte, error) { return nil, ErrNotSupported }

// FillFromIssuer reads the metadata of an issuer. A host on a private network
// gives a *Failure of code CodePrivateAddress unless private is true (T41).
func (e *Engine) FillFromIssuer(ctx context.Context, issuer string, private bool) (Metadata, error) {
	return Metadata{}, ErrNotSupported
}

// CanRegister tells whether the draft's service offers dynamic client
// registration, as far as that is known without asking it. Quick.
func (e *Engine) CanRegister(d Draft) bool { return false }

// RegisterClient has the draft's service make a client for it (RFC 7591).
func (e *Engine) RegisterClient(ctx context.Context, d Draft) (Registered, error) {
	return Registered{}, ErrNotSupported
}

// RecentServices returns the IDs of the services used last, newest first.
func (e *Engine) RecentServices(ctx context.Context) ([]string, error) { return nil, ErrNotSupported }
