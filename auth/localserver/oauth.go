package localserver

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"sync/atomic"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/zitadel/oidc/v3/pkg/crypto"
	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"
)

// Lifetimes of what the server issues.
const (
	codeLifetime    = 60 * time.Second
	accessLifetime  = 15 * time.Minute
	refreshLifetime = 30 * 24 * time.Hour // from the last use
)

// provider answers the requests that the library has routed and parsed. It is
// the library's op.Server; what it does not override is "not supported".
type provider struct {
	op.UnimplementedServer
	store  Store
	now    func() time.Time
	issuer string
	key    signingKey
	log    *slog.Logger
	tidied atomic.Int64 // when tidy last ran, in milliseconds
}

// metadata is the reply of both discovery addresses: the library's document
// and RFC 9207's announcement, which it does not know.
type metadata struct {
	oidc.DiscoveryConfiguration
	IssParameterSupported bool `json:"authorization_response_iss_parameter_supported"`
}

// Discovery implements op.Server (OpenID Connect Discovery, RFC 8414).
func (p *provider) Discovery(context.Context, *op.Request[struct{}]) (*op.Response, error) {
	clientAuth := []oidc.AuthMethod{oidc.AuthMethodBasic, oidc.AuthMethodPost}
	return op.NewResponse(metadata{
		DiscoveryConfiguration: oidc.DiscoveryConfiguration{
			Issuer:                                    p.issuer,
			AuthorizationEndpoint:                     p.issuer + pathAuthorize,
			TokenEndpoint:                             p.issuer + pathToken,
			IntrospectionEndpoint:                     p.issuer + pathIntrospect,
			UserinfoEndpoint:                          p.issuer + pathUserinfo,
			RevocationEndpoint:                        p.issuer + pathRevoke,
			JwksURI:                                   p.issuer + pathKeys,
			ScopesSupported:                           scopeNames(),
			ResponseTypesSupported:                    []string{string(oidc.ResponseTypeCode)},
			ResponseModesSupported:                    []string{string(oidc.ResponseModeQuery)},
			GrantTypesSupported:                       []oidc.GrantType{oidc.GrantTypeCode, oidc.GrantTypeRefreshToken},
			SubjectTypesSupported:                     []string{"public"},
			IDTokenSigningAlgValuesSupported:          []string{string(p.key.SignatureAlgorithm())},
			TokenEndpointAuthMethodsSupported:         append(clientAuth, oidc.AuthMethodNone),
			RevocationEndpointAuthMethodsSupported:    append(clientAuth, oidc.AuthMethodNone),
			IntrospectionEndpointAuthMethodsSupported: clientAuth,
			ClaimsSupported:                           []string{"sub", "iss", "aud", "exp", "iat", "auth_time", "nonce", "name", "preferred_username", "email"},
			CodeChallengeMethodsSupported:             []oidc.CodeChallengeMethod{oidc.CodeChallengeMethodS256},
		},
		IssParameterSupported: true,
	}), nil
}

// Keys implements op.Server: the JWK set (RFC 7517).
func (p *provider) Keys(context.Context, *op.Request[struct{}]) (*op.Response, error) {
	return op.NewResponse(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{
		Key:       p.key.private.Public(),
		KeyID:     p.key.id,
		Algorithm: string(p.key.SignatureAlgorithm()),
		Use:       "sig",
	}}}), nil
}

// VerifyClient implements op.Server: client authentication (RFC 6749 2.3). The
// library has seen to it that at most one method was used.
func (p *provider) VerifyClient(ctx context.Context, r *op.Request[op.ClientCredentials]) (op.Client, error) {
	if r.Data.ClientAssertion != "" {
		return nil, oidc.ErrInvalidClient().WithDescription("client assertions are not supported")
	}
	c, err := p.authenticate(ctx, r.Data)
	if err != nil {
		return nil, err
	}
	return opClient{c}, nil
}

