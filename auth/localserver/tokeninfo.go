package localserver

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"
)

// Introspect implements op.Server (RFC 7662), for confidential clients. A client
// learns about its own tokens only; everything else is "not active".
func (p *provider) Introspect(ctx context.Context, r *op.Request[op.IntrospectionRequest]) (*op.Response, error) {
	c, err := p.authenticate(ctx, r.Data.ClientCredentials, r.Header, r.URL.Path)
	if err != nil {
		return nil, err
	}
	inactive := func(why string) (*op.Response, error) {
		note(ctx, why)
		return op.NewResponse(new(oidc.IntrospectionResponse)), nil
	}
	t, g, err := p.store.Token(ctx, Hash(r.Data.Token))
	if errors.Is(err, ErrNotFound) {
		return inactive("The server does not know this token, so it is not active.")
	}
	if err != nil {
		return nil, storageFailed(err)
	}
	if g.ClientID != c.ID {
		return inactive("The token was given to another client, so it is not active for this one.")
	}
	if !p.alive(t, g) {
		return inactive(whyDead(t, g))
	}
	reply := &oidc.IntrospectionResponse{
		Active: true, Scope: t.Scopes, ClientID: g.ClientID, Subject: g.ClientID, Issuer: p.issuer,
		IssuedAt: oidc.FromTime(t.Issued), Expiration: oidc.FromTime(t.Expires),
	}
	if t.Kind == AccessToken {
		reply.TokenType = oidc.BearerToken
	}
	if g.UserID != "" {
		u, ok, err := p.activeUser(ctx, g.UserID)
		if err != nil {
			return nil, storageFailed(err)
		}
		if !ok {
			return inactive("The token's user is switched off.")
		}
		reply.Subject, reply.Username = u.ID, u.Name
	}
	return op.NewResponse(reply), nil
}

// UserInfo implements op.Server (OpenID Connect Core 5.3).
func (p *provider) UserInfo(ctx context.Context, r *op.Request[oidc.UserInfoRequest]) (*op.Response, error) {
	refused := func(why string) error {
		return because(ctx, op.NewStatusError(&oidc.Error{ErrorType: "invalid_token", Description: "the access token is unknown, expired or revoked"}, http.StatusUnauthorized), why)
	}
	t, g, err := p.store.Token(ctx, Hash(r.Data.AccessToken))
	if errors.Is(err, ErrNotFound) {
		return nil, refused("The server does not know this access token.")
	}
	if err != nil {
		return nil, storageFailed(err)
	}
	c, err := p.store.Client(ctx, g.ClientID)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return nil, storageFailed(err)
	}
	recordOf(ctx).client = c
	switch {
	case t.Kind != AccessToken:
		return nil, refused("This is a refresh token. It opens nothing but the token endpoint.")
	case !p.alive(t, g):
		return nil, refused(whyDead(t, g))
	case !c.Active:
		return nil, refused(switchedOff)
	}
	if err := misbehaveBriefly(ctx, c); err != nil {
		return nil, err
	}
	if g.UserID == "" || !slices.Contains(t.Scopes, oidc.ScopeOpenID) {
		return nil, because(ctx, op.NewStatusError(&oidc.Error{ErrorType: "insufficient_scope", Description: "the access token was not granted the scope openid"}, http.StatusForbidden),
			"The access token was not granted the scope openid, which userinfo needs.")
	}
	if _, ok, err := p.activeUser(ctx, g.UserID); err != nil {
		return nil, storageFailed(err)
	} else if !ok {
		return nil, refused("The token's user is switched off.")
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
		note(ctx, "The server does not know this token; nothing had to be done (RFC 7009 section 2.2).")
		return op.NewResponse(nil), nil
	}
	if err != nil {
		return nil, storageFailed(err)
	}
	if g.ClientID != r.Client.GetID() {
		return nil, because(ctx, oidc.ErrUnauthorizedClient().WithDescription("the token belongs to another client"),
			"The token was given to another client. Each client revokes its own.")
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
