package auth

import (
	"cmp"
	"context"
	"errors"
	"net/url"

	"github.com/google/uuid"

	"tokenwell/auth/killpoint"
)

// Authorize saves the draft and starts a sign-in, by any grant: one that asks
// nothing of the user goes on to its end by itself. A draft that can't be saved
// gives FieldErrors; when the listener can't be opened, or the service refuses
// the request that comes before the user, a *Failure: nothing is saved then.
// For an edited authorization nothing stored changes until the new tokens are
// there; one that has never had tokens can so be tried again under the same ID.
func (e *Engine) Authorize(ctx context.Context, d Draft) (*SignIn, error) {
	wrong, err := e.Check(ctx, d)
	if err != nil {
		return nil, err
	}
	if len(wrong) > 0 {
		return nil, FieldErrors(wrong)
	}
	given := d.Values
	if err := e.keepSecrets(ctx, &d); err != nil {
		return nil, err
	}
	svc, _ := e.catalog.Get(d.ServiceID)
	if wrong := Validate(svc, d); len(wrong) > 0 { // with what was kept
		return nil, wrong
	}
	id := d.ID
	var old Record
	if id == "" {
		id = uuid.NewString()
	} else if old, err = e.load(ctx, id); err != nil {
		return nil, err
	}
	known := old
	if id != d.ID && d.CopyOf != "" { // its secret is taken over, and goes where that one was set up
		if known, err = e.load(ctx, d.CopyOf); err != nil {
			return nil, err
		}
	}
	endpoints, err := e.endpointsFor(ctx, svc, d, known)
	if err != nil {
		return nil, err
	}
	config := NewAuthorization(id, svc, d, endpoints, e.now())
	p := pending{config: config, pasted: pastedValues(d.Values)}
	if given[FieldRefreshToken].Empty() {
		// The one that is kept may be replaced before its turn comes: pasteRefresh
		// takes what is stored then.
		delete(p.pasted, FieldRefreshToken)
	}
	if d.ID != "" {
		p.config.CreatedAt, p.replace = old.Authorization.CreatedAt, true
		return e.begin(ctx, p, old, nil)
	}
	return e.begin(ctx, p, Record{Authorization: config}, func() error {
		killpoint.At("save.before_tx")
		err := e.store.Create(ctx, config, StateWaiting)
		if errors.Is(err, ErrNameTaken) {
			return e.nameTakenError(ctx, config.Name, "")
		}
		killpoint.At("save.after_commit")
		return err
	})
}

// Reauthorize starts a sign-in with the stored settings. Where the service has
// moved since, it gives *EndpointsChanged before anything goes to the new
// addresses (T09). A pasted access token can't be had again: that gives a
// *Failure.
func (e *Engine) Reauthorize(ctx context.Context, id string, o ReauthorizeOptions) (*SignIn, error) {
	r, err := e.load(ctx, id)
	if err != nil {
		return nil, err
	}
	svc, err := e.serviceOf(r)
	if err != nil {
		return nil, err
	}
	if info, _ := r.Authorization.Grant.Info(); info.Renewal == RenewNever {
		return nil, e.neverRenewed(svc, r)
	}
	if r.Status.State == StatePaused {
		return nil, e.pausedErr(r)
	}
	p := pending{config: r.Authorization, options: o}
	d := draftOf(svc, r)
	d.ClientSecret, d.Values, d.AcceptEndpoints = r.Authorization.ClientSecret, r.Authorization.Values, o.AcceptEndpoints
	if moved, told := e.movedByItself(svc, d, r); svc.Discovery || !svc.OwnAddresses && told && moved {
		endpoints, err := e.endpointsFor(ctx, svc, d, r)
		if err != nil {
			return nil, err
		}
		p.config = p.config.at(endpoints)
	}
	p.moved = len(endpointChanges(r.Authorization.Endpoints, p.config.Endpoints)) > 0
	return e.begin(ctx, p, r, nil)
}

// neverRenewed says what to do about a token that only the user can replace.
func (e *Engine) neverRenewed(svc Service, r Record) error {
	failure := Explain(e.explain(&CodedError{Code: CodeNotSupported}, r), ExplainContext{})
	failure.Title, failure.Happened = "A pasted token can't be renewed", whyNotRefresh(svc, r)
	failure.Mover, failure.Action = MoverUser, ActionEdit
	failure.Steps = []string{"Get a new token from the service.", "Edit the authorization and paste it there."}
	return failure
}

