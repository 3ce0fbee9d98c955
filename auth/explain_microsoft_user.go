package auth

// explainMicrosoftUser holds the numbers of Microsoft Entra that have to do with
// the one who signs in and with how long a sign-in lasts.
var explainMicrosoftUser = providerTable{
	provider: providerMicrosoft,
	rows: []providerError{
		{
			code: "AADSTS50076", title: "A second factor is needed", happened: "{host} asks for multifactor authentication, because a rule or your place has changed.",
			mover: MoverUser, steps: []string{"Sign in again and confirm with your second factor."}, action: ActionSignIn,
		},
		{
			code: "AADSTS50074", title: "A second factor is needed", happened: "{host} asks for multifactor authentication, and it was not completed.",
			mover: MoverUser, steps: []string{"Sign in again and confirm with your second factor."}, action: ActionSignIn,
		},
		{
			code: "AADSTS50078", title: "The second factor is too long ago", happened: "{host} wants the multifactor authentication to be done again, by a rule of your organisation.",
			mover: MoverUser, steps: []string{"Sign in again and confirm with your second factor."}, action: ActionSignIn,
		},
		{
			code: "AADSTS50079", title: "A second factor has to be set up", happened: "{host} asks for multifactor authentication, for which you are not registered yet.",
			mover: MoverUser, steps: []string{"Sign in again and set up the second factor that the page offers.", "When it offers none, ask your administrator."}, action: ActionSignIn,
		},
		{
			code: "AADSTS53000", title: "This machine is not compliant", happened: "{host} lets in only machines that your organisation manages and finds in order.",
			mover: MoverAdministrator, steps: []string{"Sign in from a machine that your organisation manages, in its usual browser.", "Ask your administrator what this one lacks."}, action: ActionCopyAdmin,
		},
		{
			code: "AADSTS53001", title: "This machine is not joined", happened: "{host} lets in only machines that are joined to your organisation's domain.",
			mover: MoverAdministrator, steps: []string{"Sign in from a machine that is joined.", "Ask your administrator to join this one, or for an exception."}, action: ActionCopyAdmin,
		},
		{
			code: "AADSTS53003", title: "A rule of your organisation blocks this", happened: "{host} did not issue a token: a conditional access rule stands against it.",
			mover: MoverAdministrator, steps: []string{"Send the details to your administrator, who finds the rule in the sign-in log.", "Sign in again once the rule allows it."}, action: ActionCopyAdmin,
		},
		{
			code: "AADSTS700003", title: "This machine was removed", happened: "{host} does not find this machine any more: your organisation has deleted it from its directory.",
			mover: MoverAdministrator, steps: []string{"Ask your administrator to register this machine again.", "Sign in again."}, action: ActionCopyAdmin,
		},
		{
			code: "AADSTS50034", title: "The user is not known", happened: "{host} does not find this user in the tenant.",
			mover: MoverUser, steps: []string{"Check the user name, and whether the tenant is the right one.", "Sign in again with an account of this tenant."}, action: ActionSignIn,
		},
		{
			code: "AADSTS50020", title: "The account belongs to another tenant", happened: "{host} does not let this account in: it is not a member or a guest of the tenant.",
			mover: MoverUser, steps: []string{"Sign in again and choose an account of this tenant.", "Or ask an administrator to invite yours as a guest."}, action: ActionSignIn,
		},
		{
			code: "AADSTS50053", title: "The account is locked", happened: "{host} has locked the account after too many wrong passwords, or because of the address you come from.",
			mover: MoverUser, steps: []string{"Wait a quarter of an hour.", "Sign in again. When it stays locked, ask your administrator."}, action: ActionSignIn,
		},
		{
			code: "AADSTS50055", title: "The password ran out", happened: "{host} wants a new password before it lets you in.",
			mover: MoverUser, steps: []string{"Change the password at Microsoft.", "Sign in again."}, action: ActionSignIn,
		},
		{
			code: "AADSTS50057", title: "The account is disabled", happened: "{host} answered that this user's account is switched off.",
			mover: MoverAdministrator, steps: []string{"Ask your administrator to enable the account.", "Sign in again."}, action: ActionCopyAdmin,
		},
		{
			code: "AADSTS50126", title: "The user name or the password is wrong", happened: "{host} does not accept the user name and password.",
			mover: MoverUser, steps: []string{"Check both by signing in at Microsoft in the browser.", "Enter them again.", "When your organisation signs in on a page of its own, use the authorization code instead of a password."}, action: ActionEdit,
		},
		{
			code: "AADSTS50173", title: "The sign-in was withdrawn", happened: "{host} ended the sign-in of {name}, because the password was changed or an administrator withdrew it.",
			mover: MoverUser, steps: []string{"Sign in again."}, action: ActionSignIn,
		},
		{
			code: "AADSTS70008", title: "The sign-in ran out", happened: "{host} no longer takes the code or the refresh token of {name}: it was not used for too long.",
			mover: MoverUser, steps: []string{"Sign in again.", "Refresh automatically, so that the sign-in stays in use."}, action: ActionSignIn,
		},
		{
			code: "AADSTS700082", title: "The sign-in was not used for too long", happened: "{host} ended the sign-in of {name}, because its refresh token was not used for 90 days.",
			mover: MoverUser, steps: []string{"Sign in again.", "Refresh automatically, so that the sign-in stays in use."}, action: ActionSignIn,
		},
		{
			code: "AADSTS700084", title: "The sign-in lasted one day", happened: "{host} gives sign-ins of single-page applications 24 hours, and those of {name} are over.",
			mover: MoverUser, steps: []string{"In the registration move the redirect URI from “Single-page application” to “Mobile and desktop applications”.", "Sign in again."}, action: ActionSignIn,
		},
		{
			code: "AADSTS70043", title: "Your organisation ends sign-ins early", happened: "{host} ended the sign-in of {name} by a rule on how often one has to sign in.",
			mover: MoverUser, steps: []string{"Sign in again.", "When it happens too often, ask your administrator about the sign-in frequency."}, action: ActionSignIn,
		},
		{
			code: "AADSTS54005", title: "The code was used already", happened: "{host} got the same code a second time and does not take it.",
			mover: MoverUser, steps: []string{"Sign in again."}, action: ActionSignIn,
		},
		{
			code: "AADSTS70000", title: "The sign-in is not accepted", happened: "{host} does not accept the code or the refresh token of {name}.",
			mover: MoverUser, steps: []string{"Check that the tenant is the one in which you signed in.", "Sign in again."}, action: ActionSignIn,
		},
		{
			code: "AADSTS50058", title: "Nobody is signed in", happened: "{host} was asked to sign in without a page, but nobody is signed in there.",
			mover: MoverUser, steps: []string{"Remove prompt from the authorization-endpoint parameters, if it says none.", "Sign in again."}, action: ActionSignIn,
		},
		{
			code: "AADSTS90033", title: "Microsoft has a problem", happened: "{host} answered that it is not well for the moment.",
			mover: MoverService, steps: []string{"Try again in a few minutes."}, action: ActionRetry,
		},
	},
}
