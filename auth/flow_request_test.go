package auth

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A template in the metadata is no issuer to compare with (Microsoft).
func TestFlowForIssuerTemplate(t *testing.T) {
	a := Authorization{Endpoints: Endpoints{Issuer: "https://login.example/{tenantid}/v2.0"}}
	svc := Service{Quirks: []Quirk{{ID: QuirkIssuerTemplate, Params: map[string]string{"literal": "{tenantid}"}}}}
	assert.Empty(t, flowFor(a, svc, ReauthorizeOptions{}).Issuer)
	a.Endpoints.Issuer = "https://login.example/42/v2.0"
	assert.Equal(t, a.Endpoints.Issuer, flowFor(a, svc, ReauthorizeOptions{}).Issuer)
}

// T12: damaged, doubled and oversized answers change nothing.
func TestFlowRefusesMalformed(t *testing.T) {
	f := startTestFlow(t, nil)
	good := genuine(f).Encode()
	for name, query := range map[string]string{
		"code twice":          good + "&code=the-code",
		"state twice":         good + "&state=" + f.state.Reveal(),
		"encoded name twice":  good + "&%63ode=other",
		"error twice":         good + "&error=a&error=b",
		"NUL":                 good + "&x=%00",
		"line end in code":    genuine(f, "code", "a\r\nb").Encode(),
		"bad UTF-8":           good + "&x=%ff%fe",
		"percent junk":        good + "&x=%zz",
		"percent at the end":  good + "&x=%",
		"code not VSCHAR":     genuine(f, "code", "ümlaut").Encode(),
		"code empty":          genuine(f, "code", "").Encode() + "&code=",
		"many parameters":     good + strings.Repeat("&a=1", 200),
		"10,000 parameters":   good + strings.Repeat("&a", 10_000),
		"64 KiB code":         genuine(f, "code", strings.Repeat("x", 64<<10)).Encode(),
		"code in the state's": "state=" + f.state.Reveal() + "%26code%3Dx",
	} {
		got := visit(t, f, query)
		assert.GreaterOrEqual(t, got.status, 400, name)
		assert.Less(t, got.status, 500, name)
		assert.NotEqual(t, answerTaken, f.receive(query), "%s: from the paste box it is no better", name)
	}
	requirePending(t, f)
	visit(t, f, good+"&session_state=1&scope=a&scope=b;c")
	requireCode(t, f)
}

// T24, R: the link tells what it must and no secret.
func TestFlowLink(t *testing.T) {
	a := Authorization{
		Endpoints: Endpoints{Authorization: "https://as.example/authorize?tenant=a+b", Issuer: testIssuer},
		ClientID:  "desk top&", ClientAuth: ClientAuthBasic, ClientSecret: NewSecret("TWSENT-client-secret-1"),
		Scopes: []string{"read", "write"}, AuthParams: map[string]string{"prompt": "consent", "login_hint": "a b&state=x"},
		Redirect: Redirect{Host: "127.0.0.1", Port: 17654, Path: "/callback"},
	}
	f := unservedFlow(t, flowFor(a, Service{ScopeSeparator: ","}, ReauthorizeOptions{}))
	assert.NotContains(t, f.URL(), "TWSENT")
	assert.NotContains(t, f.URL(), f.verifier.Reveal())
	link, err := url.Parse(f.URL())
	require.NoError(t, err)
	q := link.Query()
	q.Del("code_challenge")
	assert.Equal(t, url.Values{
		"tenant": {"a b"}, "response_type": {"code"}, "client_id": {"desk top&"}, "redirect_uri": {"http://127.0.0.1:17654/callback"},
		"scope": {"read,write"}, "state": {f.state.Reveal()}, "code_challenge_method": {"S256"}, "prompt": {"consent"}, "login_hint": {"a b&state=x"},
	}, q, "no nonce without openid")
	assert.Equal(t, "as.example", f.Host())

	for name, change := range map[string]func(*flowParams){
		"own state":        func(p *flowParams) { p.Extra = map[string]string{"state": "fixed"} },
		"no PKCE":          func(p *flowParams) { p.Extra = map[string]string{"code_challenge_method": "plain"} },
		"secret":           func(p *flowParams) { p.Extra = map[string]string{"Client_Secret": "x"} },
		"state twice":      func(p *flowParams) { p.Authorization += "?state=fixed" },
		"not https":        func(p *flowParams) { p.Authorization = "http://as.example/authorize" },
		"longer than 8 KB": func(p *flowParams) { p.Scopes = []string{strings.Repeat("x", 9000)} },
	} {
		p := testFlowParams()
		change(&p)
		_, err := startFlow(p)
		assert.Equal(t, CodeAddressRefused, codeOf(t, err), name)
	}
}

// What the paste box takes, and what it says to everything else.
func TestFlowPaste(t *testing.T) {
	taken := map[string]func(f *flow) string{
		"address":     func(f *flow) string { return f.RedirectURI() + "?" + genuine(f).Encode() },
		"with blanks": func(f *flow) string { return "\n " + f.RedirectURI() + "?" + genuine(f).Encode() + " \n" },
		"scheme hidden": func(f *flow) string {
			return strings.TrimPrefix(f.RedirectURI(), "http://") + "?" + genuine(f).Encode()
		},
		"query":           func(f *flow) string { return genuine(f).Encode() },
		"with its mark":   func(f *flow) string { return "?" + genuine(f).Encode() },
		"with a fragment": func(f *flow) string { return f.RedirectURI() + "?" + genuine(f).Encode() + "#_=_" },
	}
	for name, address := range taken {
		t.Run(name, func(t *testing.T) {
			f := startTestFlow(t, nil)
			require.NoError(t, f.Paste(address(f)))
			requireCode(t, f)
			assert.Equal(t, http.StatusConflict, visit(t, f, genuine(f).Encode()).status, "the listener's copy comes second")
		})
	}
	f := startTestFlow(t, nil)
	other := startTestFlow(t, nil)
	refused := map[string]struct{ address, code string }{
		"nothing":       {"", CodeBadCallback},
		"words":         {"hello", CodeBadCallback},
		"link":          {f.URL(), CodeStateMismatch},
		"link of own":   {"https://as.example/consent?" + genuine(f).Encode(), CodeStateMismatch},
		"other sign-in": {other.RedirectURI() + "?" + genuine(other).Encode(), CodeStateMismatch},
		"clean page":    {f.RedirectURI() + "/done", CodeBadCallback},
		"no code":       {f.RedirectURI() + "?state=" + f.state.Reveal(), CodeBadCallback},
		"forged error":  {f.RedirectURI() + "?error=access_denied", CodeStateMismatch},
		"huge":          {strings.Repeat("x", 1<<20), CodeBadCallback},
	}
	for name, c := range refused {
		err := f.Paste(c.address)
		var failure *Failure
		require.ErrorAs(t, err, &failure, name)
		assert.Equal(t, c.code, failure.Code, name)
		assert.NotEmpty(t, failure.Steps, name)
		assert.NotContains(t, failure.Happened+failure.Steps[0], f.state.Reveal(), name)
	}
	requirePending(t, f)
	require.NoError(t, f.Paste(genuine(f).Encode()))
	var failure *Failure
	require.ErrorAs(t, f.Paste(genuine(f).Encode()), &failure)
	assert.Equal(t, CodeAlreadyUsed, failure.Code)
}
