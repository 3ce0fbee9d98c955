package auth

// Grant is the way in which tokens are obtained. The strings are stored.
type Grant string

// GrantAuthorizationCode is the authorization code grant with PKCE (RFC 6749
// section 4.1, RFC 7636).
const GrantAuthorizationCode Grant = "authorization_code"

// GrantInfo says what a grant looks like to the user. A new grant is one more
// entry in Grants and the file that carries it out.
type GrantInfo struct {
	ID     Grant
	Label  string // as the table and the form show it
	Button string // the form's primary button
	RFC    string // the document that rules
}

// Grants are the grants that the program can carry out, in the form's order.
// Read only.
var Grants = []GrantInfo{
	{ID: GrantAuthorizationCode, Label: "Authorization code", Button: "Save & Authorize", RFC: "RFC 6749 section 4.1 with RFC 7636"},
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

// ClientAuth is how the client proves itself at the token endpoint (RFC 6749
// section 2.3). Exactly one method goes into a request. The strings are stored
// and are those of RFC 7591's registry.
type ClientAuth string

// The client authentication methods.
const (
	ClientAuthNone  ClientAuth = "none"                // public client, no secret
	ClientAuthBasic ClientAuth = "client_secret_basic" // form-encoded ID and secret inside Basic
	ClientAuthPost  ClientAuth = "client_secret_post"  // in the body
)
