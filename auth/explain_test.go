package auth

import (
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// ownCodes reads the constants named Code… of the package, so that a new one
// without a row fails.
func ownCodes(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	var codes []string
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		require.NoError(t, err)
		ast.Inspect(file, func(n ast.Node) bool {
			if spec, ok := n.(*ast.ValueSpec); ok && strings.HasPrefix(spec.Names[0].Name, "Code") && len(spec.Values) == 1 {
				code, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
				require.NoError(t, err, spec.Names[0].Name)
				codes = append(codes, code)
			}
			return true
		})
	}
	require.Greater(t, len(codes), 50)
	return codes
}

// rfcCodes are those of RFC 6749 sections 4.1.2.1 and 5.2.
var rfcCodes = []string{
	"invalid_request", "unauthorized_client", "access_denied", "unsupported_response_type", "invalid_scope", "server_error",
	"temporarily_unavailable", "invalid_client", "invalid_grant", "unsupported_grant_type",
}

// The local server is a part of the program: its user need not look at the network.
func TestExplain_LocalServerThatDoesNotRun(t *testing.T) {
	away := &WireError{Op: OpToken, Phase: NotSent, Code: CodeNetworkUnreachable, Host: "127.0.0.1:17655"}
	svc, known := shippedCatalog(t).Get(LocalServiceID)
	require.True(t, known)
	local := Explain(away, ExplainContext{Service: "Local server", Provider: svc.Provider, Name: "Practice"})
	assert.Equal(t, "The local server does not run", local.Title)
	assert.Contains(t, local.Happened, "127.0.0.1:17655")
	assert.Equal(t, ActionRetry, local.Action)
	assert.Equal(t, "The service can't be reached", Explain(away, ExplainContext{Service: "GitHub", Provider: "GitHub"}).Title)
}

func TestExplain_NoCodeWithoutRow(t *testing.T) {
	for _, code := range append(ownCodes(t), rfcCodes...) {
		_, ok := explanations()[code]
		assert.True(t, ok, code)
	}
	for word, code := range explainAliases() {
		_, ok := explanations()[code]
		assert.True(t, ok, "%s leads to %s", word, code)
		assert.Equal(t, strings.ToLower(word), word)
		_, both := explanations()[word]
		assert.False(t, both, "%s has a row of its own", word)
	}
	assert.Equal(t, len(explainProtocol())+len(explainExtensions())+len(explainTransport())+len(explainOwn()), len(explanations()), "a code stands twice")
	for _, s := range explainSentinels {
		_, ok := explanations()[s.code]
		assert.True(t, ok, s.code)
	}
}

// Every row says all that a user needs, in the tone of the rest.
func TestExplain_EveryRowIsWhole(t *testing.T) {
	for code, row := range explanations() {
		checkWords(t, code, row)
		if _, server := explainProtocol()[code]; server {
			assert.Contains(t, row.happened, "{host}", "%s: names the host that answered", code)
		}
	}
}

var (
	unwantedWords = regexp.MustCompile(`(?i)please|oops|sorry|!|error occurred|failed to|must |invalid`)
	filledWords   = regexp.MustCompile(`\{(host|service|name|program|answer)\}`)
)

// checkWords fails where a part of a row is missing or in another tone.
func checkWords(t *testing.T, code string, row explanation) {
	t.Helper()
	assert.NotEmpty(t, row.title, code)
	assert.NotContains(t, row.title, "{", "%s: a title is looked up for translation as it stands", code)
	assert.False(t, strings.HasSuffix(row.title, "."), code)
	assert.True(t, strings.HasSuffix(row.happened, "."), code)
	assert.Contains(t, []Mover{MoverUser, MoverAdministrator, MoverService}, row.mover, code)
	assert.Contains(t, []Action{ActionNone, ActionEdit, ActionSignIn, ActionRetry, ActionCopyLink, ActionCopyAdmin, ActionResume}, row.action, code)
	assert.NotEmpty(t, row.steps, code)
	for _, step := range row.steps {
		assert.True(t, strings.HasSuffix(step, "."), code)
	}
	all := row.title + row.happened + strings.Join(row.steps, "")
	assert.Empty(t, unwantedWords.FindString(all), code)
	assert.NotContains(t, filledWords.ReplaceAllString(all, ""), "{", code)
}

// The three troubleshooting rows of the systems that this program follows.
func TestExplain_TroubleshootingRows(t *testing.T) {
	for word, code := range map[string]string{
		"401 - Authentication failed": CodeAuthenticationFailed, "Authentication failed.": CodeAuthenticationFailed,
		"Invalid client_id parameter": "invalid_client_id",
	} {
		f := Explain(&CodedError{Code: word}, ExplainContext{Host: "login.example.test", Service: "Example"})
		assert.Equal(t, code, f.Code)
		assert.Equal(t, ActionEdit, f.Action)
		assert.Equal(t, StateNeedsAttention, f.State)
		assert.Contains(t, f.Happened, "login.example.test")
	}
}

