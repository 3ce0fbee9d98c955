package auth

// Detail is one authorization as the detail pane shows it: checked against its
// seal, without any secret.
type Detail struct {
	Authorization Authorization // ClientSecret and the values of AuthParams and TokenParams are emptied
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
}
