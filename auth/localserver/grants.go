package localserver

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"

	"tokenwell/auth"
)

// grantTypePassword is a grant type that the library has no name for.
const grantTypePassword = oidc.GrantType("password")

// grantKinds are the grant types of the token endpoint with what a client needs
// for each. The refresh token needs no permission of its own.
var grantKinds = map[oidc.GrantType]auth.LocalGrant{
	oidc.GrantTypeCode:              auth.LocalGrantCode,
	oidc.GrantTypeClientCredentials: auth.LocalGrantClientCredentials,
	grantTypePassword:               auth.LocalGrantPassword,
	oidc.GrantTypeDeviceCode:        auth.LocalGrantDevice,
	oidc.GrantTypeBearer:            auth.LocalGrantJWTBearer,
}

// grantNeeds are the parameters that each grant type can't do without.
var grantNeeds = map[oidc.GrantType][]string{
	oidc.GrantTypeCode:              {"code", "redirect_uri"},
	oidc.GrantTypeRefreshToken:      {"refresh_token"},
	oidc.GrantTypeClientCredentials: nil,
	grantTypePassword:               {"username", "password"},
	oidc.GrantTypeDeviceCode:        {"device_code"},
	oidc.GrantTypeBearer:            {"assertion"},
}

// grantTypes are all of them for discovery, in the order of LocalGrants.
func grantTypes() []oidc.GrantType {
	return []oidc.GrantType{
		oidc.GrantTypeCode, oidc.GrantTypeRefreshToken, oidc.GrantTypeClientCredentials, oidc.GrantTypeDeviceCode,
		grantTypePassword, oidc.GrantTypeBearer, oidc.GrantTypeImplicit,
	}
}

// grantTypesOf are the grant types that a client may send to the token endpoint.
func grantTypesOf(c Client) []oidc.GrantType {
	types := []oidc.GrantType{oidc.GrantTypeRefreshToken}
	for name, kind := range grantKinds {
		if allowedGrant(c, kind) {
			types = append(types, name)
		}
	}
	return types
}

// allowedGrant tells whether a client may use a grant: it is registered for it
// and of the type that the grant is for.
func allowedGrant(c Client, kind auth.LocalGrant) bool {
	info, known := grantInfo(kind)
	return known && slices.Contains(c.Grants, kind) && (c.Public && info.Public || !c.Public && info.Confidential)
}

// mayUse refuses a grant type that the client is not registered for. Grant
// types that do not exist are refused before.
func mayUse(ctx context.Context, c Client, name oidc.GrantType) error {
	if name == oidc.GrantTypeRefreshToken || allowedGrant(c, grantKinds[name]) {
		return nil
	}
	return because(ctx, oidc.ErrUnauthorizedClient().WithDescription("the client may not use this grant type"),
		"The client may not use this grant. Tick it among the allowed grants on the client's page in Tokenwell.")
}

// grantRequest checks a token request before the library sees it. It returns
// the answer's error and why, or nil.
func grantRequest(r *http.Request) (*oidc.Error, string) {
	name := oidc.GrantType(r.PostForm.Get("grant_type"))
	if name == "" {
		return oidc.ErrInvalidRequest().WithDescription("grant_type is missing"), "The parameter grant_type is missing."
	}
	needs, known := grantNeeds[name]
	if !known {
		return oidc.ErrUnsupportedGrantType().WithDescription("the grant type is not supported"),
			"The server does not know this grant_type. The discovery document lists those it knows."
	}
	for _, parameter := range needs {
		if r.PostForm.Get(parameter) == "" {
			return oidc.ErrInvalidRequest().WithDescription("%s", parameter+" is missing"), "The parameter " + parameter + " is missing."
		}
	}
	return nil, ""
}

// newGrant is a grant without a code, that is used up as it is made.
func (p *provider) newGrant(c Client, kind auth.LocalGrant, userID string, scopes []string) Grant {
	return Grant{ID: "grt_" + rand.Text(), Kind: kind, ClientID: c.ID, UserID: userID, Scopes: scopes, Created: p.now()}
}

// ClientCredentialsExchange implements op.Server (RFC 6749 4.4): no user, no
// refresh token, no ID token.
func (p *provider) ClientCredentialsExchange(ctx context.Context, r *op.ClientRequest[oidc.ClientCredentialsRequest]) (*op.Response, error) {
	c := r.Client.(opClient).client
	scopes, err := p.scopesOf(ctx, c, r.Data.Scope)
	if err != nil {
		return nil, err
	}
	if scopes, err = withoutUser(ctx, scopes); err != nil {
		return nil, err
	}
	return p.answerWith(ctx, c, p.newGrant(c, auth.LocalGrantClientCredentials, "", scopes))
}

func (p *provider) answerWith(ctx context.Context, c Client, g Grant) (*op.Response, error) {
	issued, err := p.issue(ctx, c, g)
	if err != nil {
		return nil, err
	}
	return p.tokenResponse(ctx, c, g, g.Scopes, issued)
}

