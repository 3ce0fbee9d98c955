package authtest

import (
	"slices"
	"strings"
	"time"

	"tokenwell/auth"
)

// GoldenReply is one answer of a token endpoint and what has to become of it.
// No two test the same rule.
type GoldenReply struct {
	Rule        string // what it stands for; unique
	Status      int    // 0: 200
	ContentType string // "": application/json; "-": none
	Body        string
	Endless     bool // no Content-Length
	Quirks      []auth.Quirk
	Never       bool // the service's data says that tokens do not run out
	Want        GoldenOutcome
}

// GoldenOutcome is the outcome of a GoldenReply: tokens, or an error with Phase.
type GoldenOutcome struct {
	Phase auth.WirePhase // "": tokens
	Code  string

	Access, Refresh, ID string // "": "A" for Access
	Type                string // "": "Bearer"; "-": none
	Granted             []string
	NotForHandOut       bool
	Expiry              auth.ExpiryRule // "": reported
	Lifetime            time.Duration   // 0: an hour, where there is one
	SignInLasts         time.Duration
	Facts               map[string]string
}

const (
	year    = 365 * 24 * time.Hour
	formURL = "application/x-www-form-urlencoded"
)

var (
	unusable    = GoldenOutcome{Phase: auth.Ambiguous, Code: auth.CodeReplyUnusable}
	notReported = GoldenOutcome{Expiry: auth.ExpiryNotReported}
	expired     = GoldenOutcome{Lifetime: -1} // at once; -1 stands for no time at all
	github      = []auth.Quirk{
		{ID: auth.QuirkAcceptJSON},
		{ID: auth.QuirkErrorStatus200},
		{ID: auth.QuirkNoExpiryMeansNever},
		{ID: auth.QuirkGrantedScopeSeparator, Params: map[string]string{"separator": ","}},
	}
)

func refused(code string) GoldenOutcome { return GoldenOutcome{Phase: auth.Answered, Code: code} }

// with returns a good reply with more members.
func with(members string) string {
	return `{"access_token":"A","token_type":"Bearer","expires_in":3600,` + members + `}`
}

// lives returns a good reply with that expires_in, raw JSON.
func lives(expiresIn string) string {
	return `{"access_token":"A","token_type":"Bearer","expires_in":` + expiresIn + `}`
}

// GoldenReplies is the golden table.
var GoldenReplies = slices.Concat(goldenShapes, goldenValues, goldenErrors, goldenQuirks)

