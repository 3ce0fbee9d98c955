package auth

import (
	"maps"
	"slices"
	"sync"
)

// QuirkInfo describes a quirk to who edits a service.
type QuirkInfo struct {
	ID QuirkID
	// Sentence says in one sentence how the service departs from the RFCs.
	Sentence string
	// Needed and Optional are the names of its parameters.
	Needed, Optional []string
}

// quirkSentences say what each quirk is about.
var quirkSentences = sync.OnceValue(func() map[QuirkID]string {
	return map[QuirkID]string{
		QuirkNoPKCE:                 "PKCE must not be sent; with unless = public only by clients with a secret.",
		QuirkPKCEHex:                "The PKCE challenge is the hexadecimal SHA-256 of the verifier.",
		QuirkLeavesOut:              "Some standard parameters are refused, by the authorization or the token endpoint.",
		QuirkPublicAuthorization:    "Clients without a secret have an authorization address of their own.",
		QuirkJSONBody:               "Token requests carry JSON, not a form.",
		QuirkClientIDInQuery:        "A client without a secret names itself in the token endpoint's query.",
		QuirkBasicPublic:            "A client without a secret uses the Basic header with an empty password.",
		QuirkBasicRaw:               "ID and secret go into the Basic header as they are, not form-encoded.",
		QuirkRefreshRedirect:        "A refresh repeats the redirect URI of the sign-in.",
		QuirkRefreshByAccess:        "There is no refresh token: the access token is exchanged for a new one.",
		QuirkClientCredentialsGrant: "The grant type of client credentials has another name.",
		QuirkAssertionAudience:      "A client's assertion names the token endpoint as its audience.",
		QuirkDeviceAtToken:          "Device codes come from the token endpoint and are polled under another grant type.",
		QuirkRevocation:             "Revocation is asked for in another way than RFC 7009 says.",
		QuirkIntrospection:          "Introspection is asked for in another way than RFC 7662 says.",
		QuirkUserInfo:               "Who signed in is asked for in another way than OpenID Connect says.",
		QuirkRedirectScope:          "The redirect says which permissions were granted.",
		QuirkRedirectFacts:          "The redirect carries facts that are kept with the tokens.",
		QuirkTokenHost:              "The redirect names the host that token requests go to, one of a fixed list.",
		QuirkSilentErrors:           "Errors of the sign-in stay in the browser and never come back.",
		QuirkReplyFacts:             "The token reply carries facts that are kept with the tokens.",
		QuirkReplyPath:              "The tokens are in an object within the reply.",
		QuirkReplyStatus:            "A member of the reply says whether it worked.",
		QuirkErrorPath:              "The error's code stands at another place of the reply.",
		QuirkAcceptJSON:             "The token endpoint answers as a form unless it is asked for JSON.",
		QuirkErrorStatus200:         "Errors come with HTTP status 200.",
		QuirkTokenTypeBearer:        "Whatever the token type says, the token is a Bearer token.",
		QuirkExpiresAt:              "The reply says at what time the access token ends, not after how long.",
		QuirkExpiryFromJWT:          "The end of the access token stands in the token itself.",
		QuirkZeroMeansNever:         "A lifetime of 0 means that the token does not run out.",
		QuirkNoExpiryMeansNever:     "A reply without a lifetime means that the token does not run out.",
		QuirkRefreshExpiresIn:       "The reply says how long the sign-in lasts.",
		QuirkGrantedScopeSeparator:  "Granted permissions come back with a separator of their own.",
		QuirkGrantedScopeIgnored:    "What the reply calls scope are not the granted permissions.",
		QuirkIssuerTemplate:         "The issuer in the metadata holds a placeholder that a claim of the ID token fills.",
		QuirkTokenIssuer:            "ID tokens name another issuer than the metadata.",
		QuirkDevicePending:          "While a device code waits for approval the answer has an HTTP status of its own.",
		QuirkNonce:                  "The scope openid needs a nonce.",
		QuirkGrantPerSignIn:         "Every sign-in is a grant of its own, so that revoking an old one leaves the new one alone.",
	}
})

// Quirks returns all quirks that the engine handles, ordered by their IDs. The
// result is the caller's.
func Quirks() []QuirkInfo {
	var all []QuirkInfo
	for _, id := range slices.Sorted(maps.Keys(quirkRules())) {
		rule := quirkRules()[id]
		all = append(all, QuirkInfo{
			ID: id, Sentence: quirkSentences()[id],
			Needed: slices.Clone(rule.needed), Optional: slices.Clone(rule.optional),
		})
	}
	return all
}
