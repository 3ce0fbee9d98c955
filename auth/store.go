package auth

import (
	"context"
	"time"
)

// Store keeps authorizations. It is safe for concurrent use by several
// goroutines and several processes. Methods that seal or unseal return
// ErrVaultLocked while the vault is not open; a row that does not match its
// seal gives ErrChangedOutside and is remembered as such; what goes wrong on
// the disk wraps ErrStorage. A committed write is durable (WAL, FULL).
type Store interface {
	Lister
	AuthorizationStore
	AttemptStore
	RevocationStore
	PlanStore
	HistoryStore
	SettingStore
	ServiceStore
	HandOutStore
	ActivityStore
}

// Query selects, sorts and pages the table. Done by SQLite over indexed plain
// columns.
type Query struct {
	Search    string  // folded substring of name, service or scope; empty: all
	States    []State // effective states at Now; empty: all
	ServiceID string  // empty: all
	Sort      Column
	Desc      bool
	Offset    int
	Limit     int
	Now       time.Time
}

// Column is a column to sort by. The last key is always the ID.
type Column string

// The sortable columns.
const (
	ColumnName     Column = "name"
	ColumnService  Column = "service"
	ColumnGrant    Column = "grant"
	ColumnState    Column = "state"
	ColumnExpires  Column = "expires" // rows without an expiry last
	ColumnScopes   Column = "scopes"
	ColumnLastUsed Column = "last_used"
	ColumnCreated  Column = "created"
	ColumnLeft     Column = "refreshes_left" // rows without a limit last
	ColumnSignIn   Column = "signin_ends"    // rows without an end last
)

// Page is one page of rows and how many match in all.
type Page struct {
	Rows  []Row
	Match int // rows that match the query
	Total int // rows there are
}

// Lister reads the plain columns; it works while the vault is locked.
type Lister interface {
	List(ctx context.Context, q Query) (Page, error)
	// CountStates counts the rows by effective state at now.
	CountStates(ctx context.Context, now time.Time) (map[State]int, error)
	// UsedServices counts rows by service ID.
	UsedServices(ctx context.Context) (map[string]int, error)
	// NameTaken tells whether another row than exceptID has the folded name.
	// Rows that are deleted but can be undone still hold theirs.
	NameTaken(ctx context.Context, name, exceptID string) (bool, error)
}

// AuthorizationStore keeps the configuration.
type AuthorizationStore interface {
	// Create stores a new authorization in state StateWaiting or
	// StateNeverAuthorized. ErrNameTaken when another holds the name.
	Create(ctx context.Context, a Authorization, state State) error
	// Load opens one row and checks it against its seal.
	Load(ctx context.Context, id string) (Record, error)
	// Read is Load for who goes through many rows: it keeps nothing of them.
	Read(ctx context.Context, id string) (Record, error)
	// Rename changes name and notes. ErrNameTaken as in Create.
	Rename(ctx context.Context, id, name, notes string) error
	// SetState stores a state that comes without new tokens. With the outcome
	// that is stored already, the time of that outcome stays: nothing was tried.
	// ErrStale when the row's generation is not gen.
	SetState(ctx context.Context, id string, gen int64, end Ending) error
	// SetExpiry stores when the access token in force ends, as it was learnt
	// since it was issued, and the planned time. ErrStale when the row's
	// generation is not gen.
	SetExpiry(ctx context.Context, id string, gen int64, expiry Expiry, next time.Time) error
	// SetSignedInAs stores who signed in, as it was learnt since. ErrStale when
	// the row's generation is not gen.
	SetSignedInAs(ctx context.Context, id string, gen int64, who string) error
	// Touch records that the access token was used at.
	Touch(ctx context.Context, id string, at time.Time) error
	// Delete hides the row until purgeAt, when Purge may remove it for good.
	// With revoke its tokens are queued for revocation in the same
	// transaction, not before purgeAt.
	Delete(ctx context.Context, id string, revoke bool, purgeAt time.Time) error
	// Undelete brings the row back and takes its revocations from the queue.
	Undelete(ctx context.Context, id string) error
	// Purge removes the rows whose time has come and returns how many.
	Purge(ctx context.Context, now time.Time) (int, error)
	// Verify checks every row against its seal in batches, so that no other
	// use of the store waits long, and marks what does not match. It returns
	// how many rows are marked.
	Verify(ctx context.Context) (int, error)
	// Interrupted returns the IDs of rows in StateWaiting, StateRefreshing or
	// StateUnknown, for the start of the program.
	Interrupted(ctx context.Context) ([]string, error)
}

// Attempt is one request that can end a refresh token or a code, committed
// before it is sent (security: commit protocol, step 3).
type Attempt struct {
	ID        string // UUID
	Kind      AttemptKind
	StartedAt time.Time
	// Presented counts how often the present credential (refresh token or
	// code) was or may have been sent, this attempt included.
	Presented int
}

// AttemptKind says what an attempt presents. The strings are stored.
type AttemptKind string

