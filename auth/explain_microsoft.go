package auth

// explainMicrosoft holds the numbers of Microsoft Entra that have to do with the
// application: its secret, its registration, its permissions, its tenant.
var explainMicrosoft = providerTable{
	provider: providerMicrosoft,
	hosts: []string{
		"microsoftonline.com", "login.microsoft.com", "login.windows.net", "microsoftonline.us", "partner.microsoftonline.cn",
		"b2clogin.com", "ciamlogin.com",
	},
	page: "https://learn.microsoft.com/en-us/entra/identity-platform/reference-error-codes",
	rows: []providerError{
		{
			code: "AADSTS7000215", title: "The client secret is wrong", happened: "{host} does not accept the Client Secret of {name}.",
			mover: MoverUser, steps: []string{
				"In the Entra admin center open App registrations, the application, Certificates & secrets.",
				"Make a new secret and copy its Value, not its Secret ID.", "Edit {name}, enter the new secret and authorize again.",
			}, action: ActionEdit,
		},
		{
			code: "AADSTS7000222", title: "The client secret ran out", happened: "{host} answered that the Client Secret of {name} is past its end date.",
			mover: MoverUser, steps: []string{
				"In the Entra admin center open App registrations, the application, Certificates & secrets, and make a new secret.",
				"Edit {name}, enter the new secret's Value and authorize again.", "Note the new end date.",
			}, action: ActionEdit,
		},
		{
			code: "AADSTS7000218", title: "A client secret is needed", happened: "{host} treats the application as one with a secret, and got none.",
			mover: MoverUser, steps: []string{
				"Enter the Client Secret and authorize again.",
				"For an application without a secret, set “Allow public client flows” to Yes under Authentication in its registration.",
			}, action: ActionEdit,
		},
		{
			code: "AADSTS700025", title: "This application has no secret", happened: "{host} knows the application as a public client, which sends no secret.",
			mover: MoverUser, steps: []string{"Turn on “This app has no secret” in the form and authorize again."}, action: ActionEdit,
		},
		{
			code: "AADSTS700027", title: "The signed assertion is not accepted", happened: "{host} could not check the signature of the client assertion with a certificate of the application.",
			mover: MoverUser, steps: []string{"Upload the certificate of this private key under Certificates & secrets of the registration.", "Check that the key and its ID in the form are the same.", "Authorize again."}, action: ActionEdit,
		},
		{
			code: "AADSTS700024", title: "The assertion's times do not fit", happened: "{host} got a client assertion that is not valid at this moment by its own clock.",
			mover: MoverUser, steps: []string{"Set the clock of this machine, and let it set itself.", "Shorten the lifetime of the assertion to ten minutes or less.", "Try again."}, action: ActionRetry,
		},
		{
			code: "AADSTS50008", title: "The clocks do not agree", happened: "{host} did not accept the token of your organisation's own sign-in service. Most often the clocks of the two differ.",
			mover: MoverAdministrator, steps: []string{"Check the clock of this machine.", "Ask your administrator to check the clock and the settings of the federated sign-in service.", "Sign in again."}, action: ActionCopyAdmin,
		},
		{
			code: "AADSTS50011", title: "The redirect URI is not registered", happened: "{host} does not find the address to which the browser comes back in the application's registration.",
			mover: MoverUser, steps: []string{
				"Copy the redirect URI from the form.", "In the registration open Authentication, add the platform “Mobile and desktop applications”, and enter it there letter by letter.", "Authorize again.",
			}, action: ActionEdit,
		},
		{
			code: "AADSTS500112", title: "The redirect URI is another one", happened: "{host} got another redirect URI with the code than with the sign-in.",
			mover: MoverUser, steps: []string{"Remove redirect_uri from the parameters of the form, if it stands there.", "Authorize again."}, action: ActionEdit,
		},
		{
			code: "AADSTS500113", title: "No redirect URI is registered", happened: "{host} finds no address to come back to in the application's registration.",
			mover: MoverUser, steps: []string{
				"Copy the redirect URI from the form.", "In the registration open Authentication, add the platform “Mobile and desktop applications”, and enter it there.", "Authorize again.",
			}, action: ActionEdit,
		},
		{
			code: "AADSTS9002325", title: "The platform of the redirect URI is wrong", happened: "{host} knows the redirect URI as that of a single-page application.",
			mover: MoverUser, steps: []string{"In the registration move the redirect URI from “Single-page application” to “Mobile and desktop applications”.", "Authorize again."}, action: ActionEdit,
		},
		{
			code: "AADSTS9002327", title: "The platform of the redirect URI is wrong", happened: "{host} gives tokens for this redirect URI to web pages only, because it is registered for a single-page application.",
			mover: MoverUser, steps: []string{"In the registration move the redirect URI from “Single-page application” to “Mobile and desktop applications”.", "Authorize again."}, action: ActionEdit,
		},
		{
			code: "AADSTS9002313", title: "The request can't be read", happened: "{host} answered that the request has a wrong form, such as a damaged code or an unknown parameter.",
			mover: MoverUser, steps: []string{"Remove the parameters that you added yourself.", "Authorize again."}, action: ActionEdit,
		},
		{
			code: "AADSTS90014", title: "Something is missing in the request", happened: "{host} answered that a required field was left out.",
			mover: MoverUser, steps: []string{"Put back the body fields that you left out in the form.", "Authorize again."}, action: ActionEdit,
		},
		{
			code: "AADSTS65001", title: "Consent is missing", happened: "{host} has no consent, of yours or of an administrator, for all that {name} asks for.",
			mover: MoverUser, steps: []string{"Re-authorize and accept the permissions.", "When the page says that approval is required, send the request to an administrator."}, action: ActionSignIn,
		},
		{
			code: "AADSTS65004", title: "Consent was declined", happened: "{host} reported that the permissions were not accepted.",
			mover: MoverUser, steps: []string{"Sign in again and accept the permissions.", "Untick those that you don't want to give."}, action: ActionSignIn,
		},
		{
			code: "AADSTS65005", title: "The application does not list this permission", happened: "{host} finds that the application's registration does not ask for a resource that {name} needs.",
			mover: MoverUser, steps: []string{"Add the permission under API permissions of the registration.", "Authorize again."}, action: ActionEdit,
		},
		{
			code: "AADSTS90094", title: "An administrator has to approve this first", happened: "{host} lets only administrators approve what {name} asks for.",
			mover: MoverAdministrator, steps: []string{"Send the request to an administrator of the tenant.", "Sign in again once it is approved."}, action: ActionCopyAdmin,
		},
		{
			code: "AADSTS50105", title: "You are not assigned to the application", happened: "{host} lets in only the users whom an administrator has assigned to the application.",
			mover: MoverAdministrator, steps: []string{"Ask an administrator to assign you, or a group of yours, under Enterprise applications, Users and groups.", "Sign in again."}, action: ActionCopyAdmin,
		},
		{
			code: "AADSTS7000112", title: "The application is disabled", happened: "{host} answered that the application is switched off.",
			mover: MoverAdministrator, steps: []string{"Ask an administrator to enable it under Enterprise applications, Properties.", "Authorize again."}, action: ActionCopyAdmin,
		},
		{
			code: "AADSTS700016", title: "The application is not in this tenant", happened: "{host} does not find the Client ID of {name} in the tenant that was asked.",
			mover: MoverUser, steps: []string{"Compare the Client ID with the Application (client) ID of the registration.", "Compare the tenant with the Directory (tenant) ID there.", "Authorize again."}, action: ActionEdit,
		},
		{
			code: "AADSTS50194", title: "The application is for one tenant", happened: "{host} answered that the application belongs to one tenant and can't be used with “common”.",
			mover: MoverUser, steps: []string{"Enter the Directory (tenant) ID as the tenant in the form.", "Authorize again."}, action: ActionEdit,
		},
		{
			code: "AADSTS90002", title: "The tenant is not known", happened: "{host} does not find the tenant of {name}.",
			mover: MoverUser, steps: []string{"Copy the Directory (tenant) ID from the overview of the registration.", "Check that the service is that of your national cloud.", "Authorize again."}, action: ActionEdit,
		},
		{
			code: "AADSTS500011", title: "The resource is not in this tenant", happened: "{host} does not find the resource that the scopes name in the tenant.",
			mover: MoverUser, steps: []string{"Check the address before /.default or before the scope, letter by letter.", "Ask an administrator whether the resource's application was installed in the tenant."}, action: ActionEdit,
		},
		{
			code: "AADSTS70011", title: "A permission is not known", happened: "{host} does not accept one of the scopes asked for.",
			mover: MoverUser, steps: []string{"For client credentials ask for one scope that ends in /.default.", "Untick the scopes that you added yourself.", "Authorize again."}, action: ActionEdit,
		},
	},
}
