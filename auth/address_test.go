package auth

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// T23: what may be requested or handed to the browser's opener.
func TestCheckAddress(t *testing.T) {
	for in, want := range map[string]string{
		"https://login.example.com/token":       "https://login.example.com/token",
		"  https://login.example.com/token\n":   "https://login.example.com/token",
		"HTTPS://login.example.com/token":       "https://login.example.com/token",
		"https://login.example.com:8443/t?a=b":  "https://login.example.com:8443/t?a=b",
		"https://bücher.example/token":          "https://xn--bcher-kva.example/token",
		"https://192.0.2.7/token":               "https://192.0.2.7/token",
		"https://[2001:db8::1]/token":           "https://[2001:db8::1]/token",
		"https://[2001:db8::1]:8443/token":      "https://[2001:db8::1]:8443/token",
		"http://127.0.0.1:17655/authorize":      "http://127.0.0.1:17655/authorize",
		"http://[::1]:17655/authorize":          "http://[::1]:17655/authorize",
		"https://accounts.example.com/o/oauth2": "https://accounts.example.com/o/oauth2",
	} {
		got, err := CheckAddress(in)
		require.NoError(t, err, in)
		assert.Equal(t, want, got, in)
	}
	for name, in := range map[string]string{
		"empty":                    "",
		"file":                     "file:///etc/passwd",
		"script":                   "javascript:alert(1)",
		"data":                     "data:text/html,x",
		"option":                   "--upload-pack=x",
		"option with a value":      "-a Calculator",
		"shell":                    "https://example.com/$(touch x)",
		"shell as host":            "https://$(touch x)/",
		"command separator":        `https://example.com/"&calc&"`,
		"backquote":                "https://example.com/`id`",
		"semicolon":                "https://example.com/;id",
		"share":                    `\\host\share`,
		"backslash host":           `https:\\example.com\token`,
		"newline":                  "https://example.com/a\nb",
		"carriage return":          "https://example.com/a\rX-Evil: 1",
		"NUL":                      "https://example.com/a\x00",
		"blank":                    "https://example.com/a b",
		"bidi override":            "https://example.com/\u202egpj",
		"100 KB":                   "https://example.com/" + strings.Repeat("a", 100<<10),
		"user name":                "https://example.com@evil.example/",
		"user and password":        "https://a:b@example.com/",
		"fragment":                 "https://example.com/token#x",
		"empty fragment":           "https://example.com/token#",
		"no host":                  "https:///token",
		"only a port":              "https://:443/token",
		"empty port":               "https://example.com:/token",
		"opaque":                   "https:example.com",
		"no scheme":                "example.com/token",
		"plain http":               "http://example.com/token",
		"http on a name":           "http://localhost:17655/token",
		"http on a look-alike":     "http://127.0.0.1.example.com/token",
		"IPv6 zone":                "https://[fe80::1%25eth0]/token",
		"other scheme":             "ftp://example.com/token",
		"placeholder":              "https://login.microsoftonline.com/<tenant-id>/oauth2/v2.0/token",
		"placeholder in braces":    "https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token",
		"bytes that are not text":  "https://example.com/\xff",
		"host with a strange part": "https://exa mple.com/",
	} {
		t.Run(name, func(t *testing.T) {
			_, err := CheckAddress(in)
			assert.Error(t, err)
		})
	}
}

func FuzzCheckAddress(f *testing.F) {
	for _, seed := range []string{"https://example.com/a?b=c", "http://127.0.0.1:1/", "https://[::1]/", "https://a@b/", "-x", "https://ex\u200bample.com", "https://example.com/%00"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, address string) {
		clean, err := CheckAddress(address)
		if err != nil {
			return
		}
		if !strings.HasPrefix(clean, "https://") && !strings.HasPrefix(clean, "http://127.") && !strings.HasPrefix(clean, "http://[") {
			t.Fatalf("%q became %q", address, clean)
		}
		if strings.ContainsFunc(clean, func(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune("\"'`\\<>^|$;", r) }) {
			t.Fatalf("%q became %q", address, clean)
		}
		if again, err := CheckAddress(clean); err != nil || again != clean {
			t.Fatalf("%q is not stable: %q, then %q, %v", address, clean, again, err)
		}
	})
}
