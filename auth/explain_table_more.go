package auth

import "sync"

// explainExtensions holds the codes of what was built on RFC 6749: device codes
// (RFC 8628), bearer tokens (RFC 6750), pushed requests (RFC 9126, 9101), proof of
// possession (RFC 9449), registration (RFC 7591),
// OpenID Connect.
var explainExtensions = sync.OnceValue(func() map[string]explanation {
	return map[string]explanation{
		"authorization_pending": {
			title: "The code has not been entered yet", happened: "{host} waits until the code is entered and access is granted.",
			mover: MoverUser, steps: []string{"Open the page shown with the code, enter the code and grant access."},
			action: ActionNone, link: rfc + "8628#section-3.5",
		},
		"slow_down": {
			title: "The service wants a pause", happened: "{host} answered that it was asked too often.",
			mover: MoverService, steps: []string{"Wait. The program asks less often by itself."},
			action: ActionRetry, link: rfc + "8628#section-3.5",
		},
		"expired_token": {
			title: "The code ran out", happened: "{host} no longer takes the code, because it was not entered in time.",
			mover: MoverUser, steps: []string{"Sign in again to get a new code.", "Enter the code before the time shown beside it is over."},
			action: ActionSignIn, state: StateNeedsSignIn, link: rfc + "8628#section-3.5",
		},
		"invalid_token": {
			title: "The token is no longer valid", happened: "{host} does not accept the token of {name}. It ran out, was withdrawn, or belongs to another service.",
			mover: MoverUser, steps: []string{"Refresh the token now.", "When that does not help, sign in again."},
			action: ActionSignIn, state: StateNeedsSignIn, link: rfc + "6750#section-3.1",
		},
		"insufficient_scope": {
			title: "A permission is missing", happened: "{host} asks for a permission that {name} does not have.",
			mover: MoverUser, steps: []string{"Tick the missing permission in the form.", "Authorize again and grant it."},
			action: ActionEdit, link: rfc + "6750#section-3.1",
		},
		"insufficient_user_authentication": {
			title: "A stronger sign-in is needed", happened: "{host} wants a newer or a stronger sign-in for this, such as a second factor.",
			mover: MoverUser, steps: []string{"Sign in again and take every step that is asked for."},
			action: ActionSignIn, state: StateNeedsSignIn, link: rfc + "9470#section-3",
		},
		"invalid_request_uri": {
			title: "The prepared request ran out", happened: "{host} no longer knows the sign-in request that was handed over before.",
			mover: MoverUser, steps: []string{"Sign in again, and finish within a minute or two."},
			action: ActionSignIn, link: rfc + "9101#section-7",
		},
		"invalid_request_object": {
			title: "The signed request is not accepted", happened: "{host} can't use the request object that was sent with the sign-in.",
			mover: MoverUser, steps: []string{"Remove a parameter named request from the authorization-endpoint parameters.", "Authorize again."},
			action: ActionEdit, link: rfc + "9101#section-7",
		},
		"request_not_supported": {
			title: "The service takes no signed requests", happened: "{host} does not support the parameter named request.",
			mover: MoverUser, steps: []string{"Remove it from the authorization-endpoint parameters.", "Authorize again."},
			action: ActionEdit, link: rfc + "9101#section-7",
		},
		"request_uri_not_supported": {
			title: "The service takes no prepared requests", happened: "{host} does not support the parameter named request_uri.",
			mover: MoverUser, steps: []string{"Remove it from the authorization-endpoint parameters, and check the addresses of the service.", "Authorize again."},
			action: ActionEdit, link: rfc + "9101#section-7",
		},
		"registration_not_supported": {
			title: "The service takes no registration here", happened: "{host} does not support the parameter named registration.",
			mover: MoverUser, steps: []string{"Remove it from the authorization-endpoint parameters.", "Authorize again."},
			action: ActionEdit, link: oidcErrors,
		},
		"account_selection_required": {
			title: "An account has to be chosen", happened: "{host} knows several accounts of yours and can't tell which one is meant.",
			mover: MoverUser, steps: []string{"Sign in again and choose the account."},
			action: ActionSignIn, state: StateNeedsSignIn, link: oidcErrors,
		},
		"unmet_authentication_requirements": {
			title: "The sign-in was not strong enough", happened: "{host} could not sign you in the way that was asked for.",
			mover: MoverUser, steps: []string{"Remove acr_values from the authorization-endpoint parameters, or set up the factor that it asks for.", "Sign in again."},
			action: ActionSignIn, link: "https://openid.net/specs/openid-connect-unmet-authentication-requirements-1_0.html",
		},
		"use_dpop_nonce": {
			title: "The service wants proof of possession", happened: "{host} gives tokens only to programs that prove that they hold a key (DPoP).",
			mover: MoverAdministrator, steps: []string{"Ask whoever runs the application at {service} to allow plain bearer tokens for it."},
			action: ActionCopyAdmin, link: rfc + "9449#section-8",
		},
		"invalid_dpop_proof": {
			title: "The service wants proof of possession", happened: "{host} asks for a DPoP proof, which this program does not send.",
			mover: MoverAdministrator, steps: []string{"Ask whoever runs the application at {service} to allow plain bearer tokens for it."},
			action: ActionCopyAdmin, link: rfc + "9449#section-5",
		},
		"invalid_client_metadata": {
			title: "The registration is not accepted", happened: "{host} does not accept something in the registration of the application.",
			mover: MoverUser, steps: []string{"Look through the application's settings at {service}.", "Authorize again."},
			action: ActionEdit, state: StateNeedsAttention, link: rfc + "7591#section-3.2.2",
		},
	}
})

