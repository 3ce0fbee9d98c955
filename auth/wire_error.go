package auth

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// WirePhase says what is known of a request that failed.
type WirePhase string

// The phases.
const (
	// NotSent: certain that no byte of the request reached the server. The
	// same credential can be presented again.
	NotSent WirePhase = "not_sent"
	// Ambiguous: bytes may have arrived and no usable answer came. A refresh
	// token or a code may be used up.
	Ambiguous WirePhase = "ambiguous"
	// Answered: the server answered, and not with what was asked for.
	Answered WirePhase = "answered"
)

// The operations of a WireError.
const (
	OpToken    = "token"
	OpRevoke   = "revoke"
	OpUserInfo = "userinfo"
	OpDiscover = "discover"

	OpDevice     = "device"
	OpPush       = "push"
	OpIntrospect = "introspect"
	OpKeys       = "keys"
	OpFetch      = "fetch"
)

// The codes of what is wrong with the client's or the connection's settings.
const (
	CodeClientKey         = "client_key"                 // the private key of the client can't be used
	CodeClientCertificate = "client_certificate"         // the certificate of the client can't be used
	CodeConnection        = "connection_settings"        // time-out, proxy or CA certificate can't be used
	CodeRequestSettings   = "request_settings"           // a further header can't be sent
	CodeProxyAuth         = "proxy_auth"                 // the proxy wants a user name and a password (407)
	CodeClientCertRefused = "client_certificate_refused" // the server did not take the certificate, or wants one
)

// settingCodes are those of requests that can't leave before a setting is changed.
var settingCodes = []string{
	CodeAddressRefused, CodeClientAuth, CodeClientKey, CodeClientCertificate, CodeConnection, CodeRequestSettings,
}

// wireMaxRetryAfter is the longest wait that a server can ask for (R24).
const wireMaxRetryAfter = time.Hour

// WireError is a request that did not bring what was asked for. It holds
// nothing that the server wrote but the checked error code (T36), and none of
// what was sent.
type WireError struct {
	Phase WirePhase
	Op    string // OpToken, …
	Host  string // host and port that were asked; "" when the address was refused
	// Status is the HTTP status; 0: none came.
	Status int
	// Code is the server's error code (RFC 6749 section 5.2) or one of ours,
	// see CodeTLS and so on. Never empty. Where a service has a word of its own
	// for what the RFC names, such as bad_refresh_token, or a finer one beside
	// it, such as AADSTS7000222, Code is the RFC's and Word the service's.
	Code, Word string
	// RetryAfter is how long the server wants to be left alone; at most an hour, 0: it did not say.
	RetryAfter time.Duration
	Ref        string    // stands in the log too
	At         time.Time // UTC
	// ServerTime is the server's clock (RFC 9110 section 6.6.1); zero: it did not say.
	ServerTime time.Time
	cause      error // one of this package's sentinels or nil, never a library's error: those quote the server
}

// Error implements error.
func (e *WireError) Error() string {
	if e.Status != 0 {
		return fmt.Sprintf("%s request to %s: %s, HTTP status %d (%s, ref %s)", e.Op, e.Host, e.Code, e.Status, e.Phase, e.Ref)
	}
	return fmt.Sprintf("%s request to %s: %s (%s, ref %s)", e.Op, e.Host, e.Code, e.Phase, e.Ref)
}

// Unwrap returns a sentinel of this package or nil.
func (e *WireError) Unwrap() error { return e.cause }

// refused makes the error of an answer that says what went wrong.
func (c *wireCall) refused(e replyError) error {
	if wireEchoes(e.code, c.sent) {
		e.code = CodeErrorUnnamed
	}
	err := c.failed(Answered, canonicalCode(e.code), nil)
	switch {
	case e.word != "" && !wireEchoes(e.word, c.sent):
		err.Word = e.word
	case err.Code != e.code:
		err.Word = e.code
	}
	return err
}

// broken makes the error of a request or an answer that broke off.
func (c *wireCall) broken(err error) *WireError {
	if errors.Is(context.Cause(c.ctx), context.Canceled) {
		if !c.wrote.Load() {
			return c.failed(NotSent, CodeCancelled, ErrCancelled)
		}
		return c.failed(Ambiguous, CodeCutOff, ErrCancelled)
	}
	if wireCertificateRefused(err) {
		// In TLS 1.3 a client hears of it only after its request; a server that
		// refuses the certificate has not looked at that.
		return c.failed(NotSent, CodeClientCertRefused, nil)
	}
	if !c.wrote.Load() {
		return c.failed(NotSent, c.unsentCode(err), nil)
	}
	return c.failed(Ambiguous, sentCode(err), nil)
}

// failed logs the end of the call and makes its error.
func (c *wireCall) failed(phase WirePhase, code string, cause error) *WireError {
	e := &WireError{
		Phase: phase, Op: c.op, Host: c.host, Status: c.status, Code: code,
		RetryAfter: wireRetryAfter(c.header, c.wire.now()), Ref: c.ref, At: c.wire.now().UTC(), cause: cause,
	}
	if date, err := http.ParseTime(c.header.Get("Date")); err == nil {
		e.ServerTime = date.UTC()
	}
	c.record(slog.LevelWarn, code)
	return e
}

