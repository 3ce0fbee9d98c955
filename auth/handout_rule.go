package auth

import (
	"context"
	"time"
)

// HandOutMode says which programs get a token. The strings are stored.
type HandOutMode string

// The modes. The zero value asks: a program that nobody approved gets nothing (T49).
const (
	HandOutAsk    HandOutMode = ""
	HandOutAnyone HandOutMode = "anyone" // every program of this user
	HandOutListed HandOutMode = "listed" // those of Programs; the user is not asked about others
)

// HandOutRule says who may have the tokens of an authorization, and for which
// hosts. It is sealed with the configuration; Edit & re-authorize keeps it, a
// duplicate and an import begin with the zero rule (T68).
type HandOutRule struct {
	Mode HandOutMode `json:"mode,omitempty"`
	// Programs get it without being asked about, under HandOutAsk too.
	Programs []Program `json:"programs,omitempty"`
	// Hosts are where the tokens may be sent, in lower case, each as
	// "api.example.com" or "api.example.com:8443", or "*.example.com" for every
	// host below it; empty: anywhere, except for git, which wants the host named.
	Hosts []string `json:"hosts,omitempty"`
}

// Program is a program that the user allowed for good. Both have to match
// exactly: an interpreter alone does not speak for all of its scripts.
type Program struct {
	Path   string    `json:"path"`
	Script string    `json:"script,omitempty"`
	Since  time.Time `json:"since"` // UTC
}

// Consent is a question to the user: may this program have this token.
type Consent struct {
	ID              string // of the question
	AuthorizationID string
	Name, Service   string
	Asker           Asker
	Purpose         HandOutPurpose
	Host            string  // where it will be sent; "" not known
	Scopes          []Scope // in force, with the service's descriptions where it has some
	// Until is when the token ends (UTC, zero: not known), Deadline when the
	// question answers itself with a no, Before when the program got one before (zero: never).
	Until, Deadline, Before time.Time
}

// ConsentTimeout is how long a question waits for its answer.
const ConsentTimeout = time.Minute

// ConsentHour is how long AllowHour holds.
const ConsentHour = time.Hour

// ConsentAnswer is the user's answer.
type ConsentAnswer string

// The answers.
const (
	Deny        ConsentAnswer = "deny"
	AllowOnce   ConsentAnswer = "once"
	AllowHour   ConsentAnswer = "hour"   // the same program and script, in any process, until ConsentHour is over or the rule is changed
	AllowAlways ConsentAnswer = "always" // becomes a Program of the rule
)

// HandOuts is what the window needs of the hand-out. *Engine is one.
type HandOuts interface {
	// HandOutRule returns the rule, checked against its seal.
	HandOutRule(ctx context.Context, id string) (HandOutRule, error)
	// SetHandOutRule stores it, cleaned. FieldErrors with FieldHosts for a host
	// that is none.
	SetHandOutRule(ctx context.Context, id string, rule HandOutRule) error
	// Consents returns the open questions, the oldest first. Quick.
	// EventConsent tells when one was added or ended.
	Consents() []Consent
	// AnswerConsent answers one; ErrNotFound when it has ended meanwhile.
	AnswerConsent(ctx context.Context, id string, answer ConsentAnswer) error
	// OfferConsent tells that there is a window that asks the user, until the
	// returned function is called. Without one every question is answered with no.
	OfferConsent() (withdraw func())
	// UsedBy tells which programs asked for an authorization's tokens, the last first.
	UsedBy(ctx context.Context, id string) ([]UsedBy, error)
	// Activity returns one page of it, the newest first.
	Activity(ctx context.Context, q ActivityQuery) (ActivityPage, error)
	// ExportActivity returns all that match q, without its page, as CSV (RFC 4180).
	ExportActivity(ctx context.Context, q ActivityQuery) ([]byte, error)
	// RecordCopy notes that the user copied something that holds a token, or how
	// to ask for one.
	RecordCopy(ctx context.Context, id, what string)
}
