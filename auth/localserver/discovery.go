package localserver

import (
	"context"
	"slices"

	"github.com/go-jose/go-jose/v4"
	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"
)

// metadata is the reply of both discovery addresses: the library's document
// and what it does not know.
type metadata struct {
	oidc.DiscoveryConfiguration
	PushedAuthorizationRequests string   `json:"pushed_authorization_request_endpoint"`          // RFC 9126
	IssParameterSupported       bool     `json:"authorization_response_iss_parameter_supported"` // RFC 9207
	PromptValuesSupported       []string `json:"prompt_values_supported"`                        // Initiating User Registration 1.0
	RequestParameterSupported   bool     `json:"request_parameter_supported"`                    // said aloud: false
	RequirePushedRequests       bool     `json:"require_pushed_authorization_requests"`          // the same
}

// methodSecretJWT is a method of client authentication that the library has no
// name for.
const methodSecretJWT = oidc.AuthMethod("client_secret_jwt")

// Discovery implements op.Server (OpenID Connect Discovery, RFC 8414). It names
// what the server does for some client; what a client may do is its registration's.
func (p *provider) Discovery(ctx context.Context, _ *op.Request[struct{}]) (*op.Response, error) {
	scopes, err := p.store.Scopes(ctx)
	if err != nil {
		return nil, because(ctx, storageFailed(err), "The local server could not read its data.")
	}
	var names []string
	for _, s := range scopes {
		names = append(names, s.Name)
	}
	confidential := []oidc.AuthMethod{oidc.AuthMethodBasic, oidc.AuthMethodPost, oidc.AuthMethodPrivateKeyJWT, methodSecretJWT}
	all := append(slices.Clone(confidential), oidc.AuthMethodNone)
	return op.NewResponse(metadata{
		DiscoveryConfiguration: oidc.DiscoveryConfiguration{
			Issuer:                                             p.issuer,
			AuthorizationEndpoint:                              p.issuer + pathAuthorize,
			TokenEndpoint:                                      p.issuer + pathToken,
			IntrospectionEndpoint:                              p.issuer + pathIntrospect,
			UserinfoEndpoint:                                   p.issuer + pathUserinfo,
			RevocationEndpoint:                                 p.issuer + pathRevoke,
			DeviceAuthorizationEndpoint:                        p.issuer + pathDevice,
			JwksURI:                                            p.issuer + pathKeys,
			ScopesSupported:                                    names,
			ResponseTypesSupported:                             []string{string(oidc.ResponseTypeCode), responseTypeToken},
			ResponseModesSupported:                             []string{string(oidc.ResponseModeQuery), string(oidc.ResponseModeFragment)},
			GrantTypesSupported:                                grantTypes(),
			SubjectTypesSupported:                              []string{"public"},
			IDTokenSigningAlgValuesSupported:                   []string{string(jose.RS256)},
			TokenEndpointAuthMethodsSupported:                  all,
			RevocationEndpointAuthMethodsSupported:             all,
			IntrospectionEndpointAuthMethodsSupported:          confidential,
			TokenEndpointAuthSigningAlgValuesSupported:         assertionAlgorithms(),
			RevocationEndpointAuthSigningAlgValuesSupported:    assertionAlgorithms(),
			IntrospectionEndpointAuthSigningAlgValuesSupported: assertionAlgorithms(),
			ClaimsSupported:                                    []string{"sub", "iss", "aud", "exp", "iat", "auth_time", "nonce", "name", "preferred_username", "email"},
			CodeChallengeMethodsSupported:                      []oidc.CodeChallengeMethod{oidc.CodeChallengeMethodS256},
		},
		PushedAuthorizationRequests: p.issuer + pathPushed,
		IssParameterSupported:       true,
		PromptValuesSupported:       []string{oidc.PromptNone, oidc.PromptLogin, oidc.PromptConsent, oidc.PromptSelectAccount},
	}), nil
}

// Keys implements op.Server: the JWK set (RFC 7517), with keys that no longer
// sign as long as something that they signed may be looked at.
func (p *provider) Keys(context.Context, *op.Request[struct{}]) (*op.Response, error) {
	return op.NewResponse(jose.JSONWebKeySet{Keys: p.keys.Load().published(p.now())}), nil
}
