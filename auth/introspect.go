package auth

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// Introspect asks the service about the access token (RFC 7662), with the
// client's own authentication. It changes nothing here: what comes of it is
// for showing.
func (e *Engine) Introspect(ctx context.Context, id string) (Introspection, error) {
	r, err := e.load(ctx, id)
	if err != nil {
		return Introspection{}, err
	}
	endpoint := r.Authorization.Endpoints.Introspection
	switch {
	case endpoint == "":
		return Introspection{}, e.explain(fmt.Errorf("introspection: %w", ErrNotSupported), r)
	case r.Tokens.Access.Empty():
		return Introspection{}, noTokenInForce(r, e.now().UTC())
	}
	svc, _ := e.catalog.Get(r.Authorization.ServiceID)
	active, claims, err := e.wire.Introspect(ctx, svc.request(r.Authorization, endpoint), svc.introspectionStyle(), r.Tokens.Access)
	if err != nil {
		return Introspection{}, e.explain(err, r)
	}
	claims = slices.DeleteFunc(claims, func(c Claim) bool { return c.Name == "active" })
	for i := range claims { // some servers give the token back
		claims[i].Value = strings.ReplaceAll(claims[i].Value, r.Tokens.Access.Reveal(), mask)
	}
	return Introspection{Active: active, Claims: claims}, nil
}
