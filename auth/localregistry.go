package auth

import (
	"context"
	"fmt"
	"time"
)

// LocalGrant is a way in which a client of the local server may get tokens. The
// strings are stored.
type LocalGrant string

// The grants of the local server.
const (
	LocalGrantCode              LocalGrant = "authorization_code"
	LocalGrantImplicit          LocalGrant = "implicit" // outdated (RFC 9700 section 2.1.2); as the old systems had it
	LocalGrantClientCredentials LocalGrant = "client_credentials"
	LocalGrantPassword          LocalGrant = "password"
	LocalGrantDevice            LocalGrant = "device_code"
	LocalGrantJWTBearer         LocalGrant = "jwt_bearer"
)

// LocalGrantInfo says what a grant of the local server needs.
type LocalGrantInfo struct {
	ID           LocalGrant
	Label        string // English
	Confidential bool   // clients with a secret or a key may use it
	Public       bool   // clients without a secret may use it
	Redirect     bool   // needs a redirect URL
	User         bool   // a user stands behind its tokens, so that they can be refreshed
	Outdated     bool
}

// LocalGrants are all of them, in the form's order. Read only.
var LocalGrants = []LocalGrantInfo{
	{ID: LocalGrantCode, Label: "Authorization code", Confidential: true, Public: true, Redirect: true, User: true},
	{ID: LocalGrantClientCredentials, Label: "Client credentials", Confidential: true},
	{ID: LocalGrantDevice, Label: "Device code", Confidential: true, Public: true, User: true},
	{ID: LocalGrantPassword, Label: "Password", Confidential: true, User: true, Outdated: true},
	{ID: LocalGrantJWTBearer, Label: "JWT bearer", Confidential: true, User: true},
	{ID: LocalGrantImplicit, Label: "Implicit", Public: true, Redirect: true, User: true, Outdated: true},
}

// LocalMisbehaviour is how the server treats a client badly, for practice.
type LocalMisbehaviour struct {
	Slow         int  // seconds that each answer takes longer; 0 to 60
	TooMany      int  // seconds of Retry-After with which 429 is answered; 0: it is not
	Unavailable  bool // 503
	ExpireAtOnce bool // access tokens are over when they are issued, whatever expires_in says
	DropRefresh  bool // no refresh token in the reply
	LieScopes    bool // the reply names a scope less than is granted
}

// LocalClient is a client of the local server's registry (RFC 6749 section 2).
type LocalClient struct {
	ID          string // made by the server
	Name        string // fixed after saving; with Version unique, capitals aside
	Version     string
	Description string
	Public      bool   // has no secret; PKCE is demanded
	Secret      Secret // made by the server; empty for public clients
	// OldSecret still works until OldSecretEnds (UTC), while its successor is
	// being rolled out.
	OldSecret     Secret
	OldSecretEnds time.Time
	RedirectURIs  []string // "http://127.0.0.1/callback" allows any port there
	Grants        []LocalGrant
	// AccessSeconds is how long access tokens last; 0: they never expire.
	AccessSeconds int64
	// RefreshCount is how often a grant can be refreshed: LocalUnlimited, or a
	// number; 0: no refresh token is issued.
	RefreshCount int
	// RefreshForAll: every grant with a user gets refresh tokens, not the
	// authorization code alone.
	RefreshForAll bool
	Scopes        []string   // what it may ask for
	ClientAuth    ClientAuth // the one method that it may use; "": basic or post
	Keys          string     // public key as PEM, or a JWK set, of JWT bearer and private_key_jwt
	Active        bool       // off: every token of it is invalid
	Misbehave     LocalMisbehaviour
	Practice      bool // made at the first run
	Created       time.Time
	Tokens        int // tokens that are in force; only in lists
}

// LocalUnlimited is a RefreshCount or RefreshesLeft without a limit, and
// LocalNoRefresh a RefreshesLeft without a refresh token.
const (
	LocalUnlimited = -1
	LocalNoRefresh = -2
)

// LocalScope is a permission that the local server knows.
type LocalScope struct {
	Name        string // unique, capitals aside; fixed after saving
	Description string
	Default     bool // granted when a request names no scope
	Builtin     bool // can't be deleted: the server itself acts on it
	Clients     int  // that may ask for it; only in lists
}

// LocalUser may sign in on the local server's pages.
type LocalUser struct {
	ID       string
	Name     string // unique, capitals aside
	FullName string
	Email    string
	Active   bool
	Practice bool   // made at the first run: the program knows its password
	Password Secret // typed; write only, an empty one keeps what is stored
	Created  time.Time
}

// LocalTokenState is what a row of the token list is found in.
type LocalTokenState string

// The states of a row.
const (
	LocalTokenActive  LocalTokenState = "active"
	LocalTokenExpired LocalTokenState = "expired" // the access token; it can be refreshed
	LocalTokenRevoked LocalTokenState = "revoked"
)

// LocalToken is one row of the token list: what a client was granted, with its
// newest access token and refresh token.
type LocalToken struct {
	ID            string
	ClientID      string
	Client        string // name and version
	User          string // "": no user stands behind it
	Grant         LocalGrant
	Scopes        []string
	Issued        time.Time
	Expires       time.Time // of the access token; zero: never
	RefreshesLeft int       // LocalUnlimited, LocalNoRefresh or a number
	State         LocalTokenState
}

