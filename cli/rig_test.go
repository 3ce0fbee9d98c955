package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/auth/authtest"
	"tokenwell/auth/handout"
	"tokenwell/db/keyring"
)

// sentinel is in every secret of these tests.
const sentinel = authtest.Sentinel

// accessToken is what the scripted backend hands out.
const accessToken = sentinel + "access-1"

// asConsole, in the environment, makes the test program the console command:
// on a scripted backend when it is "scripted", else on what is there.
const asConsole = "TOKENWELL_TEST_CONSOLE"

func TestMain(m *testing.M) {
	keyring.RunHelperIfAsked()
	switch os.Getenv(asConsole) {
	case "":
		os.Exit(m.Run())
	case "scripted":
		e := standardEnv()
		e.given = scriptFrom(os.Getenv("TOKENWELL_TEST_SCRIPT"))
		os.Exit(run(context.Background(), e, os.Args[1:]))
	default:
		os.Exit(run(context.Background(), standardEnv(), os.Args[1:]))
	}
}

func standardEnv() *env { return &env{in: os.Stdin, out: os.Stdout, errOut: os.Stderr} }

// script is a backend that does as it is told, and keeps what it was asked.
type script struct {
	Fail        *handout.Error
	Header      string // "": Authorization
	Limited     []string
	mu          sync.Mutex
	tokens      []handout.TokenRequest
	names       []string
	authorizing handout.AuthorizeRequest
	reply       handout.TestReply
	outcome     auth.RevokeOutcome
	all         []handout.Listing
}

// scriptFrom is a script from JSON; "": one where all goes well.
func scriptFrom(text string) *script {
	s := &script{}
	if text != "" {
		if err := json.Unmarshal([]byte(text), s); err != nil {
			panic(err)
		}
	}
	return s
}

func (s *script) asked(name string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.names = append(s.names, name)
	if s.Fail != nil {
		return s.Fail
	}
	return nil
}

func (s *script) Status(context.Context) (handout.Status, error) { return handout.Status{}, nil }

func (s *script) List(context.Context) ([]handout.Listing, error) { return s.all, s.asked("") }

func (s *script) Token(_ context.Context, r handout.TokenRequest) (handout.Token, error) {
	if err := s.asked(r.Name); err != nil {
		return handout.Token{}, err
	}
	if len(s.Limited) > 0 && !strings.Contains(strings.Join(s.Limited, " "), r.Host) {
		return handout.Token{}, &handout.Error{End: auth.EndDenied, Code: auth.CodeHostNotAllowed, Title: "Not for this host"}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tokens = append(s.tokens, r)
	token := handout.Token{
		Name: r.Name, AccessToken: auth.NewSecret(accessToken), TokenType: "Bearer", Header: "Authorization",
		HeaderValue: auth.NewSecret("Bearer " + accessToken),
	}
	if s.Header != "" {
		token.Header, token.HeaderValue = s.Header, auth.NewSecret(accessToken)
	}
	return token, nil
}

func (s *script) Refresh(_ context.Context, name string) (handout.Listing, error) {
	end := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	return handout.Listing{Name: name, State: auth.StateActive, ExpiresAt: &end}, s.asked(name)
}

func (s *script) Revoke(_ context.Context, name string) (handout.Revocation, error) {
	return handout.Revocation{Name: name, Outcome: s.outcome}, s.asked(name)
}

func (s *script) Test(_ context.Context, r handout.TestRequest) (handout.TestReply, error) {
	s.reply.Name, s.reply.Address = r.Name, r.Address
	return s.reply, s.asked(r.Name)
}

func (s *script) Authorize(_ context.Context, r handout.AuthorizeRequest, prompt func(handout.Prompt)) (handout.Listing, error) {
	s.authorizing = r
	prompt(handout.Prompt{URL: "https://login.example.com/authorize", Opened: r.Browser, Deadline: time.Now().Add(5 * time.Minute)})
	return handout.Listing{Name: r.Name, State: auth.StateActive}, s.asked(r.Name)
}

// said is what a command line brought.
type said struct {
	code        int
	out, errOut string
}

// console runs a command line in this process.
func console(t *testing.T, s *script, args ...string) said {
	t.Helper()
	var out, errOut bytes.Buffer
	e := &env{in: strings.NewReader(""), out: &out, errOut: &errOut, given: s}
	code := run(t.Context(), e, args)
	assert.NotContains(t, errOut.String(), sentinel, "a secret stands on standard error")
	return said{code, out.String(), errOut.String()}
}

// process is the console command in a process of its own, on a scripted backend.
func process(t *testing.T, s *script, args ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	require.NoError(t, err)
	text, err := json.Marshal(s)
	require.NoError(t, err)
	c := exec.CommandContext(t.Context(), self, args...)
	c.Env = append(os.Environ(), asConsole+"=scripted", "TOKENWELL_TEST_SCRIPT="+string(text))
	return c
}

// ended runs a process to its end.
func ended(t *testing.T, c *exec.Cmd) said {
	t.Helper()
	var out, errOut bytes.Buffer
	c.Stdout, c.Stderr = &out, &errOut
	if err := c.Run(); err != nil {
		var exited *exec.ExitError
		require.ErrorAs(t, err, &exited)
	}
	assert.NotContains(t, errOut.String(), sentinel, "a secret stands on standard error")
	return said{c.ProcessState.ExitCode(), out.String(), errOut.String()}
}

// failing is a backend at which everything ends so.
func failing(end auth.HandOutEnd) *script {
	return &script{Fail: &handout.Error{
		End: end, Code: "some_code", Title: "It went wrong", Happened: "Something happened.", Mover: auth.MoverUser,
		Steps: []string{"Do this.", "Then that."}, Ref: "ref-1",
	}}
}

// tokenWith is one that goes into a header.
func tokenWith(header, value string) handout.Token {
	return handout.Token{Header: header, HeaderValue: auth.NewSecret(value)}
}
