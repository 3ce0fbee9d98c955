package auth

import (
	"fmt"
	"slices"
	"sync"
)

// QuirkID names a departure from the RFCs that the engine knows how to handle.
type QuirkID string

// The quirks of requests. A service may name only these and those below; their
// parameters stand in quirkRules.
const (
	// QuirkNoPKCE: code_challenge and code_verifier must not be sent; with
	// "unless" = "public" that holds for clients with a secret alone (LinkedIn).
	QuirkNoPKCE QuirkID = "no_pkce"
	// QuirkPKCEHex: the challenge is the hexadecimal SHA-256 of the verifier (TikTok).
	QuirkPKCEHex QuirkID = "pkce_hex"
	// QuirkLeavesOut: protocol parameters, blank-separated, that the authorization
	// request ("authorization") or the token request ("token") goes without.
	QuirkLeavesOut QuirkID = "leaves_out"
	// QuirkPublicAuthorization: clients without a secret have an authorization
	// endpoint of their own, "address" (LinkedIn).
	QuirkPublicAuthorization QuirkID = "public_authorization_endpoint"
	// QuirkJSONBody: token requests carry a JSON object, not a form.
	QuirkJSONBody QuirkID = "token_body_json"
	// QuirkClientIDInQuery: a client without a secret names itself in the token
	// endpoint's query (Adobe).
	QuirkClientIDInQuery QuirkID = "client_id_in_query"
	// QuirkBasicPublic: a client without a secret uses Basic with an empty
	// password (Reddit).
	QuirkBasicPublic QuirkID = "basic_without_secret"
	// QuirkBasicRaw: ID and secret go into Basic as they are, not form-encoded.
	QuirkBasicRaw QuirkID = "basic_raw"
	// QuirkRefreshRedirect: a refresh repeats the sign-in's redirect_uri (GitLab).
	QuirkRefreshRedirect QuirkID = "refresh_redirect_uri"
	// QuirkRefreshByAccess: there is no refresh token; the access token itself is
	// presented as "parameter" with "grant_type" for a new one; with "at_sign_in" =
	// "true" right after the sign-in too, whose token lasts an hour or two (Facebook).
	QuirkRefreshByAccess QuirkID = "refresh_by_access_token"
	// QuirkClientCredentialsGrant: the grant_type of client credentials is "grant_type" (Zoom).
	QuirkClientCredentialsGrant QuirkID = "client_credentials_grant_type"
	// QuirkAssertionAudience: a client's assertion names the token endpoint as
	// its audience, not the issuer (Microsoft).
	QuirkAssertionAudience QuirkID = "assertion_audience_token_endpoint"
	// QuirkDeviceAtToken: the token endpoint gives device codes for
	// response_type=device_code and is polled with "grant_type" and the device
	// code as parameter "code" (Salesforce).
	QuirkDeviceAtToken QuirkID = "device_at_token_endpoint"
	// QuirkRevocation: revocation is not RFC 7009's. "method" (POST), "body"
	// (form, json, query or none), "auth" (client, bearer, none, or the word of
	// an Authorization header that the client secret follows), "token" (the
	// parameter that holds it; "" with auth bearer and body none), "kind"
	// (access or refresh: only that one can be sent), "client_id" (the parameter
	// that names the client in the body, where it has to), "status" (the HTTP
	// status that confirms it beside 200). All are optional. Under
	// QuirkReplyStatus the answer's body has to confirm it too.
	QuirkRevocation QuirkID = "revocation_request"
	// QuirkIntrospection: introspection is not RFC 7662's: "auth" and "token" as above.
	QuirkIntrospection QuirkID = "introspection_request"
	// QuirkUserInfo: userinfo is not OpenID's: "method" (GET), "who" (the path of
	// the name in the answer, members joined by dots), "query" (added to the
	// address). All are optional.
	QuirkUserInfo QuirkID = "userinfo_request"
)

