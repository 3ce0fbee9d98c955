package auth

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// settingError is why a request can't even be made up: code is one of ours,
// cause a sentinel or a complaint, never a text from outside.
type settingError struct {
	code  string
	cause error
}

func (e *settingError) Error() string { return e.code }

func (e *settingError) Unwrap() error { return e.cause }

// authenticate puts exactly one kind of client authentication into a request
// (RFC 6749 section 2.3, T37). A client without an ID has none: what the form
// says of one then stays, as some services want it inside the payload. at is
// the time that an assertion names. A certificate is shown by Via.
func (r ClientRequest) authenticate(op string, header http.Header, form url.Values, at time.Time) error {
	if r.ClientID == "" && r.ClientAuth == ClientAuthNone {
		return nil
	}
	// An authorization request names its client in any case (RFC 9126 section
	// 2.1), and some servers tie a device code to the name alone.
	named := form.Has("response_type") || op == OpDevice
	for _, name := range clientParams {
		form.Del(name)
	}
	switch r.ClientAuth {
	case ClientAuthBasic:
		r.basic(header)
		if named {
			form.Set("client_id", r.ClientID)
		}
	case ClientAuthPost:
		form.Set("client_id", r.ClientID)
		form.Set("client_secret", r.ClientSecret.Reveal())
	case ClientAuthNone, ClientAuthTLS, ClientAuthSelfSignedTLS:
		if r.ClientAuth == ClientAuthNone && r.Style.BasicPublic {
			r.basic(header)
			if !named {
				break
			}
		}
		form.Set("client_id", r.ClientID) // with a certificate: RFC 8705 section 2
	case ClientAuthSecretJWT, ClientAuthPrivateKeyJWT:
		assertion, err := clientAssertion(r, at)
		if err != nil {
			return &settingError{CodeClientKey, err}
		}
		form.Set("client_id", r.ClientID)
		form.Set("client_assertion_type", clientAssertionType)
		form.Set("client_assertion", assertion.Reveal())
	default:
		return &settingError{CodeClientAuth, ErrNotSupported}
	}
	return nil
}

// clientParams are the parameters by which a client shows itself.
var clientParams = []string{"client_id", "client_secret", "client_assertion", "client_assertion_type"}

// dress adds the user's headers, in place of those that are there, and takes
// out what is to be left out. The content type always stays. The user's own
// Authorization header takes the place of Basic; a second Basic beside another
// method is refused. Only a token request can do without more of its fields
// than clientParams.
func (r ClientRequest) dress(header http.Header, form url.Values, op string) error {
	for name, value := range r.Headers {
		if err := checkHeader(name, value); err != nil {
			return &settingError{CodeRequestSettings, err}
		}
		if strings.EqualFold(name, "Authorization") && !r.ownAuthorization(value) {
			return &settingError{CodeRequestSettings, errHeaderTwoMethods}
		}
		header.Set(name, value)
	}
	for _, name := range r.OmitHeaders {
		switch name = http.CanonicalHeaderKey(strings.TrimSpace(name)); name {
		case "Content-Type":
		case "User-Agent":
			header.Set(name, "") // net/http writes its own when there is none
		default:
			header.Del(name)
		}
	}
	for _, name := range r.OmitFields {
		if name = strings.TrimSpace(name); op == OpToken || slices.Contains(clientParams, name) {
			form.Del(name)
		}
	}
	return nil
}

// ownAuthorization tells whether the user's Authorization header can go beside
// the client's authentication without being a second one.
func (r ClientRequest) ownAuthorization(value string) bool {
	scheme, _, _ := strings.Cut(value, " ")
	return !strings.EqualFold(scheme, "Basic") || r.ClientAuth == ClientAuthBasic || r.ClientAuth == ClientAuthNone
}

// How far the server's clock may be from ours for an assertion to be signed
// once more. Strict servers allow no difference at all; one of more than a day
// is no clock.
const (
	wireMinSkew = 5 * time.Second
	wireMaxSkew = 24 * time.Hour
)

// withClock sends a request and, when the service refuses the client's
// assertion while its clock differs from ours, once more with an assertion of
// the server's time (T37). Nothing is presented twice that could be used up: a
// server looks at the client before it looks at a code or a refresh token, and
// invalid_client says that it stopped there (RFC 6749 sections 3.2.1 and 5.2).
func (w *Wire) withClock(r ClientRequest, send func(at time.Time) error) error {
	if !r.ClientAuth.signsAssertion() {
		return send(w.now())
	}
	return w.byItsClock(send, "invalid_client")
}

// byItsClock sends a request, and once more with the server's time when it was
// refused with one of the codes and the clocks differ.
func (w *Wire) byItsClock(send func(at time.Time) error, codes ...string) error {
	err := send(w.now())
	var failed *WireError
	if !errors.As(err, &failed) || failed.Phase != Answered || !slices.Contains(codes, failed.Code) || failed.ServerTime.IsZero() {
		return err
	}
	if skew := failed.ServerTime.Sub(failed.At).Abs(); skew < wireMinSkew || skew > wireMaxSkew {
		return err
	}
	return send(failed.ServerTime)
}
