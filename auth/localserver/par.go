package localserver

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"
)

// Pushed authorization requests (RFC 9126).
const (
	requestURIPrefix = "urn:ietf:params:oauth:request_uri:"
	pushedLifetime   = 60 * time.Second
	maxPushed        = 256
)

// pushedRequests holds what clients have pushed until a browser comes for it:
// in memory, because public clients may push too. Safe for concurrent use.
type pushedRequests struct {
	now     func() time.Time
	mu      sync.Mutex
	waiting bounded[pushedRequest]
}

type pushedRequest struct {
	clientID string
	form     url.Values
}

func newPushedRequests(now func() time.Time) *pushedRequests {
	return &pushedRequests{now: now, waiting: bounded[pushedRequest]{size: maxPushed, lifetime: pushedLifetime}}
}

func (p *pushedRequests) add(clientID string, form url.Values) (uri string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return requestURIPrefix + p.waiting.add(p.now(), pushedRequest{clientID: clientID, form: form})
}

// take returns the request of its client and removes it: each counts once.
// Another client's attempt leaves it where it is.
func (p *pushedRequests) take(clientID, uri string) (url.Values, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	id := strings.TrimPrefix(uri, requestURIPrefix)
	pushed, ok := p.waiting.get(p.now(), id)
	if !ok || pushed.clientID != clientID {
		return nil, false
	}
	delete(p.waiting.entries, id)
	return pushed.form, true
}

// pushedReply is the answer of RFC 9126 2.2.
type pushedReply struct {
	RequestURI string `json:"request_uri"`
	ExpiresIn  int    `json:"expires_in"`
}

// push takes an authorization request from the client itself. It is checked
// as it would be at the authorization endpoint.
func (p *provider) push(w http.ResponseWriter, r *http.Request) {
	reply, err := p.pushRequest(r)
	if err != nil {
		op.WriteError(w, r, err, nil)
		return
	}
	writeJSON(w, http.StatusCreated, reply)
}

func (p *provider) pushRequest(r *http.Request) (pushedReply, error) {
	ctx := r.Context()
	c, err := p.clientOf(ctx, r.Header, r.PostForm, pathPushed)
	if err != nil {
		return pushedReply{}, err
	}
	invalid := func(description, why string) error {
		return because(ctx, oidc.ErrInvalidRequest().WithDescription("%s", description), why)
	}
	form := url.Values{}
	for name, values := range r.PostForm {
		if name != "client_secret" && name != "client_assertion" && name != "client_assertion_type" {
			form[name] = values
		}
	}
	switch {
	case form.Has("request_uri"):
		return pushedReply{}, invalid("request_uri can't be pushed", "A pushed request can't point to another one: leave request_uri out (RFC 9126 section 2.1).")
	case !redirectAllowed(c.RedirectURIs, form.Get("redirect_uri")):
		return pushedReply{}, invalid("redirect_uri is missing or not registered", unregistered(c))
	}
	if _, err := p.checkAuthorization(ctx, c, form); err != nil {
		return pushedReply{}, plainRefusal(err)
	}
	return pushedReply{RequestURI: p.pushed.add(c.ID, form), ExpiresIn: int(pushedLifetime / time.Second)}, nil
}

// plainRefusal is the error with status 400, whatever the library would make
// of its code.
func plainRefusal(err error) error {
	if refusal, ok := errors.AsType[*oidc.Error](err); ok && refusal.ErrorType != oidc.ServerError {
		return op.NewStatusError(refusal, http.StatusBadRequest)
	}
	return err
}