// LocalTokenQuery selects, sorts and pages the token list.
type LocalTokenQuery struct {
	Search   string // in client, user and scopes, capitals aside
	ClientID string
	Sort     string // "client", "user", "issued", "expires", "left"; the last key is the ID
	Desc     bool
	Offset   int
	Limit    int
}

// LocalTokenPage is one page, how many rows match, and how many there are and
// are expired in all.
type LocalTokenPage struct {
	Rows                  []LocalToken
	Match, Total, Expired int
}

// LocalConsent is what a user lets a client have without asking again.
type LocalConsent struct {
	ID, ClientID, Client, User string
	Scopes                     []string
	Given                      time.Time
}

// LocalLogEntry is one request to the local server. Never a secret.
type LocalLogEntry struct {
	At       time.Time
	Endpoint string // "token", "authorize", "device", …
	ClientID string // as sent, when it is a known one
	Client   string // name and version
	Status   int    // of HTTP
	Outcome  string // OutcomeOK or the error code
	Why      string // a sentence that teaches; "" when nothing was wrong
}

// LocalScopeInUse is the error with which the removal of a scope is refused.
type LocalScopeInUse struct {
	Scope   string
	Clients []string // names of the clients that may ask for it
	Tokens  int      // tokens that carry it
}

// Error implements error.
func (e *LocalScopeInUse) Error() string { return fmt.Sprintf("the scope %q is in use", e.Scope) }

// LocalField names a field of the local server's forms, for FieldErrors:
// "client." with name, version, description, redirects, grants, access, refresh,
// scopes, auth, keys or misbehave; "scope.name", "scope.description"; "user." with
// name, full_name, email or password.
func LocalField(name string) Field { return Field("local:" + name) }

// LocalRegistry administers the local server. Safe for concurrent use; methods
// with a context may wait for the disk. What is wrong with something to be
// saved comes as FieldErrors; everything needs an open vault.
type LocalRegistry interface {
	Info() LocalInfo
	// Start and Stop the server; the setting SettingLocalServer is the window's.
	Start(ctx context.Context) error
	Stop() error

	// Clients lists them by name and version.
	Clients(ctx context.Context) ([]LocalClient, error)
	// NewClient returns the defaults of a new one. Quick.
	NewClient() LocalClient
	// SaveClient stores a client; an empty ID makes a new one, with ID and
	// secret. Name, version, ID and secret of a stored one can't be changed here.
	SaveClient(ctx context.Context, c LocalClient) (LocalClient, error)
	// SetClientActive switches a client; off ends every token of it for good.
	SetClientActive(ctx context.Context, id string, active bool) error
	// NewSecret makes another secret; the present one works for overlap longer.
	NewSecret(ctx context.Context, id string, overlap time.Duration) (LocalClient, error)
	// DeleteClient removes a client with its tokens.
	DeleteClient(ctx context.Context, id string) error
	// ExportClients returns clients as a JSON file, without secrets; ImportClients
	// makes new ones of such a file, with IDs and secrets of their own.
	ExportClients(ctx context.Context, ids ...string) ([]byte, error)
	ImportClients(ctx context.Context, data []byte) ([]LocalClient, error)

	Scopes(ctx context.Context) ([]LocalScope, error)
	// SaveScope adds a scope, or changes description and default of one.
	SaveScope(ctx context.Context, s LocalScope, isNew bool) error
	// DeleteScope gives *LocalScopeInUse while a client or a token carries it.
	DeleteScope(ctx context.Context, name string) error

	Users(ctx context.Context) ([]LocalUser, error)
	SaveUser(ctx context.Context, u LocalUser) (LocalUser, error)
	// DeleteUser removes a user with all tokens and consents.
	DeleteUser(ctx context.Context, id string) error

	Tokens(ctx context.Context, q LocalTokenQuery) (LocalTokenPage, error)
	// RevokeToken ends a row's tokens; DeleteToken removes the row too.
	RevokeToken(ctx context.Context, id string) error
	DeleteToken(ctx context.Context, id string) error
	// RemoveExpired removes every row whose access token is over and returns how many.
	RemoveExpired(ctx context.Context) (int, error)

	Consents(ctx context.Context) ([]LocalConsent, error)
	// WithdrawConsent asks the user again next time; tokens stay.
	WithdrawConsent(ctx context.Context, id string) error

	// Log returns the newest entries first, those with the text in client,
	// endpoint or outcome, at most limit.
	Log(ctx context.Context, search string, limit int) ([]LocalLogEntry, error)
	ClearLog(ctx context.Context) error
	// RotateKey has a new key sign ID tokens from now on. The old one stays
	// published until the last ID token that it signed is over.
	RotateKey(ctx context.Context) error
	// Subscribe calls f, from any goroutine, after each change and request.
	Subscribe(f func()) (cancel func())
}

// SettingLocalServer tells whether the local server starts with the program:
// "off", else it does.
const SettingLocalServer = "local_server"
