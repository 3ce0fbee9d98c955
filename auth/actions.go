package auth

import "time"

// ReauthorizeOptions are what a sign-in asks for beyond the stored settings.
type ReauthorizeOptions struct {
	Consent       bool // ask for consent again, where the service understands it
	ChooseAccount bool // let the user choose another account
	// AcceptEndpoints: the user has seen and accepted an *EndpointsChanged.
	AcceptEndpoints bool
}

// RevokeOutcome is how a revocation ended (RFC 7009).
type RevokeOutcome string

// The outcomes. That the service offers none is a *Failure.
const (
	Revoked      RevokeOutcome = "revoked" // the service confirmed it
	RevokeQueued RevokeOutcome = "queued"  // it did not; it is tried again, also after a restart
)

// TestResult is what a test of an authorization showed.
type TestResult struct {
	// Renewed tells that the token call brought a new access token; Took is
	// how long that lasted. A token that is good for a while yet, or that can't
	// be renewed, is used as it is.
	Renewed bool
	Took    time.Duration
	// Address is what was fetched; "" when there was nothing to fetch.
	Address     string
	Status      int // HTTP status
	FetchTook   time.Duration
	Size        int64 // bytes of the whole body, as far as it was read
	ContentType string
	Body        string // the first TestBodyLimit bytes, tokens masked, fit for showing
	Cut         bool   // there was more
}

// TestBodyLimit is how much of a tested address's answer is kept, in bytes.
const TestBodyLimit = 4096

// AssertionPreview is what a JWT bearer assertion will say, as indented JSON,
// with the times that it would have now.
type AssertionPreview struct {
	Header, Claims string
}

// Explanation is one entry of the Help screen's table of errors.
type Explanation struct {
	Code     string // as services write it, or our own
	Provider string // "" for all
	Grant    Grant  // "" for all; else what the code means when tokens are asked for in this way
	Title    string
	Happened string
	Mover    Mover
	Steps    []string
	Action   Action
	Link     string // https: the provider's own page, or the RFC's section; "" when there is none
}
