package localserver

import (
	"context"
	"errors"

	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"
)

// reused is what the log says of a code that comes again.
const reused = "This code was used before. Whoever sent it may have stolen it, so all tokens that it gave were revoked (RFC 6749 section 4.1.2)."

// CodeExchange implements op.Server (RFC 6749 4.1.3). A code is spent by its
// first presentation by its client, whatever comes of it; a second one ends
// the whole grant (RFC 6749 4.1.2).
func (p *provider) CodeExchange(ctx context.Context, r *op.ClientRequest[oidc.AccessTokenRequest]) (*op.Response, error) {
	c := r.Client.(opClient).client
	refused := func(why string) error {
		return because(ctx, oidc.ErrInvalidGrant().WithDescription("the code is unknown, expired or used, or belongs to another client or redirect URI"), why)
	}
	hash := Hash(r.Data.Code)
	g, err := p.store.GrantByCode(ctx, hash)
	if errors.Is(err, ErrNotFound) {
		return nil, refused("The server does not know this code. It was not made here, or it is long over.")
	}
	if err != nil {
		return nil, storageFailed(err)
	}
	if g.ClientID != c.ID {
		return nil, refused("This code was given to another client.")
	}
	if !g.CodeUsed.IsZero() {
		return nil, p.end(ctx, g, refused(reused))
	}
	if !g.Revoked.IsZero() {
		return nil, refused("This code is worth nothing any more: it was presented wrongly before, or what it stands for was revoked.")
	}
	if err := p.checkCode(ctx, g, r.Data); err != nil {
		return nil, p.end(ctx, g, err)
	}
	if _, ok, err := p.activeUser(ctx, g.UserID); err != nil {
		return nil, storageFailed(err)
	} else if !ok {
		return nil, p.end(ctx, g, refused("The user who approved this is switched off."))
	}
	p.tidy(ctx)
	issued, tokens := p.mint(c, g, g.Scopes, leftNow(c, g.RefreshesLeft))
	err = p.store.RedeemCode(ctx, hash, p.now(), tokens)
	if errors.Is(err, ErrSpent) {
		return nil, p.end(ctx, g, refused(reused))
	}
	if err != nil {
		return nil, storageFailed(err)
	}
	return p.tokenResponse(ctx, c, g, g.Scopes, issued)
}

// checkCode binds the code to time, redirect URI and verifier. The library's
// own exchange asks a confidential client for no verifier even where a
// challenge was stored; here AuthorizeCodeChallenge always decides, and it
// refuses a verifier without a challenge too (RFC 9700 4.8.2). Whether the code
// was used before is for RedeemCode to say, in one step with using it.
func (p *provider) checkCode(ctx context.Context, g Grant, r *oidc.AccessTokenRequest) error {
	switch {
	case !p.now().Before(g.CodeExpires):
		return because(ctx, oidc.ErrInvalidGrant().WithDescription("the code has expired"),
			"The code has expired: it has to be exchanged within 60 seconds.")
	case r.RedirectURI != g.RedirectURI:
		return because(ctx, oidc.ErrInvalidGrant().WithDescription("the redirect URI is not that of the authorization request"),
			"The redirect_uri is not the one of the authorization request. Both have to be the same, port and all.")
	}
	var challenge *oidc.CodeChallenge
	if g.CodeChallenge != "" {
		challenge = &oidc.CodeChallenge{Challenge: g.CodeChallenge, Method: oidc.CodeChallengeMethodS256}
	}
	err := op.AuthorizeCodeChallenge(r.CodeVerifier, challenge)
	switch {
	case err == nil:
		return nil
	case challenge == nil:
		return because(ctx, err, "A code_verifier came, but the authorization request had no code_challenge (PKCE). Somebody may have taken it out on the way.")
	case r.CodeVerifier == "":
		return because(ctx, err, "The code_verifier is missing: the authorization request had a code_challenge (PKCE).")
	}
	return because(ctx, err, "The code_verifier does not match the code_challenge of the authorization request (PKCE): the challenge has to be BASE64URL(SHA256(code_verifier)).")
}
