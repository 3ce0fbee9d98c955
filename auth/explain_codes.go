package auth

// Our own stable codes for what goes wrong, beside the error codes of the
// RFCs. They stand in Failure.Code, in Status.LastOutcome and in the log:
// never rename one.
const (
	// Before a request left.
	CodeNetworkUnreachable = "network_unreachable"
	CodeDNS                = "dns"
	CodeTimeout            = "timeout" // no connection in time
	CodeProxy              = "proxy"
	CodeTLS                = "tls"
	CodeTLSUntrusted       = "tls_untrusted"
	CodeTLSExpired         = "tls_expired"
	CodeTLSWrongName       = "tls_wrong_name"
	CodeTLSVersion         = "tls_version"
	CodeAddressRefused     = "address_refused"
	CodeClientAuth         = "client_auth_unknown"
	CodePrivateAddress     = "private_address" // the host lies on a private network; the user may confirm that (T41)

	// After bytes may have left.
	CodeCutOff        = "cut_off"
	CodeNoAnswer      = "no_answer"
	CodeReplyUnusable = "reply_unusable"
	CodeCaptivePortal = "captive_portal"

	// Answers without an error code of their own.
	CodeAuthenticationFailed = "authentication_failed" // 401
	CodeNotFound             = "http_404"
	CodeTooManyRequests      = "http_429"
	CodeServerError          = "http_5xx"
	CodeRefused              = "http_4xx"
	CodeRedirectRefused      = "redirect_refused"
	CodeErrorUnnamed         = "error_unnamed" // an error whose code can't be shown
	CodeIssuerMismatch       = "issuer_mismatch"
	CodeRegistrationClosed   = "registration_closed"   // not everybody may register a client (RFC 7591 section 3)
	CodeRegistrationUnusable = "registration_unusable" // the registered client is not what was asked for (T40)

	// The sign-in.
	CodeStateMismatch    = "state_mismatch"
	CodeIssMismatch      = "iss_mismatch"
	CodeTokenHost        = "token_host" // the redirect names a host that is not one of the service's
	CodeBadCallback      = "bad_callback"
	CodeAlreadyUsed      = "already_used"
	CodePortInUse        = "port_in_use"
	CodeBrowserNotOpened = "browser_not_opened"
	CodeSignInTimedOut   = "sign_in_timed_out"
	CodeSignInSilent     = "sign_in_timed_out_silent" // at a service that shows its errors in the browser alone
	CodeCancelled        = "cancelled"

	// Storage and state.
	CodeVaultLocked    = "vault_locked"
	CodeVaultMissing   = "vault_missing"
	CodeVaultKey       = "vault_key"
	CodeChangedOutside = "changed_outside"
	CodeStorage        = "storage"
	CodeFileReplaced   = "file_replaced"
	CodeStorageHeld    = "storage_held" // by another program
	CodeNotFoundHere   = "not_found"
	CodeNameTaken      = "name_taken"
	CodeStale          = "stale"
	CodeRefusedTwice   = "refused_twice" // the old refresh token was presented once more, in vain
	CodeInterrupted    = "interrupted"   // the program ended in the middle of a request
	CodeNoRefreshToken = "no_refresh_token"
	CodeNoAccessToken  = "no_access_token"
	CodeNotHandedOut   = "not_handed_out"
	CodeNotSupported   = "not_supported"
	CodePaused         = "paused"
	CodeLimitUsed      = "limit_used"      // the authorization's own limit of refreshes
	CodeRevokeQueued   = "revoke_queued"   // the service has not confirmed the revocation yet
	CodeRevokeRefused  = "revoke_refused"  // the service will not confirm it
	CodeServiceMissing = "service_missing" // no service has the authorization's service ID
	CodeServiceFile    = "service_file"    // a file that can't be imported (T68)
	CodeUnexpected     = "unexpected"

	// The hand-out to other programs.
	CodeUnknownName    = "unknown_name" // no authorization has this Friendly Name
	CodeDeniedByUser   = "denied_by_user"
	CodeDeniedByRule   = "denied_by_rule"   // the program is not one of those listed
	CodeNotAnswered    = "not_answered"     // the user did not answer in time
	CodeNobodyToAsk    = "nobody_to_ask"    // the rule asks the user, and there is no window
	CodeHostNotAllowed = "host_not_allowed" // the token may not be sent to this host (T48)
	CodeTooShort       = "too_short"        // the service's tokens last for less than the program wants
)

// CodedError is an error that explains itself by its code: one of ours or a
// checked error code from an authorization response (RFC 6749 section 4.1.2.1).
type CodedError struct {
	Code  string
	Word  string // the service's own, finer word when the table of explanations knows it
	Cause error  // optional; for errors.Is, never shown
}

// Error implements error with the code alone: a cause may quote what came from outside.
func (e *CodedError) Error() string { return e.Code }

// Unwrap returns the cause.
func (e *CodedError) Unwrap() error { return e.Cause }
