package auth

import (
	"context"
	"slices"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

// identityTimeout is how long a sign-in waits to learn who signed in.
const identityTimeout = 5 * time.Second

// idTokenAlgorithms are those that an ID token may be signed with. "none" is not.
var idTokenAlgorithms = []jose.SignatureAlgorithm{
	jose.RS256, jose.RS384, jose.RS512, jose.PS256, jose.PS384, jose.PS512,
	jose.ES256, jose.ES384, jose.ES512, jose.EdDSA, jose.HS256, jose.HS384, jose.HS512,
}

// idClaims are the claims that are looked at (OpenID Connect Core section 2).
type idClaims struct {
	jwt.Claims
	Nonce             string `json:"nonce"`
	Email             string `json:"email"`
	PreferredUsername string `json:"preferred_username"`
	Name              string `json:"name"`
}

// identityOf returns who signed in, for showing only: an ID token that came
// straight from the token endpoint needs no signature check for that (OpenID
// Connect Core section 3.1.3.7, rule 6), but it must be of this issuer, for this
// client and of this sign-in. Else, and when it names nobody, "" comes back: a
// wrong ID token takes nothing from the tokens beside it.
func identityOf(idToken Secret, config Authorization, nonce string, svc Service) string {
	if idToken.Empty() {
		return ""
	}
	parsed, err := jwt.ParseSigned(idToken.Reveal(), idTokenAlgorithms)
	if err != nil {
		return ""
	}
	var claims idClaims
	all := map[string]any{}
	if err := parsed.UnsafeClaimsWithoutVerification(&claims, &all); err != nil {
		return ""
	}
	if claims.Nonce != nonce || !slices.Contains([]string(claims.Audience), config.ClientID) ||
		!issuerFits(claims.Issuer, all, config.Endpoints.Issuer, svc) {
		return ""
	}
	for _, name := range []string{claims.Email, claims.PreferredUsername, claims.Name, claims.Subject} {
		if who := wirePlainName(name); who != "" {
			return who
		}
	}
	return ""
}

// otherUser tells whether two ID tokens name two users of one issuer (OpenID
// Connect Core section 2).
func otherUser(one, other Secret) bool {
	a, b := subjectOf(one), subjectOf(other)
	return a.Subject != "" && b.Subject != "" && a.Issuer == b.Issuer && a.Subject != b.Subject
}

// subjectOf are the claims of an ID token; none of one that can't be read.
func subjectOf(idToken Secret) (claims jwt.Claims) {
	parsed, err := jwt.ParseSigned(idToken.Reveal(), idTokenAlgorithms)
	if err != nil || parsed.UnsafeClaimsWithoutVerification(&claims) != nil {
		return jwt.Claims{}
	}
	return claims
}

// issuerFits compares the issuer of an ID token with the one of the service.
// Under QuirkIssuerTemplate the service's issuer may name a group of tenants;
// the token names its own, in a claim and inside its issuer. Under
// QuirkTokenIssuer ID tokens name an issuer of their own.
func issuerFits(got string, claims map[string]any, want string, svc Service) bool {
	if want == "" || got == want {
		return true
	}
	if quirk, ok := svc.Quirk(QuirkTokenIssuer); ok && got == quirk.Params["issuer"] {
		return true
	}
	quirk, ok := svc.Quirk(QuirkIssuerTemplate)
	tenant, _ := claims[quirk.Params["claim"]].(string)
	return ok && tenant != "" && got == placeholderPattern().ReplaceAllLiteralString(svc.Issuer, tenant)
}

// learnIdentity asks the userinfo endpoint who signed in and stores the answer.
// The tokens are stored already, as generation gen, and the lock is held;
// whatever goes wrong here costs nothing but the name.
func (e *Engine) learnIdentity(config Authorization, g Grantee, gen int64) {
	switch config.Grant {
	case GrantClientCredentials: // nobody signed in
		return
	case GrantAccessToken: // no request at all
		return
	}
	if config.Endpoints.UserInfo == "" || !g.Status.HandOut {
		return
	}
	ctx, cancel := context.WithTimeout(e.ctx, identityTimeout)
	defer cancel()
	to := clientRequest(config, config.Endpoints.UserInfo)
	svc, _ := e.catalog.Get(config.ServiceID)
	who, err := e.wire.Via(to).UserInfo(ctx, to.Endpoint, svc.userInfoStyle(), g.Tokens.Access)
	if err != nil || who == "" {
		return
	}
	if err := e.store.SetSignedInAs(ctx, config.ID, gen, who); err != nil {
		e.log.Warn("who signed in could not be stored", "authorization", config.ID, "error", err)
	}
}
