// Package localstore is what the local server keeps: its records, and the Store
// that keeps them. It stands apart from the server so that the database, and
// with it the console command, does without the server's libraries.
package localstore

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"
	"time"

	"tokenwell/auth"
)

// The errors of a Store that the server acts on; test with errors.Is.
var (
	// ErrNotFound says that there is no such record.
	ErrNotFound = errors.New("local server: not found")
	// ErrTaken says that another record has the name.
	ErrTaken = errors.New("local server: the name is taken")
	// ErrSpent says that the code or the refresh token was used before.
	ErrSpent = errors.New("local server: already used")
)

// Store keeps the server's state. Implementations are safe for concurrent use;
// each method is one transaction that is on the disk when it returns. Errors
// other than the package's sentinels are failures of the storage.
type Store interface {
	// Setting returns a named value, ErrNotFound when it was never set.
	// All settings are kept sealed.
	Setting(ctx context.Context, name string) (auth.Secret, error)
	// SetSetting writes a named value.
	SetSetting(ctx context.Context, name string, value auth.Secret) error

	// AddUser stores a new user; ID and folded Name are unique (ErrTaken).
	AddUser(ctx context.Context, u User) error
	// Users returns all, by name.
	Users(ctx context.Context) ([]User, error)
	// UpdateUser replaces a user. One that is no longer Active loses all tokens
	// and consents in the same transaction.
	UpdateUser(ctx context.Context, u User, at time.Time) error
	// DeleteUser removes a user with grants, tokens and consents.
	DeleteUser(ctx context.Context, id string) error
	// User returns the user with this ID, or ErrNotFound.
	User(ctx context.Context, id string) (User, error)
	// UserByName returns the user with this name, capitals aside, or ErrNotFound.
	UserByName(ctx context.Context, name string) (User, error)

	// AddClient stores a new client; ID, and folded Name and Version together, are
	// unique (ErrTaken).
	AddClient(ctx context.Context, c Client) error
	// Clients returns all by name and version, with the number of their tokens in
	// force at now.
	Clients(ctx context.Context, now time.Time) ([]Client, error)
	// UpdateClient replaces a client. One that is no longer Active loses every
	// grant and token in the same transaction.
	UpdateClient(ctx context.Context, c Client, at time.Time) error
	// DeleteClient removes a client with grants, tokens and consents.
	DeleteClient(ctx context.Context, id string) error
	// Client returns the client with this ID, or ErrNotFound.
	Client(ctx context.Context, id string) (Client, error)
	// PracticeClient returns the client made at the first run, or ErrNotFound.
	PracticeClient(ctx context.Context) (Client, error)

	// Scopes returns all in the order in which they were made.
	Scopes(ctx context.Context) ([]Scope, error)
	// SaveScope adds a scope or replaces one; the folded name is unique (ErrTaken
	// for a new one).
	SaveScope(ctx context.Context, s Scope, isNew bool) error
	// DeleteScope removes it unless a client or a token in force at now carries it:
	// then *auth.LocalScopeInUse.
	DeleteScope(ctx context.Context, name string, now time.Time) error

	// AddGrant stores what a user has just approved, with the hash of its code.
	AddGrant(ctx context.Context, g Grant) error
	// Issue stores a grant that needs no code, with its tokens, both or neither.
	Issue(ctx context.Context, g Grant, tokens []Token) error
	// GrantByCode returns the grant whose code has this hash, or ErrNotFound.
	GrantByCode(ctx context.Context, codeHash string) (Grant, error)
	// RedeemCode marks the code as used and stores the tokens that it gave, both
	// or neither; without a refresh token among them no refresh is left to the
	// grant. ErrSpent when it was used before or the grant is revoked.
	RedeemCode(ctx context.Context, codeHash string, at time.Time, tokens []Token) error
	// RevokeGrant ends a grant: its code and all its tokens, of every
	// generation, are worth nothing from then on. No error when it is gone.
	RevokeGrant(ctx context.Context, id string, at time.Time) error

	// Token returns the token with this hash and its grant, or ErrNotFound.
	Token(ctx context.Context, hash string) (Token, Grant, error)
	// Rotate marks the refresh token as used, counts the grant's RefreshesLeft down
	// (LocalUnlimited stays) and stores the successors, all or nothing; without a
	// refresh token among them no refresh is left to the grant. ErrSpent
	// when it was used before, the grant is revoked or no refresh is left.
	Rotate(ctx context.Context, oldHash string, at time.Time, successors []Token) error
	// RevokeToken ends one token. No error when it is gone.
	RevokeToken(ctx context.Context, hash string, at time.Time) error

	// TokenRows returns a page of grants with their newest tokens; one that is
	// expired at now with no refresh left is none.
	TokenRows(ctx context.Context, q auth.LocalTokenQuery, now time.Time) (auth.LocalTokenPage, error)
	// DeleteGrant removes a grant with its tokens. No error when it is gone.
	DeleteGrant(ctx context.Context, id string) error
	// DeleteExpired removes the grants whose access token is over and returns how many.
	DeleteExpired(ctx context.Context, now time.Time) (int, error)

	// Consents returns what users let clients have without asking, newest first.
	Consents(ctx context.Context) ([]Consent, error)
	// Consent returns the one of a client and a user, or ErrNotFound.
	Consent(ctx context.Context, clientID, userID string) (Consent, error)
	// SetConsent stores it in place of an earlier one of the same two.
	SetConsent(ctx context.Context, c Consent) error
	// DeleteConsent removes one. No error when it is gone.
	DeleteConsent(ctx context.Context, id string) error

	// UseAssertion remembers the hash of an assertion until it is over. ErrSpent
	// when it is known already (RFC 7523 section 3).
	UseAssertion(ctx context.Context, hash string, until time.Time) error

	// AppendLog stores entries; beyond LogLength the oldest go.
	AppendLog(ctx context.Context, entries []auth.LocalLogEntry) error
	// Log returns the newest first, see auth.LocalRegistry.
	Log(ctx context.Context, search string, limit int) ([]auth.LocalLogEntry, error)
	ClearLog(ctx context.Context) error

	// Purge removes tokens that expired before the time, grants that were made
	// before it and have no token left or are revoked, and assertions that are over.
	Purge(ctx context.Context, before time.Time) error
}

