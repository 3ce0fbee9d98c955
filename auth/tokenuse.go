package auth

import (
	"errors"
	"net/http"
)

// errTokenUnfit: an access token, or the scheme before it, that no header can
// carry (T31).
var errTokenUnfit = errors.New("the token can't stand in a header")

// tokenAlone is TokenUse.Scheme for a token without a word before it.
const tokenAlone = "-"

// Line returns the header by which a request of the service's own API carries an
// access token: its name, and its value with the token in it. The zero value
// makes it Authorization: Bearer (RFC 6750 section 2.1).
func (u TokenUse) Line(access string) (name, value string) {
	name = u.Header
	if name == "" {
		name = "Authorization"
	}
	switch u.Scheme {
	case tokenAlone:
		return name, access
	case "":
		return name, "Bearer " + access
	default:
		return name, u.Scheme + " " + access
	}
}

// bear puts an access token into the header of a request.
func bear(header http.Header, use TokenUse, access Secret) error {
	name, value := use.Line(access.Reveal())
	if !wireHeaderSafe(access.Reveal()) || use.Scheme != "" && !wireHeaderSafe(use.Scheme) {
		return errTokenUnfit
	}
	header.Set(name, value)
	return nil
}
