package auth

// providerLocal is the provider of the local server, as the catalog names it.
const providerLocal = "Tokenwell"

// explainLocal says, by code, what a failure means at the local server, which is a
// part of this program: nobody's network is to blame.
var explainLocal = map[string]explanation{
	CodeNetworkUnreachable: {
		title: "The local server does not run", happened: "Nobody answers at {host}, the address of the local server in this program. Nothing was sent.",
		mover: MoverUser, steps: []string{"Start it under Local server.", "Try again."},
		action: ActionRetry,
	},
}
