package localserver

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"

	"tokenwell/auth"
)

// Device authorization grant (RFC 8628).
const (
	deviceCodePrefix = "twl_dc_"
	deviceLifetime   = 10 * time.Minute
	deviceInterval   = 5 * time.Second
	deviceRemembered = 2 * deviceLifetime // so that an expired code is told from an unknown one
	maxDevices       = 256
	// userCodeLetters makes no words and has none that are taken for others
	// (RFC 8628 section 6.1): eight of them are 34 bits.
	userCodeLetters = "BCDFGHJKLMNPQRSTVWXZ"
	userCodeLength  = 8
)

// deviceState is where a device request stands.
type deviceState int

const (
	devicePending deviceState = iota
	deviceApproved
	deviceDenied
)

// deviceRequest is a device that waits for its user.
type deviceRequest struct {
	clientID string
	userCode string
	asked    []string
	expires  time.Time
	interval time.Duration
	polled   time.Time
	state    deviceState
	// once approved
	userID   string
	scopes   []string
	authTime time.Time
}

// devices holds the requests of devices, in memory: see the package comment.
// Safe for concurrent use.
type devices struct {
	now     func() time.Time
	mu      sync.Mutex
	waiting bounded[deviceRequest]
}

func newDevices(now func() time.Time) *devices {
	return &devices{now: now, waiting: bounded[deviceRequest]{size: maxDevices, lifetime: deviceRemembered}}
}

// add returns the device code and the user code of a new request.
func (d *devices) add(clientID string, scopes []string) (deviceCode, userCode string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for userCode == "" || d.find(userCode) != "" {
		userCode = textOf(userCodeLetters, userCodeLength)
	}
	at := d.now()
	id := d.waiting.add(at, deviceRequest{
		clientID: clientID, userCode: userCode, asked: scopes, expires: at.Add(deviceLifetime), interval: deviceInterval,
	})
	return deviceCodePrefix + id, shownCode(userCode)
}

// find returns the ID of the request with a user code that can still be
// decided on, "" when there is none. The lock is held.
func (d *devices) find(userCode string) string {
	for id, e := range d.waiting.entries {
		if e.value.userCode == userCode && e.value.state == devicePending && d.now().Before(e.value.expires) {
			return id
		}
	}
	return ""
}

// byUserCode returns the request with a user code that waits for a decision.
func (d *devices) byUserCode(typed string) (id string, req deviceRequest, ok bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	id = d.find(plainCode(typed))
	return id, d.waiting.entries[id].value, id != ""
}

// decide stores the user's answer and tells whether it still counted.
func (d *devices) decide(id string, answer deviceRequest) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	e, ok := d.waiting.entries[id]
	if !ok || e.value.state != devicePending || !d.now().Before(e.value.expires) {
		return false
	}
	e.value.state, e.value.userID, e.value.scopes, e.value.authTime = answer.state, answer.userID, answer.scopes, answer.authTime
	d.waiting.entries[id] = e
	return true
}

// poll is one look of the device (RFC 8628 section 3.5). An approved request is
// returned, and gone; restore brings it back.
func (d *devices) poll(clientID, deviceCode string) (id string, req deviceRequest, refusal *oidc.Error, why string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	at := d.now()
	id = strings.TrimPrefix(deviceCode, deviceCodePrefix)
	req, ok := d.waiting.get(at, id)
	if !ok || req.clientID != clientID {
		return "", req, oidc.ErrInvalidGrant().WithDescription("the device code is unknown or used, or belongs to another client"),
			"The server does not know this device code, or it was used before, or it was given to another client."
	}
	switch {
	case req.state == deviceApproved:
		delete(d.waiting.entries, id)
		return id, req, nil, ""
	case req.state == deviceDenied:
		delete(d.waiting.entries, id)
		return "", req, oidc.ErrAccessDenied().WithDescription("the user said no"), "The user clicked Deny."
	case !at.Before(req.expires):
		return "", req, oidc.ErrExpiredDeviceCode().WithDescription("the device code has expired"),
			"The device code has expired: the user has ten minutes. Ask for a new one."
	}
	early := !req.polled.IsZero() && at.Sub(req.polled) < req.interval
	req.polled = at
	if early {
		req.interval += deviceInterval
	}
	d.update(id, req)
	if early {
		return "", req, oidc.ErrSlowDown().WithDescription("the device asks too often; it has to wait 5 seconds longer from now on"),
			"The device asks more often than the interval allows. It has to wait five seconds longer from now on (RFC 8628 section 3.5)."
	}
	return "", req, oidc.ErrAuthorizationPending().WithDescription("the user has not decided yet"),
		"The user has not decided yet. The device asks again after the interval; this is how it is meant to be."
}

