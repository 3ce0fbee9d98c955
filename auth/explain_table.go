package auth

import "sync"

// explanations is the table of everything that can go wrong, by code, whoever
// says it. One row each; a new code is one more row. What a provider says in
// words of its own stands in the tables of the providers. Sentences are short and say what happened,
// then what to do. {host} is who was asked, {service} the service's name, {name}
// the Friendly Name in quotes, {answer} the code with the HTTP status.
var explanations = sync.OnceValue(func() map[string]explanation {
	return explainMerge(explainProtocol(), explainExtensions(), explainTransport(), explainOwn())
})

func explainMerge(parts ...map[string]explanation) map[string]explanation {
	all := map[string]explanation{}
	for _, part := range parts {
		for code, row := range part {
			all[code] = row
		}
	}
	return all
}

// explainAliases maps what several services write instead of an RFC code, in
// lower case and without a full stop at the end, to the row that fits. The first
// lines are the troubleshooting rows of the systems that this program follows.
var explainAliases = sync.OnceValue(func() map[string]string {
	return map[string]string{
		"401 - authentication failed":   CodeAuthenticationFailed,
		"authentication failed":         CodeAuthenticationFailed,
		"invalid client_id parameter":   "invalid_client_id",
		"invalid_client_secret":         "invalid_client",
		"bad_client_id":                 "invalid_client_id",
		"invalid_redirect_uri_mismatch": "invalid_redirect_uri",
		"code_already_used":             "invalid_grant",
		"admin_consent_required":        "consent_required",
		"authorization_declined":        "access_denied", // Microsoft, of a device code
		"rate_limited":                  CodeTooManyRequests,
		"over_rate_limit":               CodeTooManyRequests,
		"service_unavailable":           "temporarily_unavailable",
		"internal_error":                "server_error",
	}
})

// rfc begins the address of an RFC; oidcErrors is where OpenID Connect lists
// the errors of a sign-in.
const (
	rfc        = "https://www.rfc-editor.org/rfc/rfc"
	oidcErrors = "https://openid.net/specs/openid-connect-core-1_0.html#AuthError"
)

