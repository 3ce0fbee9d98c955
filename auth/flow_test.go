package auth

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const testIssuer = "https://as.example"

// testFlowParams is an authorization request on a free port.
func testFlowParams() flowParams {
	return flowParams{
		Authorization: "https://as.example/authorize", Issuer: testIssuer, ClientID: "desktop",
		Scopes: []string{"openid", "offline_access"}, Redirect: Redirect{Host: "127.0.0.1", Path: "/callback"},
	}
}

// startTestFlow starts a flow that the test's end closes.
func startTestFlow(t *testing.T, change func(*flowParams)) *flow {
	t.Helper()
	p := testFlowParams()
	if change != nil {
		change(&p)
	}
	f, err := startFlow(p)
	require.NoError(t, err)
	t.Cleanup(f.Close)
	return f
}

// unservedFlow makes a flow without network, for judging alone.
func unservedFlow(t testing.TB, p flowParams) *flow {
	t.Helper()
	p.Redirect.Port = 17654
	f, err := newFlow(p, newLoopback(p.Redirect, nil))
	require.NoError(t, err)
	return f
}

// genuine is the query of f's answer, with pairs of further or other
// parameters.
func genuine(f *flow, pairs ...string) url.Values {
	q := url.Values{"code": {"the-code"}, "state": {f.state.Reveal()}, "iss": {f.issuer}}
	for i := 0; i < len(pairs); i += 2 {
		q[pairs[i]] = []string{pairs[i+1]}
	}
	maps.DeleteFunc(q, func(_ string, v []string) bool { return v[0] == "" })
	return q
}

// visitor is a browser that follows nothing and keeps no connection.
var visitor = &http.Client{
	Transport:     &http.Transport{DisableKeepAlives: true},
	Timeout:       20 * time.Second,
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

// seen is what a visit brought.
type seen struct {
	status int
	header http.Header
	body   string
}

func send(t testing.TB, method, address string, header http.Header) seen {
	t.Helper()
	request, err := http.NewRequestWithContext(context.Background(), method, address, nil)
	require.NoError(t, err)
	maps.Copy(request.Header, header)
	response, err := visitor.Do(request)
	require.NoError(t, err)
	defer response.Body.Close() //nolint:errcheck // read to its end
	body, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	return seen{response.StatusCode, response.Header, string(body)}
}

func visit(t testing.TB, f *flow, query string) seen {
	t.Helper()
	return send(t, http.MethodGet, f.RedirectURI()+"?"+query, nil)
}

// requirePending fails when the flow has taken an answer.
func requirePending(t testing.TB, f *flow) {
	t.Helper()
	select {
	case <-f.answered:
		require.Fail(t, "the flow has taken an answer that was not its own")
	default:
	}
}

// requireCode fails unless the flow's answer is the genuine one.
func requireCode(t testing.TB, f *flow) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	got, err := f.WaitCode(ctx)
	require.NoError(t, err)
	require.Equal(t, "the-code", got.Code.Reveal())
}

func codeOf(t testing.TB, err error) string {
	t.Helper()
	var coded *CodedError
	require.ErrorAs(t, err, &coded)
	return coded.Code
}

// T01: whatever else comes first, the genuine answer is the one that counts.
func TestFlowSurvivesJunk(t *testing.T) {
	f := startTestFlow(t, nil)
	base := strings.TrimSuffix(f.RedirectURI(), "/callback")
	junk := []struct {
		method, path string
		status       int
	}{
		{http.MethodGet, "/favicon.ico", http.StatusNotFound},
		{http.MethodGet, "/", http.StatusNotFound},
		{http.MethodGet, "/callback/", http.StatusNotFound},
		{http.MethodGet, "/%63allback?" + genuine(f).Encode(), http.StatusNotFound},
		{http.MethodGet, "//callback?" + genuine(f).Encode(), http.StatusNotFound},
		{http.MethodHead, "/callback?" + genuine(f).Encode(), http.StatusMethodNotAllowed},
		{http.MethodOptions, "/callback?" + genuine(f).Encode(), http.StatusMethodNotAllowed},
		{http.MethodPost, "/callback?" + genuine(f).Encode(), http.StatusMethodNotAllowed},
		{http.MethodPut, "/callback", http.StatusMethodNotAllowed},
		{http.MethodGet, "/callback", http.StatusBadRequest},
		{http.MethodGet, "/callback?", http.StatusBadRequest},
		{http.MethodGet, "/callback?state=" + f.state.Reveal(), http.StatusBadRequest},
		{http.MethodGet, "/callback?code=" + strings.Repeat("x", 40), http.StatusBadRequest},
	}
	for i := range 1000 {
		j := junk[i%len(junk)]
		require.Equal(t, j.status, send(t, j.method, base+j.path, nil).status, "%s %s", j.method, j.path)
	}
	requirePending(t, f)
	assert.Equal(t, http.StatusSeeOther, visit(t, f, genuine(f).Encode()).status)
	requireCode(t, f)
}