// grantKey finds what a code means when tokens are asked for in one way.
type grantKey struct {
	code  string
	grant Grant
}

// explainGrants holds what invalid_grant means where no sign-in can be meant.
var explainGrants = sync.OnceValue(func() map[grantKey]explanation {
	return map[grantKey]explanation{
		{"invalid_grant", GrantJWTBearer}: {
			title: "The assertion is not accepted", happened: "{host} does not accept the signed assertion of {name}: issuer, subject, audience, times or the key do not fit.",
			mover: MoverUser, steps: []string{
				"Compare issuer, subject and audience with what {service} asks for.", "Check that the public key there belongs to this private key.",
				"Check the clock of this machine.", "Edit {name} and get the token again.",
			},
			action: ActionEdit, link: rfc + "7523#section-3.1",
		},
		{"invalid_grant", GrantPassword}: {
			title: "The user name or the password is wrong", happened: "{host} does not accept the user name and password of {name}.",
			mover: MoverUser, steps: []string{"Check both by signing in at {service} in the browser.", "Edit {name} and get the token again."},
			action: ActionEdit, link: rfc + "6749#section-4.3.2",
		},
		{"invalid_grant", GrantDeviceCode}: {
			title: "The sign-in is no longer valid", happened: "{host} does not accept the sign-in of {name} any more. It ran out, was withdrawn, or was used up.",
			mover: MoverUser, steps: []string{"Sign in again with a new code."},
			action: ActionSignIn, link: rfc + "8628#section-3.5",
		},
		{"invalid_grant", GrantRefreshToken}: {
			title: "The refresh token is no longer valid", happened: "{host} does not accept the refresh token of {name}. It ran out, was withdrawn, was used up, or belongs to another client.",
			mover: MoverUser, steps: []string{"Get a new refresh token where the first one came from.", "Edit {name} and enter it, with the Client ID for which it was made."},
			action: ActionEdit, link: rfc + "6749#section-6",
		},
		{"access_denied", GrantDeviceCode}: {
			title: "Access was denied", happened: "{host} reported that access was declined on the page where the code was entered.",
			mover: MoverUser, steps: []string{"Sign in again and grant access.", "When you did grant it, ask your administrator which rule stands against it."},
			action: ActionSignIn, link: rfc + "8628#section-3.5",
		},
	}
})
