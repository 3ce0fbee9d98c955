package auth

import (
	"context"
	"slices"
	"strings"
	"time"
)

// Asker is a program of this user that asks for a token, as the operating
// system knows it. What can't be found out is empty: it is never guessed.
type Asker struct {
	PID  int
	User string
	// Path is the program's file, Script what it runs when it is an interpreter:
	// a file, or "-m module".
	Path, Script string
	// Parent is the name of the program that started it.
	Parent string
	// Own: Tokenwell itself or its user, who is not asked.
	Own bool
}

// Name is what the user calls the program: the name of the script's file, else
// that of the program's.
func (a Asker) Name() string {
	name := a.Path
	if a.Script != "" {
		name = strings.TrimPrefix(a.Script, "-m ")
	}
	return name[strings.LastIndexAny(name, `/\`)+1:]
}

// HandOutPurpose says by which way a token is asked for. The strings are stored.
type HandOutPurpose string

// The ways.
const (
	PurposeToken  HandOutPurpose = "token"
	PurposeHeader HandOutPurpose = "header"
	PurposeExec   HandOutPurpose = "exec"
	PurposeCurl   HandOutPurpose = "curl"
	PurposeGit    HandOutPurpose = "git"
	PurposeProxy  HandOutPurpose = "proxy"
)

// DefaultMinValid is how long a token that is handed out lasts at least, unless
// the asker wants another time (T53).
const DefaultMinValid = time.Minute

// HandOutRequest asks for an access token by Friendly Name.
type HandOutRequest struct {
	Name  string // compared as FoldName does
	Asker Asker
	// Purpose is PurposeToken when it is empty.
	Purpose HandOutPurpose
	// MinValid is how long the token has to last; 0: DefaultMinValid.
	MinValid time.Duration
	// Rejected: a server answered 401 to the token that was handed out before, so
	// a new one is fetched, unless the stored one is newer than a few seconds.
	Rejected bool
	// Host is where the token will be sent, as "api.example.com" or with a port;
	// "" when the asker does not know. It is checked against the rule (T48).
	Host string
	// ForTest: it will be sent to the address of a test, see Engine.Test, whose
	// host takes the place of Host.
	ForTest bool
	Address string
	// Interactive: when the grant is over, a sign-in is begun in the browser and awaited.
	Interactive bool
}

// HandedOut is an access token for a program.
type HandedOut struct {
	ID, Name  string
	Access    Secret
	TokenType string // "Bearer" when the service did not say
	// Header and Value are the header that carries it, see TokenUse.
	Header string
	Value  Secret
	Expiry Expiry
	Scopes []string // in force
	// Renewed tells that it was fetched for this request.
	Renewed bool
}

// HandOutListing is one authorization as other programs may see it: never a
// secret. Its plain columns are not verified.
type HandOutListing struct {
	ID, Name, Service string
	Grant             Grant
	State             State // effective
	Expiry            Expiry
	SignInEnds        time.Time // UTC; zero: not known, or no end
	Hosts             []string  // of its rule
	Local             bool      // of the local server: for practice only (T55)
}

// HandOutStore keeps the rules of handing out.
type HandOutStore interface {
	// IDOf returns the ID of the authorization in view with this Friendly Name,
	// folded. ErrNotFound when there is none. Plain columns, not verified.
	IDOf(ctx context.Context, name string) (string, error)
	// Peek returns an authorization as Load does, but without the secrets of its
	// configuration, which nobody needs who hands a token out, and perhaps without
	// what another process has committed in the last millisecond.
	Peek(ctx context.Context, id string) (Record, error)
	// SetHandOutRule stores the rule, sealed with the configuration.
	SetHandOutRule(ctx context.Context, id string, rule HandOutRule) error
	// HandOutHosts returns the hosts of the rules that name some, by ID. Plain
	// columns, not verified.
	HandOutHosts(ctx context.Context) (map[string][]string, error)
}

// HandOutEnd is how asking for something through the hand-out ended. The strings
// and their exit codes are a promise to other programs (docs/handout-api.md):
// never change one.
type HandOutEnd string

// The ends.
const (
	EndOK          HandOutEnd = "ok"
	EndOther       HandOutEnd = "other"
	EndUsage       HandOutEnd = "usage" // the request makes no sense
	EndUnknownName HandOutEnd = "unknown_name"
	EndNeedsSignIn HandOutEnd = "needs_sign_in"
	EndLocked      HandOutEnd = "locked"
	EndDenied      HandOutEnd = "denied"      // by the rule, by the user, or because nobody answered
	EndUnreachable HandOutEnd = "unreachable" // the service, or the network
)

// handOutEnds are the ends in the order of their exit codes.
var handOutEnds = []HandOutEnd{EndOK, EndOther, EndUsage, EndUnknownName, EndNeedsSignIn, EndLocked, EndDenied, EndUnreachable}

// ExitCode is the exit code of the console command for the end; that of
// EndOther for an end that this version does not know.
func (e HandOutEnd) ExitCode() int {
	if code := slices.Index(handOutEnds, e); code >= 0 {
		return code
	}
	return slices.Index(handOutEnds, EndOther)
}
