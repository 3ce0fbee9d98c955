package auth

import (
	"cmp"
	"context"
	"net/url"
	"strings"
	"time"
)

// pasteRefresh gets the first tokens with a refresh token that the user pasted
// (RFC 6749 section 6). Where no token that works would be lost, it is stored
// first and then presented like any other (commit protocol): whatever becomes
// of the request, what the user typed is kept, and it is known how often it was
// presented. Beside working tokens it is presented like a code: they are
// replaced only by what comes of it.
func (e *Engine) pasteRefresh(ctx context.Context, p pending) (Detail, error) {
	return e.underSignIn(ctx, p, func(ctx context.Context, r Record) (Record, error) {
		token := p.pasted[FieldRefreshToken]
		if token.Empty() { // signed in again, or edited: the stored one
			token = r.Tokens.Refresh
		}
		switch {
		case token.Equal(r.Tokens.Refresh):
			return e.presentFor(ctx, r, p)
		case !r.Tokens.Access.Empty():
			form := url.Values{"grant_type": {"refresh_token"}, "refresh_token": {token.Reveal()}}
			return e.redeem(ctx, p, r, AttemptExchange, form, "")
		}
		g := Grantee{Tokens: Tokens{Refresh: token}, DropRefresh: true, Status: Status{State: StateNeverAuthorized}}
		if p.replace {
			g.Config = &p.config
		}
		if err := e.commit(r, g); err != nil {
			return Record{}, err
		}
		r, err := e.load(ctx, p.config.ID)
		if err != nil {
			return Record{}, err
		}
		return e.presentFor(ctx, r, p)
	})
}

// pasteAccess stores an access token that the user pasted. No request is made.
func (e *Engine) pasteAccess(ctx context.Context, p pending) (Detail, error) {
	return e.underSignIn(ctx, p, func(_ context.Context, r Record) (Record, error) {
		if p.pasted[FieldAccessToken].Empty() {
			return Record{}, e.explain(&CodedError{Code: CodeNoAccessToken}, r)
		}
		svc, _ := e.catalog.Get(p.config.ServiceID)
		return e.keep(p, r, pastedGrantee(svc, p.pasted, r, e.now().UTC()))
	})
}

// pastedGrantee is what a pasted access token makes of a row. Without an end
// that the user knows it counts as in force until a 401 teaches better: to take
// it as over after an hour, like a reply that does not say (T34), would lock up
// a token that nobody can refresh.
func pastedGrantee(svc Service, v Values, r Record, now time.Time) Grantee {
	token := v[FieldAccessToken]
	prefix := cmp.Or(strings.TrimSpace(v.Text(FieldTokenPrefix)), "Bearer")
	s := Status{
		State: StateActive, TokenType: prefix, IssuedAt: now,
		Expiry:  Expiry{Rule: ExpiryNotReported},
		HandOut: strings.EqualFold(prefix, "Bearer") && wireHeaderSafe(token.Reveal()),
	}
	if _, never := svc.Quirk(QuirkNoExpiryMeansNever); never || svc.AccessToken.Rule == "never" {
		s.Expiry = Expiry{Rule: ExpiryNever}
	}
	if token.Equal(r.Tokens.Access) { // kept: it was not issued now
		s.IssuedAt = r.Status.IssuedAt
	}
	if at, err := time.ParseInLocation(expiryLayout, strings.TrimSpace(v.Text(FieldTokenExpiry)), time.Local); err == nil {
		s.Expiry = Expiry{Rule: ExpiryReported, At: at.UTC(), Lifetime: max(0, at.Sub(s.IssuedAt))}
	}
	return Grantee{Tokens: Tokens{Access: token}, DropRefresh: true, Status: s}
}
