package localserver

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/zitadel/oidc/v3/pkg/crypto"
	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"

	"tokenwell/auth"
)

// Lifetimes of what the server issues.
const (
	codeLifetime    = 60 * time.Second
	accessLifetime  = 15 * time.Minute    // of clients that are not set otherwise
	refreshLifetime = 30 * 24 * time.Hour // from the last use
)

// refreshesOf is how often a grant can be refreshed. The authorization code
// grant can, others that a user stands behind where the client is set so.
// Where the client may ask for offline_access, that scope decides too (OpenID
// Connect Core 11).
func refreshesOf(c Client, kind auth.LocalGrant, scopes []string) int {
	switch {
	case kind == auth.LocalGrantImplicit, kind == auth.LocalGrantClientCredentials:
		return auth.LocalNoRefresh
	case kind != auth.LocalGrantCode && !c.RefreshForAll:
		return auth.LocalNoRefresh
	case slices.Contains(c.Scopes, oidc.ScopeOfflineAccess) && !slices.Contains(scopes, oidc.ScopeOfflineAccess):
		return auth.LocalNoRefresh
	}
	return leftNow(c, c.RefreshCount)
}

// issuedTokens are the values that go to the client; the store has the hashes.
type issuedTokens struct{ access, refresh string }

// mint makes an access token for scopes and, when refreshes are left to the
// grant, a refresh token for all of it.
func (p *provider) mint(c Client, g Grant, scopes []string, refreshesLeft int) (issuedTokens, []Token) {
	at := p.now()
	v := issuedTokens{access: randomValue(accessPrefix)}
	access := Token{Hash: Hash(v.access), Kind: AccessToken, GrantID: g.ID, Scopes: scopes, Issued: at}
	switch {
	case c.Misbehave.ExpireAtOnce:
		access.Expires = at
	case c.AccessSeconds > 0:
		access.Expires = at.Add(time.Duration(c.AccessSeconds) * time.Second)
	}
	tokens := []Token{access}
	if refreshesLeft == auth.LocalUnlimited || refreshesLeft > 0 {
		v.refresh = randomValue(refreshPrefix)
		tokens = append(tokens, Token{
			Hash: Hash(v.refresh), Kind: RefreshToken, GrantID: g.ID, Scopes: g.Scopes, Issued: at, Expires: at.Add(refreshLifetime),
		})
	}
	return v, tokens
}

// issue stores a grant that needs no code and returns its tokens.
func (p *provider) issue(ctx context.Context, c Client, g Grant) (issuedTokens, error) {
	p.tidy(ctx)
	g.RefreshesLeft = refreshesOf(c, g.Kind, g.Scopes)
	v, tokens := p.mint(c, g, g.Scopes, g.RefreshesLeft)
	if err := p.store.Issue(ctx, g, tokens); err != nil {
		return issuedTokens{}, storageFailed(err)
	}
	return v, nil
}

// tokenResponse is the reply of RFC 6749 5.1, with an ID token when openid is
// among the scopes and a user stands behind the grant (OpenID Connect Core
// 3.1.3.3). Without a lifetime there is no expires_in.
func (p *provider) tokenResponse(ctx context.Context, c Client, g Grant, scopes []string, v issuedTokens) (*op.Response, error) {
	reply := &oidc.AccessTokenResponse{
		AccessToken:  v.access,
		TokenType:    oidc.BearerToken,
		RefreshToken: v.refresh,
		ExpiresIn:    uint64(max(0, c.AccessSeconds)),
		Scope:        liedScopes(c, scopes),
	}
	if g.UserID != "" && slices.Contains(scopes, oidc.ScopeOpenID) {
		var err error
		if reply.IDToken, err = p.idToken(ctx, g, scopes, v.access); err != nil {
			return nil, err
		}
	}
	return op.NewResponse(reply), nil
}

func (p *provider) idToken(ctx context.Context, g Grant, scopes []string, access string) (string, error) {
	key := p.keys.Load().current
	var methods []string
	if !g.AuthTime.IsZero() {
		methods = []string{"pwd"}
	}
	at := p.now()
	claims := oidc.NewIDTokenClaims(p.issuer, g.UserID, []string{g.ClientID}, at.Add(idTokenLifetime), g.AuthTime, g.Nonce, "", methods, g.ClientID, 0)
	claims.IssuedAt = oidc.FromTime(at)
	hash, err := oidc.ClaimHash(access, key.SignatureAlgorithm())
	if err != nil {
		return "", err
	}
	claims.AccessTokenHash = hash
	info, err := p.userInfo(ctx, g.UserID, scopes)
	if err != nil {
		return "", err
	}
	claims.SetUserInfo(info)
	signer, err := op.SignerFromKey(key)
	if err != nil {
		return "", err
	}
	return crypto.Sign(claims, signer)
}

// alive tells whether a token may be used now.
func (p *provider) alive(t Token, g Grant) bool {
	return t.Revoked.IsZero() && t.Spent.IsZero() && g.Revoked.IsZero() && (t.Expires.IsZero() || p.now().Before(t.Expires))
}

// whyDead says why a token may not be used.
func whyDead(t Token, g Grant) string {
	switch {
	case !g.Revoked.IsZero():
		return "The token was revoked with all others of its grant."
	case !t.Revoked.IsZero():
		return "The token was revoked."
	case !t.Spent.IsZero():
		return "The token is a refresh token that was used before."
	}
	return "The token has expired."
}

// activeUser returns the user if it may sign in, ok false when it is gone or
// switched off.
func (p *provider) activeUser(ctx context.Context, id string) (u User, ok bool, err error) {
	u, err = p.store.User(ctx, id)
	if errors.Is(err, ErrNotFound) {
		return User{}, false, nil
	}
	return u, err == nil && u.Active, err
}

// end revokes the grant and returns cause, or the failure to revoke it.
func (p *provider) end(ctx context.Context, g Grant, cause error) error {
	if err := p.store.RevokeGrant(ctx, g.ID, p.now()); err != nil {
		return storageFailed(err)
	}
	return cause
}
