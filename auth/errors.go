package auth

import (
	"errors"
	"fmt"
	"time"
)

// Sentinel errors of Store and Engine. Test with errors.Is.
var (
	ErrNotFound       = errors.New("not found")
	ErrNameTaken      = errors.New("this name is taken")
	ErrVaultLocked    = errors.New("the vault is locked")
	ErrVaultMissing   = errors.New("there is no vault yet")
	ErrVaultKey       = errors.New("the key does not open this vault") // wrong passphrase, or the keyring's key is gone or another's (T69, R17)
	ErrChangedOutside = errors.New("the stored row was changed outside the app")
	ErrStale          = errors.New("someone else stored newer tokens") // generation mismatch (R29)
	ErrNoRefreshToken = errors.New("no refresh token is stored")
	ErrNotSupported   = errors.New("the service does not offer this")
	ErrStorage        = errors.New("the database could not be written or read")
	ErrFileReplaced   = errors.New("the database file was moved, deleted or replaced while it was open") // comes with ErrStorage (R11)
	ErrStorageHeld    = errors.New("another program holds the database")                                 // comes with ErrStorage (R09)
	ErrCancelled      = errors.New("cancelled")
)

// HeldError says that another program keeps the database from being written. It
// wraps ErrStorage and ErrStorageHeld.
type HeldError struct {
	Program string // "sqlite3 (process 4711)"; "" when it is not known
}

// Error names the program.
func (e *HeldError) Error() string {
	if e.Program == "" {
		return ErrStorageHeld.Error()
	}
	return ErrStorageHeld.Error() + ": " + e.Program
}

// Unwrap gives the sentinels.
func (e *HeldError) Unwrap() []error { return []error{ErrStorage, ErrStorageHeld} }

// Mover is whose move it is.
type Mover string

// The movers.
const (
	MoverUser          Mover = "you"
	MoverAdministrator Mover = "administrator"
	MoverService       Mover = "service"
)

// Action is a button that does the first step of a cure.
type Action string

// The actions that a failure can offer.
const (
	ActionNone      Action = ""
	ActionEdit      Action = "edit"       // open the form: a setting is wrong
	ActionSignIn    Action = "sign_in"    // sign in again
	ActionRetry     Action = "retry"      // the same once more
	ActionCopyLink  Action = "copy_link"  // the browser could not be opened
	ActionCopyAdmin Action = "copy_admin" // a request to hand to an administrator
	ActionResume    Action = "resume"     // the authorization is paused
)

// Failure is an error as the user meets it: what happened, whose move it is,
// what to do. It never holds a secret, nor a server's own text beyond the
// charset-checked error code (T36). Unwrap gives the cause.
type Failure struct {
	Title    string // "The client ID or the secret is wrong"
	Happened string // one or two sentences; names the host that answered
	Mover    Mover
	Steps    []string // what to do, in order; at least one
	Action   Action
	Code     string    // RFC 6749 error code or our own stable code, such as "network_unreachable"
	Status   int       // HTTP status; 0: none
	Host     string    // that answered or was asked; "" when none
	At       time.Time // UTC
	Ref      string    // our correlation ID, in the log too
	Link     string    // the provider's own page about it, https; "" when there is none
	// State is what the authorization is left in.
	State State
	// Word is the service's own, finer code, such as AADSTS7000222, and Provider
	// whose words these are, as the catalog names it; "" when not known.
	Word, Provider string
	cause          error
}

// Error implements error with the title and the code, fit for a log.
func (f *Failure) Error() string {
	if f.Host == "" {
		return fmt.Sprintf("%s (%s)", f.Title, f.Code)
	}
	return fmt.Sprintf("%s (%s from %s)", f.Title, f.Code, f.Host)
}

// Unwrap returns the cause, nil when there is none.
func (f *Failure) Unwrap() error { return f.cause }
