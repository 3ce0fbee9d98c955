package localserver

import (
	"crypto/rand"
	"encoding/base64"
	"strings"
)

// Prefixes set the server's values apart from those of real services wherever
// they turn up: in a log, a leaked file, the clipboard.
const (
	accessPrefix  = "twl_at_"
	refreshPrefix = "twl_rt_"
	codePrefix    = "twl_ac_"
	secretPrefix  = "twl_cs_"
	clientPrefix  = "twl_ci_"
	userPrefix    = "usr_"
)

// randomValue returns prefix and 256 random bits. crypto/rand never fails.
func randomValue(prefix string) string {
	var b [32]byte
	_, _ = rand.Read(b[:])
	return prefix + base64.RawURLEncoding.EncodeToString(b[:])
}

// newClientID returns an ID that can be read aloud, with 79 random bits.
func newClientID() string { return clientPrefix + readableText(16) }

// newUserID returns an ID that no user had before.
func newUserID() string { return userPrefix + rand.Text() }

// readable has no characters that are taken for one another.
const readable = "abcdefghjkmnpqrstuvwxyz23456789"

// readablePassword returns four groups of four characters, 79 random bits.
func readablePassword() string {
	groups := make([]string, 4)
	for i := range groups {
		groups[i] = readableText(4)
	}
	return strings.Join(groups, "-")
}

func readableText(n int) string { return textOf(readable, n) }

// textOf returns n random characters of an alphabet of ASCII.
func textOf(alphabet string, n int) string {
	// bytes from the last, incomplete round of the alphabet are thrown away, so
	// that all characters are equally likely
	limit := 256 - 256%len(alphabet)
	out := make([]byte, 0, n)
	for len(out) < n {
		var b [1]byte
		_, _ = rand.Read(b[:])
		if int(b[0]) < limit {
			out = append(out, alphabet[int(b[0])%len(alphabet)])
		}
	}
	return string(out)
}
