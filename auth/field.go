package auth

import "maps"

// Field names a field of the form, for values, errors and focus. The strings
// of fields with a FieldInfo are stored.
type Field string

// The fields that have a control of their own in the form. A service
// parameter's field is ParamField(name).
const (
	FieldName             Field = "name"
	FieldService          Field = "service"
	FieldGrant            Field = "grant"
	FieldClientID         Field = "client_id"
	FieldClientSecret     Field = "client_secret"
	FieldConfirmation     Field = "client_secret_confirmation"
	FieldScopes           Field = "scopes"
	FieldOwnAuthorization Field = "authorization_endpoint"
	FieldOwnToken         Field = "token_endpoint"
	FieldOwnDevice        Field = "device_authorization_endpoint"
	FieldPort             Field = "port"
	FieldNotes            Field = "notes"
	FieldClientAuth       Field = "client_auth"
	FieldAuthParams       Field = "auth_params"
	FieldTokenParams      Field = "token_params"
	FieldHeaders          Field = "headers"
	FieldOmitHeaders      Field = "omit_headers"
	FieldOmitFields       Field = "omit_fields"
	FieldRefreshLimit     Field = "refresh_limit"
)

// The fields that are plain values, see Values and FieldInfos.
const (
	FieldUserName          Field = "user_name"
	FieldPassword          Field = "password"
	FieldPayload           Field = "payload" // JSON object: claims of the assertion, or further parameters of the password grant's body
	FieldJWTHeader         Field = "jwt_header"
	FieldJWTIssuer         Field = "jwt_issuer"
	FieldJWTSubject        Field = "jwt_subject"
	FieldJWTAudience       Field = "jwt_audience"
	FieldPrivateKey        Field = "private_key"
	FieldKeyPassword       Field = "private_key_password"
	FieldAssertionLifetime Field = "assertion_lifetime" // seconds
	FieldRefreshToken      Field = "refresh_token"      // never kept here: becomes Tokens.Refresh
	FieldAccessToken       Field = "access_token"       // never kept here: becomes Tokens.Access
	FieldTokenPrefix       Field = "token_prefix"       // of a pasted access token; becomes Status.TokenType
	FieldTokenExpiry       Field = "token_expiry"       // of a pasted access token, local time

	FieldClientKey          Field = "client_key"          // for ClientAuthPrivateKeyJWT
	FieldClientKeyPassword  Field = "client_key_password" //
	FieldClientKeyID        Field = "client_key_id"       // kid of the assertion; may be empty
	FieldClientAudience     Field = "client_audience"     // aud of the assertion; empty: the issuer
	FieldClientCert         Field = "client_certificate"  // PEM (certificate and key) or base64 of PKCS#12
	FieldClientCertPassword Field = "client_certificate_password"

	FieldTimeout Field = "timeout"        // seconds, of one request
	FieldProxy   Field = "proxy"          // address, may hold user name and password
	FieldCA      Field = "ca_certificate" // PEM

	FieldHosts        Field = "hosts"                // of a HandOutRule
	FieldSecretExpiry Field = "client_secret_expiry" // local time: when the client secret ends at the service
	// What a dynamic client registration gave to manage it with (RFC 7592); no
	// control of the form.
	FieldRegistrationToken Field = "registration_access_token"
	FieldRegistrationURI   Field = "registration_client_uri"
)

// ParamField is the field of the service parameter name.
func ParamField(name string) Field { return Field("param:" + name) }

// FieldKind is what stands in a field of FieldInfos and so which control it gets.
type FieldKind string

// The kinds of fields.
const (
	KindText   FieldKind = "text"
	KindSecret FieldKind = "secret" // one line, masked
	KindToken  FieldKind = "token"  // several lines, masked
	KindJSON   FieldKind = "json"   // a JSON object, several lines
	KindPEM    FieldKind = "pem"    // several lines, masked, "Load file…"
	KindNumber FieldKind = "number"
	KindTime   FieldKind = "time" // "2006-01-02 15:04", local
)

// FieldInfo says what a plain value field looks like.
type FieldInfo struct {
	ID          Field
	Label       string
	Kind        FieldKind
	Placeholder string
	Hint        string
	// Keep: the form never shows what is stored; left empty it stays. All
	// other fields come back as they were saved and can be emptied.
	Keep bool
	// With is the field that this one belongs to: when that one is replaced,
	// nothing of this one is kept.
	With Field
}

