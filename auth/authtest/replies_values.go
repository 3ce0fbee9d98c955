package authtest

import (
	"strings"
	"time"

	"tokenwell/auth"
)

// goldenValues are about single members (T31 to T34).
var goldenValues = []GoldenReply{
	// Lifetimes: the tokens are kept whatever expires_in holds.
	{Rule: "expires_in in quotes", Body: lives(`"3600"`)},
	{Rule: "expires_in with a fraction of nothing", Body: lives(`3600.0`)},
	{Rule: "expires_in with an exponent", Body: lives(`1e3`), Want: GoldenOutcome{Lifetime: 1000 * time.Second}},
	{Rule: "expires_in with half a second", Body: lives(`59.5`), Want: GoldenOutcome{Lifetime: 59 * time.Second}},
	{Rule: "expires_in empty", Body: lives(`""`), Want: notReported},
	{Rule: "expires_in in words", Body: lives(`"never"`), Want: notReported},
	{Rule: "expires_in as a word of strconv", Body: lives(`"Inf"`), Want: notReported},
	{Rule: "expires_in in hexadecimal", Body: lives(`"0x10"`), Want: notReported},
	{Rule: "expires_in true", Body: lives(`true`), Want: notReported},
	{Rule: "expires_in null", Body: lives(`null`), Want: notReported},
	{Rule: "expires_in as an object", Body: lives(`{"seconds":3600}`), Want: notReported},
	{Rule: "expires_in absent", Body: `{"access_token":"A","token_type":"Bearer"}`, Want: notReported},
	{Rule: "expires_in -1 means not reported", Body: lives(`-1`), Want: notReported},
	{Rule: "expires_in 0 has run out", Body: lives(`0`), Want: expired},
	{Rule: "expires_in below -1 has run out and does not wrap around", Body: lives(`-4294963696`), Want: expired},
	{Rule: "expires_in beyond int64", Body: lives(`99999999999999999999`), Want: GoldenOutcome{Lifetime: 10 * year}},
	{Rule: "expires_in beyond time", Body: lives(`1e30`), Want: GoldenOutcome{Lifetime: 10 * year}},
	{Rule: "expires_in beyond float64", Body: lives(`1e999`), Want: GoldenOutcome{Lifetime: 10 * year}},
	{Rule: "absent means never where the quirk says so", Quirks: github, Body: `{"access_token":"A","token_type":"Bearer"}`, Want: GoldenOutcome{Expiry: auth.ExpiryNever}},
	{Rule: "the quirk speaks of absence only", Quirks: github, Body: lives(`"soon"`), Want: notReported},
	{Rule: "the quirk gives way to a reported lifetime", Quirks: github, Body: lives(`28800`), Want: GoldenOutcome{Lifetime: 8 * time.Hour}},
	{Rule: "never where the service's data says so", Never: true, Body: lives(`0`), Want: GoldenOutcome{Expiry: auth.ExpiryNever}},
	{Rule: "the service's data gives way to a reported lifetime", Never: true, Body: lives(`7200`), Want: GoldenOutcome{Lifetime: 2 * time.Hour}},
	{Rule: "the extra lifetimes of other services are ignored", Body: with(`"expires_on":"1","refresh_token_expires_in":1,"x_refresh_token_expires_in":1`)},

	// Tokens.
	{Rule: "access_token as a number", Body: `{"access_token":1,"token_type":"Bearer"}`, Want: unusable},
	{Rule: "access_token empty", Body: `{"access_token":"","token_type":"Bearer","refresh_token":"R"}`, Want: unusable},
	{Rule: "access_token null", Body: `{"access_token":null,"token_type":"Bearer"}`, Want: unusable},
	{Rule: "refresh_token null keeps the old one", Body: with(`"refresh_token":null`)},
	{Rule: "refresh_token empty keeps the old one", Body: with(`"refresh_token":""`)},
	{Rule: "refresh_token of another type keeps the old one", Body: with(`"refresh_token":["R"]`)},
	{Rule: "a line break in access_token", Body: `{"access_token":"A\r\nX-Evil: 1","token_type":"Bearer","expires_in":3600,"refresh_token":"R"}`, Want: GoldenOutcome{Access: "A\r\nX-Evil: 1", Refresh: "R", NotForHandOut: true}},
	{Rule: "NUL in access_token", Body: `{"access_token":"A\u0000","token_type":"Bearer","expires_in":3600}`, Want: GoldenOutcome{Access: "A\x00", NotForHandOut: true}},
	{Rule: "a blank in access_token", Body: `{"access_token":"A A","token_type":"Bearer","expires_in":3600}`, Want: GoldenOutcome{Access: "A A", NotForHandOut: true}},
	{Rule: "more than ASCII in access_token", Body: `{"access_token":"Ä","token_type":"Bearer","expires_in":3600}`, Want: GoldenOutcome{Access: "Ä", NotForHandOut: true}},
	{Rule: "bytes that are no UTF-8 in access_token", Body: "{\"access_token\":\"A\xff\",\"token_type\":\"Bearer\",\"expires_in\":3600}", Want: GoldenOutcome{Access: "A\uFFFD", NotForHandOut: true}},
	{Rule: "a control character in refresh_token: kept as it came", Body: with(`"refresh_token":"R\n"`), Want: GoldenOutcome{Refresh: "R\n"}},
	{Rule: "a long access_token", Body: `{"access_token":"` + strings.Repeat("A", 16<<10) + `","token_type":"Bearer","expires_in":3600}`, Want: GoldenOutcome{Access: strings.Repeat("A", 16<<10)}},

	// Types.
	{Rule: "token_type in any case", Body: `{"access_token":"A","token_type":"bEARER","expires_in":3600}`, Want: GoldenOutcome{Type: "bEARER"}},
	{Rule: "token_type DPoP", Body: `{"access_token":"A","token_type":"DPoP","expires_in":3600}`, Want: GoldenOutcome{Type: "DPoP", NotForHandOut: true}},
	{Rule: "token_type absent", Body: `{"access_token":"A","expires_in":3600}`, Want: GoldenOutcome{Type: "-", NotForHandOut: true}},
	{Rule: "token_type as a number", Body: `{"access_token":"A","token_type":1,"expires_in":3600}`, Want: GoldenOutcome{Type: "-", NotForHandOut: true}},
	{Rule: "token_type with a line break", Body: `{"access_token":"A","token_type":"Bearer\r\n","expires_in":3600}`, Want: GoldenOutcome{Type: "-", NotForHandOut: true}},

	// Scopes.
	{Rule: "scopes in the order granted, each once", Body: with(`"scope":"mail.read  openid mail.read "`), Want: GoldenOutcome{Granted: []string{"mail.read", "openid"}}},
	{Rule: "scope empty: not said", Body: with(`"scope":""`)},
	{Rule: "scope as a list", Body: with(`"scope":["a","b"]`), Want: GoldenOutcome{Granted: []string{"a", "b"}}},
	{Rule: "scope as a list of other things: not said", Body: with(`"scope":["a",1]`)},
	{Rule: "scopes with commas where the quirk says so", Quirks: github, Body: with(`"scope":"repo,user:email"`), Want: GoldenOutcome{Granted: []string{"repo", "user:email"}}},
	{Rule: "scopes with commas elsewhere are one scope", Body: with(`"scope":"repo,user"`), Want: GoldenOutcome{Granted: []string{"repo,user"}}},
	{Rule: "a control character in a scope", Body: with(`"scope":"a b\u0007 c"`), Want: GoldenOutcome{Granted: []string{"a", "c"}, NotForHandOut: true}},
}

