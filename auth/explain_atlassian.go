package auth

// explainAtlassian holds what Atlassian answers for Jira, Confluence and Bitbucket.
var explainAtlassian = providerTable{
	provider: providerAtlassian,
	hosts:    []string{"auth.atlassian.com", "api.atlassian.com", "bitbucket.org"},
	page:     "https://developer.atlassian.com/cloud/jira/platform/oauth-2-3lo-apps/",
	rows: []providerError{
		{
			// Comes with unauthorized_client, but the client is not what is wrong.
			code: "refresh_token is invalid", member: "error_description", means: "invalid_grant", title: "The sign-in is no longer valid",
			happened: "{host} does not accept the refresh token of {name}: it was used before, or was not used for 90 days.",
			mover:    MoverUser, steps: []string{"Sign in again.", "Use the app in one authorization only, so that no other program uses up the token."}, action: ActionSignIn,
		},
		{
			code: "unknown or invalid refresh token", member: "error_description", title: "The sign-in is no longer valid",
			happened: "{host} does not accept the refresh token of {name}: it was used before, ran out, or your password was changed.",
			mover:    MoverUser, steps: []string{"Sign in again.", "Use the app in one authorization only, so that no other program uses up the token."}, action: ActionSignIn,
		},
		{
			code: "access_denied", title: "Access was denied",
			happened: "{host} reported that access was not granted, by you or by a rule of the site.",
			mover:    MoverUser, steps: []string{"Sign in again and accept.", "When the site blocks apps of users, ask its administrator to allow this one."}, action: ActionSignIn,
		},
		{
			code: "unauthorized_client", title: "The app may not do this",
			happened: "{host} knows the app but does not allow it this, for example because a permission was never added to it.",
			mover:    MoverUser, steps: []string{"Add the API and its permissions in the developer console, and turn on sharing when others are to sign in.", "Authorize again."}, action: ActionEdit,
		},
	},
}