func (d *devices) update(id string, req deviceRequest) {
	e := d.waiting.entries[id]
	e.value = req
	d.waiting.entries[id] = e
}

// restore brings an approved request back whose tokens could not be stored.
func (d *devices) restore(id string, req deviceRequest) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.waiting.entries[id] = entry[deviceRequest]{value: req, made: req.expires.Add(-deviceLifetime)}
}

// drop removes the requests that which names.
func (d *devices) drop(which func(deviceRequest) bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.waiting.drop(which)
}

// plainCode is a user code as it is compared: capitals, and only the letters
// that a code can have (RFC 8628 section 6.1).
func plainCode(typed string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(userCodeLetters, r) {
			return r
		}
		return -1
	}, strings.ToUpper(typed))
}

// shownCode is a user code as it is shown, "" when it is none.
func shownCode(code string) string {
	code = plainCode(code)
	if len(code) != userCodeLength {
		return ""
	}
	return code[:userCodeLength/2] + "-" + code[userCodeLength/2:]
}

// DeviceAuthorization implements op.Server (RFC 8628 section 3.1).
func (p *provider) DeviceAuthorization(ctx context.Context, r *op.ClientRequest[oidc.DeviceAuthorizationRequest]) (*op.Response, error) {
	c := r.Client.(opClient).client
	if err := mayUse(ctx, c, oidc.GrantTypeDeviceCode); err != nil {
		return nil, err
	}
	scopes, err := p.scopesOf(ctx, c, r.Data.Scopes)
	if err != nil {
		return nil, err
	}
	deviceCode, userCode := p.devices.add(c.ID, scopes)
	return op.NewResponse(&oidc.DeviceAuthorizationResponse{
		DeviceCode: deviceCode, UserCode: userCode,
		VerificationURI: p.issuer + pathVerify, VerificationURIComplete: p.issuer + pathVerify + "?user_code=" + userCode,
		ExpiresIn: int(deviceLifetime / time.Second), Interval: int(deviceInterval / time.Second),
	}), nil
}

// DeviceToken implements op.Server (RFC 8628 section 3.4).
func (p *provider) DeviceToken(ctx context.Context, r *op.ClientRequest[oidc.DeviceAccessTokenRequest]) (*op.Response, error) {
	c := r.Client.(opClient).client
	id, req, refusal, why := p.devices.poll(c.ID, r.Data.DeviceCode)
	if refusal != nil {
		return nil, because(ctx, refusal, why)
	}
	_, ok, err := p.activeUser(ctx, req.userID)
	if err == nil && !ok {
		return nil, because(ctx, oidc.ErrAccessDenied().WithDescription("the user may not sign in"), "The user who approved this is switched off.")
	}
	if err != nil {
		p.devices.restore(id, req)
		return nil, storageFailed(err)
	}
	g := p.newGrant(c, auth.LocalGrantDevice, req.userID, slices.Clone(req.scopes))
	g.AuthTime = req.authTime
	reply, err := p.answerWith(ctx, c, g)
	if err != nil {
		p.devices.restore(id, req)
	}
	return reply, err
}
