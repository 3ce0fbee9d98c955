package auth

import "time"

// Detail is one authorization as the detail pane shows it: checked against its
// seal, without any secret.
type Detail struct {
	// Authorization has its secrets taken out: ClientSecret and Values are
	// empty, parameters and headers keep their names only.
	Authorization Authorization
	Status        Status
	HasSecret     bool
	// Missing are the scopes asked for and not granted; nil when the service
	// did not report what it granted.
	Missing []string
	// CanRevoke tells whether the service offers revocation; WhyNotRevoke says
	// why not and where the user can withdraw the consent.
	CanRevoke    bool
	WhyNotRevoke string
	// CanRefresh tells whether Refresh can do anything; WhyNotRefresh says why not.
	CanRefresh    bool
	WhyNotRefresh string
	RefreshesLeft int // Unlimited without a limit
	// CanPause tells whether there is something that Pause would keep from use;
	// what is paused can be resumed.
	CanPause bool
	// HasRefreshToken and HasIDToken tell what is stored beside the access token.
	HasRefreshToken, HasIDToken bool
	CanIntrospect               bool // the service offers introspection (RFC 7662)
	// TestAddress is what Test fetches by itself; "" when the service names nothing.
	TestAddress string
	// Facts are what the service said beside the tokens, see Tokens.
	Facts map[string]string
	// SecretEnds is when the client secret ends, as the user noted (UTC); zero: not known.
	SecretEnds time.Time
	// Rule says which programs get its tokens.
	Rule HandOutRule
}
