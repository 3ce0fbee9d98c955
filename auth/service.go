package auth

// Service is one authorization service of the catalog, as assets/services/*.json
// holds it. Everything that the program acts on is typed; prose stands only
// where a person reads it. Treat values as read only.
type Service struct {
	Schema      int         `json:"schema"` // ServiceSchema
	ID          string      `json:"id"`     // kebab-case; the file's name
	Name        string      `json:"name"`
	Provider    string      `json:"provider"`
	Category    string      `json:"category"`
	Description string      `json:"description"`
	Parameters  []Parameter `json:"parameters"` // fill {name} in addresses, scopes and help links

	// Issuer is empty when the service serves no metadata. Discovery true means
	// that the endpoints are read from the issuer's metadata (RFC 8414, OpenID
	// Connect Discovery) at each sign-in set-up instead of standing here.
	Issuer    string    `json:"issuer"`
	Discovery bool      `json:"discovery"`
	Endpoints Endpoints `json:"endpoints"`
	// OwnAddresses true: the user types the two endpoints ("Other").
	OwnAddresses bool `json:"own_addresses,omitempty"`

	Grants         []Grant           `json:"grants"`
	ClientAuth     []ClientAuth      `json:"client_auth"` // the first is the default
	PKCE           string            `json:"pkce"`        // "required", "supported" or "none"
	ScopeSeparator string            `json:"scope_separator"`
	AuthParams     map[string]string `json:"auth_params"`
	TokenParams    map[string]string `json:"token_params"`

	Redirect    RedirectRule `json:"redirect"`
	Refresh     RefreshRule  `json:"refresh"`
	AccessToken Lifetime     `json:"access_token"`
	Quirks      []Quirk      `json:"quirks"`
	Scopes      []Scope      `json:"scopes"`
	Help        Help         `json:"help"`
	Sources     []string     `json:"sources"`
	Unconfirmed []string     `json:"unconfirmed,omitempty"`
}

// ServiceSchema is the version of the file format that this program reads.
const ServiceSchema = 1

// Parameter is a part of a service's addresses that the user fills in.
type Parameter struct {
	Name        string `json:"name"`
	Label       string `json:"label"`
	Default     string `json:"default"`
	Placeholder string `json:"placeholder"`
	Help        string `json:"help"`
	Pattern     string `json:"pattern"`          // RE2, anchored by the reader; empty: anything without / ? # and blanks
	Hidden      bool   `json:"hidden,omitempty"` // filled in by the program, such as the local server's address
	URL         bool   `json:"url"`              // the value is a whole https address (an issuer)
}

// Endpoints are the addresses of an authorization server. Empty: not offered.
type Endpoints struct {
	Issuer        string `json:"issuer,omitempty"` // the resolved issuer, only in stored authorizations
	Authorization string `json:"authorization"`
	Token         string `json:"token"`
	Revocation    string `json:"revocation"`
	Introspection string `json:"introspection"`
	UserInfo      string `json:"userinfo"`
	JWKS          string `json:"jwks"`
	Device        string `json:"device_authorization"`
	PAR           string `json:"pushed_authorization_request,omitempty"` // RFC 9126
	// MTLS are the aliases for clients with a certificate, only in stored authorizations.
	MTLS MTLSEndpoints `json:"mtls_endpoint_aliases,omitzero"`
	// IssInResponse: the metadata promised the iss parameter of RFC 9207, so a
	// callback without it is refused.
	IssInResponse bool `json:"iss_in_response,omitempty"`
}

// MTLSEndpoints are the addresses at which an authorization server wants to see
// a client's certificate (RFC 8705 section 5). Empty: as for everybody.
type MTLSEndpoints struct {
	Token         string `json:"token,omitempty"`
	Revocation    string `json:"revocation,omitempty"`
	Introspection string `json:"introspection,omitempty"`
	UserInfo      string `json:"userinfo,omitempty"`
	Device        string `json:"device_authorization,omitempty"`
	PAR           string `json:"pushed_authorization_request,omitempty"`
}

// RedirectRule says which redirect URI a service accepts from a desktop program.
type RedirectRule struct {
	Scheme    string `json:"scheme"`   // "http"
	Host      string `json:"host"`     // "127.0.0.1" or "localhost"
	Port      string `json:"port"`     // "any", "fixed" (must be registered) or "none" (loopback is refused)
	Path      string `json:"path"`     // "/callback", or "" for none
	Register  string `json:"register"` // the literal to enter at the service, when it is not the URI itself
	Confirmed bool   `json:"confirmed"`
	Note      string `json:"note"`
}

