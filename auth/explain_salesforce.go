package auth

// explainSalesforce holds what Salesforce answers; the same error code has many
// causes there, which its description tells apart.
var explainSalesforce = providerTable{
	provider: providerSalesforce,
	hosts:    []string{"salesforce.com", "force.com", "salesforce.mil"},
	page:     "https://help.salesforce.com/s/articleView?id=xcloud.remoteaccess_oauth_flow_errors.htm&type=5",
	rows: []providerError{
		{
			code: "expired authorization code", member: "error_description", title: "The code is not accepted",
			happened: "{host} does not take the code of the sign-in: it is older than 15 minutes or was used before.",
			mover:    MoverUser, steps: []string{"Sign in again."}, action: ActionSignIn,
		},
		{
			code: "invalid authorization code", member: "error_description", title: "The code is not accepted",
			happened: "{host} does not know the code of the sign-in.",
			mover:    MoverUser, steps: []string{"Check that sign-in and token address belong to the same kind of org, sandbox or production.", "Sign in again."}, action: ActionSignIn,
		},
		{
			code: "expired access/refresh token", member: "error_description", title: "The sign-in is no longer valid",
			happened: "{host} does not accept the refresh token of {name}: it ran out, was used up or was withdrawn.",
			mover:    MoverUser, steps: []string{"Sign in again.", "Look at the refresh token policy of the connected app: Valid until revoked lasts longest. A sixth sign-in of one user ends the first."}, action: ActionSignIn,
		},
		{
			code: "inactive user", member: "error_description", title: "The user is not active",
			happened: "{host} answered that the user of {name} was deactivated or frozen.",
			mover:    MoverAdministrator, steps: []string{"Ask an administrator of the org to activate the user.", "Sign in again."}, action: ActionCopyAdmin,
		},
		{
			code: "inactive_user", means: "invalid_grant", title: "The user is not active",
			happened: "{host} answered that the user of {name} was deactivated or frozen.",
			mover:    MoverAdministrator, steps: []string{"Ask an administrator of the org to activate the user.", "Sign in again."}, action: ActionCopyAdmin,
		},
		{
			code: "inactive_org", means: "unauthorized_client", title: "The org is not active",
			happened: "{host} answered that the org is locked, closed or suspended.",
			mover:    MoverAdministrator, steps: []string{"Ask an administrator of the org to have it unlocked.", "Authorize again."}, action: ActionCopyAdmin,
		},
		{
			code: "ip restricted", member: "error_description", title: "Your network is not allowed",
			happened: "{host} lets the user in from certain addresses only, and this one is not among them.",
			mover:    MoverAdministrator, steps: []string{"Connect to the VPN of your organisation, then sign in again.", "Or ask an administrator to relax the IP restrictions of the connected app."}, action: ActionCopyAdmin,
		},
		{
			code: "invalid login hours", member: "error_description", title: "Not at this time of day",
			happened: "{host} lets the user in at certain hours only.",
			mover:    MoverAdministrator, steps: []string{"Sign in again within the login hours of your profile.", "Or ask an administrator to change them."}, action: ActionSignIn,
		},
		{
			code: "authentication failure", member: "error_description", title: "The user name or the password is wrong",
			happened: "{host} does not accept the user name and password. Outside of trusted networks the security token belongs behind the password.",
			mover:    MoverUser, steps: []string{"Check both, and put the security token right behind the password.", "Check that the token address is that of the org: login for production, test for a sandbox."}, action: ActionEdit,
		},
		{
			code: "user hasn't approved this consumer", member: "error_description", title: "The app has not been approved",
			happened: "{host} gives tokens only to users who approved the connected app, or for whom an administrator did.",
			mover:    MoverAdministrator, steps: []string{"Ask an administrator to pre-authorize your profile or permission set in the connected app.", "Get the token again."}, action: ActionCopyAdmin,
		},
		{
			code: "audience validation failed", member: "error_description", title: "The audience is wrong",
			happened: "{host} does not accept the audience of the assertion.",
			mover:    MoverUser, steps: []string{"Enter https://login.salesforce.com as the audience, for a sandbox https://test.salesforce.com.", "Get the token again."}, action: ActionEdit,
		},
		{
			code: "invalid_app_access", means: "access_denied", title: "You may not use this app",
			happened: "{host} answered that this user is not admitted to the connected app.",
			mover:    MoverAdministrator, steps: []string{"Ask an administrator to assign the app to your profile or permission set.", "Sign in again."}, action: ActionCopyAdmin,
		},
		{
			code: "OAUTH_APP_BLOCKED", means: "access_denied", title: "The app is blocked",
			happened: "{host} answered that an administrator blocked the connected app.",
			mover:    MoverAdministrator, steps: []string{"Ask an administrator to unblock it under Connected Apps OAuth Usage.", "Sign in again."}, action: ActionCopyAdmin,
		},
		{
			code: "rate_limit_exceeded", means: CodeTooManyRequests, title: "The service wants a pause",
			happened: "{host} answered that there were too many sign-ins.",
			mover:    MoverService, steps: []string{"Try again in an hour."}, action: ActionRetry,
		},
	},
}
