package auth

import (
	"context"
	"errors"
	"net/url"

	"github.com/google/uuid"

	"tokenwell/auth/killpoint"
)

// Authorize saves the draft and starts a sign-in. A draft that can't be saved
// gives FieldErrors; when the listener can't be opened, or the service's
// metadata can't be read, a *Failure: nothing is saved then. For an edited
// authorization nothing stored changes until the new tokens are there; one that
// has never had tokens can so be tried again under the same ID.
func (e *Engine) Authorize(ctx context.Context, d Draft) (*SignIn, error) {
	wrong, err := e.Check(ctx, d)
	if err != nil {
		return nil, err
	}
	if len(wrong) > 0 {
		return nil, FieldErrors(wrong)
	}
	if err := e.keepSecret(ctx, &d); err != nil {
		return nil, err
	}
	svc, _ := e.catalog.Get(d.ServiceID)
	id := d.ID
	var old Record
	if id == "" {
		id = uuid.NewString()
	} else if old, err = e.load(ctx, id); err != nil {
		return nil, err
	}
	endpoints, err := e.endpointsFor(ctx, svc, d, old)
	if err != nil {
		return nil, err
	}
	config := NewAuthorization(id, svc, d, endpoints, e.now())
	if d.ID != "" {
		config.CreatedAt = old.Authorization.CreatedAt
		return e.begin(ctx, pending{config: config, replace: true}, old, nil)
	}
	return e.begin(ctx, pending{config: config}, Record{Authorization: config}, func() error {
		killpoint.At("save.before_tx")
		err := e.store.Create(ctx, config, StateWaiting)
		if errors.Is(err, ErrNameTaken) {
			return e.nameTakenError(ctx, config.Name, "")
		}
		killpoint.At("save.after_commit")
		return err
	})
}

// Reauthorize starts a sign-in with the stored settings, the endpoints
// included: metadata that changed since does not lead it elsewhere (T09).
func (e *Engine) Reauthorize(ctx context.Context, id string, _ ReauthorizeOptions) (*SignIn, error) {
	r, err := e.load(ctx, id)
	if err != nil {
		return nil, err
	}
	return e.begin(ctx, pending{config: r.Authorization}, r, nil)
}

// endpointsFor resolves the addresses of a draft. Where they come from the
// service's metadata, an edit that leaves the service as it is keeps those that
// the user has approved (T09).
func (e *Engine) endpointsFor(ctx context.Context, svc Service, d Draft, old Record) (Endpoints, error) {
	endpoints, wrong := Resolve(svc, d)
	if len(wrong) > 0 {
		return Endpoints{}, wrong
	}
	if !svc.Discovery {
		return endpoints, nil
	}
	if known := old.Authorization.Endpoints; old.Authorization.ServiceID == svc.ID && known.Issuer == endpoints.Issuer {
		return known, nil
	}
	found, err := e.wire.Discover(ctx, endpoints.Issuer, svc.Quirks)
	if err != nil {
		return Endpoints{}, Explain(err, ExplainContext{Service: svc.Name, Provider: svc.Provider, Name: d.Name, Host: hostOf(endpoints.Issuer), State: old.Status.State})
	}
	return found, nil
}

// begin binds the listener, saves, and starts the sign-in. save is nil for an
// authorization that is stored already.
func (e *Engine) begin(ctx context.Context, p pending, r Record, save func() error) (*SignIn, error) {
	id := p.config.ID
	if s := e.openSignIn(id); s != nil {
		s.Cancel() // one at a time; the new one may need its port
	}
	svc, _ := e.catalog.Get(p.config.ServiceID)
	f, err := startFlow(flowFor(p.config, svc))
	if err != nil {
		return nil, e.explain(err, r)
	}
	killpoint.At("authorize.listener_open")
	if save == nil && r.Status.Generation == 0 {
		save = func() error { return e.settle(ctx, r, StateWaiting, outcomeWaiting, r.Status.Failures) }
	}
	if save != nil {
		if err := save(); err != nil {
			f.Close()
			var wrong FieldErrors
			if errors.As(err, &wrong) {
				return nil, wrong
			}
			return nil, e.explain(err, r)
		}
	}
	var s *SignIn
	s = newSignIn(e.ctx, signInParams{
		ID: id, Name: p.config.Name, Flow: f, Browser: e.browser,
		Exchange: func(_ context.Context, a answer) (Detail, error) { return e.exchange(p, a) },
		Explain: func(err error) *Failure {
			failure := Explain(err, ExplainContext{Service: p.config.ServiceName, Provider: svc.Provider, Name: p.config.Name, Host: f.Host(), State: r.Status.State})
			if r.Status.Generation == 0 && failure.State != StateNeedsAttention {
				failure.State = StateNeverAuthorized
			}
			return failure
		},
		Ended: func(err error) { e.signInEnded(s, err) },
	})
	if !e.follow(s) {
		f.Close()
		return nil, ErrCancelled
	}
	e.publish(EventList, id)
	return s, nil
}

// follow runs a sign-in. It reports false after Close.
func (e *Engine) follow(s *SignIn) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		return false
	}
	e.signIns[s.ID()] = s // Close cancels what stands here, so it must run
	e.running.Go(s.run)
	return true
}

// openSignIn returns the sign-in of an authorization that is open in this
// program, nil when there is none.
func (e *Engine) openSignIn(id string) *SignIn {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.signIns[id]
}

// signInEnded puts an authorization in order whose sign-in brought no code.
func (e *Engine) signInEnded(s *SignIn, cause error) {
	id := s.ID()
	if cause != nil {
		ctx, cancel := e.detached(readTimeout)
		defer cancel()
		r, err := e.store.Load(ctx, id)
		if err == nil && r.Status.State == StateWaiting {
			err = e.settle(ctx, r, StateNeverAuthorized, outcomeOf(cause), r.Status.Failures+1)
		}
		if err != nil && !errors.Is(err, ErrNotFound) {
			e.log.Error("the end of a sign-in could not be stored", "authorization", id, "error", err)
		}
	}
	e.mu.Lock()
	if e.signIns[id] == s {
		delete(e.signIns, id)
	}
	e.mu.Unlock()
	e.publish(EventList, id)
}

// hostOf returns the host of an address, "" when it has none.
func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Host
}
