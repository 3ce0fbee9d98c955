package auth

import (
	"net/url"
	"time"
)

// clientCredentialsForm is a token request of a client that acts for itself
// (RFC 6749 section 4.4.2).
func clientCredentialsForm(Authorization, time.Time) (url.Values, error) {
	return url.Values{"grant_type": {"client_credentials"}}, nil
}