// goldenErrors are the answers that are no success.
var goldenErrors = []GoldenReply{
	{Rule: "the error of RFC 6749 section 5.2", Status: 400, Body: `{"error":"invalid_grant","error_description":"TWSENT-description-1","error_uri":"https://evil.test/"}`, Want: refused("invalid_grant")},
	{Rule: "a failed client authentication", Status: 401, Body: `{"error":"invalid_client"}`, Want: refused("invalid_client")},
	{Rule: "401 without a code", Status: 401, Body: `401 - Authentication failed`, ContentType: "text/plain", Want: refused(auth.CodeAuthenticationFailed)},
	{Rule: "a phrase in place of a code", Status: 400, Body: `{"error":"Invalid client_id parameter."}`, Want: refused("invalid_client_id")},
	{Rule: "an error with status 200", Body: `{"error":"bad_verification_code","error_description":"x"}`, Quirks: github, Want: refused("invalid_grant")},
	{Rule: "an error with status 200 in a form", ContentType: formURL, Body: `error=incorrect_client_credentials`, Want: refused("invalid_client")},
	{Rule: "ok false with status 200", Body: `{"ok":false,"error":"invalid_refresh_token"}`, Want: refused("invalid_grant")},
	{Rule: "an unknown code is passed on", Status: 400, Body: `{"error":"too_late"}`, Want: refused("too_late")},
	{Rule: "an empty error beside tokens is none", Body: with(`"error":"","ok":true`)},
	{Rule: "an error beside tokens contradicts them", Body: with(`"error":"invalid_grant"`), Want: unusable},
	{Rule: "an error as an object has no code", Body: `{"error":{"code":401,"message":"TWSENT-message-1"}}`, Want: refused(auth.CodeErrorUnnamed)},
	{Rule: "a code with characters that no code has", Status: 400, Body: `{"error":"<b>\u202e"}`, Want: refused(auth.CodeErrorUnnamed)},
	{Rule: "a code that is too long", Status: 400, Body: `{"error":"` + strings.Repeat("x", 65) + `"}`, Want: refused(auth.CodeErrorUnnamed)},
	{Rule: "a code that echoes the request", Status: 400, Body: `{"error":"no TWSENT-refresh-77"}`, Want: refused(auth.CodeErrorUnnamed)},
	{Rule: "a code of this program's own", Status: 400, Body: `{"error":"changed_outside"}`, Want: refused(auth.CodeErrorUnnamed)},
	{Rule: "two error codes count as none", Status: 400, Body: `{"error":"invalid_grant","Error":"x"}`, Want: refused(auth.CodeRefused)},
	{Rule: "tokens in an answer that is no success", Status: 400, Body: with(`"refresh_token":"R"`), Want: refused(auth.CodeRefused)},
	{Rule: "404", Status: 404, ContentType: "text/html", Body: `<h1>Not found</h1>`, Want: refused(auth.CodeNotFound)},
	{Rule: "too many requests, whatever the code", Status: 429, Body: `{"error":"invalid_grant"}`, Want: refused(auth.CodeTooManyRequests)},
	{Rule: "a broken server is not believed", Status: 500, Body: `{"error":"invalid_grant"}`, Want: refused(auth.CodeServerError)},
	{Rule: "a gateway's page", Status: 502, ContentType: "text/html", Body: `<html>Bad gateway</html>`, Want: refused(auth.CodeServerError)},
	{Rule: "a network that wants a sign-in", Status: 511, ContentType: "text/html", Body: `<html>Sign in</html>`, Want: refused(auth.CodeCaptivePortal)},
	{Rule: "not modified", Status: 304, Body: "", Want: refused(auth.CodeRedirectRefused)},
}
