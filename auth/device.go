package auth

import (
	"context"
	"errors"
	"net/url"
	"strconv"
	"time"
)

// deviceGrantType is the grant type of RFC 8628 section 3.4.
const deviceGrantType = "urn:ietf:params:oauth:grant-type:device_code"

// The error codes of RFC 8628 section 3.5 that the program acts on.
const (
	codeDevicePending  = "authorization_pending"
	codeDeviceSlowDown = "slow_down"
	codeDeviceExpired  = "expired_token"
)

// deviceSlowDown is what slow_down adds to the interval (RFC 8628 section 3.5).
const deviceSlowDown = 5 * time.Second

// pollDevice asks for the tokens of a device code until the user has decided or
// the code has run out (RFC 8628 section 3.5): never twice at once, and after
// the interval that the service wants, which begins with the answer. ctx ends
// the waiting, never a request.
func (e *Engine) pollDevice(ctx context.Context, p pending, code DeviceReply, arrived func()) (Detail, error) {
	interval := code.Interval
	svc, _ := e.catalog.Get(p.config.ServiceID)
	quirk, _ := svc.Quirk(QuirkDevicePending)
	pending, _ := strconv.Atoi(quirk.Params["status"])
	for {
		select {
		case <-time.After(interval):
		case <-ctx.Done():
			return Detail{}, context.Cause(ctx)
		}
		if !e.now().Before(code.Expires) {
			return Detail{}, &CodedError{Code: codeDeviceExpired}
		}
		detail, err := e.pollOnce(ctx, p, code.DeviceCode, arrived)
		var goOn bool
		if interval, goOn = nextPoll(interval, pending, err); !goOn {
			return detail, err
		}
	}
}

// deviceExtra are the further parameters of the request for a device code.
func deviceExtra(svc Service) url.Values {
	if _, own := svc.Quirk(QuirkDeviceAtToken); own {
		return url.Values{"response_type": {"device_code"}}
	}
	return nil
}

// nextPoll returns when to ask again after an answer, and whether to. pending is
// an HTTP status by which the service says that the user has not decided yet; 0:
// it has none of its own.
func nextPoll(interval time.Duration, pending int, err error) (time.Duration, bool) {
	var failed *WireError
	if !errors.As(err, &failed) {
		return interval, false
	}
	switch {
	case failed.Code == codeDevicePending, pending != 0 && failed.Status == pending && failed.Code != codeDeviceSlowDown:
	case failed.Code == codeDeviceSlowDown:
		interval += deviceSlowDown
	case failed.Phase != Answered, failed.Status >= 500, failed.Status == 429:
		// The service, or the way to it, is overloaded (R22): twice as long.
		interval = max(interval, min(2*interval, deviceMaxInterval), failed.RetryAfter)
	default:
		return interval, false
	}
	return interval, true
}

// pollOnce asks once. Every poll may bring the tokens, so each is made with the
// row loaded under its lock, ready to be committed. No intent is stored: the
// code would be lost with the program anyway, and a poll every few seconds that
// wrote to the disk would show a state that comes and goes.
func (e *Engine) pollOnce(ctx context.Context, p pending, code Secret, arrived func()) (Detail, error) {
	return e.underSignIn(ctx, p, func(_ context.Context, r Record) (Record, error) {
		svc, _ := e.catalog.Get(p.config.ServiceID)
		reply, err := e.postToken(p.config, svc, r.Tokens, url.Values{"grant_type": {deviceGrantType}, "device_code": {code.Reveal()}})
		if err != nil {
			return Record{}, err
		}
		arrived()
		return e.keep(p, r, e.signedIn(p, r, reply, ""))
	})
}
