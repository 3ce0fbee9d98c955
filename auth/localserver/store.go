package localserver

import "tokenwell/auth/localstore"

// What the server keeps, under the names that this package uses.
type (
	Store     = localstore.Store
	Client    = localstore.Client
	Scope     = localstore.Scope
	Consent   = localstore.Consent
	User      = localstore.User
	Grant     = localstore.Grant
	Token     = localstore.Token
	TokenKind = localstore.TokenKind
)

// The kinds of tokens.
const (
	AccessToken  = localstore.AccessToken
	RefreshToken = localstore.RefreshToken
)

// LogLength is how many requests the log keeps.
const LogLength = localstore.LogLength

// The errors of a Store.
var (
	ErrNotFound = localstore.ErrNotFound
	ErrTaken    = localstore.ErrTaken
	ErrSpent    = localstore.ErrSpent
)

// Hash is localstore.Hash.
func Hash(value string) string { return localstore.Hash(value) }
