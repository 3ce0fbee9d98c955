package localserver

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"time"

	"tokenwell/auth"
)

// The errors of a Store that the server acts on; test with errors.Is.
var (
	// ErrNotFound says that there is no such record.
	ErrNotFound = errors.New("local server: not found")
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

	// AddUser stores a new user; ID and Name are unique.
	AddUser(ctx context.Context, u User) error
	// User returns the user with this ID, or ErrNotFound.
	User(ctx context.Context, id string) (User, error)
	// UserByName returns the user with exactly this name, or ErrNotFound.
	UserByName(ctx context.Context, name string) (User, error)

	// AddClient stores a new client; ID is unique.
	AddClient(ctx context.Context, c Client) error
	// Client returns the client with this ID, or ErrNotFound.
	Client(ctx context.Context, id string) (Client, error)
	// PracticeClient returns the client made at the first run, or ErrNotFound.
	PracticeClient(ctx context.Context) (Client, error)

	// AddGrant stores what a user has just approved, with the hash of its code.
	AddGrant(ctx context.Context, g Grant) error
	// GrantByCode returns the grant whose code has this hash, or ErrNotFound.
	GrantByCode(ctx context.Context, codeHash string) (Grant, error)
	// RedeemCode marks the code as used and stores the tokens that it gave, both
	// or neither. ErrSpent when it was used before or the grant is revoked.
	RedeemCode(ctx context.Context, codeHash string, at time.Time, tokens []Token) error
	// RevokeGrant ends a grant: its code and all its tokens, of every
	// generation, are worth nothing from then on. No error when it is gone.
	RevokeGrant(ctx context.Context, id string, at time.Time) error

	// Token returns the token with this hash and its grant, or ErrNotFound.
	Token(ctx context.Context, hash string) (Token, Grant, error)
	// Rotate marks the refresh token as used and stores its successors, both or
	// neither. ErrSpent when it was used before or the grant is revoked.
	Rotate(ctx context.Context, oldHash string, at time.Time, successors []Token) error
	// RevokeToken ends one token. No error when it is gone.
	RevokeToken(ctx context.Context, hash string, at time.Time) error

	// Purge removes tokens that expired before the time, and grants that were
	// made before it and have no token left or are revoked.
	Purge(ctx context.Context, before time.Time) error
}

// User may sign in on the server's pages.
type User struct {
	ID       string // the subject of tokens
	Name     string // typed on the sign-in page
	FullName string
	Email    string
	Password auth.Secret // kept sealed, not hashed: the program shows it
	Created  time.Time
}

// Client is a registered program (RFC 6749 section 2).
type Client struct {
	ID           string
	Name         string // shown on the approval page
	Public       bool   // has no secret; PKCE is demanded
	Secret       auth.Secret
	RedirectURIs []string // "http://127.0.0.1/callback" allows any port there
	Scopes       []string // what it may ask for
	Practice     bool     // the client made at the first run
	Created      time.Time
}

// Grant is what a user approved for a client: one family of tokens.
type Grant struct {
	ID            string
	ClientID      string
	UserID        string
	Scopes        []string // as approved
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
	Expires time.Time
	Spent   time.Time // refresh token: when it was used; zero before
	Revoked time.Time // zero unless revoked on its own
}

// Hash is the form in which codes and tokens are stored: SHA-256 in hex. The
// values carry 256 random bits, so a plain hash can't be searched.
func Hash(value string) string {
	sum := sha256.Sum256([]byte(value))
	return hex.EncodeToString(sum[:])
}