// The kinds of attempts.
const (
	AttemptExchange AttemptKind = "exchange" // an authorization code
	AttemptRefresh  AttemptKind = "refresh"  // a refresh token
	AttemptAsk      AttemptKind = "ask"      // nothing that is used up: the request can be made again
)

// Ending is the end of something that brought no tokens.
type Ending struct {
	State    State
	Outcome  string    // a stable word, see Status.LastOutcome
	Failures int       // in a row, this one included
	Next     time.Time // when the scheduler tries next (UTC); zero: never by itself
}

// Grantee is what a token endpoint granted, ready to be stored.
type Grantee struct {
	Tokens Tokens // an empty Refresh keeps the stored refresh token, unless DropRefresh
	// DropRefresh: the stored refresh token does not belong to these tokens (a
	// changed client, another grant).
	DropRefresh bool
	Status      Status // State, TokenType, Granted, IssuedAt, Expiry, HandOut, SignedInAs, Refreshes, NextRefreshAt and SignInEnds are stored; the rest is the store's
	// Config replaces the configuration in the same transaction (Edit &
	// re-authorize); nil keeps it.
	Config *Authorization
}

// AttemptStore carries the refresh commit protocol.
type AttemptStore interface {
	// Lock takes the authorization's lock over all processes and returns its
	// release, which may be called once. It waits until ctx ends. The kernel
	// frees the lock of a killed process.
	Lock(ctx context.Context, id string) (release func(), err error)
	// BeginAttempt commits the intent: state StateRefreshing (for
	// AttemptExchange on a row without tokens StateWaiting stays), the attempt,
	// and a sealed pad as large as the tokens that may come. ErrStale when the
	// row's generation is not gen.
	BeginAttempt(ctx context.Context, id string, gen int64, a Attempt) error
	// OpenAttempt returns the attempt whose end is not known; ok is false when there is none.
	OpenAttempt(ctx context.Context, id string) (a Attempt, ok bool, err error)
	// CommitGrant stores new tokens, generation gen+1 and the end of the
	// attempt in one durable transaction. ErrStale when the row's generation
	// is not gen (deleted, replaced): the caller revokes and drops the tokens.
	CommitGrant(ctx context.Context, id string, gen int64, g Grantee) error
	// EndAttempt stores the end of an attempt that brought no tokens. Nothing
	// stored is erased; OutcomeOK keeps the time of the last outcome. StateUnknown leaves the attempt open.
	EndAttempt(ctx context.Context, id string, gen int64, end Ending) error
	// Spill writes what CommitGrant could not as a sealed file in another
	// folder, synced.
	Spill(ctx context.Context, id string, gen int64, g Grantee) error
	// DrainSpills commits spilled grants and removes their files; one of an
	// authorization that is gone goes to the revocation queue. One whose
	// generation is old is dropped: to revoke it could end the newer tokens too.
	// It returns the IDs that it stored.
	DrainSpills(ctx context.Context) ([]string, error)
}

// Revocation is one token to be revoked (RFC 7009), with all that the request
// needs, so that it outlives its authorization. Sealed as a whole.
type Revocation struct {
	ID              string // UUID
	AuthorizationID string
	ServiceID       string
	// Style is how the service wants the request, for when its data is gone;
	// while it is there, that counts.
	Style        RevocationStyle
	Endpoint     string
	ClientID     string
	ClientAuth   ClientAuth
	ClientSecret Secret
	// Issuer to OmitFields are those of ClientRequest.
	Issuer                  string
	Values                  Values
	Headers                 map[string]string
	OmitHeaders, OmitFields []string
	Token                   Secret
	Hint                    string // "refresh_token" or "access_token"
	NotBefore               time.Time
	Tries                   int
}

// RevocationStore keeps the queue of revocations.
type RevocationStore interface {
	QueueRevocation(ctx context.Context, r Revocation) error
	// DueRevocations returns those whose time has come, refresh tokens first.
	DueRevocations(ctx context.Context, now time.Time) ([]Revocation, error)
	// PostponeRevocation counts a try and moves NotBefore.
	PostponeRevocation(ctx context.Context, id string, notBefore time.Time) error
	DropRevocation(ctx context.Context, id string) error
	// DropRevocationsOf takes all of an authorization from the queue and returns
	// how many there were.
	DropRevocationsOf(ctx context.Context, authorizationID string) (int, error)
}

// Due is a row whose refresh is planned. It comes from plain columns alone and
// is not verified: Load before acting.
type Due struct {
	ID         string
	At         time.Time // UTC
	Endpoint   string    // that will be asked, for the limit per host
	LastUsedAt time.Time // UTC; zero: never
}

