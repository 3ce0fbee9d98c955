package auth

// explainSlack holds what Slack answers with ok=false and status 200.
var explainSlack = providerTable{
	provider: providerSlack,
	hosts:    []string{"slack.com", "slack-gov.com"},
	page:     "https://docs.slack.dev/reference/methods/oauth.v2.access",
	rows: []providerError{
		{
			code: "invalid_code", means: "invalid_grant", title: "The code is not accepted",
			happened: "{host} does not take the code of the sign-in: it is older than ten minutes or was used before.",
			mover:    MoverUser, steps: []string{"Sign in again."}, action: ActionSignIn,
		},
		{
			code: "bad_redirect_uri", means: "invalid_redirect_uri", title: "The redirect URL is not registered",
			happened: "{host} does not accept the address to which the browser comes back.",
			mover:    MoverUser, steps: []string{"Add the redirect URI from the form under OAuth & Permissions, Redirect URLs of the app.", "Authorize again."}, action: ActionEdit,
		},
		{
			code: "invalid_client_id", title: "The client ID is wrong",
			happened: "{host} does not know the Client ID of {name}.",
			mover:    MoverUser, steps: []string{"Copy the Client ID again from Basic Information of the app.", "Edit {name} and authorize again."}, action: ActionEdit,
		},
		{
			code: "bad_client_secret", means: "invalid_client", title: "The client secret is wrong",
			happened: "{host} does not accept the Client Secret of {name}.",
			mover:    MoverUser, steps: []string{"Copy the Client Secret again from Basic Information of the app: it is not the Signing Secret.", "Edit {name} and authorize again."}, action: ActionEdit,
		},
		{
			code: "token_revoked", means: "invalid_grant", title: "The access was withdrawn",
			happened: "{host} answered that the token of {name} was revoked, or the app was removed from the workspace.",
			mover:    MoverUser, steps: []string{"Sign in again to install the app in the workspace once more."}, action: ActionSignIn,
		},
		{
			code: "token_expired", means: "invalid_grant", title: "The token ran out",
			happened: "{host} answered that the token of {name} is past its time.",
			mover:    MoverUser, steps: []string{"Sign in again.", "Refresh automatically, so that it does not run out."}, action: ActionSignIn, link: slackRotation,
		},
		{
			code: "invalid_refresh_token", means: "invalid_grant", title: "The sign-in is no longer valid",
			happened: "{host} does not accept the refresh token of {name}: it was used before, or the access was withdrawn.",
			mover:    MoverUser, steps: []string{"Sign in again."}, action: ActionSignIn, link: slackRotation,
		},
		{
			code: "not_allowed_token_type", means: "unauthorized_client", title: "This kind of token can't be used here",
			happened: "{host} does not take a token of this kind for the request.",
			mover:    MoverUser, steps: []string{"Choose between the scopes of a bot and those of a user in the form.", "Authorize again."}, action: ActionEdit,
		},
		{
			code: "invalid_team_for_non_distributed_app", means: "access_denied", title: "The app belongs to another workspace",
			happened: "{host} lets this app into the workspace in which it was made only.",
			mover:    MoverUser, steps: []string{"Sign in again and choose that workspace.", "Or turn on Manage Distribution of the app."}, action: ActionSignIn,
		},
		{
			code: "invalid_scope", title: "A permission is not known",
			happened: "{host} does not accept one of the scopes asked for.",
			mover:    MoverUser, steps: []string{"Add the scopes under OAuth & Permissions of the app, or untick them in the form.", "Authorize again."}, action: ActionEdit,
		},
		{
			code: "account_inactive", means: "invalid_grant", title: "The account was switched off",
			happened: "{host} answered that the user or the workspace of {name} is no longer active.",
			mover:    MoverAdministrator, steps: []string{"Ask an administrator of the workspace to activate the account.", "Sign in again."}, action: ActionSignIn,
		},
		{
			code: "ratelimited", means: CodeTooManyRequests, title: "The service wants a pause",
			happened: "{host} answered that it got too many requests.",
			mover:    MoverService, steps: []string{"Try again later."}, action: ActionRetry, link: "https://docs.slack.dev/apis/web-api/rate-limits",
		},
	},
}

// slackRotation is Slack's page on tokens that run out.
const slackRotation = "https://docs.slack.dev/authentication/using-token-rotation"