// password is the resource owner password credentials grant (RFC 6749 4.3), a
// grant that the library does not have. Wrong passwords are held back as on the
// sign-in page, with which it shares the count.
func (p *provider) password(w http.ResponseWriter, r *http.Request) {
	reply, err := p.passwordGrant(r)
	if err != nil {
		op.WriteError(w, r, err, nil)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(reply.Data)
}

func (p *provider) passwordGrant(r *http.Request) (*op.Response, error) {
	ctx := r.Context()
	c, err := p.clientOf(ctx, r.Header, r.PostForm, pathToken)
	if err != nil {
		return nil, err
	}
	if err := misbehave(ctx, c); err != nil {
		return nil, err
	}
	if err := mayUse(ctx, c, grantTypePassword); err != nil {
		return nil, err
	}
	scopes, err := p.scopesOf(ctx, c, strings.Fields(r.PostForm.Get("scope")))
	if err != nil {
		return nil, err
	}
	u, ok, err := p.tryPassword(ctx, r.PostForm.Get("username"), auth.NewSecret(r.PostForm.Get("password")))
	if err != nil {
		return nil, storageFailed(err)
	}
	if !ok {
		return nil, because(ctx, oidc.ErrInvalidGrant().WithDescription("the user name or the password is wrong"), wrongPassword)
	}
	if c, err = p.store.Client(ctx, c.ID); err != nil && !errors.Is(err, ErrNotFound) {
		return nil, storageFailed(err)
	}
	if !c.Active { // while the password waited for its turn
		return nil, because(ctx, oidc.ErrInvalidClient().WithDescription("unknown client or wrong client authentication"), switchedOff)
	}
	g := p.newGrant(c, auth.LocalGrantPassword, u.ID, scopes)
	g.AuthTime = p.now()
	return p.answerWith(ctx, c, g)
}

// wrongPassword is what the log says of a sign-in that failed. It does not tell
// whether the name exists.
const wrongPassword = "The user name or the password is wrong, or the user is switched off. Each wrong try in a row is answered later than the one before."

// tryPassword looks at a password when its turn has come, and holds a wrong one
// back.
func (p *provider) tryPassword(ctx context.Context, name string, password auth.Secret) (u User, ok bool, err error) {
	name = strings.TrimSpace(name)
	ok, err = p.guesses.try(ctx, "user "+name, func() (bool, error) {
		var err error
		u, err = p.store.UserByName(ctx, name)
		if err != nil && !errors.Is(err, ErrNotFound) {
			return false, err
		}
		// the zero User of an unknown name costs as much time and matches nothing
		return matches(u, password) && u.Active, nil
	})
	return u, ok, err
}

// JWTProfile implements op.Server: the JWT bearer grant (RFC 7523 2.1). The
// client signs for a user; the signature authenticates it, and credentials that
// come too have to be its own.
func (p *provider) JWTProfile(ctx context.Context, r *op.Request[oidc.JWTProfileGrantRequest]) (*op.Response, error) {
	refused := func(why string) error {
		return because(ctx, oidc.ErrInvalidGrant().WithDescription("the assertion is refused"), why)
	}
	c, err := p.assertingClient(ctx, r, refused)
	if err != nil {
		return nil, err
	}
	if err := misbehave(ctx, c); err != nil {
		return nil, err
	}
	if err := mayUse(ctx, c, oidc.GrantTypeBearer); err != nil {
		return nil, err
	}
	a, err := p.verifyAssertion(r.Data.Assertion, c, pathToken)
	if why, ok := errors.AsType[assertionRefused](err); ok {
		return nil, refused(string(why))
	}
	scopes, err := p.scopesOf(ctx, c, r.Data.Scope)
	if err != nil {
		return nil, err
	}
	u, err := p.store.UserByName(ctx, a.claims.Subject)
	if errors.Is(err, ErrNotFound) {
		u, err = p.store.User(ctx, a.claims.Subject)
	}
	if err != nil && !errors.Is(err, ErrNotFound) {
		return nil, storageFailed(err)
	}
	if !u.Active {
		return nil, refused("The assertion's sub names no user of this server who may sign in.")
	}
	err = p.useAssertion(ctx, a)
	if why, ok := errors.AsType[assertionRefused](err); ok {
		return nil, refused(string(why))
	}
	if err != nil {
		return nil, err
	}
	return p.answerWith(ctx, c, p.newGrant(c, auth.LocalGrantJWTBearer, u.ID, scopes))
}

// assertingClient is the client that an assertion says it is of. Nothing is
// proved until the signature was checked.
func (p *provider) assertingClient(ctx context.Context, r *op.Request[oidc.JWTProfileGrantRequest], refused func(string) error) (Client, error) {
	issuer := assertedIssuer(r.Data.Assertion)
	const mixed = "The client that sends the request and the assertion's iss are two different clients."
	if _, _, basic := basicOf(r.Header); basic || r.PostForm.Get("client_secret") != "" || r.PostForm.Get("client_assertion") != "" {
		c, err := p.clientOf(ctx, r.Header, r.PostForm, pathToken)
		if err == nil && c.ID != issuer {
			err = refused(mixed)
		}
		return c, err
	}
	if named := r.PostForm.Get("client_id"); named != "" && named != issuer {
		return Client{}, refused(mixed)
	}
	c, err := p.store.Client(ctx, issuer)
	if errors.Is(err, ErrNotFound) {
		return Client{}, refused("The assertion can't be read, or its iss is no client ID of this server.")
	}
	if err != nil {
		return Client{}, storageFailed(err)
	}
	recordOf(ctx).client = c
	if !c.Active {
		return Client{}, because(ctx, oidc.ErrInvalidClient().WithDescription("unknown client or wrong client authentication"), switchedOff)
	}
	return c, nil
}
