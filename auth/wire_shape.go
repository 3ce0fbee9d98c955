package auth

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// The bodies of requests, as the quirks name them.
const (
	bodyForm  = "form"
	bodyJSON  = "json"
	bodyQuery = "query" // the parameters stand in the endpoint's query
	bodyNone  = "none"
)

// How requests are authenticated, as the quirks name it. Any other word is the
// scheme of an Authorization header in which the client secret follows.
const (
	authClient = "client"
	authBearer = "bearer" // by the token itself (RFC 6750 section 2.1)
	authNone   = "none"
)

// wireShape is the outer form of a request that a client makes. The zero value
// is the RFCs': a form that is posted, with the client's own authentication.
type wireShape struct {
	method  string // "": POST
	body    string // "": bodyForm
	auth    string // "": authClient
	bearer  Secret // for authBearer
	without []string
}

// shapeOf is the shape of token requests under a service's quirks.
func shapeOf(quirks []Quirk) wireShape {
	var shape wireShape
	for _, q := range quirks {
		switch q.ID {
		case QuirkJSONBody:
			shape.body = bodyJSON
		case QuirkLeavesOut:
			shape.without = strings.Fields(q.Params["token"])
		}
	}
	return shape
}

// post sends one request in the RFCs' own form.
func (w *Wire) post(ctx context.Context, op string, r ClientRequest, form url.Values, at time.Time) (*wireCall, error) {
	return w.send(ctx, op, r, form, at, wireShape{})
}

// send sends one request to an endpoint, as the client and over the connection
// of r, in the given shape. at is the time that a client assertion names. form
// is not changed.
func (w *Wire) send(ctx context.Context, op string, r ClientRequest, form url.Values, at time.Time, shape wireShape) (*wireCall, error) {
	method := shape.method
	if method == "" {
		method = http.MethodPost
	}
	c := w.Via(r).newCall(op, method)
	form, header := cloneForm(form), wireHeader()
	header.Set("Content-Type", wireFormContentType)
	if shape.auth == "" || shape.auth == authClient {
		if err := r.authenticate(op, header, form, at); err != nil {
			return nil, c.unsendable(err)
		}
	}
	if err := r.dress(header, form, op); err != nil {
		return nil, c.unsendable(err)
	}
	r.Style.rename(form)
	c.query = r.queryFor(op, form)
	if err := shape.authorize(r, header); err != nil {
		return nil, c.failed(NotSent, CodeNotHandedOut, nil)
	}
	for _, name := range shape.without {
		form.Del(name)
	}
	c.keepFromErrors(r, form, shape.bearer)
	return c, c.do(ctx, r.Endpoint, header, shape.pack(c, header, form))
}

// cloneForm is a copy that can be changed, also of nil.
func cloneForm(form url.Values) url.Values {
	cloned := make(url.Values, len(form))
	for name, values := range form {
		cloned[name] = slices.Clone(values)
	}
	return cloned
}

// authorize sets the Authorization header where the client's own authentication
// is not asked for.
func (s wireShape) authorize(r ClientRequest, header http.Header) error {
	switch s.auth {
	case "", authClient, authNone:
		return nil
	case authBearer:
		return bear(header, TokenUse{}, s.bearer)
	default:
		return bear(header, TokenUse{Scheme: s.auth}, r.ClientSecret)
	}
}

// pack returns the body for the parameters and completes header and query.
func (s wireShape) pack(c *wireCall, header http.Header, form url.Values) string {
	switch s.body {
	case bodyJSON:
		header.Set("Content-Type", "application/json")
		return jsonBody(form)
	case bodyQuery:
		header.Del("Content-Type")
		c.query = cloneForm(c.query)
		for name, values := range form {
			c.query[name] = values
		}
		return ""
	case bodyNone:
		header.Del("Content-Type")
		return ""
	default:
		return form.Encode()
	}
}

// jsonBody writes parameters as one JSON object of texts.
func jsonBody(form url.Values) string {
	members := make(map[string]string, len(form))
	for name := range form {
		members[name] = form.Get(name)
	}
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if encoder.Encode(members) != nil { // can't be: texts alone
		return ""
	}
	return strings.TrimSpace(text.String())
}

// openFields are parameters whose values are no secrets: an error code may be
// one of those words.
var openFields = []string{"grant_type", "scope", "token_type_hint", "response_type"}

// keepFromErrors notes the secrets of a request, which an error code must not
// echo (T36).
func (c *wireCall) keepFromErrors(r ClientRequest, form url.Values, bearer Secret) {
	c.sent = append(c.sent, r.ClientSecret.Reveal(), bearer.Reveal())
	for _, value := range r.Headers {
		c.sent = append(c.sent, value)
	}
	for name, values := range form {
		if name != r.Style.idName() && !slices.Contains(openFields, name) {
			c.sent = append(c.sent, values...)
		}
	}
}
