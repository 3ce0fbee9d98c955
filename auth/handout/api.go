package handout

import (
	"context"
	"time"

	"tokenwell/auth"
)

// Version is the version of the API, the first part of every path. What is added
// does not change it; what is taken away or means something else does.
const Version = 1

// Paths of the API. All requests are POST with a JSON object, all answers JSON:
// status 200 and the object, or another status and an Error. Unknown members are
// ignored by both sides.
const (
	PathStatus    = "/v1/status"
	PathList      = "/v1/list"
	PathToken     = "/v1/token"
	PathRefresh   = "/v1/refresh"
	PathRevoke    = "/v1/revoke"
	PathTest      = "/v1/test"
	PathAuthorize = "/v1/authorize" // answers lines of JSON, see AuthorizeLine
	PathRaise     = "/v1/raise"     // brings the window to the front; refused without one
	PathYield     = "/v1/yield"     // the agent gives the data folder up to who asks; refused by the window
)

// Backend carries out the API's verbs. Local is one over an engine, Client one
// over the socket. Safe for concurrent use. Errors are *Error.
type Backend interface {
	Status(ctx context.Context) (Status, error)
	// List returns all authorizations by name.
	List(ctx context.Context) ([]Listing, error)
	Token(ctx context.Context, r TokenRequest) (Token, error)
	Refresh(ctx context.Context, name string) (Listing, error)
	Revoke(ctx context.Context, name string) (Revocation, error)
	Test(ctx context.Context, r TestRequest) (TestReply, error)
	// Authorize signs in again with the stored settings. prompt is called, from
	// the caller's goroutine, when the user has to do something.
	Authorize(ctx context.Context, r AuthorizeRequest, prompt func(Prompt)) (Listing, error)
}

// Values of Status.Program.
const (
	ProgramDesktop = "desktop"
	ProgramAgent   = "agent"
	ProgramNone    = "none" // this process itself: nobody serves
)

// Status tells who serves and whether tokens can be had.
type Status struct {
	API     int    `json:"api"`
	Program string `json:"program"` // ProgramDesktop and so on
	Version string `json:"version"`
	PID     int    `json:"pid"`
	Vault   string `json:"vault"`  // "open", "locked" or "missing"
	Window  bool   `json:"window"` // somebody can be asked
	Offline bool   `json:"offline"`
}

// Listing is one authorization.
type Listing struct {
	Name       string     `json:"name"`
	Service    string     `json:"service"`
	Grant      auth.Grant `json:"grant"`
	State      auth.State `json:"state"`
	ExpiresAt  *time.Time `json:"expires_at"`   // of the access token, UTC; null: never, or none
	SignInEnds *time.Time `json:"sign_in_ends"` // UTC; null: not known
	Hosts      []string   `json:"hosts"`        // where its tokens may be sent; empty: not limited
	Practice   bool       `json:"practice"`     // of the built-in local server
}

// TokenRequest is the body of PathToken.
type TokenRequest struct {
	Name    string              `json:"name"`
	Purpose auth.HandOutPurpose `json:"purpose,omitempty"`
	// MinValid is in seconds; null: 60.
	MinValid    *int   `json:"min_valid,omitempty"`
	Rejected    bool   `json:"rejected,omitempty"`
	Host        string `json:"host,omitempty"`
	Interactive bool   `json:"interactive,omitempty"`
}

// Token is the answer of PathToken. It prints without its token; MarshalJSON,
// which is made for the socket and for --json, tells it.
type Token struct {
	Name        string
	AccessToken auth.Secret
	TokenType   string
	Header      string      // the name of the header that carries it
	HeaderValue auth.Secret // its value, the token in it
	ExpiresAt   *time.Time  // UTC; nil: never, or not known
	ExpiryKnown bool        // the service said when it ends
	Scopes      []string
	Renewed     bool // fetched for this request
}

// Revocation is the answer of PathRevoke.
type Revocation struct {
	Name    string             `json:"name"`
	Outcome auth.RevokeOutcome `json:"outcome"`
}

// TestRequest is the body of PathTest.
type TestRequest struct {
	Name    string `json:"name"`
	Address string `json:"address,omitempty"` // "": what the service names
}

// TestReply is the answer of PathTest.
type TestReply struct {
	Name        string `json:"name"`
	Renewed     bool   `json:"renewed"`
	Address     string `json:"address"`
	Status      int    `json:"status"`
	ContentType string `json:"content_type"`
	Size        int64  `json:"size"`
	Body        string `json:"body"` // the beginning, tokens masked
	Cut         bool   `json:"cut"`
}

// AuthorizeRequest is the body of PathAuthorize.
type AuthorizeRequest struct {
	Name string `json:"name"`
	// Browser: the system browser is opened; else the caller shows the link.
	Browser bool `json:"browser"`
}

// Prompt is what the user has to do.
type Prompt struct {
	URL      string    `json:"url,omitempty"`       // to be opened in a browser
	Opened   bool      `json:"opened"`              // it was
	UserCode string    `json:"user_code,omitempty"` // to be typed there
	Deadline time.Time `json:"deadline"`            // UTC
}

// AuthorizeLine is one line of the answer of PathAuthorize: exactly one member is
// there. The last line is Done or Error.
type AuthorizeLine struct {
	Prompt *Prompt  `json:"prompt,omitempty"`
	Done   *Listing `json:"done,omitempty"`
	Error  *Error   `json:"error,omitempty"`
}

// Error is why something was not done. It never holds a secret.
type Error struct {
	End      auth.HandOutEnd `json:"end"`
	Code     string          `json:"code"` // finer than End: a code of the Help screen
	Title    string          `json:"title"`
	Happened string          `json:"happened"`
	Mover    auth.Mover      `json:"whose_move"`
	Steps    []string        `json:"steps"`
	Host     string          `json:"host,omitempty"`
	Link     string          `json:"link,omitempty"`
	Ref      string          `json:"ref,omitempty"`
}

// Error implements error with the title and the code.
func (e *Error) Error() string { return e.Title + " (" + e.Code + ")" }