// goldenShapes are about the body as a whole (T29, T30).
var goldenShapes = []GoldenReply{
	{Rule: "the example of RFC 6749 section 5.1", Body: with(`"refresh_token":"R","example_parameter":"example_value"`), Want: GoldenOutcome{Refresh: "R"}},
	{Rule: "JSON's blanks are free", Body: "\r\n\t " + with(`"refresh_token" : "R"`) + "\n\n", Want: GoldenOutcome{Refresh: "R"}},
	{Rule: "escapes are decoded", Body: with(`"refresh_token":"\u0052\/\u002b"`), Want: GoldenOutcome{Refresh: "R/+"}},
	{Rule: "a charset after the media type is no matter", ContentType: `application/json;charset=UTF-8`, Body: with(`"id_token":"I"`), Want: GoldenOutcome{ID: "I"}},
	{Rule: "a broken parameter after the media type is no matter", ContentType: `application/json; charset`, Body: with(`"id_token":"I"`), Want: GoldenOutcome{ID: "I"}},
	{Rule: "another JSON media type is JSON", ContentType: "application/vnd.example+json", Body: lives("3600")},
	{Rule: "JSON labelled as plain text is JSON", ContentType: "text/plain", Body: lives("3600")},
	{Rule: "JSON labelled as script is JSON", ContentType: "text/javascript", Body: lives("3600")},
	{Rule: "without a media type JSON is expected", ContentType: "-", Body: lives("3600")},
	{Rule: "without a length JSON knows its own end", Endless: true, Body: lives("3600")},
	{Rule: "another status of success brings tokens too", Status: 201, Body: lives("3600")},
	{Rule: "unknown members are ignored, whatever they hold and however often", Body: with(`"x":{"access_token":"B"},"x":[1,2],"ext_expires_in":"z"`)},
	{Rule: "tokens inside another member are no tokens", Body: `{"authed_user":{"access_token":"A","token_type":"Bearer"}}`, Want: unusable},
	{Rule: "a second access_token", Body: with(`"access_token":"B"`), Want: unusable},
	{Rule: "a second refresh_token, even the same", Body: with(`"refresh_token":"R","refresh_token":"R"`), Want: unusable},
	{Rule: "a second expires_in", Body: with(`"expires_in":60`), Want: unusable},
	{Rule: "a name written with an escape is the same name", Body: with(`"access\u005ftoken":"B"`), Want: unusable},
	{Rule: "ACCESS_TOKEN does not override access_token", Body: with(`"ACCESS_TOKEN":"B"`), Want: unusable},
	{Rule: "ACCESS_TOKEN does not stand for access_token", Body: `{"ACCESS_TOKEN":"A","token_type":"Bearer"}`, Want: unusable},
	{Rule: "a case variant by Unicode folding", Body: with("\"acce\u017f\u017f_token\":\"B\""), Want: unusable},
	{Rule: "a byte order mark", Body: "\xef\xbb\xbf" + lives("3600"), Want: unusable},
	{Rule: "bytes after the object", Body: lives("3600") + "x", Want: unusable},
	{Rule: "a second object", Body: lives("3600") + lives("3600"), Want: unusable},
	{Rule: "a comma too many", Body: with(`"id_token":"I",`), Want: unusable},
	{Rule: "single quotes", Body: strings.ReplaceAll(lives("3600"), `"`, `'`), Want: unusable},
	{Rule: "the wrong media type", ContentType: "application/octet-stream", Body: lives("3600"), Want: unusable},
	{Rule: "JSON labelled as a page is a page", ContentType: "text/html; charset=utf-8", Body: lives("3600"), Want: GoldenOutcome{Phase: auth.Ambiguous, Code: auth.CodeCaptivePortal}},
	{Rule: "a page labelled as JSON", Body: "<!DOCTYPE html><title>Sign in to the network</title>", Want: GoldenOutcome{Phase: auth.Ambiguous, Code: auth.CodeCaptivePortal}},
	{Rule: "an empty body", Body: "", Want: unusable},
	{Rule: "no content", Status: 204, Body: "", Want: unusable},
	{Rule: "null", Body: "null", Want: unusable},
	{Rule: "a list", Body: "[]", Want: unusable},
	{Rule: "tokens in a list", Body: "[" + lives("3600") + "]", Want: unusable},
	{Rule: "a bare string", Body: `"A"`, Want: unusable},
	{Rule: "an empty object", Body: "{}", Want: unusable},
	{Rule: "nesting as deep as allowed", Body: with(`"x":` + strings.Repeat("[", 31) + strings.Repeat("]", 31))},
	{Rule: "nesting too deep", Body: with(`"x":` + strings.Repeat("[", 32) + strings.Repeat("]", 32)), Want: unusable},
	{Rule: "brackets inside a string are not nesting", Body: with(`"x":"\"` + strings.Repeat("[", 99) + `"`)},
	{Rule: "ten thousand levels", Body: with(`"x":` + strings.Repeat("[", 10000) + strings.Repeat("]", 10000)), Want: unusable},
	{Rule: "a body of nearly one MiB", Body: with(`"x":"` + strings.Repeat("x", 1<<20-200) + `"`)},
	{Rule: "a body over one MiB", Body: with(`"x":"` + strings.Repeat("x", 1<<20) + `"`), Want: unusable},
	{Rule: "a form-encoded reply", ContentType: formURL, Body: "access_token=A&scope=&token_type=Bearer&expires_in=3600&refresh_token=R%2B1", Want: GoldenOutcome{Refresh: "R+1"}},
	{Rule: "a form-encoded reply labelled as text, where the quirk says so", ContentType: "text/plain", Quirks: github, Body: "access_token=A&scope=repo%2Cuser&token_type=bearer", Want: GoldenOutcome{Type: "bearer", Granted: []string{"repo", "user"}, Expiry: auth.ExpiryNever}},
	{Rule: "a form-encoded reply labelled as text elsewhere", ContentType: "text/plain", Body: "access_token=A&token_type=bearer", Want: unusable},
	{Rule: "a form-encoded reply without a length may be cut", ContentType: formURL, Endless: true, Body: "access_token=A&token_type=bearer", Want: unusable},
	{Rule: "a form-encoded reply with a member twice", ContentType: formURL, Body: "access_token=A&access_token=B&token_type=bearer", Want: unusable},
	{Rule: "a form-encoded reply with a broken escape", ContentType: formURL, Body: "access_token=A%2&token_type=bearer", Want: unusable},
	{Rule: "JSON labelled as a form", ContentType: formURL, Body: lives("3600"), Want: unusable},
}
