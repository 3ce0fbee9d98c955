package localserver

import (
	"context"
	"errors"
	"slices"

	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"

	"tokenwell/auth"
)

// RefreshToken implements op.Server (RFC 6749 section 6). Each refresh token
// works once; when an old one comes again the family ends (RFC 9700 4.14.2).
func (p *provider) RefreshToken(ctx context.Context, r *op.ClientRequest[oidc.RefreshTokenRequest]) (*op.Response, error) {
	c := r.Client.(opClient).client
	refused := func(why string) error {
		return because(ctx, oidc.ErrInvalidGrant().WithDescription("the refresh token is unknown, expired, revoked or used"), why)
	}
	hash := Hash(r.Data.RefreshToken)
	t, g, err := p.store.Token(ctx, hash)
	if errors.Is(err, ErrNotFound) {
		return nil, refused("The server does not know this refresh token.")
	}
	if err != nil {
		return nil, storageFailed(err)
	}
	const again = "This refresh token was used before: each one works once. Whoever sent it may have stolen it, so all tokens of the grant were revoked (RFC 9700 section 4.14.2)."
	switch {
	case t.Kind != RefreshToken:
		return nil, refused("This is an access token, not a refresh token.")
	case g.ClientID != c.ID:
		return nil, refused("This refresh token was given to another client.")
	case !t.Spent.IsZero():
		return nil, p.end(ctx, g, refused(again))
	case !p.alive(t, g):
		return nil, refused(whyDead(t, g))
	case g.RefreshesLeft == 0 || g.RefreshesLeft == auth.LocalNoRefresh:
		return nil, refused("No refresh is left: the client's refresh count is used up.")
	}
	if _, ok, err := p.activeUser(ctx, g.UserID); err != nil {
		return nil, storageFailed(err)
	} else if !ok {
		return nil, refused("The user who approved this is switched off.")
	}
	scopes, err := p.narrowed(ctx, c, g, r.Data.Scopes)
	if err != nil {
		return nil, err
	}
	p.tidy(ctx)
	issued, tokens := p.mint(c, g, scopes, leftAfter(c, g))
	err = p.store.Rotate(ctx, hash, p.now(), tokens)
	if errors.Is(err, ErrSpent) {
		return nil, p.end(ctx, g, refused(again))
	}
	if err != nil {
		return nil, storageFailed(err)
	}
	return p.tokenResponse(ctx, c, g, scopes, issued)
}

// leftAfter is how many refreshes are left to a grant after one more.
func leftAfter(c Client, g Grant) int {
	if g.RefreshesLeft > 0 {
		return leftNow(c, g.RefreshesLeft-1)
	}
	return leftNow(c, g.RefreshesLeft)
}

// leftNow is what is left of a grant's refreshes for a client as it is set now.
func leftNow(c Client, left int) int {
	if c.RefreshCount == 0 || c.Misbehave.DropRefresh {
		return auth.LocalNoRefresh
	}
	return left
}

// narrowed are the scopes of a refreshed token: those of the grant, or fewer
// when the request names some (RFC 6749 section 6), without what was taken from
// the client since.
func (p *provider) narrowed(ctx context.Context, c Client, g Grant, asked []string) ([]string, error) {
	for _, name := range asked {
		if !slices.Contains(g.Scopes, name) {
			return nil, because(ctx, oidc.ErrInvalidScope().WithDescription("a scope goes beyond what was granted"),
				"The request names a scope that was not granted. A refresh may ask for fewer scopes, never for more.")
		}
	}
	if len(asked) == 0 {
		asked = g.Scopes
	}
	var scopes []string
	for _, name := range asked {
		if slices.Contains(c.Scopes, name) && !slices.Contains(scopes, name) {
			scopes = append(scopes, name)
		}
	}
	if len(scopes) == 0 {
		return nil, because(ctx, oidc.ErrInvalidScope().WithDescription("no scope is left"),
			"The client may no longer ask for any scope of this grant.")
	}
	return scopes, nil
}
