package auth

// explainHubSpot holds what HubSpot answers, in "status" most often.
var explainHubSpot = providerTable{
	provider: providerHubSpot,
	hosts:    []string{"hubapi.com", "hubspot.com"},
	page:     "https://developers.hubspot.com/docs/api/oauth/tokens",
	rows: []providerError{
		{
			code: "BAD_REFRESH_TOKEN", member: "status", means: "invalid_grant", title: "The sign-in is no longer valid",
			happened: "{host} does not know the refresh token of {name}: the app was removed from the account, or the token belongs to another app.",
			mover:    MoverUser, steps: []string{"Sign in again to install the app once more.", "Check that Client ID and Client Secret are those of the same app."}, action: ActionSignIn,
		},
		{
			code: "BAD_AUTH_CODE", member: "status", means: "invalid_grant", title: "The code is not accepted",
			happened: "{host} does not take the code of the sign-in: it ran out or was used before.",
			mover:    MoverUser, steps: []string{"Sign in again."}, action: ActionSignIn,
		},
		{
			code: "BAD_CLIENT_ID", member: "status", means: "invalid_client_id", title: "The client ID is wrong",
			happened: "{host} does not know the Client ID of {name}.",
			mover:    MoverUser, steps: []string{"Copy the Client ID again from the Auth tab of the app.", "Edit {name} and authorize again."}, action: ActionEdit,
		},
		{
			code: "BAD_CLIENT_SECRET", member: "status", means: "invalid_client", title: "The client secret is wrong",
			happened: "{host} does not accept the Client Secret of {name}.",
			mover:    MoverUser, steps: []string{"Copy the Client Secret again from the Auth tab of the app.", "Edit {name} and authorize again."}, action: ActionEdit,
		},
		{
			code: "BAD_REDIRECT_URI", member: "status", means: "invalid_redirect_uri", title: "The redirect URL is not registered",
			happened: "{host} does not accept the address to which the browser comes back.",
			mover:    MoverUser, steps: []string{"Add the redirect URI from the form under Redirect URLs in the Auth tab of the app.", "Authorize again."}, action: ActionEdit,
		},
	},
}
