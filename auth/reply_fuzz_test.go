package auth

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
)

// FuzzDecodeTokenReply holds what is true of every answer: no panic, never
// tokens beside a problem, a code that can be shown, and tokens only where
// encoding/json or the form decoder find the same access token.
func FuzzDecodeTokenReply(f *testing.F) {
	for _, body := range []string{
		`{"access_token":"A","token_type":"Bearer","expires_in":3600,"refresh_token":"R","scope":"a b"}`,
		`{"access_token":"A","ACCESS_TOKEN":"B"}`, `{"access_token":"A","expires_in":1e999}`, `{"access_token":"A","expires_in":"-0"}`,
		`{"error":"invalid_grant"}`, `{"error":{"a":1}}`, `{"access_token":"A\r\n","scope":["a",1]}`,
		"\xef\xbb\xbf{}", `null`, `[]`, ``, `{"a":`, `{"access_token":"A"} {}`, strings.Repeat("[", 100), `<html>`,
		`access_token=A&token_type=bearer&expires_in=1`, `access_token=A&access_token=B`, "{\"acce\u017f\u017f_token\":1}",
	} {
		for _, media := range []string{"application/json", "application/x-www-form-urlencoded", "text/plain"} {
			f.Add(200, media, []byte(body), false)
		}
		f.Add(400, "application/json", []byte(body), true)
	}
	quirks := []Quirk{{ID: QuirkAcceptJSON}, {ID: QuirkGrantedScopeSeparator, Params: map[string]string{"separator": ","}}}
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, status int, media string, body []byte, cut bool) {
		reply, problem := decodeTokenReply(rawReply{status: status, contentType: media, body: body, cut: cut, quirks: quirks, at: at})
		if problem != nil {
			if !reply.Tokens.Access.Empty() || !reply.Tokens.Refresh.Empty() {
				t.Fatal("tokens beside a problem")
			}
			if problem.code == "" || foreignCode(problem.code) == CodeErrorUnnamed && !isOwnCode(problem.code) {
				t.Fatalf("code %q can't be shown", problem.code)
			}
			return
		}
		access := reply.Tokens.Access.Reveal()
		if access == "" || status < 200 || status > 299 {
			t.Fatal("success without a token")
		}
		if reply.Expiry.Lifetime < 0 || reply.Expiry.Lifetime > replyMaxLifetime {
			t.Fatalf("lifetime %v", reply.Expiry.Lifetime)
		}
		if reply.HandOut && strings.ContainsFunc(access, func(r rune) bool { return r <= ' ' || r > '~' }) {
			t.Fatal("handed out with characters that break a header")
		}
		var peer map[string]any
		if json.Unmarshal(body, &peer) == nil && wireMediaType(media) != wireFormContentType && peer["access_token"] != access {
			t.Fatal("another access token than encoding/json reads")
		}
	})
}

func isOwnCode(code string) bool {
	_, ok := explanations()[code]
	return ok
}
