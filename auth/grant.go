package auth

import "slices"

// Grant is the way in which tokens are obtained. The strings are stored, and
// are those of the catalog files.
type Grant string

// The grants.
const (
	GrantAuthorizationCode Grant = "authorization_code" // RFC 6749 section 4.1 with RFC 7636
	GrantDeviceCode        Grant = "device_code"        // RFC 8628
	GrantClientCredentials Grant = "client_credentials" // RFC 6749 section 4.4
	GrantJWTBearer         Grant = "jwt_bearer"         // RFC 7523 section 2.1
	GrantPassword          Grant = "password"           // RFC 6749 section 4.3
	GrantRefreshToken      Grant = "refresh_token"      // RFC 6749 section 6, with a token that the user has
	GrantAccessToken       Grant = "access_token"       // a token that the user has; no request at all
)

// Prompt is what a grant asks of the user between saving and the tokens.
type Prompt string

// The prompts.
const (
	PromptNone    Prompt = ""        // nothing: the program gets the token by itself
	PromptBrowser Prompt = "browser" // a sign-in in the system browser
	PromptDevice  Prompt = "device"  // a code to enter on a page, on any device
)

// Renewal is how a new access token is obtained when the old one runs out.
type Renewal string

// The renewals.
const (
	RenewRefresh Renewal = "refresh" // by the refresh token, where the service gave one
	RenewAsk     Renewal = "ask"     // by the same request again: nothing is used up
	RenewNever   Renewal = "never"   // only the user can bring a new one
)

// Need says whether a grant has a thing.
type Need string

// The needs.
const (
	NeedNone     Need = ""
	NeedOptional Need = "optional"
	NeedRequired Need = "required"
)

// GrantField is one field of a grant beside name, service and what the client
// and the scopes bring.
type GrantField struct {
	Field    Field
	Required bool
}

// GrantInfo says what a grant looks like and how it works. Form, validation,
// storage and requests follow from it: a new grant is one more entry in Grants
// and the file that makes its request.
type GrantInfo struct {
	ID      Grant
	Label   string // as the table and the form show it
	Caption string // when to choose it, one short sentence
	Warning string // why it is less secure; empty: it is not
	Button  string // the form's primary button
	RFC     string // the document that rules

	Client Need // the client ID
	Secret Need // the client secret and its confirmation, for a client that is not public
	// Confidential: only for a client that proves itself; one without a secret
	// can't use it.
	Confidential bool

	Scopes  bool // the checklist of permissions
	Sign    bool // authorization-endpoint parameters and a redirect URI apply
	Request bool // a token request is made at all: parameters, headers, client authentication, connection apply
	Fields  []GrantField

	Prompt  Prompt
	Renewal Renewal
}

// Grants are the grants that the program can carry out, in the form's order.
// Read only.
var Grants = []GrantInfo{
	{
		ID: GrantAuthorizationCode, Label: "Authorization code", Caption: "You sign in with your browser. The usual choice.",
		Button: "Save & Authorize", RFC: "RFC 6749 section 4.1 with RFC 7636",
		Client: NeedRequired, Secret: NeedRequired, Scopes: true, Sign: true, Request: true,
		Prompt: PromptBrowser, Renewal: RenewRefresh,
	},
	{
		ID: GrantDeviceCode, Label: "Device code", Caption: "You enter a short code on a page of the service, on any device.",
		Button: "Save & Authorize", RFC: "RFC 8628",
		Client: NeedRequired, Secret: NeedOptional, Scopes: true, Request: true,
		Prompt: PromptDevice, Renewal: RenewRefresh,
	},
	{
		ID: GrantClientCredentials, Label: "Client credentials", Caption: "The app signs in as itself, without a user.",
		Button: "Save & Get Token", RFC: "RFC 6749 section 4.4",
		Client: NeedRequired, Secret: NeedRequired, Confidential: true, Scopes: true, Request: true,
		Prompt: PromptNone, Renewal: RenewAsk,
	},
	{
		ID: GrantJWTBearer, Label: "JWT bearer", Caption: "The app signs a statement with a private key, as service accounts do.",
		Button: "Save & Get Token", RFC: "RFC 7523 section 2.1",
		Client: NeedOptional, Secret: NeedOptional, Request: true,
		Fields: []GrantField{
			{FieldJWTHeader, false},
			{FieldJWTIssuer, true},
			{FieldJWTSubject, false},
			{FieldJWTAudience, true},
			{FieldPayload, false},
			{FieldPrivateKey, true},
			{FieldKeyPassword, false},
			{FieldAssertionLifetime, false},
		},
		Prompt: PromptNone, Renewal: RenewAsk,
	},
	{
		ID: GrantPassword, Label: "Password", Caption: "Only for services that offer nothing else.",
		Warning: "Less secure: this program stores your password and sends it to the service, which skips every second factor and gives the app all that you may do.",
		Button:  "Save & Get Token", RFC: "RFC 6749 section 4.3",
		Client: NeedOptional, Secret: NeedOptional, Request: true,
		Fields: []GrantField{{FieldUserName, true}, {FieldPassword, true}, {FieldPayload, false}},
		Prompt: PromptNone, Renewal: RenewAsk,
	},
	{
		ID: GrantRefreshToken, Label: "Refresh token", Caption: "You have a refresh token already and paste it.",
		Button: "Save & Get Token", RFC: "RFC 6749 section 6",
		Client: NeedRequired, Secret: NeedRequired, Request: true,
		Fields: []GrantField{{FieldRefreshToken, true}},
		Prompt: PromptNone, Renewal: RenewRefresh,
	},
	{
		ID: GrantAccessToken, Label: "Access token", Caption: "You have an access token already and paste it. It can't be refreshed.",
		Button: "Save Token", RFC: "RFC 6750",
		Fields: []GrantField{{FieldAccessToken, true}, {FieldTokenPrefix, false}, {FieldTokenExpiry, false}},
		Prompt: PromptNone, Renewal: RenewNever,
	},
}