// explainProtocol holds the codes of RFC 6749 sections 4.1.2.1 and 5.2, those of
// OpenID Connect Core section 3.1.2.6, and what services answer without a code.
var explainProtocol = sync.OnceValue(func() map[string]explanation {
	return map[string]explanation{
		"invalid_grant": {
			title: "The sign-in is no longer valid", happened: "{host} does not accept the sign-in of {name} any more. It ran out, was withdrawn, or was used up.",
			mover: MoverUser, steps: []string{"Sign in again.", "When it happens often, look at how long {service} lets a sign-in last."},
			action: ActionSignIn, state: StateNeedsSignIn,
			link: rfc + "6749#section-5.2",
		},
		"invalid_client": {
			title: "The client ID or the secret is wrong", happened: "{host} does not accept the Client ID and Client Secret of {name}.",
			mover: MoverUser, steps: []string{"Compare both with what {service} shows, and check that the secret has not run out there.", "Edit {name} and authorize again."},
			action: ActionEdit, state: StateNeedsAttention,
			link: rfc + "6749#section-5.2",
		},
		CodeAuthenticationFailed: {
			title: "The client ID or the secret is wrong", happened: "{host} answered that the authentication failed.",
			mover: MoverUser, steps: []string{"Correct the Client ID and the Client Secret.", "Check at {service} that the application was granted its permissions."},
			action: ActionEdit, state: StateNeedsAttention,
			link: rfc + "6749#section-5.2",
		},
		"invalid_client_id": {
			title: "The client ID is wrong", happened: "{host} does not know the Client ID of {name}.",
			mover: MoverUser, steps: []string{"Copy the Client ID again from {service}, without blanks around it.", "Correct it and authorize again."},
			action: ActionEdit, state: StateNeedsAttention,
			link: rfc + "6749#section-2.2",
		},
		"invalid_redirect_uri": {
			title: "The redirect URI is not registered", happened: "{host} does not accept the address to which the browser comes back.",
			mover: MoverUser, steps: []string{"Copy the redirect URI from the form and enter it at {service}, letter by letter.", "Authorize again."},
			action: ActionEdit, state: StateNeedsAttention,
			link: rfc + "6749#section-3.1.2.4",
		},
		"unauthorized_client": {
			title: "The application may not do this", happened: "{host} knows the application but does not allow it this kind of sign-in.",
			mover: MoverUser, steps: []string{"Check at {service} that the application is active and allows authorization code and refresh.", "Authorize again."},
			action: ActionEdit, state: StateNeedsAttention,
			link: rfc + "6749#section-5.2",
		},
		"invalid_request": {
			title: "The service did not understand the request", happened: "{host} answered that something in the request is missing or wrong.",
			mover: MoverUser, steps: []string{"Check the service, its parameters and the redirect URI.", "Authorize again."},
			action: ActionEdit,
			link:   rfc + "6749#section-5.2",
		},
		"unsupported_grant_type": {
			title: "The service does not offer this way to sign in", happened: "{host} does not support the grant of {name}.",
			mover: MoverUser, steps: []string{"Check that the addresses belong to this service.", "Choose another grant."},
			action: ActionEdit, state: StateNeedsAttention,
			link: rfc + "6749#section-5.2",
		},
		"unsupported_response_type": {
			title: "The service does not offer this way to sign in", happened: "{host} does not offer the authorization code.",
			mover: MoverUser, steps: []string{"Check that the addresses belong to this service.", "Check at {service} that the application allows the authorization code."},
			action: ActionEdit,
			link:   rfc + "6749#section-4.1.2.1",
		},
		"invalid_scope": {
			title: "A permission is not known", happened: "{host} does not accept one of the scopes asked for.",
			mover: MoverUser, steps: []string{"Untick the scopes that you added yourself, and compare the rest with what {service} allows the application.", "Authorize again."},
			action: ActionEdit,
			link:   rfc + "6749#section-5.2",
		},
		"invalid_target": {
			title: "The target of the token is not known", happened: "{host} does not accept the resource asked for.",
			mover: MoverUser, steps: []string{"Check the parameters of the service.", "Authorize again."},
			action: ActionEdit,
			link:   rfc + "8707#section-2",
		},
		"access_denied": {
			title: "Access was denied", happened: "{host} reported that the sign-in was declined, by you or by a rule there.",
			mover: MoverUser, steps: []string{"Sign in again and grant access.", "When you did grant it, ask your administrator which rule stands against it."},
			action: ActionSignIn,
			link:   rfc + "6749#section-4.1.2.1",
		},
		"consent_required": {
			title: "An administrator has to approve this first", happened: "{host} lets only administrators approve what {name} asks for.",
			mover: MoverAdministrator, steps: []string{"Send the request to an administrator.", "Sign in again once it is approved."},
			action: ActionCopyAdmin, state: StateNeedsSignIn,
			link: oidcErrors,
		},
		"interaction_required": {
			title: "The service wants you to sign in again", happened: "{host} asks for another step that only works in the browser, such as a second factor.",
			mover: MoverUser, steps: []string{"Sign in again."},
			action: ActionSignIn, state: StateNeedsSignIn,
			link: oidcErrors,
		},
		"login_required": {
			title: "The service wants you to sign in again", happened: "{host} does not know you any more.",
			mover: MoverUser, steps: []string{"Sign in again."},
			action: ActionSignIn, state: StateNeedsSignIn,
			link: oidcErrors,
		},
		"server_error": {
			title: "The service has a problem", happened: "{host} answered that it met an error of its own.",
			mover: MoverService, steps: []string{"Try again in a few minutes.", "When it stays, look at the status page of {service}."},
			action: ActionRetry,
			link:   rfc + "6749#section-4.1.2.1",
		},
		"temporarily_unavailable": {
			title: "The service is busy", happened: "{host} answered that it can't take requests now.",
			mover: MoverService, steps: []string{"Try again in a few minutes."},
			action: ActionRetry,
			link:   rfc + "6749#section-4.1.2.1",
		},
		CodeServerError: {
			title: "The service has a problem", happened: "{host} answered with an error of its own ({answer}).",
			mover: MoverService, steps: []string{"Try again in a few minutes.", "When it stays, look at the status page of {service}."},
			action: ActionRetry,
			link:   rfc + "9110#section-15.6",
		},
		CodeTooManyRequests: {
			title: "The service wants a pause", happened: "{host} answered that it got too many requests.",
			mover: MoverService, steps: []string{"Try again later."},
			action: ActionRetry,
			link:   rfc + "6585#section-4",
		},
		CodeNotFound: {
			title: "The address is wrong", happened: "{host} answered, but there is nothing at this address (HTTP status 404).",
			mover: MoverUser, steps: []string{"Check the addresses, the tenant and the other parameters of the service.", "Authorize again."},
			action: ActionEdit,
			link:   rfc + "9110#section-15.5.5",
		},
		CodeRefused: {
			title: "The service refused the request", happened: "{host} answered with an error ({answer}).",
			mover: MoverUser, steps: []string{"Search the documentation of {service} for this code.", "Check the settings and try again."},
			action: ActionEdit,
			link:   rfc + "9110#section-15.5",
		},
		CodeErrorUnnamed: {
			title: "The service refused the request", happened: "{host} answered with an error but no code that can be shown.",
			mover: MoverUser, steps: []string{"Check Client ID, Client Secret and the addresses.", "Try again."},
			action: ActionEdit,
			link:   rfc + "6749#section-5.2",
		},
	}
})