func (p *provider) authenticate(ctx context.Context, cc *op.ClientCredentials) (Client, error) {
	refused := oidc.ErrInvalidClient().WithDescription("unknown client or wrong client secret")
	c, err := p.store.Client(ctx, cc.ClientID)
	if errors.Is(err, ErrNotFound) {
		return Client{}, refused
	}
	if err != nil {
		return Client{}, storageFailed(err)
	}
	if c.Public {
		if cc.ClientSecret != "" {
			return Client{}, refused
		}
		return c, nil
	}
	if c.Secret.Empty() || !c.Secret.Equal(secretOf(cc)) {
		return Client{}, refused
	}
	return c, nil
}

// CodeExchange implements op.Server (RFC 6749 4.1.3). A code is spent by its
// first presentation by its client, whatever comes of it; a second one ends
// the whole grant (RFC 6749 4.1.2).
func (p *provider) CodeExchange(ctx context.Context, r *op.ClientRequest[oidc.AccessTokenRequest]) (*op.Response, error) {
	refused := oidc.ErrInvalidGrant().WithDescription("the code is unknown, expired or used, or belongs to another client or redirect URI")
	hash := Hash(r.Data.Code)
	g, err := p.store.GrantByCode(ctx, hash)
	if errors.Is(err, ErrNotFound) {
		return nil, refused
	}
	if err != nil {
		return nil, storageFailed(err)
	}
	if g.ClientID != r.Client.GetID() {
		return nil, refused
	}
	if err := p.checkCode(g, r.Data); err != nil {
		return nil, p.end(ctx, g, err)
	}
	issued, tokens := p.mint(g, g.Scopes)
	err = p.store.RedeemCode(ctx, hash, p.now(), tokens)
	if errors.Is(err, ErrSpent) {
		return nil, p.end(ctx, g, refused)
	}
	if err != nil {
		return nil, storageFailed(err)
	}
	return p.tokenResponse(ctx, g, g.Scopes, issued)
}

// checkCode binds the code to time, redirect URI and verifier. The library's
// own exchange asks a confidential client for no verifier even where a
// challenge was stored; here AuthorizeCodeChallenge always decides, and it
// refuses a verifier without a challenge too (RFC 9700 4.8.2). Whether the code
// was used before is for RedeemCode to say, in one step with using it.
func (p *provider) checkCode(g Grant, r *oidc.AccessTokenRequest) error {
	switch {
	case !p.now().Before(g.CodeExpires):
		return oidc.ErrInvalidGrant().WithDescription("the code has expired")
	case r.RedirectURI != g.RedirectURI:
		return oidc.ErrInvalidGrant().WithDescription("the redirect URI is not that of the authorization request")
	}
	var challenge *oidc.CodeChallenge
	if g.CodeChallenge != "" {
		challenge = &oidc.CodeChallenge{Challenge: g.CodeChallenge, Method: oidc.CodeChallengeMethodS256}
	}
	return op.AuthorizeCodeChallenge(r.CodeVerifier, challenge)
}

// RefreshToken implements op.Server (RFC 6749 section 6). Each refresh token
// works once; when an old one comes again the family ends (RFC 9700 4.14.2).
func (p *provider) RefreshToken(ctx context.Context, r *op.ClientRequest[oidc.RefreshTokenRequest]) (*op.Response, error) {
	refused := oidc.ErrInvalidGrant().WithDescription("the refresh token is unknown, expired, revoked or used")
	hash := Hash(r.Data.RefreshToken)
	t, g, err := p.store.Token(ctx, hash)
	if errors.Is(err, ErrNotFound) {
		return nil, refused
	}
	if err != nil {
		return nil, storageFailed(err)
	}
	if t.Kind != RefreshToken || g.ClientID != r.Client.GetID() {
		return nil, refused
	}
	if !t.Spent.IsZero() {
		return nil, p.end(ctx, g, refused)
	}
	if !p.alive(t, g) {
		return nil, refused
	}
	scopes := g.Scopes
	if len(r.Data.Scopes) > 0 {
		scopes = r.Data.Scopes
	}
	for _, name := range scopes {
		if !slices.Contains(g.Scopes, name) {
			return nil, oidc.ErrInvalidScope().WithDescription("a scope goes beyond what was granted")
		}
	}
	p.tidy(ctx)
	issued, tokens := p.mint(g, scopes)
	err = p.store.Rotate(ctx, hash, p.now(), tokens)
	if errors.Is(err, ErrSpent) {
		return nil, p.end(ctx, g, refused)
	}
	if err != nil {
		return nil, storageFailed(err)
	}
	return p.tokenResponse(ctx, g, scopes, issued)
}

