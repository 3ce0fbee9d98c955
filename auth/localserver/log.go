package localserver

import (
	"context"
	"net/http"
	"time"

	"tokenwell/auth"
)

// record is what a request leaves behind in the log. The handlers, which run in
// one goroutine, fill it in.
type record struct {
	client  Client // as named by the request, when there is such a client
	outcome string // an error code; "": as the answer says
	why     string // a sentence that teaches; never anything of the request but registered names
	// slow and retryAfter are misbehaviour that the endpoint carries out.
	slow, retryAfter time.Duration
}

type recordKey struct{}

// recordOf returns the record of the request. Outside of a request it is one
// that nobody reads.
func recordOf(ctx context.Context) *record {
	if rec, ok := ctx.Value(recordKey{}).(*record); ok {
		return rec
	}
	return new(record)
}

// note writes down what the log says of the request. The first word stays.
func note(ctx context.Context, why string) {
	if rec := recordOf(ctx); rec.why == "" {
		rec.why = why
	}
}

// because notes why the request fails and returns err.
func because(ctx context.Context, err error, why string) error {
	note(ctx, why)
	return err
}

// logged writes down each request that next answers.
func logged(next http.Handler, log *requestLog, now func() time.Time) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rec := new(record)
		seen := &statusWriter{ResponseWriter: w, status: http.StatusOK}
		at := now()
		next.ServeHTTP(seen, r.WithContext(context.WithValue(r.Context(), recordKey{}, rec)))
		log.add(auth.LocalLogEntry{
			At: at, Endpoint: endpointName(r.URL.Path), ClientID: rec.client.ID, Client: clientTitle(rec.client),
			Status: seen.status, Outcome: outcomeOf(rec, seen.status), Why: rec.why,
		})
	})
}

// outcomeOf is OutcomeOK or an error code.
func outcomeOf(rec *record, status int) string {
	switch {
	case rec.outcome != "":
		return rec.outcome
	case status < http.StatusBadRequest:
		return auth.OutcomeOK
	case status == http.StatusNotFound:
		return "not_found"
	case status == http.StatusMethodNotAllowed:
		return "method_not_allowed"
	}
	return "refused"
}

// endpointName is how the log calls a path. Paths that do not exist have one
// name together: they are whatever a stranger typed.
func endpointName(path string) string {
	if name, ok := endpointNames[path]; ok {
		return name
	}
	return "other"
}

var endpointNames = map[string]string{
	pathOpenID: "discovery", pathRFC8414: "discovery", pathKeys: "keys",
	pathAuthorize: "authorize", pathPushed: "par", pathToken: "token", pathDevice: "device",
	pathIntrospect: "introspect", pathRevoke: "revoke", pathUserinfo: "userinfo",
	pathSignIn: "sign-in", pathSwitch: "sign-in", pathApprove: "approval",
	pathVerify: "device page", pathDevicePage: "device page", pathConsents: "consents", pathConsentsPage: "consents",
}

// statusWriter notes the status of an answer.
type statusWriter struct {
	http.ResponseWriter
	status int
	wrote  bool
}

// WriteHeader implements http.ResponseWriter.
func (w *statusWriter) WriteHeader(status int) {
	if !w.wrote {
		w.status, w.wrote = status, true
	}
	w.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (w *statusWriter) Write(p []byte) (int, error) {
	w.wrote = true
	return w.ResponseWriter.Write(p)
}

// Unwrap lets http.ResponseController reach the connection.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
