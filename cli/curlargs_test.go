package main

import (
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestCurlHosts(t *testing.T) {
	for line, hosts := range map[string]string{
		"https://api.example.com/me":                                            "api.example.com",
		"HTTPS://API.example.COM:443/me":                                        "api.example.com",
		"https://api.example.com:8443?x=1":                                      "api.example.com:8443",
		"api.example.com/me":                                                    "api.example.com",
		"api.example.com:8443":                                                  "api.example.com:8443",
		"-sSfLo out.html https://a.example/x":                                   "a.example",
		"-o b.example https://a.example":                                        "a.example",
		"-ob.example https://a.example":                                         "a.example",
		"-XPOST -d @body.json -H Accept:x --url https://a.example":              "a.example",
		"https://a.example https://b.example --url c.example https://a.example": "a.example b.example c.example",
		"-- https://a.example b.example":                                        "a.example b.example",
		"http://127.0.0.1:8080/x http://localhost/ http://[::1]:9/x":            "127.0.0.1:8080 localhost [::1]:9",
		"https://a.example/{x,y}/[1-9]":                                         "a.example",
		"-k https://localhost:8443":                                             "localhost:8443",
		"--no-progress-meter -x http://proxy.example:3128 https://a.example":    "a.example",
		"--resolve a.example:443:10.0.0.1 https://a.example":                    "a.example",
		"https://xn--bcher-kva.example/":                                        "xn--bcher-kva.example",
		"--json {} https://a.example#part":                                      "a.example",
	} {
		plan, err := planCurl(strings.Fields(line))
		if assert.NoError(t, err, line) {
			assert.Equal(t, strings.Fields(hosts), plan.hosts, line)
		}
	}
}

func TestCurlRefuses(t *testing.T) {
	for _, line := range []string{
		// no address, or one that is not safe
		"", "-s", "http://api.example.com", "ftp://a.example", "file:///etc/passwd", "http://127.0.0.1.evil.example", "http://localhost.evil.example",
		"http://2130706433/", "http://0x7f.1/", "http://127.1/", "scp://a.example", "https://a.example http://b.example",
		// where curl and we could read another host
		"https://a.example@evil.example", `https://a.example\@evil.example`, `https://evil.example\.a.example`, "https://a.example{/x,.evil.example/}",
		"{https://a.example,https://evil.example}", "https://{a,evil}.example/", "https://[a-z].example/", "http{s,}://a.example", "https:/evil.example",
		"https:evil.example", "https:///evil.example", "//evil.example", "https://", "https://a.example:", "https://a.example:99999999",
		"https://a.example:x", "https://a%2eevil.example", "https://bücher.example", "https://a.example:80:90", "https://[::1", "https://[::1]x",
		"https://[fe80::1%25eth0]/", "-", "@evil", "https://a.example/ x\x01y",
		// what takes the token elsewhere
		"-k https://a.example", "-sk https://a.example", "--insecure https://a.example", "-K file https://a.example", "--config - https://a.example",
		"https://a.example --next https://b.example", "https://a.example -: https://b.example", "--location-trusted https://a.example",
		"-x http://proxy.example http://127.0.0.1/", "--resolve localhost:80:10.0.0.1 http://localhost/", "--connect-to ::evil.example: http://localhost/",
		"--noproxy x http://localhost", "-k --connect-to ::evil.example: https://localhost/", "-k --alt-svc cache https://localhost/", "--unix-socket /x http://localhost/",
		"--proto-default http a.example", "--proto =http a.example", "--variable x https://a.example", "--expand-url {{x}}", "--url @urls",
		// what shows it
		"-v https://a.example", "-sv https://a.example", "--trace - https://a.example", "--trace-ascii out https://a.example", "--libcurl x.c https://a.example",
		// what a newer curl may know, or an older one took for an abbreviation
		"--brand-new https://a.example", "--loc https://a.example", "--url=https://evil.example https://a.example", "-~ https://a.example",
	} {
		_, err := planCurl(strings.Split(line, " "))
		if line == "" {
			_, err = planCurl(nil)
		}
		assert.Error(t, err, line)
	}
}

func TestCurlKeepsToTheSchemes(t *testing.T) {
	plan, err := planCurl([]string{"-L", "https://a.example"})
	require.NoError(t, err)
	assert.True(t, plan.follows)
	assert.Equal(t, "--proto-default https --proto =https --proto-redir =https -L https://a.example", strings.Join(plan.args, " "))
	plan, err = planCurl([]string{"http://localhost"})
	require.NoError(t, err)
	assert.False(t, plan.follows)
	assert.Contains(t, strings.Join(plan.args, " "), "--noproxy *")
	plan, err = planCurl([]string{"-k", "https://localhost:8443"})
	require.NoError(t, err)
	assert.Contains(t, strings.Join(plan.args, " "), "--proto-redir =https --noproxy *", "a proxy could answer in the place of this machine")
}

func TestCurlReadsStandardInput(t *testing.T) {
	for line, want := range map[string]bool{
		"-d @- https://a.example": true, "-T - https://a.example": true, "-T. https://a.example": true, "-F x=<- https://a.example": true,
		"-d x https://a.example": false, "-H@- https://a.example": true,
	} {
		plan, err := planCurl(strings.Fields(line))
		require.NoError(t, err)
		assert.Equal(t, want, plan.stdin, line)
	}
}

// The options that this machine's curl has are known, and take a value where it
// says so: else a word would be taken for an address, or an address for a value.
func TestCurlOptionsAreThoseOfCurl(t *testing.T) {
	help, err := exec.CommandContext(t.Context(), "curl", "--help", "all").Output()
	if err != nil {
		t.Skip("no curl here")
	}
	line := regexp.MustCompile(`(?m)^ *(?:-(.), +)?--([a-z0-9.-]+)(?: (\S.*?))?(?:  | [A-Z(])`)
	all := line.FindAllStringSubmatch(string(help), -1)
	require.Greater(t, len(all), 200)
	valued := regexp.MustCompile(`(?m)^ *(?:-., +)?--([a-z0-9.-]+) [<\[]`)
	takes := map[string]bool{}
	for _, m := range valued.FindAllStringSubmatch(string(help), -1) {
		takes[m[1]] = true
	}
	for _, m := range all {
		short, name := m[1], m[2]
		o, known := optionOf(name)
		if assert.True(t, known, "--%s is not known", name) {
			assert.Equal(t, takes[name], o.value, "--%s", name)
		}
		if short != "" {
			assert.Equal(t, name, curlShort()[short[0]], "-%s", short)
		}
	}
}

func FuzzCurlAddress(f *testing.F) {
	for _, seed := range []string{"https://a.example/x", "a.example", "https://u@b", "http://[::1]:9/", "https://a\\b"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		host, scheme, err := addressHost(text)
		if err != nil {
			return
		}
		assert.Contains(t, []string{"http", "https"}, scheme)
		assert.NotEmpty(t, host)
		assert.False(t, strings.ContainsAny(host, "/@\\{}?#% \t\n"), "%q", host)
	})
}

func TestCurlSaysWhatItRefuses(t *testing.T) {
	got := console(t, &script{}, "curl", "Graph mail", "--", "http://api.example.com")
	assert.Equal(t, 125, got.code)
	assert.Contains(t, got.errOut, "\n“http://api.example.com” is not https", "a sentence may begin with any sign")
}
