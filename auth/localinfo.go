package auth

import "time"

// LocalInfo is what the form and the sign-in sheet show of the local server.
// The password and the client's secret are made on this machine, for it alone.
type LocalInfo struct {
	Running      bool
	Since        time.Time // when it was started; zero while it does not run
	Issuer       string    // "http://127.0.0.1:17655"; stable over restarts
	Discovery    string    // address of the discovery document
	User         string
	Password     Secret
	ClientID     string // the practice client
	ClientSecret Secret
	Problem      string // why it does not run, for the user; "" while it runs or has not been started
}

// DefaultLocalPort is the local server's port.
const DefaultLocalPort = 17655

// LocalParam is the hidden service parameter that stands for LocalInfo.Issuer.
const LocalParam = "local"