// The quirks of redirects and replies.
const (
	// QuirkRedirectScope: the redirect's parameter scope says what was granted,
	// separated by "separator" (Strava).
	QuirkRedirectScope QuirkID = "redirect_scope"
	// QuirkRedirectFacts: the redirect's parameters "names", blank-separated, are
	// kept with the tokens, see Tokens.Facts (QuickBooks: realmId).
	QuirkRedirectFacts QuirkID = "redirect_facts"
	// QuirkTokenHost: the redirect's "parameter" names the host that the token
	// request, and all later ones, must go to. Only "hosts", blank-separated, are
	// followed (Zoho).
	QuirkTokenHost QuirkID = "token_host_from_redirect"
	// QuirkSilentErrors: errors of the authorization endpoint stay in the browser
	// and never come back (Stripe).
	QuirkSilentErrors QuirkID = "errors_stay_in_browser"
	// QuirkReplyFacts: members "names" of the token reply, blank-separated, dots
	// for nesting, are kept with the tokens (Salesforce: instance_url).
	QuirkReplyFacts QuirkID = "reply_facts"
	// QuirkReplyPath: the tokens are in the object "path" of the reply, when
	// there is no access token at its top (Slack: authed_user).
	QuirkReplyPath QuirkID = "reply_path"
	// QuirkReplyStatus: the reply's "member" tells whether it worked: only with
	// the value "good"; the error's code is then in "error" (Slack: ok).
	QuirkReplyStatus QuirkID = "reply_status"
	// QuirkErrorPath: the error's code is at "code", members joined by dots.
	QuirkErrorPath QuirkID = "error_path"
	// QuirkAcceptJSON: the token endpoint answers form-encoded text unless it
	// is asked for JSON (GitHub). The engine always asks; the quirk documents it.
	QuirkAcceptJSON QuirkID = "accept_json"
	// QuirkErrorStatus200: errors come with HTTP status 200.
	QuirkErrorStatus200 QuirkID = "error_status_200"
	// QuirkTokenTypeBearer: whatever token_type says, or when it is absent, the
	// token is a Bearer token.
	QuirkTokenTypeBearer QuirkID = "token_type_bearer"
	// QuirkExpiresAt: "member" is the time at which the access token ends, ISO
	// 8601 or seconds since 1970, where expires_in is absent (Square).
	QuirkExpiresAt QuirkID = "expires_at"
	// QuirkExpiryFromJWT: without expires_in, the access token's own claim exp
	// counts (monday).
	QuirkExpiryFromJWT QuirkID = "expiry_from_jwt"
	// QuirkZeroMeansNever: expires_in 0 is a token that does not run out (Mailchimp).
	QuirkZeroMeansNever QuirkID = "expires_in_zero_never"
	// QuirkNoExpiryMeansNever: a reply without expires_in is a token that does
	// not run out by itself.
	QuirkNoExpiryMeansNever QuirkID = "no_expiry_means_never"
	// QuirkRefreshExpiresIn: "member" of the reply is the number of seconds that
	// the sign-in lasts from now on (QuickBooks: x_refresh_token_expires_in).
	QuirkRefreshExpiresIn QuirkID = "refresh_expires_in"
	// QuirkGrantedScopeSeparator: granted scopes come back separated by
	// Params["separator"], whatever separates the asked ones.
	QuirkGrantedScopeSeparator QuirkID = "granted_scope_separator"
	// QuirkGrantedScopeIgnored: what the reply calls scope are no scopes, or not
	// those in force (TikTok Business: numbers).
	QuirkGrantedScopeIgnored QuirkID = "granted_scope_ignored"
	// QuirkIssuerTemplate: the metadata's issuer holds the literal
	// Params["literal"] in place of the value of the ID token's claim
	// Params["claim"] (Microsoft: {tenantid}, tid).
	QuirkIssuerTemplate QuirkID = "issuer_template"
	// QuirkTokenIssuer: ID tokens name "issuer" and not the service's (Webex).
	QuirkTokenIssuer QuirkID = "id_token_issuer"
	// QuirkDevicePending: while the user has not approved a device code, the
	// answer has HTTP status "status" (Webex: 428).
	QuirkDevicePending QuirkID = "device_pending_status"
	// QuirkNonce: the scope openid needs a nonce in the code flow (Glewlwyd).
	// The engine always sends one with openid; the quirk documents it.
	QuirkNonce QuirkID = "nonce"
	// QuirkGrantPerSignIn: every sign-in is a grant of its own, so that the
	// revocation of an earlier one leaves the later ones alone. Elsewhere it may
	// end all that a user granted to a client (Google), or all that was granted
	// in one browser session (oidc-provider).
	QuirkGrantPerSignIn QuirkID = "grant_per_sign_in"
)