// unsendable makes the error of a request that could not be made up.
func (c *wireCall) unsendable(err error) *WireError {
	var setting *settingError
	if errors.As(err, &setting) {
		return c.failed(NotSent, setting.code, setting.cause)
	}
	return c.failed(NotSent, CodeUnexpected, nil)
}

// done logs the good end of the call.
func (c *wireCall) done() { c.record(slog.LevelInfo, "ok") }

func (c *wireCall) record(level slog.Level, code string) {
	attrs := []slog.Attr{
		slog.String("op", c.op), slog.String("method", c.method), slog.String("host", c.host),
		slog.Int("status", c.status), slog.String("code", code), slog.String("ref", c.ref),
	}
	if c.proxy != "" {
		attrs = append(attrs, slog.String("proxy", c.proxy))
	}
	c.wire.log.LogAttrs(context.Background(), level, "request", attrs...)
}

// unsentCode names what kept the request from leaving.
func (c *wireCall) unsentCode(err error) string {
	var (
		dns       *net.DNSError
		op        *net.OpError
		authority x509.UnknownAuthorityError
		invalid   x509.CertificateInvalidError
		hostname  x509.HostnameError
	)
	switch {
	case errors.Is(err, errWireAddress):
		return CodeAddressRefused
	case errors.Is(err, errWireProxyAuth):
		return CodeProxyAuth
	case errors.Is(err, errWireProxy), errors.As(err, &op) && op.Op == "proxyconnect":
		return CodeProxy
	case errors.As(err, &authority):
		return CodeTLSUntrusted
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return CodeTLSExpired
	case errors.As(err, &hostname):
		return CodeTLSWrongName
	case wireAlert(err, tlsAlertProtocolVersion):
		return CodeTLSVersion
	case wireTimedOut(err):
		return CodeTimeout
	case errors.As(err, &dns):
		return CodeDNS
	case c.inTLS.Load():
		return CodeTLS
	default:
		return CodeNetworkUnreachable
	}
}

// tlsAlertProtocolVersion is an alert of RFC 8446 section 6.2.
const tlsAlertProtocolVersion = tls.AlertError(70)

// tlsAlertsCertificate are the alerts of a server that does not take the
// client's certificate: bad, unsupported, revoked, expired, unknown, of an
// unknown CA, denied, required.
var tlsAlertsCertificate = []tls.AlertError{42, 43, 44, 45, 46, 48, 49, 116}

// wireAlert tells whether the server ended the connection by an alert.
// crypto/tls hides the type of an alert that it received, so its words are
// compared, both of them the library's own.
func wireAlert(err error, alert tls.AlertError) bool {
	var op *net.OpError
	return errors.As(err, &op) && op.Op == "remote error" && op.Err.Error() == alert.Error()
}

func wireCertificateRefused(err error) bool {
	return slices.ContainsFunc(tlsAlertsCertificate, func(alert tls.AlertError) bool { return wireAlert(err, alert) })
}

// sentCode names what went wrong after the request had begun to leave.
func sentCode(err error) string {
	var op *net.OpError
	switch {
	case wireTimedOut(err):
		return CodeNoAnswer
	case errors.Is(err, errWireTooLarge):
		return CodeReplyUnusable
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET), errors.As(err, &op):
		return CodeCutOff
	default:
		return CodeReplyUnusable
	}
}

func wireTimedOut(err error) bool {
	var timeout net.Error
	return errors.Is(err, context.DeadlineExceeded) || errors.As(err, &timeout) && timeout.Timeout()
}

// wireRetryAfter reads Retry-After, seconds or a date (RFC 9110 section
// 10.2.3), between 0 and an hour.
func wireRetryAfter(header http.Header, now time.Time) time.Duration {
	value := strings.TrimSpace(header.Get("Retry-After"))
	if value == "" {
		return 0
	}
	var wait time.Duration
	if seconds, err := strconv.ParseInt(value, 10, 64); err == nil || errors.Is(err, strconv.ErrRange) {
		wait = time.Duration(min(max(seconds, 0), int64(wireMaxRetryAfter/time.Second))) * time.Second
	} else if date, err := http.ParseTime(value); err == nil {
		wait = date.Sub(now)
	}
	return min(max(wait, 0), wireMaxRetryAfter)
}

// wireMinEcho is the shortest part of the request that counts as an echo of it
// in an error code; below it words like "secret" would.
const wireMinEcho = 8

// wireSafeCode is foreignCode for an answer to a request that carried the
// values sent: an error code that echoes one of them becomes CodeErrorUnnamed.
func wireSafeCode(code string, sent []string) string {
	if wireEchoes(code, sent) {
		return CodeErrorUnnamed
	}
	return foreignCode(code)
}

// wireEchoes tells whether a server's error code carries a value of the request
// back.
func wireEchoes(code string, sent []string) bool {
	for _, secret := range sent {
		if len(secret) >= wireMinEcho && strings.Contains(code, secret) || len(code) >= wireMinEcho && strings.Contains(secret, code) {
			return true
		}
	}
	return false
}
