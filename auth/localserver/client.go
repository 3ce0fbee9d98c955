package localserver

import (
	"time"

	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"
)

// opClient shows a Client to the library.
type opClient struct{ client Client }

var _ op.Client = opClient{}

func (c opClient) GetID() string                       { return c.client.ID }
func (c opClient) RedirectURIs() []string              { return c.client.RedirectURIs }
func (c opClient) PostLogoutRedirectURIs() []string    { return nil }
func (c opClient) ApplicationType() op.ApplicationType { return op.ApplicationTypeNative }
func (c opClient) ResponseTypes() []oidc.ResponseType {
	return []oidc.ResponseType{oidc.ResponseTypeCode}
}
func (c opClient) LoginURL(string) string                           { return pathSignIn }
func (c opClient) AccessTokenType() op.AccessTokenType              { return op.AccessTokenTypeBearer }
func (c opClient) IDTokenLifetime() time.Duration                   { return idTokenLifetime }
func (c opClient) DevMode() bool                                    { return false }
func (c opClient) IDTokenUserinfoClaimsAssertion() bool             { return true }
func (c opClient) ClockSkew() time.Duration                         { return 0 }
func (c opClient) RestrictAdditionalIdTokenScopes() scopeFilter     { return sameScopes }
func (c opClient) RestrictAdditionalAccessTokenScopes() scopeFilter { return sameScopes }

// AuthMethod tells the library whether the client proves itself.
func (c opClient) AuthMethod() oidc.AuthMethod {
	if c.client.Public {
		return oidc.AuthMethodNone
	}
	return oidc.AuthMethodBasic
}

// GrantTypes are the grants that the token endpoint lets through.
func (c opClient) GrantTypes() []oidc.GrantType { return grantTypesOf(c.client) }

// IsScopeAllowed leaves the scopes to scopesOf, which knows the store's.
func (c opClient) IsScopeAllowed(string) bool { return true }

type scopeFilter = func([]string) []string

func sameScopes(scopes []string) []string { return scopes }
