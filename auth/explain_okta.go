package auth

// explainOkta holds what Okta answers, in "error" or in its own errorCode.
var explainOkta = providerTable{
	provider: providerOkta,
	hosts:    []string{"okta.com", "oktapreview.com", "okta-emea.com", "okta-gov.com"},
	page:     "https://developer.okta.com/docs/reference/error-codes/",
	rows: []providerError{
		{
			code: "access_denied", title: "A rule does not let you in",
			happened: "{host} reported that a policy of the authorization server or of the app does not allow this sign-in.",
			mover:    MoverAdministrator, steps: []string{"Ask your administrator to assign you to the app, and to look for an access policy that allows the grant and the scopes.", "Sign in again."}, action: ActionCopyAdmin,
		},
		{
			code: "invalid_dpop_proof", title: "The app asks for proof of possession",
			happened: "{host} gives tokens of this app only with a DPoP proof, which this program does not send.",
			mover:    MoverAdministrator, steps: []string{"Ask an administrator to untick “Require Demonstrating Proof of Possession” in the app's general settings.", "Authorize again."}, action: ActionCopyAdmin,
			link: "https://developer.okta.com/docs/guides/dpop/",
		},
		{
			code: "invalid_grant", title: "The sign-in is no longer valid",
			happened: "{host} does not accept the code or the refresh token of {name}: it ran out, was used up, or another redirect URI came with it.",
			mover:    MoverUser, steps: []string{"Sign in again.", "When it happens often, ask your administrator about the lifetime of refresh tokens in the access policy."}, action: ActionSignIn,
		},
		{
			code: "invalid_scope", title: "A permission is not known",
			happened: "{host} does not have one of the scopes in this authorization server.",
			mover:    MoverUser, steps: []string{"Compare the scopes with those of the authorization server, such as default.", "Scopes such as okta.users.read belong to the org's own server, the address without /oauth2/default.", "Authorize again."}, action: ActionEdit,
		},
		{
			code: "E0000004", member: "errorCode", means: CodeAuthenticationFailed, title: "The authentication failed",
			happened: "{host} does not accept the user name and password, or the client.",
			mover:    MoverUser, steps: []string{"Check both.", "Edit {name} and authorize again."}, action: ActionEdit,
		},
		{
			code: "E0000006", member: "errorCode", means: "access_denied", title: "This is not allowed",
			happened: "{host} answered that the permission for this is missing.",
			mover:    MoverAdministrator, steps: []string{"Ask an administrator to grant the scopes under Okta API Scopes of the app, and a role where one is needed.", "Authorize again."}, action: ActionCopyAdmin,
		},
		{
			code: "E0000007", member: "errorCode", means: CodeNotFound, title: "The address is wrong",
			happened: "{host} answered that there is nothing at this address.",
			mover:    MoverUser, steps: []string{"Check the Okta domain and the ID of the authorization server.", "Authorize again."}, action: ActionEdit,
		},
		{
			code: "E0000011", member: "errorCode", means: "invalid_token", title: "The token is no longer valid",
			happened: "{host} does not accept the token of {name}.",
			mover:    MoverUser, steps: []string{"Refresh the token now, or sign in again."}, action: ActionSignIn,
		},
		{
			code: "E0000047", member: "errorCode", means: CodeTooManyRequests, title: "The service wants a pause",
			happened: "{host} answered that it got too many requests.",
			mover:    MoverService, steps: []string{"Try again in a minute."}, action: ActionRetry,
		},
	},
}