// begin does what comes before the user, saves, and starts the sign-in. save is
// nil for an authorization that is stored already.
func (e *Engine) begin(ctx context.Context, p pending, r Record, save func() error) (*SignIn, error) {
	id := p.config.ID
	if r.Status.State == StatePaused {
		return nil, e.pausedErr(r)
	}
	if s := e.openSignIn(id); s != nil {
		s.Cancel() // one at a time; the new one may need its port
	}
	params, err := e.prepare(ctx, p)
	if err != nil {
		return nil, e.explainSignIn(err, p, r)
	}
	if save == nil && r.Status.Generation == 0 {
		save = func() error { return e.settle(ctx, r, StateWaiting, outcomeWaiting, r.Status.Failures) }
	}
	if save != nil {
		if err := save(); err != nil {
			params.giveUp()
			var wrong FieldErrors
			if errors.As(err, &wrong) {
				return nil, wrong
			}
			return nil, e.explain(err, r)
		}
	}
	var s *SignIn
	params.Explain = func(err error) *Failure { return e.explainSignIn(err, p, r) }
	params.Ended = func(err error) { e.signInEnded(s, err) }
	s = newSignIn(e.ctx, params)
	if !e.follow(s) {
		params.giveUp()
		return nil, ErrCancelled
	}
	e.publish(EventList, id)
	return s, nil
}

// prepare does what a sign-in needs before anything is saved: the listener and
// the pushed request for a browser, the code for a device. The error is one
// that Explain knows.
func (e *Engine) prepare(ctx context.Context, p pending) (signInParams, error) {
	params := signInParams{ID: p.config.ID, Name: p.config.Name, Endpoint: p.config.Endpoints.Token, Browser: e.browser}
	info, _ := p.config.Grant.Info()
	switch {
	case info.Prompt == PromptBrowser:
		f, err := e.startPushed(ctx, p)
		if err != nil {
			return signInParams{}, err
		}
		killpoint.At("authorize.listener_open")
		params.Flow = f
		svc, _ := e.catalog.Get(p.config.ServiceID)
		_, params.SilentErrors = svc.Quirk(QuirkSilentErrors)
		params.Exchange = func(_ context.Context, a answer) (Detail, error) { return e.exchange(p, a) }
	case info.Prompt == PromptDevice:
		svc, _ := e.catalog.Get(p.config.ServiceID)
		code, err := e.wire.Device(ctx, svc.request(p.config, p.config.Endpoints.Device), p.config.Scopes, cmp.Or(svc.ScopeSeparator, " "), deviceExtra(svc))
		if err != nil {
			return signInParams{}, err
		}
		params.Timeout = code.Expires.Sub(e.now())
		params.Device = DevicePrompt{UserCode: code.UserCode, Address: code.Address, Complete: code.Complete, Expires: code.Expires}
		params.Obtain = func(ctx context.Context, arrived func()) (Detail, error) { return e.pollDevice(ctx, p, code, arrived) }
	case info.Renewal == RenewAsk:
		params.Obtain = func(ctx context.Context, _ func()) (Detail, error) { return e.ask(ctx, p) }
	case info.Renewal == RenewNever:
		params.Obtain = func(ctx context.Context, _ func()) (Detail, error) { return e.pasteAccess(ctx, p) }
	default:
		params.Obtain = func(ctx context.Context, _ func()) (Detail, error) { return e.pasteRefresh(ctx, p) }
	}
	return params, nil
}

// startPushed starts the browser flow; where the service offers it, the request
// goes there first, authenticated, and the browser carries only its name (RFC
// 9126).
func (e *Engine) startPushed(ctx context.Context, p pending) (*flow, error) {
	svc, _ := e.catalog.Get(p.config.ServiceID)
	f, err := startFlow(flowFor(p.config, svc, p.options))
	if err != nil || p.config.Endpoints.PAR == "" {
		return f, err
	}
	uri, _, err := e.wire.Push(ctx, svc.request(p.config, p.config.Endpoints.PAR), f.request)
	if err == nil {
		if err = f.pushed(p.config.ClientID, uri); err != nil {
			err = &CodedError{Code: CodeAddressRefused, Cause: err}
		}
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// explainSignIn makes the failure of a sign-in, in the state that it leaves: one
// that has never had tokens, nor kept a pasted one, was never authorized.
func (e *Engine) explainSignIn(err error, p pending, r Record) *Failure {
	shown := r
	shown.Authorization = p.config
	failure := Explain(e.explain(err, shown), ExplainContext{})
	if r.Status.Generation == 0 && failure.State != StateNeedsAttention && p.config.Grant != GrantRefreshToken {
		failure.State = StateNeverAuthorized
	}
	return failure
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
			err = e.settle(ctx, r, StateNeverAuthorized, outcomeOf(cause), failuresAfter(r.Status, cause))
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