func TestExplain_State(t *testing.T) {
	at := func(op string, phase WirePhase, code string) error {
		return fmt.Errorf("refresh: %w", &WireError{Op: op, Phase: phase, Code: code, Host: "as.example.test", Ref: "ref1", Status: 400})
	}
	for _, c := range []struct {
		err  error
		want State
	}{
		{at(OpToken, Answered, "invalid_grant"), StateNeedsSignIn},
		{at(OpToken, Answered, "invalid_client"), StateNeedsAttention},
		{at(OpToken, Answered, "unauthorized_client"), StateNeedsAttention},
		{at(OpToken, Answered, "server_error"), StateActive},
		{at(OpToken, Answered, "a_code_of_their_own"), StateActive},
		{at(OpToken, Answered, CodeServerError), StateActive},
		{at(OpToken, Answered, CodeTooManyRequests), StateActive},
		{at(OpToken, Answered, CodeRedirectRefused), StateActive},
		{at(OpToken, NotSent, CodeTLSUntrusted), StateActive},
		{at(OpToken, NotSent, CodeNetworkUnreachable), StateActive},
		{at(OpToken, Ambiguous, CodeCutOff), StateUnknown},
		{at(OpToken, Ambiguous, CodeCaptivePortal), StateUnknown},
		{at(OpToken, Ambiguous, CodeReplyUnusable), StateUnknown},
		{at(OpRevoke, Answered, "invalid_client"), StateActive},
		{at(OpUserInfo, Ambiguous, CodeCutOff), StateActive},
		{ErrChangedOutside, StateChangedOutside},
		{ErrVaultLocked, StateActive},
		{fmt.Errorf("%w: disk full", ErrStorage), StateActive},
		{context.Canceled, StateActive},
		{errors.New("anything"), StateActive},
	} {
		assert.Equal(t, c.want, Explain(c.err, ExplainContext{State: StateActive}).State, "%v", c.err)
	}
}

func TestExplain_Failure(t *testing.T) {
	assert.Nil(t, Explain(nil, ExplainContext{}))
	at := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	cause := &WireError{
		Phase: Answered, Op: OpToken, Host: "login.example.test", Status: 400, Code: "invalid_grant", Word: "bad_refresh_token",
		Ref: "ref1", At: at, RetryAfter: 90 * time.Minute,
	}
	f := Explain(cause, ExplainContext{Host: "other.test", Service: "Example", Name: "Mail, finance"})
	assert.Equal(t, "invalid_grant", f.Code)
	assert.Equal(t, "login.example.test", f.Host)
	assert.Equal(t, 400, f.Status)
	assert.Equal(t, "ref1", f.Ref)
	assert.Equal(t, at, f.At)
	assert.Contains(t, f.Happened, "“Mail, finance”")
	assert.Equal(t, "Wait at least 90 min: login.example.test asks for it.", f.Steps[0])
	require.ErrorIs(t, f, cause)
	assert.Same(t, f, Explain(fmt.Errorf("again: %w", f), ExplainContext{}), "explained once")

	unknown := Explain(&WireError{Phase: Answered, Op: OpToken, Host: "a.test", Status: 400, Code: "too_late"}, ExplainContext{})
	assert.Equal(t, "too_late", unknown.Code)
	assert.Contains(t, unknown.Happened, "too_late, HTTP status 400")

	foreign := Explain(errors.New("TWSENT-text-1"), ExplainContext{})
	assert.Equal(t, CodeUnexpected, foreign.Code)
	assert.NotContains(t, fmt.Sprintf("%v %+v %s", foreign, foreign, foreign.Happened), "TWSENT")

	evil := Explain(&CodedError{Code: "<b>\n" + strings.Repeat("x", 99)}, ExplainContext{})
	assert.Equal(t, CodeErrorUnnamed, evil.Code)
}

// The words of a case go into every sentence: no placeholder is left, whatever
// is not known.
func TestExplain_NothingLeftOpen(t *testing.T) {
	for code := range explanations() {
		for _, c := range []ExplainContext{{}, {Host: "a.test", Service: "A", Name: "{host}"}} {
			f := Explain(&CodedError{Code: code}, c)
			assert.Equal(t, code, f.Code)
			text := strings.ReplaceAll(f.Happened+strings.Join(f.Steps, ""), "“{host}”", "")
			assert.NotContains(t, text, "{", code)
		}
	}
}

func TestForeignCode(t *testing.T) {
	for code, want := range map[string]string{
		"invalid_grant": "invalid_grant", "AADSTS50034": "AADSTS50034", "Authentication failed.": "Authentication failed.",
		"": CodeErrorUnnamed, "a\"b": CodeErrorUnnamed, "a\\b": CodeErrorUnnamed, "a\nb": CodeErrorUnnamed, "ä": CodeErrorUnnamed,
		CodeVaultLocked: CodeErrorUnnamed, CodeCutOff: CodeErrorUnnamed, strings.Repeat("x", 65): CodeErrorUnnamed,
	} {
		assert.Equal(t, want, foreignCode(code), code)
	}
}