// PlanStore keeps when the scheduler has to act.
type PlanStore interface {
	// DueRefreshes returns the rows that are in view, not paused and planned
	// not later than at, those used last first, at most limit.
	DueRefreshes(ctx context.Context, at time.Time, limit int) ([]Due, error)
	// NextRefresh returns the earliest planned time later than after; zero when
	// nothing is planned then.
	NextRefresh(ctx context.Context, after time.Time) (time.Time, error)
	// SetRefreshRule changes AutoRefresh and RefreshLimit of the stored
	// configuration and the planned time, without a new sign-in. ErrStale when
	// the row's generation is not gen.
	SetRefreshRule(ctx context.Context, id string, gen int64, auto bool, limit int, next time.Time) error
}

// HistoryEvent is one line of an authorization's history.
type HistoryEvent struct {
	At      time.Time // UTC
	Kind    EventWord
	Outcome string // OutcomeOK or an error code; never a server's own text
}

// EventWord says what happened. The strings are stored.
type EventWord string

// The words of the history.
const (
	WordCreated   EventWord = "created"
	WordSignIn    EventWord = "sign_in" // an exchange of a code, a device code or a pasted token
	WordRefresh   EventWord = "refresh"
	WordAsk       EventWord = "ask" // client credentials, JWT, password
	WordRevoke    EventWord = "revoke"
	WordPause     EventWord = "pause"
	WordResume    EventWord = "resume"
	WordTest      EventWord = "test"
	WordRule      EventWord = "rule" // automatic refresh or its limit was changed
	WordRename    EventWord = "rename"
	WordPrograms  EventWord = "programs"   // the rule that says which programs get tokens was changed
	WordRevokeOld EventWord = "revoke_old" // a queued revocation was sent or given up
	WordNotice    EventWord = "notice"     // the user was told that something ends soon; Outcome is the Ender
)

// HistoryLength is how many events of an authorization are kept.
const HistoryLength = 50

// HistoryStore keeps the last HistoryLength events of each authorization. The
// store itself writes those that come with a commit (created, sign-in,
// refresh, ask, revoke, pause, resume, rule, programs, rename), in the same transaction.
type HistoryStore interface {
	// History returns the events, the newest first.
	History(ctx context.Context, id string) ([]HistoryEvent, error)
	// Remember adds an event that comes without a commit.
	Remember(ctx context.Context, id string, e HistoryEvent) error
}

// SoonEnding is something that ends although the program refreshes.
type SoonEnding struct {
	ID, Name string
	What     Ender
	At       time.Time // UTC
}

// Ender says what ends.
type Ender string

// What can end.
const (
	EndsSignIn Ender = "sign_in"
	EndsSecret Ender = "client_secret"
)

// ServiceStore keeps the services of the user's own, sealed as a whole, and
// tells who uses a service.
type ServiceStore interface {
	// OwnServices returns them in the order of their names. One that does not
	// match its seal is left out and named in damaged.
	OwnServices(ctx context.Context) (own []Service, damaged []string, err error)
	// SaveService stores a service under its ID, in place of an earlier one.
	SaveService(ctx context.Context, s Service) error
	// DeleteService removes it. ErrNotFound when there is none.
	DeleteService(ctx context.Context, id string) error
	// ServiceUsers returns the authorizations of a service by name, at most
	// limit, with the scopes that they ask for; those too that Undelete can still
	// bring back. Plain columns, not verified.
	ServiceUsers(ctx context.Context, id string, limit int) ([]ServiceUser, error)
	// RecentServices returns service IDs, those of the newest authorizations first.
	RecentServices(ctx context.Context, limit int) ([]string, error)
	// SoonEnding returns the rows in view whose sign-in or client secret ends
	// after from and not later than to, the first to end first.
	SoonEnding(ctx context.Context, from, to time.Time, limit int) ([]SoonEnding, error)
}

// ServiceUser is an authorization that uses a service.
type ServiceUser struct {
	ID, Name string
	Scopes   []string
	Deleted  bool // a moment ago
}

// SettingStore keeps the program's settings; never secrets.
type SettingStore interface {
	Settings(ctx context.Context) (map[string]string, error)
	SetSetting(ctx context.Context, key, value string) error
}

// Vault opens and makes the sealed part of the store. Keyring calls may take
// as long as a person needs to answer a prompt: never call from the UI thread.
type Vault interface {
	// Status is quick and asks no keyring.
	Status(ctx context.Context) (VaultStatus, error)
	// ProbeKeyring tells, within a second and without starting any process
	// that stays, whether a keyring can be reached; nil: it can. The error's
	// text is fit for the user.
	ProbeKeyring(ctx context.Context) error
	// Create makes the vault with one slot: the keyring's, or the passphrase's
	// when passphrase is not empty. Never over an existing vault.
	Create(ctx context.Context, passphrase Secret) error
	// Unlock opens it: through the passphrase when it is not empty, else
	// through the keyring. ErrVaultKey when the key is missing or wrong.
	Unlock(ctx context.Context, passphrase Secret) error
	// Lock drops the data key from memory.
	Lock()
}

// VaultStatus says what the vault needs.
type VaultStatus struct {
	Exists, Open              bool
	HasKeyring, HasPassphrase bool // which slots there are
}

// MinPassphrase is the least number of characters of a passphrase.
const MinPassphrase = 12
