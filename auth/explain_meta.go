package auth

// explainMeta holds Meta's numbers (error.code of the Graph API), which stand in
// the place of RFC 6749's words.
var explainMeta = providerTable{
	provider: providerMeta,
	hosts:    []string{"facebook.com", "instagram.com"},
	page:     "https://developers.facebook.com/docs/graph-api/guides/error-handling/",
	rows: []providerError{
		{
			code: "190", means: "invalid_grant", title: "The sign-in is over",
			happened: "{host} does not accept the token of {name}: it ran out, the password was changed, or the app was removed.",
			mover:    MoverUser, steps: []string{"Sign in again."}, action: ActionSignIn,
		},
		{
			code: "102", means: "invalid_grant", title: "The sign-in is over",
			happened: "{host} answered that the session behind {name} has ended.",
			mover:    MoverUser, steps: []string{"Sign in again."}, action: ActionSignIn,
		},
		{
			code: "101", means: "invalid_client", title: "The app ID is wrong",
			happened: "{host} does not know the app ID or does not accept the app secret of {name}.",
			mover:    MoverUser, steps: []string{"Copy App ID and App secret again from App settings, Basic.", "Edit {name} and authorize again."}, action: ActionEdit,
		},
		{
			code: "191", means: "invalid_redirect_uri", title: "The redirect URI is not registered",
			happened: "{host} does not accept the page on which the browser ends.",
			mover:    MoverUser, steps: []string{"Add the redirect URI from the form under Valid OAuth Redirect URIs of the app.", "Authorize again."}, action: ActionEdit,
		},
	},
}