// T02: without the state of this flow nothing counts, and the page does not
// tell what would.
func TestFlowRefusesWrongState(t *testing.T) {
	f := startTestFlow(t, nil)
	state := f.state.Reveal()
	for _, wrong := range []string{"", "x", state[:len(state)-1], state + "x", strings.ToUpper(state), randomText(), " " + state} {
		got := visit(t, f, genuine(f, "state", wrong).Encode())
		assert.Equal(t, http.StatusBadRequest, got.status, wrong)
		assert.NotContains(t, got.body, state)
		assert.Empty(t, got.header.Get("Location"))
	}
	requirePending(t, f)
	visit(t, f, genuine(f).Encode())
	requireCode(t, f)
	assert.Equal(t, http.StatusBadRequest, visit(t, f, genuine(f, "state", "x").Encode()).status, "after the answer too")
}

// T03: a page can make the browser fetch a forged error; the state is looked
// at first.
func TestFlowIgnoresForgedError(t *testing.T) {
	f := startTestFlow(t, nil)
	for _, query := range []string{"error=access_denied", "error=access_denied&state=x", "error=access_denied&state=&iss=" + url.QueryEscape(testIssuer)} {
		visit(t, f, query)
	}
	requirePending(t, f)
	visit(t, f, genuine(f).Encode())
	requireCode(t, f)
}

// An error with the flow's own state ends it with the server's code, unless
// that can't be shown.
func TestFlowReportsError(t *testing.T) {
	for sent, want := range map[string]string{
		"access_denied":         "access_denied",
		"consent_required":      "consent_required",
		"<b>bold</b>":           "<b>bold</b>", // of the RFC's characters; text for a label, never for HTML
		"with \"quotes\"":       CodeErrorUnnamed,
		"ümlaut":                CodeErrorUnnamed,
		CodeVaultLocked:         CodeErrorUnnamed, // no server speaks for the program
		strings.Repeat("x", 80): CodeErrorUnnamed,
	} {
		f := startTestFlow(t, nil)
		got := visit(t, f, genuine(f, "error", sent, "error_description", "Call 555", "code", "").Encode())
		assert.Equal(t, http.StatusSeeOther, got.status)
		_, err := f.WaitCode(context.Background())
		assert.Equal(t, want, codeOf(t, err))
		assert.NotContains(t, Explain(err, ExplainContext{}).Happened, "555")
	}
	f := unservedFlow(t, testFlowParams())
	require.Equal(t, answerTaken, f.receive(genuine(f, "error", f.state.Reveal()).Encode()))
	_, err := f.WaitCode(context.Background())
	assert.Equal(t, CodeErrorUnnamed, codeOf(t, err), "an error code that echoes the state is not repeated")
}

// Whoever has given up waiting gets no answer afterwards.
func TestFlowTakesNothingAfterGivingUp(t *testing.T) {
	f := unservedFlow(t, testFlowParams())
	ctx, cancel := context.WithCancelCause(context.Background())
	cancel(ErrCancelled)
	_, err := f.WaitCode(ctx)
	require.ErrorIs(t, err, ErrCancelled)
	assert.Equal(t, answerUsed, f.receive(genuine(f).Encode()))

	late := unservedFlow(t, testFlowParams())
	require.Equal(t, answerTaken, late.receive(genuine(late).Encode()))
	for range 20 { // whichever of the two the wait sees first, the browser has been told that the answer was taken
		_, err = late.WaitCode(ctx)
		require.NoError(t, err)
	}
}

// T04: of many copies of the genuine answer one is taken.
func TestFlowTakesOneAnswer(t *testing.T) {
	for range 100 {
		f := unservedFlow(t, testFlowParams())
		query := genuine(f).Encode()
		verdicts := make([]answerVerdict, 50)
		var all sync.WaitGroup
		for i := range verdicts {
			all.Go(func() {
				if i%10 == 0 && f.Paste(f.RedirectURI()+"?"+query) != nil {
					verdicts[i] = answerUsed
				} else if i%10 != 0 {
					verdicts[i] = f.receive(query)
				}
			})
		}
		all.Wait()
		taken := 0
		for _, v := range verdicts {
			if v == answerTaken {
				taken++
			} else {
				require.Equal(t, answerUsed, v)
			}
		}
		require.Equal(t, 1, taken)
	}
}

