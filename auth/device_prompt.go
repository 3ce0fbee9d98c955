package auth

import "time"

// DevicePrompt is what the user needs to approve a device sign-in (RFC 8628
// section 3.2). The texts are checked: short, printable, an https address.
type DevicePrompt struct {
	UserCode string
	Address  string    // verification_uri
	Complete string    // verification_uri_complete, with the code in it; "" when there is none
	Expires  time.Time // UTC
}