// quirkRule names the parameters of a quirk.
type quirkRule struct{ needed, optional []string }

// quirkRules are all quirks with their parameters.
var quirkRules = sync.OnceValue(func() map[QuirkID]quirkRule {
	return map[QuirkID]quirkRule{
		QuirkNoPKCE:                 {optional: []string{"unless"}},
		QuirkPKCEHex:                {},
		QuirkLeavesOut:              {optional: []string{"authorization", "token"}},
		QuirkPublicAuthorization:    {needed: []string{"address"}},
		QuirkJSONBody:               {},
		QuirkClientIDInQuery:        {},
		QuirkBasicPublic:            {},
		QuirkBasicRaw:               {},
		QuirkRefreshRedirect:        {},
		QuirkRefreshByAccess:        {needed: []string{"parameter", "grant_type"}, optional: []string{"at_sign_in"}},
		QuirkClientCredentialsGrant: {needed: []string{"grant_type"}},
		QuirkAssertionAudience:      {},
		QuirkDeviceAtToken:          {needed: []string{"grant_type"}},
		QuirkRevocation:             {optional: []string{"method", "body", "auth", "token", "kind", "client_id", "status"}},
		QuirkIntrospection:          {optional: []string{"auth", "token"}},
		QuirkUserInfo:               {optional: []string{"method", "who", "query"}},
		QuirkRedirectScope:          {needed: []string{"separator"}},
		QuirkRedirectFacts:          {needed: []string{"names"}},
		QuirkTokenHost:              {needed: []string{"parameter", "hosts"}},
		QuirkSilentErrors:           {},
		QuirkReplyFacts:             {needed: []string{"names"}},
		QuirkReplyPath:              {needed: []string{"path"}},
		QuirkReplyStatus:            {needed: []string{"member", "good", "error"}},
		QuirkErrorPath:              {needed: []string{"code"}},
		QuirkAcceptJSON:             {},
		QuirkErrorStatus200:         {},
		QuirkTokenTypeBearer:        {},
		QuirkExpiresAt:              {needed: []string{"member"}},
		QuirkExpiryFromJWT:          {},
		QuirkZeroMeansNever:         {},
		QuirkNoExpiryMeansNever:     {},
		QuirkRefreshExpiresIn:       {needed: []string{"member"}},
		QuirkGrantedScopeSeparator:  {needed: []string{"separator"}},
		QuirkGrantedScopeIgnored:    {},
		QuirkIssuerTemplate:         {needed: []string{"literal", "claim"}},
		QuirkTokenIssuer:            {needed: []string{"issuer"}},
		QuirkDevicePending:          {needed: []string{"status"}},
		QuirkNonce:                  {},
		QuirkGrantPerSignIn:         {},
	}
})

// Quirk is one departure with its parameters.
type Quirk struct {
	ID     QuirkID           `json:"id"`
	Params map[string]string `json:"params,omitempty"`
}

// Quirk returns the service's quirk of that ID.
func (s Service) Quirk(id QuirkID) (Quirk, bool) {
	for _, q := range s.Quirks {
		if q.ID == id {
			return q, true
		}
	}
	return Quirk{}, false
}

// checkQuirks tells which quirk is not known, stands twice, or has parameters
// or values that it does not take.
func checkQuirks(quirks []Quirk) error {
	seen := map[QuirkID]bool{}
	for _, q := range quirks {
		rule, known := quirkRules()[q.ID]
		if !known || seen[q.ID] {
			return fmt.Errorf("quirk %q is not known or stands twice", q.ID)
		}
		seen[q.ID] = true
		for _, name := range rule.needed {
			if q.Params[name] == "" {
				return fmt.Errorf("quirk %q misses its parameter %q", q.ID, name)
			}
		}
		for name, value := range q.Params {
			if !slices.Contains(rule.needed, name) && !slices.Contains(rule.optional, name) {
				return fmt.Errorf("quirk %q takes no parameter %q", q.ID, name)
			}
			if err := checkQuirkValue(q.ID, name, value); err != nil {
				return err
			}
		}
	}
	return nil
}
