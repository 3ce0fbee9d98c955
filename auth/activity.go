package auth

import (
	"context"
	"time"
)

// Words of the activity that no authorization's history has.
const (
	WordHandOut EventWord = "hand_out" // a program asked for a token; Outcome says whether it got it
	WordCopy    EventWord = "copy"     // the user copied a token
	WordVault   EventWord = "vault"    // the vault was opened
)

// ActivityEntry is one line of the Activity screen. Never a secret.
type ActivityEntry struct {
	ID              int64     // grows with time
	At              time.Time // UTC
	Kind            EventWord
	AuthorizationID string // "" when it is about none
	Name            string // the Friendly Name as it was then
	Asker           Asker  // of a hand-out; Own for all else
	Purpose         HandOutPurpose
	// Outcome is OutcomeOK or a code of Explanations.
	Outcome string
	// Detail says more in stable words, parted by blanks, that the window
	// translates, see ActivityDetail…: of a hand-out that went well where the token
	// came from, then who allowed it ("stored always"); of a refused one who refused it.
	Detail string
	// Left is how long the token still lasted; 0: not known.
	Left   time.Duration
	Host   string // where the token was to be sent; "" not known
	Scopes []string
	// Count is how many equal entries this one stands for: what the same process
	// asked for within one batch.
	Count int
}

// Details of entries.
const (
	ActivityDetailStored  = "stored"  // the token came from the vault
	ActivityDetailRenewed = "renewed" // it was fetched
	ActivityDetailAnyone  = "anyone"  // refused or granted by the rule: every program
	ActivityDetailListed  = "listed"
	ActivityDetailOnce    = "once" // granted by the user
	ActivityDetailHour    = "hour"
	ActivityDetailAlways  = "always"
)

// ActivityQuery selects entries.
type ActivityQuery struct {
	Search          string      // folded substring of name, program, outcome or detail; empty: all
	Since           time.Time   // UTC; zero: all
	Kinds           []EventWord // empty: all
	Failed          *bool       // true: only what failed, false: only what went well; nil: all
	AuthorizationID string      // "": all
	// UpTo leaves out entries with a higher ID, so that pages stay as they are
	// while new entries come; 0: all.
	UpTo          int64
	Offset, Limit int
}

// ActivityPage is one page of entries and how many match in all.
type ActivityPage struct {
	Entries      []ActivityEntry // the newest first
	Match, Total int
}

// UsedBy is a program that asked for an authorization's tokens.
type UsedBy struct {
	Asker   Asker // PID and Parent as they were the last time
	Last    time.Time
	Count   int  // of hand-outs and refusals that are kept
	Allowed bool // the last one was granted
}

// ActivityKept is how long entries are kept unless SettingActivityDays says another time.
const ActivityKept = 90 * 24 * time.Hour

// ActivityStore keeps what happened. What comes with a commit of an
// authorization (see HistoryStore) the store itself writes here too, in the same
// transaction.
type ActivityStore interface {
	// AddActivity writes a batch in one transaction, and for each hand-out that
	// went well when its authorization was last used. It works while the vault is
	// locked.
	AddActivity(ctx context.Context, entries []ActivityEntry) error
	Activity(ctx context.Context, q ActivityQuery) (ActivityPage, error)
	UsedBy(ctx context.Context, id string) ([]UsedBy, error)
	// PruneActivity removes what is older than before, and the oldest above a
	// fixed number of rows; it returns how many.
	PruneActivity(ctx context.Context, before time.Time) (int, error)
}