// T04 over the network: the second copy is told that it is one.
func TestFlowAnswersOnceOverTheNetwork(t *testing.T) {
	f := startTestFlow(t, nil)
	statuses := make([]int, 50)
	var all sync.WaitGroup
	for i := range statuses {
		all.Go(func() { statuses[i] = visit(t, f, genuine(f).Encode()).status })
	}
	all.Wait()
	count := map[int]int{}
	for _, s := range statuses {
		count[s]++
	}
	assert.Equal(t, map[int]int{http.StatusSeeOther: 1, http.StatusConflict: 49}, count)
}

// T05: the state of one flow opens no other.
func TestFlowStatesDoNotMix(t *testing.T) {
	flows := make([]*flow, 10)
	for i := range flows {
		flows[i] = startTestFlow(t, nil)
	}
	for i, a := range flows {
		for j, b := range flows {
			if i != j {
				require.Equal(t, http.StatusBadRequest, visit(t, a, genuine(b).Encode()).status)
				require.Error(t, a.Paste(b.RedirectURI()+"?"+genuine(b).Encode()))
			}
		}
	}
	for _, f := range flows {
		requirePending(t, f)
		visit(t, f, genuine(f).Encode())
		requireCode(t, f)
	}
}

// T05, T10: state, verifier and nonce are new in each flow and long enough;
// the challenge is S256 of the verifier.
func TestFlowRandomness(t *testing.T) {
	base64url := regexp.MustCompile(`^[A-Za-z0-9_-]{43}$`) // 32 bytes
	known := map[string]bool{}
	for range 2_000 {
		f := unservedFlow(t, testFlowParams())
		for _, text := range []string{f.state.Reveal(), f.verifier.Reveal(), f.nonce} {
			require.Regexp(t, base64url, text)
			require.False(t, known[text])
			known[text] = true
		}
		link, err := url.Parse(f.URL())
		require.NoError(t, err)
		sum := sha256.Sum256([]byte(f.verifier.Reveal()))
		require.Equal(t, base64.RawURLEncoding.EncodeToString(sum[:]), link.Query().Get("code_challenge"))
		require.Equal(t, "S256", link.Query().Get("code_challenge_method"))
	}
}

// T05: without randomness there is no flow.
func TestFlowNeedsRandomness(t *testing.T) {
	if os.Getenv("FLOW_WITHOUT_RANDOMNESS") == "1" {
		rand.Reader = brokenReader{}
		fmt.Println("state:", randomText())
		return
	}
	self, err := os.Executable()
	require.NoError(t, err)
	child := exec.CommandContext(t.Context(), self, "-test.run=^TestFlowNeedsRandomness$", "-test.v")
	child.Env = append(os.Environ(), "FLOW_WITHOUT_RANDOMNESS=1")
	out, err := child.CombinedOutput()
	var exit *exec.ExitError
	require.ErrorAs(t, err, &exit)
	assert.NotContains(t, string(out), "state:")
}

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, errors.New("no randomness") }

// T06, T07: the issuer is compared character by character, before anything
// else that the answer says.
func TestFlowIssuer(t *testing.T) {
	const absent, same = "", testIssuer
	for _, c := range []struct {
		name, expected, got string
		promised, taken     bool
	}{
		{"same", same, same, true, true},
		{"same, not promised", same, same, false, true},
		{"absent, not promised", same, absent, false, true},
		{"not known here", absent, same, false, true},
		{"absent, promised", same, absent, true, false},
		{"absent, promised, not known here", absent, absent, true, false},
		{"another", same, "https://honest.example", true, false},
		{"another, not promised", same, "https://honest.example", false, false},
		{"slash", same, same + "/", true, false},
		{"case", same, "https://AS.example", true, false},
		{"port", same, same + ":443", true, false},
		{"blank", same, " " + same, true, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := testFlowParams()
			p.Issuer, p.IssRequired = c.expected, c.promised
			for _, failure := range []string{"", "access_denied"} {
				f := unservedFlow(t, p)
				require.Equal(t, answerTaken, f.receive(genuine(f, "iss", c.got, "error", failure).Encode()))
				got, err := f.WaitCode(context.Background())
				switch {
				case !c.taken:
					assert.Equal(t, CodeIssMismatch, codeOf(t, err))
					assert.True(t, got.Code.Empty(), "the code must not reach any token endpoint")
				case failure != "":
					assert.Equal(t, failure, codeOf(t, err))
				default:
					require.NoError(t, err)
				}
			}
		})
	}
	f := unservedFlow(t, testFlowParams())
	assert.Equal(t, answerMalformed, f.receive(genuine(f).Encode()+"&iss="+url.QueryEscape(testIssuer)), "twice")
	requirePending(t, f)
}
