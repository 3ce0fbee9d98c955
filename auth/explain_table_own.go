package auth

import "sync"

// explainTransport holds what happens between this machine and the server.
var explainTransport = sync.OnceValue(func() map[string]explanation {
	return map[string]explanation{
		CodeNetworkUnreachable: {
			title: "The service can't be reached", happened: "No connection to {host} came about. Nothing was sent.",
			mover: MoverUser, steps: []string{"Check the network, the VPN and the firewall.", "Try again."},
			action: ActionRetry,
		},
		CodeDNS: {
			title: "The host is not known", happened: "The name {host} could not be found. Nothing was sent.",
			mover: MoverUser, steps: []string{"Check the network, and the spelling of the address.", "Try again."},
			action: ActionRetry,
		},
		CodeTimeout: {
			title: "The service did not answer in time", happened: "{host} could not be reached within the time limit. Nothing was sent.",
			mover: MoverUser, steps: []string{"Check the network, the VPN and the firewall.", "Try again."},
			action: ActionRetry,
		},
		CodeProxy: {
			title: "The proxy refused the connection", happened: "The proxy of this machine did not connect to {host}. Nothing was sent.",
			mover: MoverAdministrator, steps: []string{"Check the proxy settings of this machine.", "Ask your administrator whether the proxy allows {host}."},
			action: ActionRetry,
		},
		CodeProxyAuth: {
			title: "The proxy wants a user name", happened: "The proxy on the way to {host} asks for a user name and a password. Nothing was sent.",
			mover: MoverUser, steps: []string{"Enter user name and password of the proxy under More in the form, or in the proxy settings of this machine.", "Try again."},
			action: ActionEdit,
		},
		CodeClientCertRefused: {
			title: "The client certificate is not accepted", happened: "{host} does not take the certificate of {name}, or wants one and got none.",
			mover: MoverUser, steps: []string{"Check that the certificate is the one registered at {service} and has not run out.", "Edit {name}, enter the certificate with its private key and authorize again."},
			action: ActionEdit, state: StateNeedsAttention,
		},
		CodeClientCertificate: {
			title: "The client certificate can't be used", happened: "The certificate of {name} can't be read, or its private key is missing or belongs to another one. Nothing was sent.",
			mover: MoverUser, steps: []string{"Enter the certificate and its key again, as PEM or PKCS#12, with the right password.", "Authorize again."},
			action: ActionEdit, state: StateNeedsAttention,
		},
		CodeClientKey: {
			title: "The private key can't be used", happened: "The private key of {name} can't be read or does not fit the algorithm. Nothing was sent.",
			mover: MoverUser, steps: []string{"Load the key again, with its password, and choose an algorithm that fits it.", "Authorize again."},
			action: ActionEdit, state: StateNeedsAttention,
		},
		CodeConnection: {
			title: "The connection settings can't be used", happened: "The time-out, the proxy or the CA certificate of {name} is not valid. Nothing was sent.",
			mover: MoverUser, steps: []string{"Correct the connection settings under More in the form.", "Authorize again."},
			action: ActionEdit, state: StateNeedsAttention,
		},
		CodeRequestSettings: {
			title: "A header can't be sent", happened: "One of the extra headers of {name} has a name or a value that no request can have. Nothing was sent.",
			mover: MoverUser, steps: []string{"Correct the extra headers under More in the form.", "Authorize again."},
			action: ActionEdit, state: StateNeedsAttention,
		},
		CodeTLS: {
			title: "No secure connection is possible", happened: "{host} could not agree with this program on a secure connection. Nothing was sent.",
			mover: MoverService, steps: []string{"Check the address and the port.", "When they are right, tell whoever runs {host}."},
			action: ActionRetry,
		},
		CodeTLSUntrusted: {
			title: "The certificate is not trusted", happened: "{host} shows a certificate that nobody known to this machine vouches for. Nothing was sent.",
			mover: MoverAdministrator, steps: []string{"If this network asks for a sign-in in the browser, do that first.", "For a server of your own organisation, ask your administrator to install its root certificate on this machine."},
			action: ActionRetry,
		},
		CodeTLSExpired: {
			title: "The certificate has run out", happened: "The certificate of {host} is not valid at this time. Nothing was sent.",
			mover: MoverService, steps: []string{"Check the date and time of this machine.", "When they are right, tell whoever runs {host}."},
			action: ActionRetry,
		},
		CodeTLSWrongName: {
			title: "The certificate belongs to another host", happened: "Who answered for {host} shows the certificate of another host. Nothing was sent.",
			mover: MoverUser, steps: []string{"If this network asks for a sign-in in the browser, do that first.", "Check the address of the service."},
			action: ActionRetry,
		},
		CodeTLSVersion: {
			title: "The service's security is out of date", happened: "{host} offers only outdated versions of TLS. Nothing was sent.",
			mover: MoverService, steps: []string{"Tell whoever runs {host}: TLS 1.2 is the least that is accepted."},
			action: ActionRetry,
		},
		CodeAddressRefused: {
			title: "The address is not accepted", happened: "An address of the service is not https, or leads to a place that no service uses. Nothing was sent to it.",
			mover: MoverUser, steps: []string{"Check the addresses of the service: they begin with https and hold no user name.", "Authorize again."},
			action: ActionEdit, state: StateNeedsAttention,
		},
		CodeClientAuth: {
			title: "This kind of client authentication is not known", happened: "The settings ask for a client authentication that this program does not have. Nothing was sent.",
			mover: MoverUser, steps: []string{"Choose another client authentication.", "Authorize again."},
			action: ActionEdit, state: StateNeedsAttention,
		},
		CodePrivateAddress: {
			title: "The address lies in a private network", happened: "{host} leads to this machine or to a network that is not the internet. Nothing was sent.",
			mover: MoverUser, steps: []string{"When the server is one of your organisation or of this machine, confirm it and go on.", "Otherwise check the spelling of the address."},
			action: ActionRetry,
		},
		CodeCutOff: {
			title: "The answer was cut off", happened: "The connection to {host} ended before its answer was complete.",
			mover: MoverUser, steps: []string{"Check the network.", "Try again. When the old sign-in is used up, sign in again."},
			action: ActionRetry,
		},
		CodeNoAnswer: {
			title: "The service did not answer in time", happened: "{host} took the request and did not answer within the time limit.",
			mover: MoverService, steps: []string{"Try again in a few minutes. When the old sign-in is used up, sign in again."},
			action: ActionRetry,
		},
		CodeReplyUnusable: {
			title: "The answer can't be used", happened: "{host} answered with something that is not what was asked for.",
			mover: MoverService, steps: []string{"Check that the addresses belong to this service.", "Try again. When it stays, tell whoever runs {host}."},
			action: ActionEdit,
		},
		CodeCaptivePortal: {
			title: "A web page came instead of an answer", happened: "The request to {host} was answered with a web page, as networks do that want you to sign in first.",
			mover: MoverUser, steps: []string{"Open any page in the browser and sign in to the network, if it asks for that.", "Otherwise check the addresses of the service.", "Try again."},
			action: ActionRetry,
		},
		CodeRedirectRefused: {
			title: "The service sent the request elsewhere", happened: "{host} answered with a redirect, which is never followed because it would hand the secret to another address.",
			mover: MoverUser, steps: []string{"If this network asks for a sign-in in the browser, do that first.", "Check the addresses of the service: enter the final ones."},
			action: ActionEdit,
		},
		CodeIssuerMismatch: {
			title: "The server gives another name", happened: "The metadata of {host} names another issuer than the one entered. It is not used.",
			mover: MoverUser, steps: []string{"Copy the issuer letter by letter from {service}, with or without the slash at the end as it stands there."},
			action: ActionEdit,
		},
		CodeRegistrationClosed: {
			title: "The service does not let this program register", happened: "{host} registers only clients that it has approved before.",
			mover: MoverUser, steps: []string{"Register the application by hand, as the help of the service says.", "Enter its Client ID and its Client Secret."},
			action: ActionNone,
		},
		CodeRegistrationUnusable: {
			title: "The registered client is not used", happened: "{host} registered something else than what was asked for.",
			mover: MoverService, steps: []string{"Register the application by hand, as the help of the service says.", "Tell whoever runs {host}: a client named Tokenwell is left there, unused."},
			action: ActionNone,
		},
	}
})

