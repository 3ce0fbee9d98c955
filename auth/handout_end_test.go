package auth

import (
	"errors"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
)

// endsOther are the codes with which a program can do nothing but tell its
// user: EndOther, by decision.
var endsOther = []string{
	"invalid_client", "invalid_client_id", "invalid_redirect_uri", "unauthorized_client", "invalid_request", "unsupported_grant_type",
	"unsupported_response_type", "invalid_scope", "invalid_target", "insufficient_scope", "invalid_request_uri", "invalid_request_object",
	"request_not_supported", "request_uri_not_supported", "registration_not_supported", "use_dpop_nonce", "invalid_dpop_proof", "invalid_client_metadata",
	CodeAuthenticationFailed, CodeNotFound, CodeRefused, CodeErrorUnnamed, CodeClientCertRefused, CodeClientCertificate, CodeClientKey, CodeConnection,
	CodeRequestSettings, CodeAddressRefused, CodeClientAuth, CodePrivateAddress, CodeRedirectRefused, CodeIssuerMismatch, CodeRegistrationClosed,
	CodeRegistrationUnusable, CodeCancelled, CodeChangedOutside, CodeFileReplaced, CodeStorageHeld, CodeStorage, CodeNameTaken, CodeStale,
	CodeInterrupted, CodeNotHandedOut, CodeRevokeRefused, CodeNotSupported, CodeServiceMissing, CodeServiceFile, CodeTooShort, CodeUnexpected,
}

// Every code has an end that somebody has decided.
func TestEndOf_EveryCodeIsDecided(t *testing.T) {
	decided := map[string]HandOutEnd{}
	for _, row := range endCodes {
		for _, code := range row.codes {
			assert.NotContains(t, decided, code, "decided twice")
			decided[code] = row.end
		}
	}
	for _, code := range endsOther {
		assert.NotContains(t, decided, code, "decided twice")
		decided[code] = EndOther
	}
	for code := range explanations() {
		end, ok := decided[code]
		if assert.True(t, ok, "%s has no decided end", code) {
			assert.Equal(t, end, EndOf(&CodedError{Code: code}), code)
		}
	}
	for code := range decided {
		assert.Contains(t, explanations(), code)
	}
}

func TestEndOf(t *testing.T) {
	for _, c := range []struct {
		err  error
		want HandOutEnd
	}{
		{nil, EndOK},
		{FieldErrors{{Field: FieldHosts}}, EndUsage},
		{&EndpointsChanged{}, EndNeedsSignIn},
		{ErrVaultLocked, EndLocked},
		{ErrNotFound, EndUnknownName},
		{ErrNoRefreshToken, EndNeedsSignIn},
		{errors.New("nobody foresaw it"), EndOther},
		{&WireError{Op: OpToken, Phase: Answered, Code: "their_own", Status: 503}, EndUnreachable},
		{&WireError{Op: OpToken, Phase: Answered, Code: "their_own", Status: 400}, EndOther},
		{&WireError{Op: OpToken, Phase: Ambiguous, Code: CodeCutOff}, EndUnreachable},
		{&Failure{Code: "their_own", State: StateNeedsSignIn}, EndNeedsSignIn},
	} {
		assert.Equal(t, c.want, EndOf(c.err), "%v", c.err)
	}
}

// The strings and the exit codes are a promise.
func TestHandOutEnd_ExitCodes(t *testing.T) {
	promised := []HandOutEnd{"ok", "other", "usage", "unknown_name", "needs_sign_in", "locked", "denied", "unreachable"}
	for code, end := range promised {
		assert.Equal(t, code, end.ExitCode(), end)
	}
	assert.True(t, slices.Equal(promised, handOutEnds))
	assert.Equal(t, 1, HandOutEnd("of a later version").ExitCode())
}
