package auth

// The pages of GitHub on its errors.
const (
	githubSignIn  = "https://docs.github.com/en/apps/oauth-apps/maintaining-oauth-apps/troubleshooting-authorization-request-errors"
	githubDevice  = "https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps#error-codes-for-the-device-flow"
	githubRefresh = "https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/refreshing-user-access-tokens"
)

// explainGitHub holds what GitHub answers, with status 200 most often.
var explainGitHub = providerTable{
	provider: providerGitHub,
	hosts:    []string{"github.com", "ghe.com"},
	page:     "https://docs.github.com/en/apps/oauth-apps/maintaining-oauth-apps/troubleshooting-oauth-app-access-token-request-errors",
	rows: []providerError{
		{
			code: "bad_verification_code", means: "invalid_grant", title: "The code is not accepted",
			happened: "{host} does not take the code of the sign-in: it is older than ten minutes or was used before.",
			mover:    MoverUser, steps: []string{"Sign in again."}, action: ActionSignIn,
		},
		{
			code: "incorrect_client_credentials", means: "invalid_client", title: "The client ID or the secret is wrong",
			happened: "{host} does not accept the Client ID and Client Secret of {name}.",
			mover:    MoverUser, steps: []string{"Compare the Client ID under Settings, Developer settings.", "Make a new client secret there: an old one is never shown again.", "Edit {name} and authorize again."}, action: ActionEdit,
		},
		{
			code: "redirect_uri_mismatch", means: "invalid_redirect_uri", title: "The callback URL is another one",
			happened: "{host} does not accept the address to which the browser comes back.",
			mover:    MoverUser, steps: []string{"Copy the redirect URI from the form into Authorization callback URL of the app.", "Authorize again."}, action: ActionEdit, link: githubSignIn,
		},
		{
			code: "application_suspended", means: "unauthorized_client", title: "The app was suspended",
			happened: "{host} answered that the app was suspended.",
			mover:    MoverService, steps: []string{"Ask GitHub's support why, and have it lifted.", "Authorize again."}, action: ActionEdit, link: githubSignIn,
		},
		{
			code: "access_denied", title: "Access was denied",
			happened: "{host} reported that access was not granted.",
			mover:    MoverUser, steps: []string{"Sign in again and choose Authorize.", "For an organisation's data, ask an owner to approve the app."}, action: ActionSignIn, link: githubSignIn,
		},
		{
			code: "unverified_user_email", means: "access_denied", title: "Your address is not verified",
			happened: "{host} gives tokens only to accounts whose primary email address is verified.",
			mover:    MoverUser, steps: []string{"Verify the address under Settings, Emails at GitHub.", "Sign in again."}, action: ActionSignIn,
		},
		{
			code: "bad_refresh_token", means: "invalid_grant", title: "The sign-in is no longer valid",
			happened: "{host} does not accept the refresh token of {name}: it was used, is older than six months, or the access was removed.",
			mover:    MoverUser, steps: []string{"Sign in again.", "Use the same GitHub App in one authorization only, so that no other program uses up the token."}, action: ActionSignIn, link: githubRefresh,
		},
		{
			code: "device_flow_disabled", means: "unauthorized_client", title: "The device flow is switched off",
			happened: "{host} answered that the app does not allow sign-in with a code.",
			mover:    MoverUser, steps: []string{"Tick Enable Device Flow in the app's settings at GitHub.", "Authorize again."}, action: ActionEdit, link: githubDevice,
		},
		{
			code: "incorrect_device_code", means: "invalid_grant", title: "The device code is not accepted",
			happened: "{host} does not know the code of this sign-in.",
			mover:    MoverUser, steps: []string{"Sign in again to get a new code."}, action: ActionSignIn, link: githubDevice,
		},
	},
}
