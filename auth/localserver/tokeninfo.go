package localserver

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"
)

// Introspect implements op.Server (RFC 7662). A client learns about its own
// tokens only; everything else is "not active".
func (p *provider) Introspect(ctx context.Context, r *op.Request[op.IntrospectionRequest]) (*op.Response, error) {
	c, err := p.authenticate(ctx, r.Data.ClientCredentials)
	if err != nil {
		return nil, err
	}
	reply := new(oidc.IntrospectionResponse)
	t, g, err := p.store.Token(ctx, Hash(r.Data.Token))
	if errors.Is(err, ErrNotFound) {
		return op.NewResponse(reply), nil
	}
	if err != nil {
		return nil, storageFailed(err)
	}
	if g.ClientID != c.ID || !p.alive(t, g) {
		return op.NewResponse(reply), nil
	}
	u, err := p.store.User(ctx, g.UserID)
	if err != nil {
		return nil, storageFailed(err)
	}
	reply.Active = true
	reply.Scope = t.Scopes
	reply.ClientID = g.ClientID
	reply.Subject = g.UserID
	reply.Username = u.Name
	reply.Issuer = p.issuer
	reply.IssuedAt = oidc.FromTime(t.Issued)
	reply.Expiration = oidc.FromTime(t.Expires)
	if t.Kind == AccessToken {
		reply.TokenType = oidc.BearerToken
	}
	return op.NewResponse(reply), nil
}

// UserInfo implements op.Server (OpenID Connect Core 5.3).
func (p *provider) UserInfo(ctx context.Context, r *op.Request[oidc.UserInfoRequest]) (*op.Response, error) {
	refused := op.NewStatusError(&oidc.Error{ErrorType: "invalid_token", Description: "the access token is unknown, expired or revoked"}, http.StatusUnauthorized)
	t, g, err := p.store.Token(ctx, Hash(r.Data.AccessToken))
	if errors.Is(err, ErrNotFound) {
		return nil, refused
	}
	if err != nil {
		return nil, storageFailed(err)
	}
	if t.Kind != AccessToken || !p.alive(t, g) {
		return nil, refused
	}
	if !slices.Contains(t.Scopes, oidc.ScopeOpenID) {
		return nil, op.NewStatusError(&oidc.Error{ErrorType: "insufficient_scope", Description: "the access token was not granted the scope openid"}, http.StatusForbidden)
	}
	info, err := p.userInfo(ctx, g.UserID, t.Scopes)
	if err != nil {
		return nil, err
	}
	return op.NewResponse(info), nil
}

// userInfo returns the claims of the user that the scopes open.
func (p *provider) userInfo(ctx context.Context, userID string, scopes []string) (*oidc.UserInfo, error) {
	u, err := p.store.User(ctx, userID)
	if err != nil {
		return nil, storageFailed(err)
	}
	info := &oidc.UserInfo{Subject: u.ID}
	if slices.Contains(scopes, oidc.ScopeProfile) {
		info.Name = u.FullName
		info.PreferredUsername = u.Name
	}
	if slices.Contains(scopes, oidc.ScopeEmail) {
		info.Email = u.Email
	}
	return info, nil
}

// Revocation implements op.Server (RFC 7009). Revoking a refresh token ends
// its whole grant; revoking an access token ends that token alone.
func (p *provider) Revocation(ctx context.Context, r *op.ClientRequest[oidc.RevocationRequest]) (*op.Response, error) {
	hash := Hash(r.Data.Token)
	t, g, err := p.store.Token(ctx, hash)
	if errors.Is(err, ErrNotFound) {
		return op.NewResponse(nil), nil
	}
	if err != nil {
		return nil, storageFailed(err)
	}
	if g.ClientID != r.Client.GetID() {
		return nil, oidc.ErrUnauthorizedClient().WithDescription("the token belongs to another client")
	}
	if t.Kind == RefreshToken {
		err = p.store.RevokeGrant(ctx, g.ID, p.now())
	} else {
		err = p.store.RevokeToken(ctx, hash, p.now())
	}
	if err != nil {
		return nil, storageFailed(err)
	}
	return op.NewResponse(nil), nil
}
