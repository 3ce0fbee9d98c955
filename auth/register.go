package auth

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
)

// OpRegister is the operation of a WireError of a registration.
const OpRegister = "register"

// registrationName is how the program calls itself at services.
const registrationName = "Tokenwell"

// registrationFields are what manages a registered client (RFC 7592). They belong
// to the client ID and have no control in the form.
var registrationFields = []GrantField{{FieldRegistrationToken, false}, {FieldRegistrationURI, false}}

// clientMetadata is what a client says of itself when it registers, and what the
// service says of the client that it made (RFC 7591 sections 2 and 3.2.1).
type clientMetadata struct {
	RedirectURIs    []string `json:"redirect_uris,omitempty"`
	GrantTypes      []string `json:"grant_types"`
	ResponseTypes   []string `json:"response_types"` // empty: no redirect at all, where code would be the default
	Method          string   `json:"token_endpoint_auth_method"`
	ClientName      string   `json:"client_name"`
	Scope           string   `json:"scope,omitempty"`
	ApplicationType string   `json:"application_type"` // OpenID Connect Registration section 2: without it loopback is refused
}

// CanRegister tells whether the draft's service offers dynamic client
// registration, as far as that is known without asking it: where its metadata
// says so, that is known only once it was read. Quick.
func (e *Engine) CanRegister(d Draft) bool {
	svc, ok := e.catalog.Get(d.ServiceID)
	if !ok || d.grantInfo().Client == NeedNone {
		return false
	}
	endpoints, wrong := Resolve(svc, d)
	return len(wrong) == 0 && (svc.Discovery || endpoints.Registration != "")
}

// RegisterClient has the draft's service make a client for it (RFC 7591). What
// is asked for is what the draft's sign-in needs; a client that is anything else
// is not used (T40). FieldErrors when the service's parameters are not filled
// in, else a *Failure.
func (e *Engine) RegisterClient(ctx context.Context, d Draft) (Registered, error) {
	svc, ok := e.catalog.Get(d.ServiceID)
	if !ok {
		return Registered{}, FieldErrors{{Field: FieldService, Message: "Choose the service"}}
	}
	endpoints, wrong := Resolve(svc, d)
	if len(wrong) > 0 {
		return Registered{}, wrong
	}
	client := ClientRequest{Values: d.Values}
	place := ExplainContext{Service: svc.Name, Provider: svc.Provider, Host: hostOf(endpoints.Issuer), Name: d.Name}
	methods := svc.ClientAuth
	if svc.Discovery {
		found, err := e.wire.Via(client).Metadata(ctx, endpoints.Issuer, svc.Quirks)
		if err != nil {
			return Registered{}, Explain(err, place)
		}
		endpoints, methods = found.Endpoints, found.ClientAuth
	}
	if endpoints.Registration == "" {
		return Registered{}, noRegistration(place)
	}
	client.Endpoint = endpoints.Registration
	asked := registrationOf(svc, d, methods)
	made, err := e.wire.register(ctx, client, asked)
	if err == nil {
		var r Registered
		if r, err = e.registered(asked, made, client.Endpoint); err == nil {
			return r, nil
		}
	}
	place.Host = hostOf(client.Endpoint)
	return Registered{}, explainRegistration(err, place)
}

// noRegistration says that a service makes no clients on request.
func noRegistration(place ExplainContext) *Failure {
	f := Explain(&CodedError{Code: CodeNotSupported}, place)
	f.Happened = "Its metadata names no address at which a program can register."
	f.Steps = []string{"Register the application by hand, as the help of the service says.", "Enter its Client ID and its Client Secret."}
	return f
}

// registrationOf is what a draft's sign-in needs of a client. methods are the
// client authentications that the service takes, the first its favourite.
func registrationOf(svc Service, d Draft, methods []ClientAuth) clientMetadata {
	info := d.grantInfo()
	m := clientMetadata{
		GrantTypes: []string{}, ResponseTypes: []string{}, Method: string(registrationMethod(info, d, methods)),
		ClientName: registrationName, ApplicationType: "native",
	}
	for _, known := range metadataGrants {
		if known.grant == info.ID {
			m.GrantTypes = append(m.GrantTypes, known.name)
		}
	}
	if info.Renewal == RenewRefresh && svc.Refresh.Needs != "never" && info.ID != GrantRefreshToken {
		m.GrantTypes = append(m.GrantTypes, grantRefresh)
	}
	if info.Sign {
		m.RedirectURIs, m.ResponseTypes = []string{RedirectToRegister(svc, d.Port)}, []string{"code"}
	}
	if values, wrong := parameterValues(svc, d.Params); info.Scopes && len(wrong) == 0 {
		m.Scope = strings.Join(orderedScopes(svc, d.Scopes, values), " ")
	}
	return m
}

// registrationMethod is the client authentication to ask for: none where the
// service and the grant go without a secret, else the first that this program
// can carry out without a key of its own.
func registrationMethod(info GrantInfo, d Draft, methods []ClientAuth) ClientAuth {
	if !info.Confidential && (d.Public || slices.Contains(methods, ClientAuthNone)) {
		return ClientAuthNone
	}
	for _, method := range methods {
		if method.UsesSecret() {
			return method
		}
	}
	return ClientAuthBasic // the default of RFC 7591 section 2
}

// register asks a service to make a client and returns what it says of it,
// unjudged. One request, without any credential. The error is a *WireError.
func (w *Wire) register(ctx context.Context, r ClientRequest, m clientMetadata) (replyMembers, error) {
	c := w.Via(r).newCall(OpRegister, http.MethodPost)
	var body bytes.Buffer
	if err := json.NewEncoder(&body).Encode(m); err != nil {
		return nil, c.failed(NotSent, CodeUnexpected, nil)
	}
	header := wireHeader()
	header.Set("Content-Type", "application/json")
	if err := c.do(ctx, r.Endpoint, header, body.String()); err != nil {
		return nil, err
	}
	defer c.close()
	answer, err := c.read(wireMaxMetadata)
	switch {
	case err != nil:
		return nil, c.broken(err)
	case c.status != http.StatusCreated && c.status != http.StatusOK:
		return nil, c.refused(replyErrorOf(c.status, c.header.Get("Content-Type"), answer))
	}
	members, ok := replyObject(answer)
	if !ok {
		return nil, c.failed(Answered, c.unusableCode(answer), nil)
	}
	c.done()
	return members, nil
}