// The ports of RedirectRule.
const (
	PortAny   = "any"
	PortFixed = "fixed"
	PortNone  = "none"
)

// DefaultRedirectPort is used where a fixed port has to be registered.
const DefaultRedirectPort = 17654

// RefreshRule says what it takes to get a refresh token and how long it lasts.
type RefreshRule struct {
	Needs    string   `json:"needs"`   // "scope", "parameter" (already in auth_params), "nothing", "never" (no refresh tokens)
	Scope    string   `json:"scope"`   // the scope's name when Needs is "scope"
	Rotates  *bool    `json:"rotates"` // null: not known
	Lifetime Lifetime `json:"lifetime"`
}

// Lifetime is a length of time with the rule that governs it. Seconds is 0
// where Rule is "never" (does not end) or "unknown".
type Lifetime struct {
	Seconds int64  `json:"seconds"`
	Rule    string `json:"rule"` // "fixed", "sliding" (each use starts it anew), "varies", "never", "unknown"
	Note    string `json:"note,omitempty"`
}

// QuirkID names a departure from the RFCs that the engine knows how to handle.
type QuirkID string

// The quirks. A catalog file may name only these.
const (
	// QuirkAcceptJSON: the token endpoint answers form-encoded text unless it
	// is asked for JSON (GitHub). The engine always asks; the quirk documents it.
	QuirkAcceptJSON QuirkID = "accept_json"
	// QuirkErrorStatus200: errors come with HTTP status 200.
	QuirkErrorStatus200 QuirkID = "error_status_200"
	// QuirkGrantedScopeSeparator: granted scopes come back separated by
	// Params["separator"], whatever separates the asked ones.
	QuirkGrantedScopeSeparator QuirkID = "granted_scope_separator"
	// QuirkIssuerTemplate: the metadata's issuer holds the literal
	// Params["literal"] in place of the value of the ID token's claim
	// Params["claim"] (Microsoft: {tenantid}, tid).
	QuirkIssuerTemplate QuirkID = "issuer_template"
	// QuirkNoExpiryMeansNever: a reply without expires_in is a token that does
	// not run out by itself.
	QuirkNoExpiryMeansNever QuirkID = "no_expiry_means_never"
	// QuirkNonce: the scope openid needs a nonce in the code flow (Glewlwyd).
	// The engine always sends one with openid; the quirk documents it.
	QuirkNonce QuirkID = "nonce"
	// QuirkAssertionAudience: a client's assertion names the token endpoint as
	// its audience, not the issuer (Microsoft).
	QuirkAssertionAudience QuirkID = "assertion_audience_token_endpoint"
	// QuirkGrantPerSignIn: every sign-in is a grant of its own, so that the
	// revocation of an earlier one leaves the later ones alone. Elsewhere it may
	// end all that a user granted to a client (Google), or all that was granted
	// in one browser session (oidc-provider).
	QuirkGrantPerSignIn QuirkID = "grant_per_sign_in"
)

// Quirk is one departure with its parameters.
type Quirk struct {
	ID     QuirkID           `json:"id"`
	Params map[string]string `json:"params,omitempty"`
}

// Quirk returns the service's quirk of that ID.
func (s Service) Quirk(id QuirkID) (Quirk, bool) {
	for _, q := range s.Quirks {
		if q.ID == id {
			return q, true
		}
	}
	return Quirk{}, false
}

// Scope is one permission that a service offers.
type Scope struct {
	Name        string `json:"name"`
	Description string `json:"description"` // in plain words
	Group       string `json:"group"`
	Default     bool   `json:"default"`         // part of the safe starting set
	Admin       bool   `json:"admin,omitempty"` // an administrator has to approve it
}

// Help is what the blue panel shows.
type Help struct {
	RegisterURL string   `json:"register_url"`
	Steps       []string `json:"steps"`
	// RedirectStep is the number (from 1) of the step that asks for the redirect URI; 0: none.
	RedirectStep int      `json:"redirect_step"`
	Notes        []string `json:"notes"`
	DocsURL      string   `json:"docs_url"`
	// WithdrawURL is where a user takes the consent back; "" when there is no
	// such page or it is not known.
	WithdrawURL string `json:"withdraw_url,omitempty"`
}

// PublicByDefault tells whether the form starts with "This app has no secret".
func (s Service) PublicByDefault() bool {
	return len(s.ClientAuth) > 0 && s.ClientAuth[0] == ClientAuthNone
}

// LocalServiceID, OtherServiceID and OIDCServiceID name the services that the
// program treats in a way of its own.
const (
	LocalServiceID = "local-server"
	OtherServiceID = "other"
	OIDCServiceID  = "generic-oidc"
)