// FieldInfos are the plain value fields. Read only.
var FieldInfos = []FieldInfo{
	{ID: FieldUserName, Label: "User name", Kind: KindText},
	{ID: FieldPassword, Label: "Password", Kind: KindSecret, Keep: true, With: FieldUserName},
	{ID: FieldJWTHeader, Label: "Header", Kind: KindJSON, Placeholder: `{"typ": "JWT", "alg": "RS256", "kid": "…"}`, Hint: "Optional. Without alg, the one that fits the key is taken."},
	{ID: FieldJWTIssuer, Label: "Issuer", Kind: KindText, Hint: "iss: as a rule the client ID or the address of the service account"},
	{ID: FieldJWTSubject, Label: "Subject", Kind: KindText, Hint: "sub: the user to act for; left out when empty"},
	{ID: FieldJWTAudience, Label: "Audience", Kind: KindText, Hint: "aud: as a rule the token endpoint or the issuer of the service"},
	{ID: FieldPayload, Label: "Additional payload", Kind: KindJSON, Placeholder: `{"scope": "…"}`, Hint: "Optional. What the service wants beyond the fields above."},
	{ID: FieldPrivateKey, Label: "Private key", Kind: KindPEM, Placeholder: "-----BEGIN PRIVATE KEY-----", Keep: true},
	{ID: FieldKeyPassword, Label: "Private key password", Kind: KindSecret, Hint: "Only for an encrypted key", Keep: true, With: FieldPrivateKey},
	{ID: FieldAssertionLifetime, Label: "Lifetime in seconds", Kind: KindNumber, Placeholder: "300", Hint: "1 to 3600; many services take no more than 300"},
	{ID: FieldRefreshToken, Label: "Refresh token", Kind: KindToken, Hint: "It is used at once, and may be replaced by a new one.", Keep: true},
	{ID: FieldAccessToken, Label: "Access token", Kind: KindToken, Keep: true},
	{ID: FieldTokenPrefix, Label: "Prefix", Kind: KindText, Placeholder: "Bearer", Hint: "The word before the token in the Authorization header"},
	{ID: FieldTokenExpiry, Label: "Expires", Kind: KindTime, Placeholder: "2026-12-31 18:00", Hint: "Optional, in local time"},

	{ID: FieldClientKey, Label: "Client key", Kind: KindPEM, Placeholder: "-----BEGIN PRIVATE KEY-----", Hint: "Its public part is registered at the service.", Keep: true},
	{ID: FieldClientKeyPassword, Label: "Client key password", Kind: KindSecret, Hint: "Only for an encrypted key", Keep: true, With: FieldClientKey},
	{ID: FieldClientAudience, Label: "Assertion audience", Kind: KindText, Hint: "aud: empty for the service's issuer; {endpoint} for the address that is asked"},
	{ID: FieldClientKeyID, Label: "Client key ID", Kind: KindText, Hint: "kid: as the service shows it; optional"},
	{ID: FieldClientCert, Label: "Client certificate", Kind: KindPEM, Placeholder: "-----BEGIN CERTIFICATE-----", Hint: "Certificate and private key, as PEM or PKCS#12", Keep: true},
	{ID: FieldClientCertPassword, Label: "Certificate password", Kind: KindSecret, Hint: "Of the PKCS#12 file or the encrypted key", Keep: true, With: FieldClientCert},

	{ID: FieldSecretExpiry, Label: "Client secret ends", Kind: KindTime, Placeholder: "2026-12-31 18:00", Hint: "Optional, in local time: you are told two weeks before"},

	{ID: FieldTimeout, Label: "Time-out in seconds", Kind: KindNumber, Placeholder: "30", Hint: "Of one request, 1 to 300"},
	{ID: FieldProxy, Label: "Proxy", Kind: KindSecret, Placeholder: "http://proxy.example.com:8080", Hint: "Instead of this machine's; with user:password@ where it asks for them"},
	{ID: FieldCA, Label: "CA certificate", Kind: KindPEM, Placeholder: "-----BEGIN CERTIFICATE-----", Hint: "Trusted for this authorization, beside those of this machine"},
}

// ConnectionFields are the plain value fields of how requests travel, for
// every grant that makes any. Read only.
var ConnectionFields = []Field{FieldTimeout, FieldProxy, FieldCA}

// Info returns the field's entry in FieldInfos; ok is false for any other field.
func (f Field) Info() (info FieldInfo, ok bool) {
	for _, info := range FieldInfos {
		if info.ID == f {
			return info, true
		}
	}
	return FieldInfo{}, false
}

// Values are the contents of plain value fields. An empty value is as good as
// none. All of it is sealed.
type Values map[Field]Secret

// Text returns the value of a field, "" when it has none.
func (v Values) Text(f Field) string { return v[f].Reveal() }

// Set stores a value; an empty one takes the field away.
func (v Values) Set(f Field, value Secret) {
	if value.Empty() {
		delete(v, f)
		return
	}
	v[f] = value
}

// Equal tells whether both hold the same.
func (v Values) Equal(other Values) bool { return maps.EqualFunc(v, other, Secret.Equal) }

// Pair is one row of parameters or headers.
type Pair struct {
	Name  string
	Value Secret
}