// LogLength is how many requests the log keeps.
const LogLength = 5000

// Client is a registered program, see auth.LocalClient.
type Client = auth.LocalClient

// Scope is a permission, see auth.LocalScope.
type Scope = auth.LocalScope

// Consent is what a user lets a client have without being asked again.
type Consent struct {
	ID               string
	ClientID, UserID string
	Scopes           []string
	Given            time.Time
}

// User may sign in on the server's pages.
type User struct {
	ID       string // the subject of tokens
	Name     string // typed on the sign-in page
	FullName string
	Email    string
	Password auth.Secret // of the account of the first run alone: kept sealed, because the program shows it
	Hash     string      // Argon2id of the password, as "$argon2id$v=19$m=…,t=…,p=…$salt$hash"
	Active   bool
	Created  time.Time
}

// Grant is what a client was granted: one family of tokens. CodeHash is empty
// where no code was given.
type Grant struct {
	ID            string
	Kind          auth.LocalGrant
	ClientID      string
	UserID        string   // "": no user stands behind it
	Scopes        []string // as approved
	RefreshesLeft int      // auth.LocalUnlimited, auth.LocalNoRefresh or a number
	RedirectURI   string   // literal, of the authorization request
	Nonce         string
	CodeChallenge string // S256; "" when the request had none
	CodeHash      string
	CodeExpires   time.Time
	AuthTime      time.Time // when the user typed the password
	Created       time.Time
	CodeUsed      time.Time // zero until the code is redeemed
	Revoked       time.Time // zero while the grant lives
}

// TokenKind tells access from refresh tokens. Stored: never renumber.
type TokenKind int

// The kinds of tokens.
const (
	AccessToken  TokenKind = 1
	RefreshToken TokenKind = 2
)

// Token is an issued token; its value is known to the client alone.
type Token struct {
	Hash    string
	Kind    TokenKind
	GrantID string
	Scopes  []string
	Issued  time.Time
	Expires time.Time // zero: never
	Spent   time.Time // refresh token: when it was used; zero before
	Revoked time.Time // zero unless revoked on its own
}

// LeftWith is what is left of a grant's refreshes once tokens are its newest:
// without a refresh token there is nothing to refresh with.
func LeftWith(tokens []Token, left int) int {
	if left == 0 || slices.ContainsFunc(tokens, func(t Token) bool { return t.Kind == RefreshToken }) {
		return left
	}
	return auth.LocalNoRefresh
}

// Hash is the form in which codes and tokens are stored: SHA-256 in hex. The
// values carry 256 random bits, so a plain hash can't be searched.
func Hash(value string) string {
	sum := sha256.Sum256([]byte(value))
	return hex.EncodeToString(sum[:])
}
