package authtest

import (
	"encoding/base64"
	"fmt"
	"strings"
	"time"

	"tokenwell/auth"
)

// quirk is one departure with its parameters, given in pairs.
func quirk(id auth.QuirkID, params ...string) auth.Quirk {
	q := auth.Quirk{ID: id, Params: map[string]string{}}
	for i := 0; i < len(params); i += 2 {
		q.Params[params[i]] = params[i+1]
	}
	return q
}

var (
	slack = []auth.Quirk{
		quirk(auth.QuirkReplyPath, "path", "authed_user"),
		quirk(auth.QuirkReplyStatus, "member", "ok", "good", "true", "error", "error"),
		quirk(auth.QuirkTokenTypeBearer),
		quirk(auth.QuirkGrantedScopeSeparator, "separator", ","),
		quirk(auth.QuirkNoExpiryMeansNever),
		quirk(auth.QuirkReplyFacts, "names", "team.id team.name"),
	}
	tiktokBusiness = []auth.Quirk{
		quirk(auth.QuirkReplyPath, "path", "data"),
		quirk(auth.QuirkReplyStatus, "member", "code", "good", "0", "error", "code"),
		quirk(auth.QuirkTokenTypeBearer),
		quirk(auth.QuirkNoExpiryMeansNever),
	}
	square       = []auth.Quirk{quirk(auth.QuirkExpiresAt, "member", "expires_at")}
	fromJWT      = []auth.Quirk{quirk(auth.QuirkExpiryFromJWT)}
	refreshEnds  = []auth.Quirk{quirk(auth.QuirkRefreshExpiresIn, "member", "x_refresh_token_expires_in")}
	salesforce   = []auth.Quirk{quirk(auth.QuirkReplyFacts, "names", "instance_url id issued_at")}
	facebook     = []auth.Quirk{quirk(auth.QuirkErrorPath, "code", "error.code"), quirk(auth.QuirkRefreshByAccess, "parameter", "fb_exchange_token", "grant_type", "fb_exchange_token")}
	ignoredScope = []auth.Quirk{quirk(auth.QuirkGrantedScopeIgnored)}
	// GoldenNow is when golden replies are received, to which their times belong.
	GoldenNow = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
)