// explainOwn holds what happens in the browser, in the program and on the disk.
var explainOwn = sync.OnceValue(func() map[string]explanation {
	return map[string]explanation{
		CodeStateMismatch: {
			title: "The answer does not belong to this sign-in", happened: "An answer came whose state is not that of this sign-in. It was not used.",
			mover: MoverUser, steps: []string{"Finish the sign-in in the newest browser tab, or start it again."},
			action: ActionSignIn,
		},
		CodeTokenHost: {
			title: "The answer leads to an unknown server", happened: "The answer of {service} names a server for its tokens that is not known as one of its own. The code was sent nowhere.",
			mover: MoverUser, steps: []string{"Start the sign-in again, in the browser in which you use {service}.", "When it stays, the service may have opened a new region: report it to whoever maintains this program's list of services."},
			action: ActionSignIn,
		},
		CodeIssMismatch: {
			title: "The answer came from another server", happened: "The answer names another issuer than {host}. Its code was not used.",
			mover: MoverUser, steps: []string{"Check the addresses of the service.", "Sign in again. When it happens again, tell your administrator."},
			action: ActionSignIn,
		},
		CodeBadCallback: {
			title: "The answer from the browser is damaged", happened: "The address that came back from {host} holds no usable answer.",
			mover: MoverUser, steps: []string{"Sign in again."},
			action: ActionSignIn,
		},
		CodeAlreadyUsed: {
			title: "This answer was used already", happened: "The same answer came a second time. Only the first one counts.",
			mover: MoverUser, steps: []string{"Wait for the sign-in to end, or start it again."},
			action: ActionSignIn,
		},
		CodePortInUse: {
			title: "The port for the answer is taken", happened: "Another program on this machine holds the port to which the browser comes back. The browser was not opened.",
			mover: MoverUser, steps: []string{"Close the other program, or choose another port in the form and register it at {service}.", "Authorize again."},
			action: ActionEdit,
		},
		CodeBrowserNotOpened: {
			title: "The browser could not be opened", happened: "No browser on this machine took the link to {host}.",
			mover: MoverUser, steps: []string{"Copy the link and open it in a browser on this machine.", "On another machine, paste the address that the browser shows at the end."},
			action: ActionCopyLink,
		},
		CodeSignInTimedOut: {
			title: "The sign-in was not finished in time", happened: "No answer came from the browser.",
			mover: MoverUser, steps: []string{"Sign in again."},
			action: ActionSignIn,
		},
		CodeSignInSilent: {
			title: "The sign-in was not finished in time", happened: "No answer came from the browser. What goes wrong at {service} is shown there alone and never sent back, so the page may say why.",
			mover: MoverUser, steps: []string{"Look at the page that {service} left open in the browser, and mend what it names: often the redirect URI or the client ID.", "Sign in again."},
			action: ActionSignIn,
		},
		CodeCancelled: {
			title: "Cancelled", happened: "The action was cancelled. Nothing else changed.",
			mover: MoverUser, steps: []string{"Start it again when you want to."},
			action: ActionNone,
		},
		CodeVaultLocked: {
			title: "The vault is locked", happened: "The stored secrets can't be read while the vault is locked.",
			mover: MoverUser, steps: []string{"Unlock the vault.", "Try again."},
			action: ActionRetry,
		},
		CodeVaultMissing: {
			title: "There is no vault yet", happened: "Secrets are stored in a vault only, and none has been made.",
			mover: MoverUser, steps: []string{"Make the vault.", "Try again."},
			action: ActionRetry,
		},
		CodeVaultKey: {
			title: "The key does not open the vault", happened: "The passphrase is wrong, or the keyring has lost or changed the key. Nothing stored was changed.",
			mover: MoverUser, steps: []string{"Type the passphrase again, or unlock the keyring with which the vault was made.", "Try again."},
			action: ActionRetry,
		},
		CodeChangedOutside: {
			title: "Changed outside the app", happened: "The stored row of {name} was changed by something other than this program. No request is made with it.",
			mover: MoverUser, steps: []string{"Ask who may have changed the database file.", "Delete {name} and create it again."},
			action: ActionNone, state: StateChangedOutside,
		},
		CodeFileReplaced: {
			title: "The database file was moved or replaced", happened: "The file is no longer the one that Tokenwell opened. Nothing more is written, so that no two copies drift apart.",
			mover: MoverUser, steps: []string{"Close Tokenwell.", "Put the file back to where it was, with the two files beside it whose names begin like its own.", "Start Tokenwell again."},
			action: ActionNone,
		},
		CodeStorageHeld: {
			title: "Another program holds the database", happened: "Nothing could be stored, for {program} has kept the database to itself for several seconds. Nothing is lost; what refreshes by itself goes on once it lets go.",
			mover: MoverUser, steps: []string{"End {program}, or what it does with the database.", "Try again."},
			action: ActionRetry,
		},
		CodeStorage: {
			title: "The database could not be written or read", happened: "The disk or the database file did not take part. Nothing stored was erased.",
			mover: MoverUser, steps: []string{"Check that the disk is not full and that the data folder can be written.", "Try again."},
			action: ActionRetry,
		},
		CodeNotFoundHere: {
			title: "This authorization is gone", happened: "It was deleted meanwhile.",
			mover: MoverUser, steps: []string{"Create it again if you need it."},
			action: ActionNone,
		},
		CodeNameTaken: {
			title: "This name is taken", happened: "Another authorization has this name.",
			mover: MoverUser, steps: []string{"Choose another name."},
			action: ActionEdit,
		},
		CodeStale: {
			title: "It changed meanwhile", happened: "{name} got newer tokens or settings while this was under way. Those were kept.",
			mover: MoverUser, steps: []string{"Look at its state, and try again if that is still needed."},
			action: ActionRetry,
		},
		CodeRefusedTwice: {
			title: "The sign-in is no longer valid", happened: "An earlier answer of {host} was lost, and the old refresh token of {name} is used up.",
			mover: MoverUser, steps: []string{"Sign in again."},
			action: ActionSignIn, state: StateNeedsSignIn,
		},
		CodeInterrupted: {
			title: "The request was interrupted", happened: "The program ended while a request to {host} was under way. It is not known whether it was carried out.",
			mover: MoverUser, steps: []string{"Try again. When the old sign-in is used up, sign in again."},
			action: ActionRetry, state: StateUnknown,
		},
		CodeNoRefreshToken: {
			title: "There is no refresh token", happened: "{host} gave {name} an access token only, so it can't be renewed without you.",
			mover: MoverUser, steps: []string{"Tick the permission for refreshing, such as offline_access, when the service has one.", "Sign in again."},
			action: ActionSignIn,
		},
		CodeNoAccessToken: {
			title: "There is no access token", happened: "{name} has not been authorized yet.",
			mover: MoverUser, steps: []string{"Sign in."},
			action: ActionSignIn,
		},
		CodeNotHandedOut: {
			title: "This token is not given out", happened: "The access token of {name} is not a plain bearer token, so that other programs could not use it safely.",
			mover: MoverService, steps: []string{"Sign in again.", "When it stays, tell whoever runs {host} that the token is not a Bearer token of RFC 6750."},
			action: ActionSignIn,
		},
		CodePaused: {
			title: "It is paused", happened: "{name} hands out and refreshes nothing until it is resumed.",
			mover: MoverUser, steps: []string{"Resume it."},
			action: ActionResume,
		},
		CodeLimitUsed: {
			title: "All refreshes are used up", happened: "{name} has been refreshed as often as its own limit allows.",
			mover: MoverUser, steps: []string{"Raise the limit or take it away, or sign in again, which starts the count anew."},
			action: ActionSignIn,
		},
		CodeRevokeQueued: {
			title: "The revocation is not confirmed yet", happened: "{service} has not confirmed that the tokens of {name} are revoked. They may still be in force.",
			mover: MoverService, steps: []string{"Leave the program running: it asks again by itself, also after a restart.", "To use {name} again, sign in again."},
			action: ActionSignIn,
		},
		CodeRevokeRefused: {
			title: "The tokens were not revoked", happened: "{service} did not carry out the revocation that was asked for. The tokens of {name} may still be in force.",
			mover: MoverUser, steps: []string{"Withdraw the consent in your account settings at {service}.", "Then delete {name}, or sign in again."},
			action: ActionNone,
		},
		CodeNotSupported: {
			title: "The service does not offer this", happened: "{service} has no way to do this from a program.",
			mover: MoverUser, steps: []string{"Do it in the account settings of {service}."},
			action: ActionNone,
		},
		CodeServiceMissing: {
			title: "The service is missing", happened: "The service of {name} was deleted, or its entry was changed outside the app. No request is made without it.",
			mover: MoverUser, steps: []string{"Import the service again, or make it anew on the Services screen.", "Create the authorization again with that service, then delete {name}."},
			action: ActionNone, state: StateNeedsAttention,
		},
		CodeServiceFile: {
			title: "The file can't be imported", happened: "The file does not hold one service as Tokenwell exports it.",
			mover: MoverUser, steps: []string{"Ask whoever made the file for a new export.", "Or enter the service by hand."},
			action: ActionNone,
		},
		CodeUnknownName: {
			title: "No authorization has this name", happened: "Tokenwell knows no authorization named {name}.",
			mover: MoverUser, steps: []string{"Look the name up in Tokenwell's list, or with: tokenwell list.", "Use it as it stands there; upper and lower case count alike."},
			action: ActionNone,
		},
		CodeDeniedByUser: {
			title: "It was denied", happened: "{program} asked for a token of {name}, and you said no in Tokenwell's window.",
			mover: MoverUser, steps: []string{"Leave it so, or let the program ask again and allow it."},
			action: ActionNone,
		},
		CodeDeniedByRule: {
			title: "This program is not on the list", happened: "{name} gives its tokens to listed programs only, and {program} is not one of them.",
			mover: MoverUser, steps: []string{"In Tokenwell, add the program to those that may use {name}.", "Then let it ask again."},
			action: ActionNone,
		},
		CodeNotAnswered: {
			title: "Nobody answered in time", happened: "Tokenwell asked whether {program} may have a token of {name}. No answer came, which counts as no.",
			mover: MoverUser, steps: []string{"Let the program ask again, and answer in Tokenwell's window."},
			action: ActionNone,
		},
		CodeNobodyToAsk: {
			title: "There is nobody to ask", happened: "{name} asks you before {program} gets a token, and no window of Tokenwell is open.",
			mover: MoverUser, steps: []string{"Start Tokenwell and let the program ask again.", "For what runs without you, allow the program for good in Tokenwell."},
			action: ActionNone,
		},
		CodeHostNotAllowed: {
			title: "The token may not go to this host", happened: "{program} wanted to send the token of {name} to {host}, which is not one of its allowed hosts.",
			mover: MoverUser, steps: []string{"Check the address that the program uses.", "When the host belongs to {service}, add it in Tokenwell to the allowed hosts of {name}."},
			action: ActionNone,
		},
		CodeTooShort: {
			title: "The token does not last long enough", happened: "{program} wants a token that lasts longer than those that {service} gives {name}, even when it is new.",
			mover: MoverUser, steps: []string{"Ask for a shorter time: the console command takes it as --min-valid.", "When {service} lets its tokens last longer, set that there."},
			action: ActionNone,
		},
		CodeUnexpected: {
			title: "Something unexpected happened", happened: "The program met an error that it has no words for. Nothing stored was erased.",
			mover: MoverUser, steps: []string{"Try again.", "When it stays, report it with the time and the details below."},
			action: ActionRetry,
		},
	}
})
