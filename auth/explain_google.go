package auth

// explainGoogle holds what Google answers at its token endpoint, at the end of a
// sign-in, or on the page in the browser.
var explainGoogle = providerTable{
	provider: providerGoogle,
	hosts:    []string{"accounts.google.com", "oauth2.googleapis.com", "www.googleapis.com"},
	page:     "https://developers.google.com/identity/protocols/oauth2/native-app",
	rows: []providerError{
		{
			code: "invalid_grant", title: "The sign-in is no longer valid",
			happened: "{host} does not accept the sign-in of {name} any more. While the application's status is Testing, that happens after 7 days; else after 6 months without use, a new password, or more than 100 sign-ins of one account.",
			mover:    MoverUser, steps: []string{"Sign in again.", "To end the 7 days, publish the application under Audience in the Google Cloud console."},
			action: ActionSignIn, link: "https://developers.google.com/identity/protocols/oauth2#expiration",
		},
		{
			code: "invalid_rapt", member: "error_subtype", means: "invalid_grant", title: "Google wants to see you again",
			happened: "{host} ended the sign-in of {name} by your organisation's rule on how long sessions last.",
			mover:    MoverUser, steps: []string{"Sign in again.", "When it happens each day, ask your administrator to trust the application under Google Cloud session control."},
			action: ActionSignIn, link: "https://support.google.com/a/answer/9368756",
		},
		{
			code: "access_denied", title: "Access was denied",
			happened: "{host} reported that access was not granted. While the application's status is Testing, only its test users get in.",
			mover:    MoverUser, steps: []string{"Add your address under Audience, Test users, in the Google Cloud console.", "Sign in again and grant access."},
			action: ActionSignIn,
		},
		{
			code: "redirect_uri_mismatch", means: "invalid_redirect_uri", title: "The redirect URI is not registered",
			happened: "{host} does not accept the address to which the browser comes back for this client.",
			mover:    MoverUser, steps: []string{"Make a client of the type “Desktop app” in the Google Cloud console, which needs no redirect URI.", "Or add the redirect URI from the form to the client, letter by letter.", "Authorize again."},
			action: ActionEdit, link: "https://developers.google.com/identity/protocols/oauth2/native-app#authorization-errors-redirect-uri-mismatch",
		},
		{
			code: "deleted_client", means: "invalid_client", title: "The client was deleted",
			happened: "{host} answered that the OAuth client of {name} was deleted, by hand or because it was not used.",
			mover:    MoverUser, steps: []string{"Restore it under Clients, Restore deleted credentials, within 30 days.", "Or make a new client, edit {name} and authorize again."},
			action: ActionEdit, link: "https://developers.google.com/identity/protocols/oauth2/native-app#authorization-errors-deleted-client",
		},
		{
			code: "disabled_client", means: "unauthorized_client", title: "The client is disabled",
			happened: "{host} answered that the OAuth client of {name} is switched off.",
			mover:    MoverUser, steps: []string{"Enable it under Clients in the Google Cloud console, or look there why it was stopped.", "Authorize again."},
			action: ActionEdit,
		},
		{
			code: "org_internal", means: "access_denied", title: "Only members of the organisation get in",
			happened: "{host} lets in only accounts of the organisation that owns the application.",
			mover:    MoverUser, steps: []string{"Sign in again with an account of that organisation.", "Or set the user type under Audience to External."},
			action: ActionSignIn, link: "https://developers.google.com/identity/protocols/oauth2/native-app#authorization-errors-org-internal",
		},
		{
			code: "admin_policy_enforced", means: "consent_required", title: "Your administrator has to allow this application",
			happened: "{host} does not let this account grant what {name} asks for, by a rule of your Google Workspace.",
			mover:    MoverAdministrator, steps: []string{"Send the request, with the Client ID, to an administrator.", "Sign in again once the application is trusted under API controls."},
			action: ActionCopyAdmin, link: "https://developers.google.com/identity/protocols/oauth2/native-app#authorization-errors-admin-policy-enforced",
		},
		{
			code: "disallowed_useragent", means: "access_denied", title: "Google refuses this browser",
			happened: "{host} shows its sign-in page in full browsers only, not in windows inside of other programs.",
			mover:    MoverUser, steps: []string{"Choose a full browser as the system's default.", "Sign in again."},
			action: ActionSignIn, link: "https://developers.google.com/identity/protocols/oauth2/native-app#authorization-errors-disallowed-useragent",
		},
		{
			code: "unauthorized_client", title: "The client may not do this",
			happened: "{host} does not allow the client of {name} this kind of sign-in. For a service account, it lacks domain-wide delegation for these scopes.",
			mover:    MoverAdministrator, steps: []string{"Check the type of the client in the Google Cloud console.", "For a service account, ask an administrator to add its Client ID and the scopes under Domain-wide delegation.", "Authorize again."},
			action: ActionEdit, link: "https://developers.google.com/identity/protocols/oauth2/service-account#error-codes",
		},
		{
			code: "restricted_client", means: "unauthorized_client", title: "The client is restricted",
			happened: "{host} does not let this client ask for these scopes.",
			mover:    MoverUser, steps: []string{"Add the scopes under Data access in the Google Cloud console, and have them verified when Google asks for it.", "Authorize again."},
			action: ActionEdit,
		},
	},
}
