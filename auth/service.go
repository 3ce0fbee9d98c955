package auth

import (
	"cmp"
	"slices"
)

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

	Grants         []Grant      `json:"grants"`
	ClientAuth     []ClientAuth `json:"client_auth"` // the first is the default
	PKCE           string       `json:"pkce"`        // "required", "supported" or "none" (not documented; sent all the same)
	ScopeSeparator string       `json:"scope_separator"`
	// Names are the service's own names of protocol parameters.
	Names ParamNames `json:"names,omitzero"`
	// AuthParams and TokenParams are fixed parameters of the authorization request
	// and of every token request, RefreshParams further ones of refreshes.
	// Placeholders are filled; one that ends up empty is left out.
	AuthParams    map[string]string `json:"auth_params"`
	TokenParams   map[string]string `json:"token_params"`
	RefreshParams map[string]string `json:"refresh_params,omitempty"`

	Redirect    RedirectRule `json:"redirect"`
	Refresh     RefreshRule  `json:"refresh"`
	AccessToken Lifetime     `json:"access_token"`
	// ClientSecret is how long a client secret lasts there; zero: not known.
	ClientSecret Lifetime `json:"client_secret,omitzero"`
	// Use says how a request of the service's own API carries the access token;
	// zero: Authorization: Bearer (RFC 6750 section 2.1).
	Use    TokenUse `json:"token_use,omitzero"`
	Quirks []Quirk  `json:"quirks"`
	// Departures are all that is known to be special about the service, each with
	// what becomes of it.
	Departures  []Departure   `json:"departures,omitempty"`
	Scopes      []Scope       `json:"scopes"`
	Help        Help          `json:"help"`
	Sources     []string      `json:"sources"`
	Unconfirmed []Unconfirmed `json:"unconfirmed,omitempty"`
	// BasedOn is the catalog entry that a service of the user's own was made
	// from; "" in the catalog itself.
	BasedOn string `json:"based_on,omitempty"`
}

// ParamNames are a service's own names of protocol parameters; "" keeps the
// RFC's name. They hold in requests and in redirects.
type ParamNames struct {
	ClientID     string `json:"client_id,omitempty"`
	ClientSecret string `json:"client_secret,omitempty"`
	Code         string `json:"code,omitempty"`
	Scope        string `json:"scope,omitempty"` // in the authorization request
}

// TokenUse says how a request carries an access token: in Header, after Scheme
// and a blank, or alone where Scheme is "-". Empty: Authorization and the token's
// own type.
type TokenUse struct {
	Header string `json:"header,omitempty"`
	Scheme string `json:"scheme,omitempty"`
}

// Departure is one thing that is special about a service.
type Departure struct {
	What string `json:"what"` // one sentence
	By   string `json:"by"`   // HandledBy…
	// Ref is the quirk's ID, the ID of an entry of Standing, the JSON name of the
	// field of Service that holds it, or "step 2" or "note 3" of the help.
	Ref string `json:"ref,omitempty"`
	Why string `json:"why,omitempty"` // only for HandledByNothing: the reason
}

// Unconfirmed is something about a service that no page of its own confirms.
type Unconfirmed struct {
	What string `json:"what"`
	// Note is the number, from 1, of the help's note that tells the user so,
	// beginning with UnconfirmedWord; 0: nobody acts on it.
	Note int `json:"note,omitempty"`
}

// UnconfirmedWord begins a note about something that is not confirmed.
const UnconfirmedWord = "Not confirmed: "

// What becomes of a departure.
const (
	HandledByQuirk    = "quirk"    // the engine acts on the quirk
	HandledByStanding = "standing" // the engine does so with every service
	HandledByData     = "data"     // a field of Service says it
	HandledByHelp     = "help"     // nothing to do for the program: the user is told
	HandledByNothing  = "nothing"
)

// ServiceSchema is the version of the file format that this program reads.
const ServiceSchema = 1

// Parameter is a part of a service's addresses that the user fills in.
type Parameter struct {
	Name        string `json:"name"`
	Label       string `json:"label"`
	Default     string `json:"default"`
	Placeholder string `json:"placeholder"`
	Help        string `json:"help"`
	Pattern     string `json:"pattern"`            // RE2, anchored by the reader; empty: anything without / ? # and blanks
	Hidden      bool   `json:"hidden,omitempty"`   // filled in by the program, such as the local server's address
	URL         bool   `json:"url"`                // the value is a whole https address (an issuer)
	Optional    bool   `json:"optional,omitempty"` // may be left empty; only in fixed parameters and scopes
	// Choices are the values to choose from; with none the user types one.
	Choices []Choice `json:"choices,omitempty"`
}

// Choice is one value of a Parameter.
type Choice struct {
	Value string `json:"value"`
	Label string `json:"label"`
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
	Refresh       string `json:"refresh,omitempty"`                      // where refreshes go; empty: Token
	DeviceToken   string `json:"device_token,omitempty"`                 // where a device code is polled; empty: Token
	Registration  string `json:"registration,omitempty"`                 // RFC 7591
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
// Where the loopback interface is refused (PortNone), Register is a page that
// the browser ends on, whose address the user pastes.
type RedirectRule struct {
	Scheme    string `json:"scheme"`   // "http"; "https" with PortNone
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
	// When are lifetimes that hold instead for one value of a parameter, such as
	// an app that is still being tested.
	When []LifetimeWhen `json:"when,omitempty"`
}

// LifetimeWhen is the lifetime of a sign-in while a parameter has a value.
type LifetimeWhen struct {
	Parameter string   `json:"parameter"`
	Value     string   `json:"value"`
	Lifetime  Lifetime `json:"lifetime"`
}

// Lifetime is a length of time with the rule that governs it. Seconds is 0
// where Rule is "never" (does not end) or "unknown".
type Lifetime struct {
	Seconds int64  `json:"seconds"`
	Rule    string `json:"rule"` // "fixed", "sliding" (each use starts it anew), "varies", "never", "unknown"
	Note    string `json:"note,omitempty"`
}

// Scope is one permission that a service offers.
type Scope struct {
	Name        string `json:"name"`
	Description string `json:"description"` // in plain words
	Group       string `json:"group"`
	Default     bool   `json:"default"`         // part of the safe starting set
	Admin       bool   `json:"admin,omitempty"` // an administrator has to approve it
	// Parameter of the authorization request that carries this scope; empty: as
	// Names.Scope says (HubSpot: optional_scope).
	Parameter string `json:"parameter,omitempty"`
}

// ByGroup returns scopes with those of a group beside each other, under the group that
// comes first; scopes itself is not changed.
func ByGroup(scopes []Scope) []Scope {
	first := map[string]int{}
	for i, s := range scopes {
		if _, known := first[s.Group]; !known {
			first[s.Group] = i
		}
	}
	return slices.SortedStableFunc(slices.Values(scopes), func(a, b Scope) int { return cmp.Compare(first[a.Group], first[b.Group]) })
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
