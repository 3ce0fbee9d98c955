package auth

import (
	"errors"
	"net/http"
	"slices"
)

// endCodes says how a program takes a failure, by its code; all other codes of
// ours are EndOther. A code that only a service knows is judged by what the
// failure says beside.
var endCodes = []struct {
	end   HandOutEnd
	codes []string
}{
	{EndUnknownName, []string{CodeUnknownName, CodeNotFoundHere}},
	{EndDenied, []string{CodeDeniedByUser, CodeDeniedByRule, CodeNotAnswered, CodeNobodyToAsk, CodeHostNotAllowed, CodePaused}},
	{EndLocked, []string{CodeVaultLocked, CodeVaultMissing, CodeVaultKey}},
	{EndUnreachable, []string{
		CodeNetworkUnreachable, CodeDNS, CodeTimeout, CodeProxy, CodeProxyAuth, CodeTLS, CodeTLSUntrusted, CodeTLSExpired,
		CodeTLSWrongName, CodeTLSVersion, CodeCutOff, CodeNoAnswer, CodeReplyUnusable, CodeCaptivePortal, CodeTooManyRequests,
		CodeServerError, "server_error", "temporarily_unavailable", "slow_down",
	}},
	{EndNeedsSignIn, []string{
		"invalid_grant", CodeRefusedTwice, CodeNoRefreshToken, CodeNoAccessToken, CodeLimitUsed, CodeRevokeQueued,
		"access_denied", "consent_required", "interaction_required", "login_required", "account_selection_required",
		"unmet_authentication_requirements", "insufficient_user_authentication", "invalid_token", "authorization_pending", "expired_token",
		// A sign-in that was begun came to nothing.
		CodeStateMismatch, CodeTokenHost, CodeIssMismatch, CodeBadCallback, CodeAlreadyUsed, CodePortInUse, CodeBrowserNotOpened,
		CodeSignInTimedOut, CodeSignInSilent,
	}},
}

// EndOf tells how a program should take an error of the engine; nil is EndOK.
func EndOf(err error) HandOutEnd {
	if err == nil {
		return EndOK
	}
	if wrong := FieldErrors(nil); errors.As(err, &wrong) {
		return EndUsage
	}
	if moved := (*EndpointsChanged)(nil); errors.As(err, &moved) {
		return EndNeedsSignIn
	}
	f := Explain(err, ExplainContext{})
	code := canonicalCode(f.Code)
	for _, row := range endCodes {
		if slices.Contains(row.codes, code) {
			return row.end
		}
	}
	_, ours := explanations()[code]
	switch {
	case ours:
		return EndOther
	case f.State == StateNeedsSignIn:
		return EndNeedsSignIn
	case f.Status >= http.StatusInternalServerError || f.Status == http.StatusTooManyRequests:
		return EndUnreachable
	}
	return EndOther
}
