package auth

import (
	"cmp"
	"net/url"
	"slices"
	"strings"
)

// ClientRequest says to whom a request goes, as which client and over which
// connection. Every request that a client makes about an authorization builds
// on it.
type ClientRequest struct {
	Endpoint string
	// Issuer is the audience of a client assertion: the authorization server's
	// issuer or, where it is not known, its token endpoint. Empty: Endpoint.
	Issuer       string
	ClientID     string
	ClientAuth   ClientAuth // exactly this one; never probed (T35)
	ClientSecret Secret
	Style        ClientStyle
	// Values hold key and certificate of the client and the connection:
	// FieldClientKey and so on, FieldTimeout, FieldProxy, FieldCA.
	Values Values
	// Headers are added to requests with a form, where they replace the
	// program's own of that name; OmitHeaders are left out of those, OmitFields of
	// token requests.
	Headers                 map[string]string
	OmitHeaders, OmitFields []string
}

// clientRequest is a request to one of the endpoints of a. A client that shows
// a certificate goes to that endpoint's alias (RFC 8705 section 5), where the
// service named one.
func clientRequest(a Authorization, endpoint string) ClientRequest {
	issuer := a.Endpoints.Issuer
	if issuer == "" {
		issuer = a.Endpoints.Token
	}
	if a.ClientAuth.usesCertificate() {
		endpoint = a.Endpoints.mutualTLS(endpoint)
	}
	method, secret := a.inBody()
	return ClientRequest{
		Endpoint: endpoint, Issuer: issuer, ClientID: a.ClientID, ClientAuth: method, ClientSecret: secret,
		Values: a.Values, Headers: a.Headers, OmitHeaders: a.OmitHeaders, OmitFields: a.OmitFields,
	}
}

// client is the request that a queued revocation makes.
func (r Revocation) client() ClientRequest {
	return ClientRequest{
		Endpoint: r.Endpoint, Issuer: r.Issuer, ClientID: r.ClientID, ClientAuth: r.ClientAuth, ClientSecret: r.ClientSecret, Style: r.Style.Client,
		Values: r.Values, Headers: r.Headers, OmitHeaders: r.OmitHeaders, OmitFields: r.OmitFields,
	}
}

// usesCertificate tells whether the client proves itself by a certificate (RFC 8705).
func (m ClientAuth) usesCertificate() bool {
	return m == ClientAuthTLS || m == ClientAuthSelfSignedTLS
}

// signsAssertion tells whether the client proves itself by a JWT (RFC 7523 section 2.2).
func (m ClientAuth) signsAssertion() bool {
	return m == ClientAuthSecretJWT || m == ClientAuthPrivateKeyJWT
}

// refreshAt is where a refresh token is presented.
func (e Endpoints) refreshAt() string { return cmp.Or(e.Refresh, e.Token) }

// Renewal is the address that the scheduler asks for new tokens of a grant; it
// stands for its host in the limits of requests.
func (e Endpoints) Renewal(g Grant) string {
	if info, _ := g.Info(); info.Renewal == RenewAsk {
		return e.Token
	}
	return e.refreshAt()
}

// mutualTLS returns the alias of an endpoint for clients with a certificate,
// or the endpoint itself.
func (e Endpoints) mutualTLS(endpoint string) string {
	for _, pair := range [][2]string{
		{e.Token, e.MTLS.Token},
		{e.Revocation, e.MTLS.Revocation},
		{e.Introspection, e.MTLS.Introspection},
		{e.Device, e.MTLS.Device},
		{e.PAR, e.MTLS.PAR},
		{e.UserInfo, e.MTLS.UserInfo},
	} {
		if pair[0] == endpoint && pair[1] != "" {
			return pair[1]
		}
	}
	return endpoint
}

// protocolParams are the parameters of a request that say what it is and who
// asks: a parameter of the user's never stands in for one of them.
var protocolParams = []string{
	"grant_type", "code", "refresh_token", "code_verifier", "redirect_uri", "device_code", "assertion",
	"client_assertion", "client_assertion_type", "client_secret",
}

// protocolParam tells whether a token request's parameter is not the user's to set.
func protocolParam(name string) bool { return slices.Contains(protocolParams, name) }

// inBody is how the client shows itself when the user leaves the Authorization
// header out, as some systems ask for: by its ID in the body and, where the user
// added one to the token-endpoint parameters, a secret beside it.
func (a Authorization) inBody() (ClientAuth, Secret) {
	switch secret := NewSecret(a.TokenParams["client_secret"]); {
	case a.ClientAuth != ClientAuthBasic || !namesHeader(a.OmitHeaders, "Authorization"):
		return a.ClientAuth, a.ClientSecret
	case secret.Empty():
		return ClientAuthNone, Secret{}
	default:
		return ClientAuthPost, secret
	}
}

// addTokenParams puts the user's token-endpoint parameters into a form, beside
// protocolParams.
func addTokenParams(form url.Values, a Authorization) {
	for name, value := range a.TokenParams {
		if !protocolParam(name) {
			form.Set(name, value)
		}
	}
}

// namesHeader tells whether a list of header names has this one.
func namesHeader(names []string, header string) bool {
	return slices.ContainsFunc(names, func(name string) bool { return strings.EqualFold(strings.TrimSpace(name), header) })
}
