package localserver

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/zitadel/oidc/v3/pkg/oidc"
)

// Challenges of the endpoints for a 401 (RFC 6749 5.2, RFC 6750 section 3).
const (
	clientChallenge = `Basic realm="Tokenwell local server", charset="UTF-8"`
	bearerChallenge = `Bearer realm="Tokenwell local server"`
)

// endpoint wraps one of the API's endpoints. Credentials in the query and
// repeated parameters are refused (RFC 6749 2.3.1 and 3.2), which the library
// takes; a Basic header that can't be decoded is answered here, because the
// library would log a piece of it; invalid_client becomes 401 with a challenge,
// which it answers with 400. What the record asks of slowness is done here.
func (p *provider) endpoint(next http.Handler, challenge string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rec := recordOf(r.Context())
		answer := &buffered{header: w.Header(), status: http.StatusOK}
		if !refusedForm(answer, r, rec) {
			next.ServeHTTP(answer, r)
		}
		code := answer.oauthError()
		if challenge == clientChallenge && code == string(oidc.InvalidClient) {
			answer.status = http.StatusUnauthorized
		}
		if answer.status == http.StatusUnauthorized || answer.status == http.StatusForbidden {
			w.Header().Set("WWW-Authenticate", challenge+bearerDetail(challenge, code))
		}
		if rec.outcome = code; code != "" && rec.why == "" {
			rec.why = plainly(code)
		}
		if rec.retryAfter > 0 {
			w.Header().Set("Retry-After", strconv.Itoa(int(rec.retryAfter/time.Second)))
		}
		if rec.slow > 0 {
			_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(rec.slow + writeTimeout))
			p.hold(r.Context(), rec.slow)
		}
		w.WriteHeader(answer.status)
		_, _ = w.Write(answer.body.Bytes())
	})
}

// refusedForm answers a request whose form no endpoint takes and tells whether
// it did.
func refusedForm(w http.ResponseWriter, r *http.Request, rec *record) bool {
	invalid := func(description, why string) bool {
		rec.why = why
		writeOAuthError(w, http.StatusBadRequest, oidc.ErrInvalidRequest().WithDescription("%s", description))
		return true
	}
	if err := r.ParseForm(); err != nil {
		return invalid("the form can't be read", "The body can't be read as a form, or it is too large.")
	}
	if r.URL.RawQuery != "" || r.URL.ForceQuery {
		return invalid("parameters go into the body, each once", "Parameters stand in the address. They have to go into the body: addresses end up in histories and logs.")
	}
	if repeated(r.Form) {
		return invalid("parameters go into the body, each once", "A parameter is given more than once.")
	}
	if !decodableBasic(r) {
		rec.why = "The Authorization header can't be decoded: client ID and secret have to be form-encoded inside Basic (RFC 6749 section 2.3.1)."
		writeOAuthError(w, http.StatusUnauthorized, oidc.ErrInvalidClient().WithDescription("the client ID or secret is not form-encoded"))
		return true
	}
	if why := checkCredentials(r); why != "" {
		return invalid("the client authentication is ambiguous or of an unknown type", why)
	}
	return false
}

// plainly is what the log says of an error that no handler explained.
func plainly(code string) string {
	switch code {
	case string(oidc.ServerError):
		return "The local server could not read or write its data."
	case string(oidc.InvalidClient):
		return "The endpoint needs a client that authenticates itself."
	case string(oidc.InvalidRequest):
		return "A parameter that the endpoint needs is missing or can't be read."
	}
	return "The request was refused."
}

// bearerDetail is the error attribute of RFC 6750 3.1; a request without a token
// gets none.
func bearerDetail(challenge, code string) string {
	if challenge == bearerChallenge && (code == "invalid_token" || code == "insufficient_scope") {
		return `, error="` + code + `"`
	}
	return ""
}

// decodableBasic tells whether the Basic header, if there is one, is encoded as
// RFC 6749 2.3.1 asks.
func decodableBasic(r *http.Request) bool {
	id, secret, ok := r.BasicAuth()
	if !ok {
		return !claimsBasic(r.Header)
	}
	_, idErr := url.QueryUnescape(id)
	_, secretErr := url.QueryUnescape(secret)
	return idErr == nil && secretErr == nil
}

func repeated(form url.Values) bool {
	for _, values := range form {
		if len(values) > 1 {
			return true
		}
	}
	return false
}

func writeOAuthError(w http.ResponseWriter, status int, e *oidc.Error) {
	writeJSON(w, status, e)
}

func writeJSON(w http.ResponseWriter, status int, value any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(value)
}

// buffered holds an answer back so that its status can still be changed. The
// endpoints' answers are small.
type buffered struct {
	header http.Header
	status int
	body   bytes.Buffer
}

// Header implements http.ResponseWriter.
func (b *buffered) Header() http.Header { return b.header }

// WriteHeader implements http.ResponseWriter.
func (b *buffered) WriteHeader(status int) { b.status = status }

// Write implements http.ResponseWriter.
func (b *buffered) Write(p []byte) (int, error) { return b.body.Write(p) }

// oauthError returns the error code of the answer, "" when it is a success.
func (b *buffered) oauthError() string {
	if b.status < http.StatusBadRequest {
		return ""
	}
	var reply struct {
		Error string `json:"error"`
	}
	_ = json.Unmarshal(b.body.Bytes(), &reply)
	return reply.Error
}

// tokenEndpoint checks the grant type and serves the one that the library does
// not have.
func (p *provider) tokenEndpoint(router http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		refusal, why := grantRequest(r)
		switch {
		case refusal != nil:
			recordOf(r.Context()).why = why
			writeOAuthError(w, http.StatusBadRequest, refusal)
		case oidc.GrantType(r.PostForm.Get("grant_type")) == grantTypePassword:
			p.password(w, r)
		default:
			router.ServeHTTP(w, r)
		}
	})
}
