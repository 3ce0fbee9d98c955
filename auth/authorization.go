package auth

import "time"

// State is what an authorization is found in. The strings are stored: never
// rename one.
type State string

// The states. Expiring and Expired are never stored: they follow from Active
// and the clock, see Status.Effective.
const (
	StateNeverAuthorized State = "never_authorized" // saved, no token was ever received
	StateWaiting         State = "waiting"          // a sign-in is open in the browser
	StateActive          State = "active"
	StateExpiring        State = "expiring"        // derived: less than ExpiringBefore left
	StateExpired         State = "expired"         // derived: the access token has run out
	StateRefreshing      State = "refreshing"      // an attempt is committed, its end is not known yet
	StateUnknown         State = "outcome_unknown" // an attempt was cut off after bytes may have left
	StateNeedsSignIn     State = "needs_sign_in"   // the service said that the grant is over
	StateNeedsAttention  State = "needs_attention" // the settings are wrong (client ID, secret, …)
	StateChangedOutside  State = "changed_outside" // the row does not match its seal (T58)
	StateRevoked         State = "revoked"
	StatePaused          State = "paused" // hands out nothing and refreshes nothing, by the user's will
)

// ExpiringBefore is how long before its end an access token counts as expiring.
const ExpiringBefore = 5 * time.Minute

// Authorization is the configuration that the user created and named, without
// the tokens that came of it. Every field but Notes and CreatedAt is bound to
// the vault, so that an edit from outside is found before it is acted on.
type Authorization struct {
	ID          string // UUID version 4
	Name        string // the Friendly Name, unique after folding, see FoldName
	Notes       string
	ServiceID   string            // catalog ID
	ServiceName string            // as it was when saved; for lists and messages
	Params      map[string]string // service parameters by name, such as tenant
	Grant       Grant
	Endpoints   Endpoints // resolved: no placeholder left
	ClientID    string
	ClientAuth  ClientAuth
	// ClientSecret is sealed; empty for ClientAuthNone.
	ClientSecret Secret
	Scopes       []string          // asked for, in the order of the service
	AuthParams   map[string]string // extra authorization-endpoint parameters; values are sealed
	TokenParams  map[string]string // extra token-endpoint parameters; values are sealed
	Redirect     Redirect
	// Values are the plain value fields, Headers the further headers of token
	// requests; both are sealed. OmitHeaders and OmitFields are left out of
	// token requests.
	Values                  Values
	Headers                 map[string]string
	OmitHeaders, OmitFields []string
	// AutoRefresh: the scheduler fetches new access tokens ahead of time.
	AutoRefresh bool
	// RefreshLimit is how many refreshes are allowed until the next sign-in; 0: any number.
	RefreshLimit int
	CreatedAt    time.Time // UTC
}

// Status is the running state of an authorization: what the last exchange or
// refresh brought, without the tokens themselves. All but LastUsedAt is bound
// to the vault.
type Status struct {
	State      State
	Generation int64 // grows by one at each stored set of tokens; 0: none yet
	TokenType  string
	Granted    []string  // the scopes in force; nil when the service did not say (then as asked)
	IssuedAt   time.Time // UTC; when the reply was received
	Expiry     Expiry
	// HandOut is false when the access token must not be given to other
	// programs: control characters in it (T31) or a type other than Bearer (T32).
	HandOut    bool
	HasRefresh bool // a refresh token is stored
	SignedInAs string
	// LastOutcome is a stable word for the last attempt ("ok" or a provider or
	// network code), LastOutcomeAt its time (UTC, zero when there was none).
	LastOutcome   string
	LastOutcomeAt time.Time
	Failures      int // in a row
	// Refreshes counts the refreshes since the last sign-in.
	Refreshes int
	// NextRefreshAt is when the scheduler tries next (UTC); zero: never by itself.
	NextRefreshAt time.Time
	// SignInEnds is until about when refreshing works before the user has to sign
	// in again, as the reply said or the service's data (UTC); zero: not known, or
	// no end.
	SignInEnds time.Time
	LastUsedAt time.Time
}

// Unlimited is what RefreshesLeft returns without a limit.
const Unlimited = -1

// RefreshesLeft returns how many refreshes the authorization's own limit still
// allows; Unlimited when it has none.
func (r Record) RefreshesLeft() int {
	if r.Authorization.RefreshLimit == 0 {
		return Unlimited
	}
	return max(0, r.Authorization.RefreshLimit-r.Status.Refreshes)
}

// Effective returns the state to show at now: Active turns into Expiring and
// Expired by the clock.
func (s Status) Effective(now time.Time) State {
	if s.State != StateActive || s.Expiry.At.IsZero() {
		return s.State
	}
	switch left := s.Expiry.At.Sub(now); {
	case left <= 0:
		return StateExpired
	case left < ExpiringBefore:
		return StateExpiring
	default:
		return StateActive
	}
}

// Tokens are the sealed part of what a token endpoint answered.
type Tokens struct {
	Access, Refresh, ID Secret
	// Facts are what the service said beside the tokens that its API needs
	// (QuirkReplyFacts, QuirkRedirectFacts), and the redirect URI that a refresh
	// has to repeat (FactRedirectURI). No secrets: they are shown and exported.
	// nil keeps those that are stored.
	Facts map[string]string
}

// FactRedirectURI is the fact under QuirkRefreshRedirect.
const FactRedirectURI = "redirect_uri"

// ExpiryRule says how an Expiry came about.
type ExpiryRule string

// The rules (T34).
const (
	ExpiryReported    ExpiryRule = "reported"     // the service sent a usable expires_in
	ExpiryNotReported ExpiryRule = "not_reported" // absent, unusable or -1: taken as one hour, learnt from a 401
	ExpiryNever       ExpiryRule = "never"        // the service's data says so
)

// Expiry is the end of an access token. At is UTC and zero for ExpiryNever;
// Lifetime is what was reported or assumed.
type Expiry struct {
	Rule     ExpiryRule
	At       time.Time
	Lifetime time.Duration
}

// Redirect is where the browser comes back to (RFC 8252 section 7.3).
type Redirect struct {
	Host string // "127.0.0.1", "::1" or "localhost"
	Port int    // 0: any free port, chosen per sign-in
	Path string // begins with "/"; "" stands for no path at all, as some services register
	// URI, when it is not empty, is a page that nobody serves on this machine: the
	// user pastes the address that the browser ends on. The rest is empty then.
	URI string
}

// Record is an authorization as the engine acts on it: loaded, unsealed and
// checked against its seal.
type Record struct {
	Authorization Authorization
	Status        Status
	Tokens        Tokens
	Rule          HandOutRule // sealed with the configuration
}

// Row is one line of the authorizations table. It comes from plain columns
// alone and is not verified: show it, never act on it.
type Row struct {
	ID, Name, ServiceID, ServiceName string
	Grant                            Grant
	State                            State // effective at the query's Now
	Expiry                           Expiry
	ScopeCount                       int
	HasRefresh                       bool
	RefreshesLeft                    int       // Unlimited without a limit
	LastUsedAt, CreatedAt            time.Time // UTC; zero: never
	SignInEnds                       time.Time // UTC; zero: not known, or no end
	SecretEnds                       time.Time // UTC, of the client secret; zero: not known
}
