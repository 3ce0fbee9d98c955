package auth

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// T48: the token goes to the host that was meant, and to nothing that looks like it.
func TestHandOutRule_Matches(t *testing.T) {
	rule, err := HandOutRule{Hosts: []string{
		"api.good.com", "API.Upper.com", "db.good.com:8443", "*.wild.org", "*.wild.org:9443", "bücher.example", "127.0.0.1:17655", "::1", "[::1]:8080",
	}}.cleaned(time.Now())
	require.NoError(t, err)
	for _, host := range []string{
		"api.good.com", "API.GOOD.COM", "api.good.com:443", "api.good.com.", "api.upper.com", "db.good.com:8443", "a.wild.org", "a.b.wild.org",
		"A.Wild.Org:9443", "bücher.example", "BÜCHER.example", "xn--bcher-kva.example", "127.0.0.1:17655", "::1", "[::1]", "[::1]:443", "[::1]:8080",
		"[0:0:0:0:0:0:0:1]:8080",
	} {
		assert.True(t, rule.Matches(host), host)
	}
	for _, host := range []string{
		"", " ", ".", "*", "evil", "good.com", "evil.com", "api.good.com.evil", "api.good.com.evil.com", "xapi.good.com", "x.api.good.com",
		"api.good.co", "api.good.com:8443", "api.good.com:80", "api.good.com:0443", "api.good.com:443:443", "db.good.com", "db.good.com:84433",
		"wild.org", ".wild.org", "xwild.org", "a.wild.org.evil.com", "a.wild.org:8443", "*.wild.org", "evil.com#.wild.org", "evil.com/.wild.org",
		"evil.com?.wild.org", "evil.com\\.wild.org", "evil.com%2f.wild.org", "api.good.com@evil.com", "evil.com@api.good.com",
		"api.good.com/", "api.good.com#", "https://api.good.com", "api.good.com\n", "api.good.com\x00", "api.good.com\r\nHost: evil.com", "api..good.com",
		"api.good.com..", "ａpi.good.com.evil", "api.gооd.com" /* Cyrillic */, "127.0.0.1", "127.0.0.1:17656", "127.1:17655", "0x7f.0.0.1:17655",
		"::1%lo", "[::1%lo]:8080", "[::1]:8081", "[::1]x:8080", "[api.good.com]", "[api.good.com]:443", "api.good.com:https", "api.good.com:-1",
		"api.good.com:+443x", strings.Repeat("a", 64) + ".wild.org", strings.Repeat("a.", 200) + "wild.org",
	} {
		if host == "api.good.com:0443" {
			assert.True(t, rule.Matches(host), "a port is a number")
			continue
		}
		assert.False(t, rule.Matches(host), "%q", host)
	}
}

func TestHandOutRule_Cleaned(t *testing.T) {
	since := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	rule, err := HandOutRule{
		Mode:  "of a later version",
		Hosts: []string{" API.example.com ", "", "https://api.example.com/v1/x?y", "HTTPS://b.example.com:8443", "api.example.com:443", "*.Example.com"},
		Programs: []Program{
			{Path: "/usr/bin/r", Script: "/x.R"},
			{Path: "/usr/bin/r", Script: "/x.R", Since: since},
			{Path: ""},
			{Path: "/usr/bin/r", Since: since},
			{Path: strings.Repeat("/x", maxProgramPath)},
		},
	}.cleaned(since)
	require.NoError(t, err)
	assert.Equal(t, HandOutRule{
		Mode: HandOutAsk, Hosts: []string{"api.example.com", "b.example.com:8443", "*.example.com"},
		Programs: []Program{{Path: "/usr/bin/r", Script: "/x.R", Since: since}, {Path: "/usr/bin/r", Since: since}},
	}, rule)
	again, err := rule.cleaned(since)
	require.NoError(t, err)
	assert.Equal(t, rule, again, "what is clean stays as it is")

	for _, host := range []string{
		"http://api.example.com", "ftp://x", "*", "*.", "*.com", "*.*.com", "a.*.com", "*.127.0.0.1", "*.0.1", "*.[::1]", "x y", "x/y", "a@b.com", "a:b", ":443", "[::1", "::1%lo",
		"api.example.com:0", "api.example.com:65536", "https://", "-", "_x.example.com", "a\x00b.com",
	} {
		_, err := HandOutRule{Hosts: []string{"good.example.com", host}}.cleaned(since)
		var wrong FieldErrors
		if assert.ErrorAs(t, err, &wrong, "%q", host) {
			assert.Equal(t, FieldHosts, wrong[0].Field)
			assert.NotEmpty(t, wrong[0].Message)
		}
	}
	_, err = HandOutRule{Hosts: manyHosts(maxRuleHosts)}.cleaned(since)
	require.NoError(t, err)
	_, err = HandOutRule{Hosts: manyHosts(maxRuleHosts + 1)}.cleaned(since)
	require.Error(t, err)
}

// The newest programs are those that are kept.
func TestHandOutRule_ManyPrograms(t *testing.T) {
	var rule HandOutRule
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := range maxRulePrograms + 10 {
		rule.Programs = append(rule.Programs, Program{Path: "/bin/" + strings.Repeat("x", i+1), Since: start.Add(time.Duration(i) * time.Second)})
	}
	rule, err := rule.cleaned(start)
	require.NoError(t, err)
	require.Len(t, rule.Programs, maxRulePrograms)
	assert.Equal(t, start.Add(10*time.Second), rule.Programs[0].Since)
}

func manyHosts(n int) []string {
	var hosts []string
	for i := range n {
		hosts = append(hosts, strings.Repeat("x", i%60+1)+"."+strings.Repeat("y", i/60+1)+".example.com")
	}
	return hosts
}

// Whatever is typed or asked for: what is clean is clean, and matches itself
// and nothing else.
func FuzzHandOutHosts(f *testing.F) {
	for _, host := range []string{"api.example.com", "*.example.com:8443", "[::1]:1", "bücher.example", "https://x.example.com/a", "api.good.com.evil"} {
		f.Add(host, "evil.com")
	}
	f.Fuzz(func(t *testing.T, text, other string) {
		clean, err := cleanRuleHost(text)
		if err != nil {
			return
		}
		again, err := cleanRuleHost(clean)
		require.NoError(t, err, clean)
		require.Equal(t, clean, again)
		require.False(t, strings.ContainsAny(clean, "/\\@#?% \r\n\x00"), "%q", clean)
		rule := HandOutRule{Hosts: []string{clean}}
		domain, below := strings.CutPrefix(clean, anyBelow)
		require.Equal(t, !below, rule.Matches(domain))
		if rule.Matches(other) {
			asked, err := cleanHostPort(other)
			require.NoError(t, err)
			require.True(t, asked == clean || below && strings.HasSuffix(asked, "."+domain), "%q is let through by %q", other, clean)
		}
	})
}

// The host that a rule is held against is the one that is connected to.
func TestTestHost(t *testing.T) {
	for address, want := range map[string]string{
		"https://api.example.com/x":            "api.example.com",
		"https://API.example.com:8443/":        "api.example.com:8443",
		"http://127.0.0.1/":                    "127.0.0.1:80",
		"http://127.0.0.1:7001/":               "127.0.0.1:7001",
		"http://api.example.com/":              "", // never fetched
		"https://good.example.com@evil.test/":  "",
		"https://good.example.com\\@evil.test": "",
		"":                                     "login.example.com:80",
		"https://" + strings.Repeat("x", 5000): "",
	} {
		assert.Equal(t, want, testHost(address, "http://login.example.com/me"), fmt.Sprintf("%.60s", address))
	}
}
