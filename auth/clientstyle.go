package auth

import (
	"cmp"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// ClientStyle is how clients show themselves at a service that departs from RFC
// 6749 section 2.3.1. The zero value is the RFC's way. It is stored with queued
// revocations: never rename a member.
type ClientStyle struct {
	IDName     string `json:"id_name,omitempty"`     // in place of client_id
	SecretName string `json:"secret_name,omitempty"` // in place of client_secret
	// IDInQuery, BasicPublic and BasicRaw are QuirkClientIDInQuery, QuirkBasicPublic
	// and QuirkBasicRaw.
	IDInQuery   bool `json:"id_in_query,omitempty"`
	BasicPublic bool `json:"basic_public,omitempty"`
	BasicRaw    bool `json:"basic_raw,omitempty"`
}

// clientStyle is what the service's data says of how clients show themselves.
func (s Service) clientStyle() ClientStyle {
	style := ClientStyle{IDName: s.Names.ClientID, SecretName: s.Names.ClientSecret}
	_, style.IDInQuery = s.Quirk(QuirkClientIDInQuery)
	_, style.BasicPublic = s.Quirk(QuirkBasicPublic)
	_, style.BasicRaw = s.Quirk(QuirkBasicRaw)
	return style
}

// request is a request to one of the endpoints of a, as this service wants its
// clients to show themselves.
func (s Service) request(a Authorization, endpoint string) ClientRequest {
	r := clientRequest(a, endpoint)
	r.Style = s.clientStyle()
	return r
}

// basic puts ID and secret into Basic. They are form-encoded before they are
// joined: a colon or a non-ASCII character in either would break it otherwise
// (RFC 6749 section 2.3.1).
func (r ClientRequest) basic(header http.Header) {
	id, secret := r.ClientID, r.ClientSecret.Reveal()
	if !r.Style.BasicRaw {
		id, secret = url.QueryEscape(id), url.QueryEscape(secret)
	}
	request := http.Request{Header: header}
	request.SetBasicAuth(id, secret)
}

// rename gives the client's parameters the service's own names.
func (s ClientStyle) rename(form url.Values) {
	for name, own := range s.names() {
		if values, there := form[name]; there {
			form.Del(name)
			form[own] = values
		}
	}
}

// names are the service's own names of the client's parameters, where it has some.
func (s ClientStyle) names() map[string]string {
	names := map[string]string{"client_id": s.IDName, "client_secret": s.SecretName}
	maps.DeleteFunc(names, func(_, own string) bool { return own == "" })
	return names
}

// idName is the name of the parameter with the client's ID.
func (s ClientStyle) idName() string { return cmp.Or(s.IDName, "client_id") }

// queryFor moves the ID of a client without a secret to the endpoint's query,
// where the service wants it there; nil: it does not.
func (r ClientRequest) queryFor(op string, form url.Values) url.Values {
	if !r.Style.IDInQuery || r.ClientAuth != ClientAuthNone || !slices.Contains([]string{OpToken, OpRevoke}, op) {
		return nil
	}
	name := r.Style.idName()
	if !form.Has(name) { // the user leaves it out
		return nil
	}
	form.Del(name)
	return url.Values{name: {r.ClientID}}
}

// filledParams fills the placeholders of fixed parameters with the values of the
// service's own. One that ends up empty is left out: the user has not filled in
// what it stands for.
func filledParams(fixed, values map[string]string) map[string]string {
	filled := make(map[string]string, len(fixed))
	for name, template := range fixed {
		if value := strings.TrimSpace(fill(template, values)); value != "" {
			filled[name] = value
		}
	}
	return filled
}
