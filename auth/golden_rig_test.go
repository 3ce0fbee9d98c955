package auth_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
)

// golden is what one provider's own documentation says of a sign-in. Nothing in
// it is taken from the catalog, so that the catalog and the engine are held to
// the documentation. What the documentation does not say is left out.
//
// Expected values are literal, but for "*" (any value but none) and what begins
// with a dollar sign: $client_id, $client_secret, $code, $state, $redirect_uri
// and $verifier stand for those of the exchange, $access and $refresh for the
// tokens in force, $basic for the Authorization header that ID and secret make.
type golden struct {
	Service string `json:"service"` // the catalog ID
	// Documents are the addresses that were read, and Read how far that went and
	// what stands in for the rest.
	Documents []string `json:"documents"`
	Read      string   `json:"read"`
	Silent    []string `json:"silent,omitempty"` // what the documents do not say
	// Now is the time of the exchange, where its sample names one.
	Now        time.Time         `json:"now,omitzero"`
	Parameters map[string]string `json:"parameters,omitempty"`
	Client     goldenClient      `json:"client"`
	Scopes     []string          `json:"scopes"`

	Authorize  goldenAuthorize   `json:"authorize"`
	Redirect   map[string]string `json:"redirect"`
	Token      goldenRequest     `json:"token"`
	TokenReply goldenReply       `json:"token_reply"`
	Expect     goldenExpect      `json:"expect"`

	Refresh       *goldenRequest `json:"refresh,omitempty"`
	RefreshReply  goldenReply    `json:"refresh_reply,omitzero"`
	RefreshExpect goldenExpect   `json:"refresh_expect,omitzero"`
	Revoke        *goldenRequest `json:"revoke,omitempty"`
	RevokeReply   goldenReply    `json:"revoke_reply,omitzero"`
	Error         *goldenError   `json:"error,omitempty"`
}

// goldenClient is the client as the documentation registers it.
type goldenClient struct {
	Public bool            `json:"public,omitempty"`
	Auth   auth.ClientAuth `json:"auth,omitempty"` // unless Public
}

// goldenAuthorize is the authorization request. It has exactly Params, and at
// most those of Also besides; Absent are named for the reader's sake.
type goldenAuthorize struct {
	URL    string            `json:"url"`
	Params map[string]string `json:"params"`
	Also   []string          `json:"also,omitempty"`
	Absent []string          `json:"absent,omitempty"`
}

// goldenRequest is a request to another endpoint. The body has exactly the
// parameters of Body, and at most those of Also besides. A header that is ""
// must not be sent; others than named are not looked at.
type goldenRequest struct {
	Method      string            `json:"method"`
	URL         string            `json:"url"`
	Headers     map[string]string `json:"headers,omitempty"`
	ContentType string            `json:"content_type,omitempty"` // "": a request without a body
	Body        map[string]string `json:"body"`
	Also        []string          `json:"also,omitempty"`
	Absent      []string          `json:"absent,omitempty"`
}

// goldenReply is the documentation's sample with obvious fakes for tokens.
type goldenReply struct {
	Status      int             `json:"status"`
	ContentType string          `json:"content_type"`
	Body        json.RawMessage `json:"body"`
}

// goldenExpect is what has to be stored after a reply. A pointer that is nil,
// and Type and Rule that are "", are not compared.
type goldenExpect struct {
	Access      string            `json:"access"`
	Refresh     string            `json:"refresh,omitempty"`
	Type        string            `json:"type,omitempty"`
	ExpiresIn   *int64            `json:"expires_in,omitempty"`
	Rule        auth.ExpiryRule   `json:"rule,omitempty"`
	Granted     []string          `json:"granted,omitempty"` // none: the reply does not say
	Facts       map[string]string `json:"facts,omitempty"`
	SignInLasts *int64            `json:"sign_in_lasts,omitempty"` // seconds
	HandOut     bool              `json:"hand_out"`
}

// goldenError is a refusal, and the code that the user is told: the RFC's where
// the provider's own means the same.
type goldenError struct {
	On    string      `json:"on"` // "token" or "refresh"
	Reply goldenReply `json:"reply"`
	Code  string      `json:"code"`
}

const (
	goldenID     = "fake-client"
	goldenSecret = "fake-secret"
	goldenCode   = "fake-code"
)

// goldens reads all files. A member that the format does not know is an error.
func goldens(t *testing.T) []golden {
	t.Helper()
	paths, err := filepath.Glob("testdata/golden/*.json")
	require.NoError(t, err)
	var all []golden
	for _, path := range paths {
		data, err := os.ReadFile(path)
		require.NoError(t, err)
		decoder := json.NewDecoder(bytes.NewReader(data))
		decoder.DisallowUnknownFields()
		var g golden
		require.NoError(t, decoder.Decode(&g), path)
		require.Equal(t, filepath.Base(path), g.Service+".json")
		require.NotEmpty(t, g.Documents, path)
		require.NotEmpty(t, g.Read, path)
		for _, address := range g.Documents {
			require.True(t, strings.HasPrefix(address, "https://"), address)
		}
		all = append(all, g)
	}
	return all
}

// goldenValues replaces what begins with a dollar sign.
type goldenValues map[string]string

// newGoldenValues are those that hold from the beginning.
func newGoldenValues() goldenValues {
	return goldenValues{
		"$client_id": goldenID, "$client_secret": goldenSecret, "$code": goldenCode,
		"$basic": "Basic " + base64.StdEncoding.EncodeToString([]byte(goldenID+":"+goldenSecret)),
	}
}

// fill replaces the names in a text, longer ones first.
func (v goldenValues) fill(text string) string {
	names := make([]string, 0, len(v))
	for name := range v {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int { return len(b) - len(a) })
	for _, name := range names {
		text = strings.ReplaceAll(text, name, v[name])
	}
	return text
}

// compare holds parameters to what the documentation says of them.
func (v goldenValues) compare(t *testing.T, what string, wanted map[string]string, also, absent []string, got map[string]string) {
	t.Helper()
	for name, value := range wanted {
		sent, there := got[name]
		switch {
		case !there:
			t.Errorf("%s: the parameter %s is missing", what, name)
		case value == "*":
			assert.NotEmpty(t, sent, "%s: %s", what, name)
		case strings.HasSuffix(name, "scope"): // in any order (RFC 6749 section 3.3)
			separator := " "
			if strings.Contains(value, ",") {
				separator = ","
			}
			assert.ElementsMatch(t, strings.Split(value, separator), strings.Split(sent, separator), "%s: %s", what, name)
		default:
			assert.Equal(t, v.fill(value), sent, "%s: %s", what, name)
		}
	}
	for name := range got {
		_, known := wanted[name]
		assert.True(t, known || slices.Contains(also, name), "%s: the parameter %s is not the documentation's", what, name)
		assert.NotContains(t, absent, name, what)
	}
}

// single are the values of parameters that may stand once only.
func single(t *testing.T, values url.Values) map[string]string {
	t.Helper()
	all := map[string]string{}
	for name, of := range values {
		assert.Len(t, of, 1, name)
		all[name] = of[0]
	}
	return all
}