// GoldenJWT is an access token that names its own end (monday).
var GoldenJWT = base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"HS256"}`)) + "." +
	base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, `{"tid":1,"exp":%d}`, GoldenNow.Add(2*time.Hour).Unix())) + ".c2ln"

// lifeless returns a reply that says nothing of a lifetime, with more members.
func lifeless(members string) string {
	return `{"access_token":"A","token_type":"Bearer",` + members + `}`
}

// goldenQuirks are replies as the services send them that depart from RFC 6749.
// Whatever is wrong with what a quirk looks for, the tokens stay (T30).
var goldenQuirks = []GoldenReply{
	// Slack, docs.slack.dev/reference/methods/oauth.v2.access, a user token alone.
	{
		Rule: "tokens of the object inside (Slack)", Quirks: slack,
		Body: `{"ok":true,"app_id":"X0118","authed_user":{"id":"U1234","scope":"chat:write,users:read","access_token":"A","token_type":"user"},"team":{"id":"T024","name":"Subarachnoid Workspace"},"enterprise":null,"is_enterprise_install":false}`,
		Want: GoldenOutcome{Granted: []string{"chat:write", "users:read"}, Expiry: auth.ExpiryNever, Facts: map[string]string{"team.id": "T024", "team.name": "Subarachnoid Workspace"}},
	},
	{Rule: "tokens at the top come first", Quirks: slack, Body: `{"ok":true,"access_token":"A","expires_in":43200,"refresh_token":"R","authed_user":{"access_token":"xoxp-other"}}`, Want: GoldenOutcome{Refresh: "R", Lifetime: 12 * time.Hour}},
	{Rule: "an object inside that contradicts itself holds no tokens", Quirks: slack, Body: `{"ok":true,"authed_user":{"access_token":"A","ACCESS_TOKEN":"B"}}`, Want: unusable},
	{Rule: "ok false (Slack)", Quirks: slack, Body: `{"ok":false,"error":"invalid_code"}`, Want: refused("invalid_grant")},
	{Rule: "a bad status beside tokens contradicts them", Quirks: slack, Body: `{"ok":false,"access_token":"A"}`, Want: unusable},
	{Rule: "a status that says nothing takes no tokens away", Quirks: slack, Body: `{"ok":{"really":true},"access_token":"A"}`, Want: GoldenOutcome{Expiry: auth.ExpiryNever}},

	// TikTok API for Business, business-api.tiktok.com/portal/docs?id=1738373164380162.
	{
		Rule: "a number as the status, scopes as numbers (TikTok Business)", Quirks: tiktokBusiness,
		Body: `{"message":"OK","code":0,"data":{"access_token":"A","scope":[4,3],"advertiser_ids":["1234"]},"request_id":"2020"}`,
		Want: GoldenOutcome{Expiry: auth.ExpiryNever},
	},
	{Rule: "a number as the error's code (TikTok Business)", Quirks: tiktokBusiness, Body: `{"code":40110,"message":"Auth code is expired","data":{},"request_id":"2020"}`, Want: refused("40110")},
	{Rule: "a good status without tokens", Quirks: tiktokBusiness, Body: `{"code":0,"message":"OK","data":{}}`, Want: unusable},
	{Rule: "scopes that are none", Quirks: ignoredScope, Body: with(`"scope":"4 3"`)},

	// Square, developer.squareup.com/reference/square/o-auth-api/obtain-token.
	{Rule: "expires_at in ISO 8601 (Square)", Quirks: square, Body: lifeless(`"expires_at":"2026-12-20T12:00:00Z","merchant_id":"M","refresh_token":"R","short_lived":false`), Want: GoldenOutcome{Refresh: "R", Lifetime: 30 * 24 * time.Hour}},
	{Rule: "expires_at with an offset", Quirks: square, Body: lifeless(`"expires_at":"2026-11-20T15:00:00.5+02:00"`), Want: GoldenOutcome{Lifetime: time.Hour}},
	{Rule: "expires_at without an offset is UTC", Quirks: square, Body: lifeless(`"expires_at":"2026-11-20T13:00:00"`)},
	{Rule: "expires_at in seconds since 1970", Quirks: square, Body: lifeless(fmt.Sprintf(`"expires_at":"%d"`, GoldenNow.Add(time.Hour).Unix()))},
	{Rule: "expires_at in milliseconds", Quirks: square, Body: lifeless(fmt.Sprintf(`"expires_at":%d`, GoldenNow.Add(time.Hour).UnixMilli()))},
	{Rule: "expires_at that is over", Quirks: square, Body: lifeless(`"expires_at":"2026-11-20T11:00:00Z"`), Want: expired},
	{Rule: "expires_at beyond ten years", Quirks: square, Body: lifeless(`"expires_at":"9999-12-31T23:59:59Z"`), Want: GoldenOutcome{Lifetime: 10 * year}},
	{Rule: "expires_at in words", Quirks: square, Body: lifeless(`"expires_at":"tomorrow","refresh_token":"R"`), Want: GoldenOutcome{Refresh: "R", Expiry: auth.ExpiryNotReported}},
	{Rule: "expires_at twice says nothing", Quirks: square, Body: lifeless(`"expires_at":"2026-12-20T12:00:00Z","expires_at":"2026-12-21T12:00:00Z"`), Want: notReported},
	{Rule: "expires_in comes before expires_at", Quirks: square, Body: with(`"expires_at":"2027-11-20T12:00:00Z"`)},
	{Rule: "an expires_in that says nothing gives way to expires_at", Quirks: square, Body: lifeless(`"expires_in":null,"expires_at":"2026-11-20T14:00:00Z"`), Want: GoldenOutcome{Lifetime: 2 * time.Hour}},

	// monday.com, developer.monday.com/apps/docs/oauth.
	{Rule: "the end inside the token (monday)", Quirks: fromJWT, Body: `{"access_token":"` + GoldenJWT + `","token_type":"Bearer","scope":"boards:read me:read"}`, Want: GoldenOutcome{Access: GoldenJWT, Granted: []string{"boards:read", "me:read"}, Lifetime: 2 * time.Hour}},
	{Rule: "a token without an end inside", Quirks: fromJWT, Body: lifeless(`"refresh_token":"R"`), Want: GoldenOutcome{Refresh: "R", Expiry: auth.ExpiryNotReported}},

	// Mailchimp, mailchimp.com/developer/marketing/guides/access-user-data-oauth-2.
	{Rule: "expires_in 0 for ever (Mailchimp)", Quirks: []auth.Quirk{quirk(auth.QuirkZeroMeansNever), quirk(auth.QuirkTokenTypeBearer)}, Body: `{"access_token":"A","expires_in":0,"scope":null}`, Want: GoldenOutcome{Expiry: auth.ExpiryNever}},
	{Rule: "any token type counts as Bearer", Quirks: []auth.Quirk{quirk(auth.QuirkTokenTypeBearer)}, Body: `{"access_token":"A","token_type":"user_context","expires_in":3600}`},
	{Rule: "token_type with blanks around it", Body: `{"access_token":"A","token_type":" Bearer ","expires_in":3600}`},

	// QuickBooks, developer.intuit.com, OAuth 2.0: "Exchange authorization code".
	{Rule: "how long the sign-in lasts (QuickBooks)", Quirks: refreshEnds, Body: with(`"refresh_token":"R","x_refresh_token_expires_in":8726400`), Want: GoldenOutcome{Refresh: "R", SignInLasts: 8726400 * time.Second}},
	{Rule: "how long the sign-in lasts, as text with a fraction", Quirks: refreshEnds, Body: with(`"x_refresh_token_expires_in":"3600.0"`), Want: GoldenOutcome{SignInLasts: time.Hour}},
	{Rule: "how long the sign-in lasts, beyond time", Quirks: refreshEnds, Body: with(`"x_refresh_token_expires_in":1e999`), Want: GoldenOutcome{SignInLasts: 10 * year}},
	{Rule: "a sign-in of no length is not said", Quirks: refreshEnds, Body: with(`"refresh_token":"R","x_refresh_token_expires_in":0`), Want: GoldenOutcome{Refresh: "R"}},
	{Rule: "a sign-in of a length in words is not said", Quirks: refreshEnds, Body: with(`"refresh_token":"R","x_refresh_token_expires_in":"soon"`), Want: GoldenOutcome{Refresh: "R"}},

	// Salesforce, help.salesforce.com, "OAuth 2.0 Web Server Flow".
	{
		Rule: "facts beside the tokens (Salesforce)", Quirks: salesforce,
		Body: with(`"instance_url":"https://yourInstance.salesforce.com","id":"https://login.salesforce.com/id/00D/005","issued_at":"1278448384422","signature":"CMJ4l"`),
		Want: GoldenOutcome{Facts: map[string]string{"instance_url": "https://yourInstance.salesforce.com", "id": "https://login.salesforce.com/id/00D/005", "issued_at": "1278448384422"}},
	},
	{Rule: "facts are texts, numbers and truths", Quirks: salesforce, Body: with(`"id":4711,"issued_at":true,"instance_url":["https://a.test"]`), Want: GoldenOutcome{Facts: map[string]string{"id": "4711", "issued_at": "true"}}},
	{Rule: "a fact with a control character", Quirks: salesforce, Body: with(`"id":"a\u001bb","refresh_token":"R"`), Want: GoldenOutcome{Refresh: "R"}},
	{Rule: "a fact with a hidden character", Quirks: salesforce, Body: with(`"id":"a\u202eb"`)},
	{Rule: "a fact that is too long", Quirks: salesforce, Body: with(`"id":"` + strings.Repeat("x", 1025) + `","issued_at":"1"`), Want: GoldenOutcome{Facts: map[string]string{"issued_at": "1"}}},
	{Rule: "a fact that is a token", Quirks: salesforce, Body: with(`"refresh_token":"TWSENT-r","id":"https://x.test/?t=TWSENT-r"`), Want: GoldenOutcome{Refresh: "TWSENT-r"}},
	{Rule: "a fact that stands twice", Quirks: salesforce, Body: with(`"id":"one","id":"two"`)},

	// Facebook, developers.facebook.com/docs/facebook-login/guides/access-tokens/get-long-lived.
	{Rule: "the access token serves as the refresh token (Facebook)", Quirks: facebook, Body: `{"access_token":"A","token_type":"bearer","expires_in":5183944}`, Want: GoldenOutcome{Refresh: "A", Type: "bearer", Lifetime: 5183944 * time.Second}},
	{Rule: "commas or blanks between granted scopes (LinkedIn)", Quirks: []auth.Quirk{quirk(auth.QuirkGrantedScopeSeparator, "separator", ",")}, Body: with(`"scope":"r_ads, r_ads_reporting r_basicprofile"`), Want: GoldenOutcome{Granted: []string{"r_ads", "r_ads_reporting", "r_basicprofile"}}},
	{Rule: "the error's code inside an object (Facebook)", Status: 400, Quirks: facebook, Body: `{"error":{"message":"TWSENT-message","type":"OAuthException","code":190,"fbtrace_id":"H2il"}}`, Want: refused("invalid_grant")},
}
