package auth

import (
	"context"

	"github.com/go-jose/go-jose/v4"
)

// Inspect reads the tokens that are JWTs and checks their signatures with the
// keys that the service publishes. Where those can't be read, the verdict says
// so: Inspect itself fails only when the row can't be read.
func (e *Engine) Inspect(ctx context.Context, id string) (Inspection, error) {
	r, err := e.load(ctx, id)
	if err != nil {
		return Inspection{}, err
	}
	keys := &serviceKeys{engine: e, config: r.Authorization}
	view := Inspection{Access: e.view(ctx, r.Tokens.Access, keys)}
	if view.ID = e.view(ctx, r.Tokens.ID, keys); view.ID != nil {
		parts, _ := readJWT(r.Tokens.ID)
		svc, _ := e.catalog.Get(r.Authorization.ServiceID)
		view.ID.Why = joined(view.ID.Why, parts.oddities(r.Authorization, svc, e.now()))
	}
	return view, nil
}

// view is what a token says; nil when it is no JWT.
func (e *Engine) view(ctx context.Context, token Secret, keys *serviceKeys) *JWTView {
	parts, ok := readJWT(token)
	if !ok {
		return nil
	}
	view := &JWTView{Header: parts.header.claims(), Claims: parts.claims.claims()}
	if view.Signature, view.Why, ok = parts.withoutKeys(); ok {
		return view
	}
	set, why := keys.read(ctx)
	if why != "" {
		view.Signature, view.Why = SignatureUnchecked, why
		return view
	}
	view.Signature, view.Why = parts.verify(set)
	if issuer := parts.claims.text("iss"); view.Signature == SignatureInvalid && parts.header.text("kid") == "" &&
		hostOf(issuer) != hostOf(keys.config.Endpoints.Issuer) {
		// No key is named, so these may simply be another issuer's.
		view.Signature, view.Why = SignatureUnchecked, whyOtherIssuer
	}
	return view
}

// joined puts two sentences beside each other; either may be missing.
func joined(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + " " + b
}

// serviceKeys reads the keys of a service (RFC 7517) at most once.
type serviceKeys struct {
	engine *Engine
	config Authorization
	done   bool
	set    jose.JSONWebKeySet
	why    string // why there are none
}

func (k *serviceKeys) read(ctx context.Context) (set jose.JSONWebKeySet, why string) {
	if !k.done {
		k.done = true
		k.set, k.why = k.fetch(ctx)
	}
	return k.set, k.why
}

// fetch takes the address from the stored endpoints or, where they have none,
// from the metadata of the issuer. Never from a token: its writer could name
// keys of their own.
func (k *serviceKeys) fetch(ctx context.Context) (set jose.JSONWebKeySet, why string) {
	address, issuer := k.config.Endpoints.JWKS, k.config.Endpoints.Issuer
	if address == "" && issuer != "" {
		svc, _ := k.engine.catalog.Get(k.config.ServiceID)
		found, err := k.engine.wire.Via(clientRequest(k.config, "")).Discover(ctx, issuer, svc.Quirks)
		if err != nil {
			return set, whyNoAnswer
		}
		address = found.JWKS
	}
	if address == "" {
		return set, whyNoKeys
	}
	set, err := k.engine.wire.Keys(ctx, clientRequest(k.config, address))
	if err != nil {
		return set, whyNoAnswer
	}
	return set, ""
}