// Info returns the grant's entry in Grants; ok is false for an unknown grant.
func (g Grant) Info() (info GrantInfo, ok bool) {
	for _, info := range Grants {
		if info.ID == g {
			return info, true
		}
	}
	return GrantInfo{}, false
}

// Has tells whether the field is one of the grant's own.
func (g GrantInfo) Has(f Field) bool {
	return slices.ContainsFunc(g.Fields, func(own GrantField) bool { return own.Field == f })
}

// ClientAuth is how the client proves itself at the token endpoint (RFC 6749
// section 2.3). Exactly one method goes into a request. The strings are stored
// and are those of RFC 7591's registry.
type ClientAuth string

// The client authentication methods.
const (
	ClientAuthNone          ClientAuth = "none"                        // public client, no secret
	ClientAuthBasic         ClientAuth = "client_secret_basic"         // form-encoded ID and secret inside Basic
	ClientAuthPost          ClientAuth = "client_secret_post"          // in the body
	ClientAuthSecretJWT     ClientAuth = "client_secret_jwt"           // an assertion signed with the secret (RFC 7523 section 2.2)
	ClientAuthPrivateKeyJWT ClientAuth = "private_key_jwt"             // an assertion signed with FieldClientKey
	ClientAuthTLS           ClientAuth = "tls_client_auth"             // FieldClientCert, issued by a CA (RFC 8705 section 2.1)
	ClientAuthSelfSignedTLS ClientAuth = "self_signed_tls_client_auth" // FieldClientCert, registered at the service (section 2.2)
)

// ClientAuths are all methods, in the form's order. Read only.
var ClientAuths = []ClientAuth{
	ClientAuthBasic, ClientAuthPost, ClientAuthSecretJWT, ClientAuthPrivateKeyJWT, ClientAuthTLS, ClientAuthSelfSignedTLS, ClientAuthNone,
}

// Fields are the plain value fields that the method needs or takes, what it
// needs first.
func (m ClientAuth) Fields() []GrantField {
	switch m {
	case ClientAuthPrivateKeyJWT:
		return []GrantField{{FieldClientKey, true}, {FieldClientKeyPassword, false}, {FieldClientKeyID, false}, {FieldClientAudience, false}}
	case ClientAuthSecretJWT:
		return []GrantField{{FieldClientAudience, false}, {FieldSecretExpiry, false}}
	case ClientAuthBasic, ClientAuthPost:
		return []GrantField{{FieldSecretExpiry, false}}
	case ClientAuthTLS, ClientAuthSelfSignedTLS:
		return []GrantField{{FieldClientCert, true}, {FieldClientCertPassword, false}}
	default:
		return nil
	}
}

// UsesSecret tells whether the method needs the client secret.
func (m ClientAuth) UsesSecret() bool {
	return m == ClientAuthBasic || m == ClientAuthPost || m == ClientAuthSecretJWT
}
