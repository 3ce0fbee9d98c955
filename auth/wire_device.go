package auth

import (
	"context"
	"maps"
	"net/url"
	"strings"
	"time"
	"unicode"
)

// The bounds of a device sign-in (T25).
const (
	deviceMinInterval = 5 * time.Second // RFC 8628 section 3.2: also what counts when none is said
	deviceMaxInterval = 60 * time.Second
	deviceLifetime    = 10 * time.Minute // when none is said
	deviceMaxLifetime = 30 * time.Minute
	deviceMaxUserCode = 40   // characters
	deviceMaxCode     = 4096 // bytes of a device code
)

// DeviceReply is a checked answer of a device authorization endpoint (RFC 8628
// section 3.2).
type DeviceReply struct {
	DeviceCode Secret
	UserCode   string        // 1 to 40 printable characters
	Address    string        // verification_uri
	Complete   string        // verification_uri_complete; "" when there is none that can be used
	Interval   time.Duration // between two polls
	Expires    time.Time     // UTC
}

// Device asks for a device code (RFC 8628 section 3.1). extra are further
// parameters; they stand in for none of the request's own. Polling is Token
// with the grant type of section 3.4, whose error codes (authorization_pending,
// slow_down, access_denied, expired_token) come as an Answered *WireError.
func (w *Wire) Device(ctx context.Context, r ClientRequest, scopes []string, separator string, extra url.Values) (DeviceReply, error) {
	form := url.Values{}
	maps.Copy(form, extra)
	form.Del("scope")
	if len(scopes) > 0 {
		form.Set("scope", strings.Join(scopes, separator))
	}
	var reply DeviceReply
	err := w.withClock(r, func(at time.Time) (err error) {
		reply, err = w.device(ctx, r, form, at)
		return err
	})
	return reply, err
}

func (w *Wire) device(ctx context.Context, r ClientRequest, form url.Values, at time.Time) (DeviceReply, error) {
	c, err := w.post(ctx, OpDevice, r, form, at)
	if err != nil {
		return DeviceReply{}, err
	}
	defer c.close()
	members, err := c.object(wireMaxBody)
	if err != nil {
		return DeviceReply{}, err
	}
	if members.hasError() { // with status 200, as some services send it
		return DeviceReply{}, c.refused(replyErrorIn(members))
	}
	reply := DeviceReply{
		DeviceCode: NewSecret(members.text("device_code")), UserCode: members.text("user_code"),
		Interval: deviceInterval(members), Expires: w.now().UTC().Add(deviceExpiry(members)),
	}
	if code := reply.DeviceCode.Reveal(); !wireHeaderSafe(code) || len(code) > deviceMaxCode || !deviceUserCode(reply.UserCode) {
		return DeviceReply{}, c.failed(Answered, CodeReplyUnusable, nil)
	}
	address := members.text("verification_uri")
	if address == "" {
		address = members.text("verification_url") // Google's name for it
	}
	if reply.Address = deviceAddress(r.Endpoint, address); reply.Address == "" {
		return DeviceReply{}, c.failed(Answered, CodeAddressRefused, nil)
	}
	reply.Complete = deviceAddress(r.Endpoint, members.text("verification_uri_complete"))
	if hostOf(reply.Complete) != hostOf(reply.Address) {
		reply.Complete = "" // the user is shown one host and would be led to another
	}
	c.done()
	return reply, nil
}

// deviceUserCode tells whether a code can be shown and typed.
func deviceUserCode(code string) bool {
	length := len([]rune(code))
	return length > 0 && length <= deviceMaxUserCode && strings.TrimSpace(code) == code &&
		!strings.ContainsFunc(code, func(r rune) bool { return r == unicode.ReplacementChar || !unicode.IsPrint(r) })
}

// deviceAddress returns an address for the user's browser as it is opened, ""
// when it can't be: it is https or, for a server on this machine, there too. A
// fragment may be part of it.
func deviceAddress(endpoint, address string) string {
	base, fragment, with := strings.Cut(address, "#")
	if !discoveryAllows(endpoint, base) || len(address) > maxAddress || strings.ContainsFunc(fragment, unusableInAddress) {
		return ""
	}
	clean, err := wireAddress(base)
	switch {
	case err != nil:
		return ""
	case with:
		return clean.String() + "#" + fragment
	default:
		return clean.String()
	}
}

func deviceInterval(members replyMembers) time.Duration {
	seconds, ok := replySeconds(members["interval"])
	if !ok {
		return deviceMinInterval
	}
	return wireClamp(seconds, deviceMinInterval, deviceMaxInterval)
}

func deviceExpiry(members replyMembers) time.Duration {
	seconds, ok := replySeconds(members["expires_in"])
	if !ok || seconds <= 0 {
		return deviceLifetime
	}
	return wireClamp(seconds, time.Second, deviceMaxLifetime)
}

// wireClamp is a number of seconds between two bounds.
func wireClamp(seconds float64, least, most time.Duration) time.Duration {
	switch {
	case seconds <= least.Seconds():
		return least
	case seconds >= most.Seconds():
		return most
	default:
		return time.Duration(seconds * float64(time.Second))
	}
}