// end revokes the grant and returns cause, or the failure to revoke it.
func (p *provider) end(ctx context.Context, g Grant, cause error) error {
	if err := p.store.RevokeGrant(ctx, g.ID, p.now()); err != nil {
		return storageFailed(err)
	}
	return cause
}

// issuedTokens are the values that go to the client; the store has the hashes.
type issuedTokens struct{ access, refresh string }

// mint makes an access token for scopes and, where the grant allows it, a
// refresh token for all of the grant.
func (p *provider) mint(g Grant, scopes []string) (issuedTokens, []Token) {
	at := p.now()
	v := issuedTokens{access: randomValue(accessPrefix)}
	tokens := []Token{{
		Hash: Hash(v.access), Kind: AccessToken, GrantID: g.ID, Scopes: scopes, Issued: at, Expires: at.Add(accessLifetime),
	}}
	if slices.Contains(g.Scopes, oidc.ScopeOfflineAccess) {
		v.refresh = randomValue(refreshPrefix)
		tokens = append(tokens, Token{
			Hash: Hash(v.refresh), Kind: RefreshToken, GrantID: g.ID, Scopes: g.Scopes, Issued: at, Expires: at.Add(refreshLifetime),
		})
	}
	return v, tokens
}

// tokenResponse is the reply of RFC 6749 5.1, with an ID token when openid is
// among the scopes (OpenID Connect Core 3.1.3.3).
func (p *provider) tokenResponse(ctx context.Context, g Grant, scopes []string, v issuedTokens) (*op.Response, error) {
	reply := &oidc.AccessTokenResponse{
		AccessToken:  v.access,
		TokenType:    oidc.BearerToken,
		RefreshToken: v.refresh,
		ExpiresIn:    uint64(accessLifetime / time.Second),
		Scope:        scopes,
	}
	if slices.Contains(scopes, oidc.ScopeOpenID) {
		var err error
		if reply.IDToken, err = p.idToken(ctx, g, scopes, v.access); err != nil {
			return nil, err
		}
	}
	return op.NewResponse(reply), nil
}

func (p *provider) idToken(ctx context.Context, g Grant, scopes []string, access string) (string, error) {
	claims := oidc.NewIDTokenClaims(p.issuer, g.UserID, []string{g.ClientID}, p.now().Add(accessLifetime),
		g.AuthTime, g.Nonce, "", []string{"pwd"}, g.ClientID, 0)
	hash, err := oidc.ClaimHash(access, p.key.SignatureAlgorithm())
	if err != nil {
		return "", err
	}
	claims.AccessTokenHash = hash
	info, err := p.userInfo(ctx, g.UserID, scopes)
	if err != nil {
		return "", err
	}
	claims.SetUserInfo(info)
	signer, err := op.SignerFromKey(p.key)
	if err != nil {
		return "", err
	}
	return crypto.Sign(claims, signer)
}

// alive tells whether a token may be used now.
func (p *provider) alive(t Token, g Grant) bool {
	return t.Revoked.IsZero() && t.Spent.IsZero() && g.Revoked.IsZero() && p.now().Before(t.Expires)
}

// storageFailed is the answer when the store fails: server_error without
// detail, which stays in the log.
func storageFailed(err error) error {
	return op.NewStatusError(oidc.ErrServerError().WithDescription("the local server could not read or write its data").WithParent(err), http.StatusInternalServerError)
}

// What is over is kept for purgeAge, and looked for every purgeInterval: a
// program that refreshes all day leaves two tokens behind each time.
const (
	purgeAge      = 24 * time.Hour
	purgeInterval = time.Hour
)

// tidy purges when it is due. A failure costs room only, so it is logged.
func (p *provider) tidy(ctx context.Context) {
	at, last := p.now(), p.tidied.Load()
	if at.UnixMilli()-last < purgeInterval.Milliseconds() || !p.tidied.CompareAndSwap(last, at.UnixMilli()) {
		return
	}
	if err := p.store.Purge(ctx, at.Add(-purgeAge)); err != nil {
		p.log.Warn("local server: old tokens could not be removed", "error", err)
	}
}
