package auth_test

import (
	"encoding/base64"
	"encoding/json"
	"html"
	"net/url"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/auth/authtest"
)

// shownBody is what Test shows of an answer with this body.
func shownBody(t *testing.T, edit func(*auth.Record), body func(auth.Record) string) auth.TestResult {
	t.Helper()
	r := newRig(t, authtest.EvilasParams{})
	record := r.stored(func(rec *auth.Record) {
		lasting(time.Hour)(rec)
		if edit != nil {
			edit(rec)
		}
	})
	r.server.Script("/echo", authtest.Answer{Body: body(record)})
	result, err := r.engine.Test(background(), record.Authorization.ID, r.server.URL()+"/echo")
	require.NoError(t, err)
	assert.NotContains(t, result.Body, authtest.Sentinel)
	return result
}

// Whatever an address answers, no secret of the authorization is shown.
func TestTestMasksEveryStoredSecret(t *testing.T) {
	odd := authtest.Sentinel + `x"<&ü +/y`
	fill := func(rec *auth.Record) {
		rec.Tokens.ID = auth.NewSecret(authtest.Sentinel + "id")
		rec.Authorization.ClientSecret = auth.NewSecret(odd)
		rec.Authorization.Values = auth.Values{
			auth.FieldPassword:  auth.NewSecret(authtest.Sentinel + "password"),
			auth.FieldPayload:   auth.NewSecret(`{"client_secret":"` + authtest.Sentinel + `payload"}`),
			auth.FieldProxy:     auth.NewSecret(""),
			auth.FieldUserName:  auth.NewSecret("ana@example.test"),
			auth.FieldClientKey: auth.NewSecret("-----BEGIN X-----\n" + authtest.Sentinel + "\n-----END X-----"),
		}
		rec.Authorization.Headers = map[string]string{"X-Api-Key": authtest.Sentinel + "header"}
		rec.Authorization.TokenParams = map[string]string{"key": authtest.Sentinel + "token-param"}
		rec.Authorization.AuthParams = map[string]string{"key": authtest.Sentinel + "auth-param"}
	}
	result := shownBody(t, fill, func(rec auth.Record) string {
		quoted, err := json.Marshal(odd)
		require.NoError(t, err)
		echo := []string{
			rec.Tokens.Access.Reveal(), rec.Tokens.Refresh.Reveal(), rec.Tokens.ID.Reveal(), odd, string(quoted), html.EscapeString(odd),
			url.QueryEscape(odd), url.PathEscape(odd), rec.Authorization.Values.Text(auth.FieldPassword), authtest.Sentinel + "payload",
			rec.Authorization.Values.Text(auth.FieldClientKey), authtest.Sentinel + "header", authtest.Sentinel + "token-param", authtest.Sentinel + "auth-param",
			rec.Tokens.Access.Reveal()[:9] + "\u200b\x00" + rec.Tokens.Access.Reveal()[9:],
			"for ana@example.test",
		}
		return strings.Join(echo, "\n")
	})
	assert.Contains(t, result.Body, "for ana@example.test", "who signed in is no secret")
	assert.Equal(t, 15, strings.Count(strings.ReplaceAll(result.Body, `"[masked]"`, "[masked]"), "[masked]"), result.Body)

	basic := ""
	result = shownBody(t, nil, func(rec auth.Record) string {
		basic = base64.StdEncoding.EncodeToString([]byte(rec.Authorization.ClientID + ":" + rec.Authorization.ClientSecret.Reveal()))
		return `{"auth":"` + basic + `","token":"` + base64.StdEncoding.EncodeToString([]byte(rec.Tokens.Access.Reveal())) + `"}`
	})
	assert.JSONEq(t, `{"auth":"[masked]","token":"[masked]"}`, result.Body)
}

// What looks like a secret is masked too, whosever it is.
func TestTestMasksWhatLooksLikeASecret(t *testing.T) {
	jwt := rawJWT(`{"alg":"RS256","typ":"JWT"}`, `{"sub":"1"}`, "signature-signature")
	for body, want := range map[string]string{
		`{"a":"` + jwt + `"}`:                               `{"a":"[masked]"}`,
		`see ` + jwt[:len(jwt)-3]:                           `see [masked]`,
		`Authorization: Bearer abcdefgh12345678`:            `Authorization: Bearer [masked]`,
		`{"access_token": "short","x":"y"}`:                 `{"access_token": "[masked]","x":"y"}`,
		`{"refresh_token":"with \"quotes\" in it","x":"y"}`: `{"refresh_token":"[masked]","x":"y"}`,
		`{"client_secret":"cut off`:                         `{"client_secret":"[masked]"`,
		`access_token=abc&x=y`:                              `access_token=[masked]&x=y`,
		`{"name":"Ana","bearer":"of news"}`:                 `{"name":"Ana","bearer":"of news"}`,
		"line\r\n\ttab\x00\x1b[31m\u202eend\xff":            "line\n\ttab[31mend",
	} {
		assert.Equal(t, want, shownBody(t, nil, func(auth.Record) string { return body }).Body)
	}
}

// The first TestBodyLimit bytes are shown, whole characters, with no part of a
// token at the seam.
func TestTestShowsTheFirstPartOfALongAnswer(t *testing.T) {
	result := shownBody(t, nil, func(rec auth.Record) string {
		return strings.Repeat("ä", (auth.TestBodyLimit-10)/2) + rec.Tokens.Access.Reveal() + strings.Repeat("b", 5000)
	})
	assert.True(t, result.Cut)
	assert.Greater(t, result.Size, int64(auth.TestBodyLimit+4000))
	assert.LessOrEqual(t, len(result.Body), auth.TestBodyLimit)
	assert.True(t, utf8.ValidString(result.Body))
	assert.True(t, strings.HasSuffix(result.Body, "ä[masked]bb"), result.Body[len(result.Body)-20:])
	assert.False(t, shownBody(t, nil, func(auth.Record) string { return "short" }).Cut)
}
