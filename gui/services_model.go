package gui

import (
	"encoding/json"
	"slices"
	"strings"

	"tokenwell/auth"
)

// serviceModel is what stands in the editor of services.
type serviceModel struct {
	draft, start auth.Service
	imported     bool // the draft came from a file and is stored nowhere yet
	// unreadable says what is wrong with texts that can't be taken into the draft.
	unreadable map[auth.Field]string
	found      []auth.FieldError
	touched    map[auth.Field]bool
	submitted  bool
	checked    bool // found is about the draft as it stands
}

func newServiceModel(s auth.Service) *serviceModel {
	m := &serviceModel{}
	m.reset(s)
	return m
}

// reset begins anew with a service.
func (m *serviceModel) reset(s auth.Service) {
	*m = serviceModel{draft: copyService(s), start: copyService(s), unreadable: map[auth.Field]string{}, touched: map[auth.Field]bool{}}
}

// copyService returns a copy that shares nothing with s.
func copyService(s auth.Service) auth.Service {
	var own auth.Service
	data, err := json.Marshal(s)
	if err == nil {
		err = json.Unmarshal(data, &own)
	}
	if err != nil {
		return s // can't be: every service came from JSON
	}
	return own
}

// dirty tells whether something would be lost.
func (m *serviceModel) dirty() bool { return m.imported || m.changed() }

// changed tells whether the user has changed anything.
func (m *serviceModel) changed() bool { return m.changedFrom(m.start) }

// changedFrom tells whether what stands in the editor is another service than s.
func (m *serviceModel) changedFrom(s auth.Service) bool {
	return len(m.unreadable) > 0 || !sameService(m.draft, s)
}

// sameService compares two services, where an empty list is as good as none.
func sameService(a, b auth.Service) bool {
	plain := func(s auth.Service) string {
		data, err := json.Marshal(s)
		if err != nil {
			return ""
		}
		text := string(data)
		for _, empty := range []string{"[]", "{}"} {
			text = strings.ReplaceAll(text, ":"+empty, ":null")
		}
		return text
	}
	return plain(a) == plain(b)
}

// edited remembers that the user has changed a field.
func (m *serviceModel) edited(field auth.Field) {
	m.touched[field], m.checked = true, false
	delete(m.unreadable, field)
}

// refuse takes what the service was refused with when it was to be saved.
func (m *serviceModel) refuse(found []auth.FieldError) {
	m.found, m.submitted, m.checked = found, true, true
}

// visible are the errors that are shown: of fields that were changed, and of all
// once the service was to be saved.
func (m *serviceModel) visible() []auth.FieldError {
	var shown []auth.FieldError
	for _, e := range m.found {
		_, unreadable := m.unreadable[e.Field]
		if (m.submitted || m.touched[e.Field]) && !unreadable {
			shown = append(shown, e)
		}
	}
	for field, message := range m.unreadable {
		shown = append(shown, auth.FieldError{Field: field, Message: message})
	}
	order := func(e auth.FieldError) int {
		return servicePage(e.Field)*1000 + max(slices.Index(serviceFieldOrder, fieldName(e.Field)), 0)
	}
	slices.SortStableFunc(shown, func(a, b auth.FieldError) int { return order(a) - order(b) })
	return shown
}

// nameFree tells whether the last check found nothing wrong with the name.
func (m *serviceModel) nameFree() bool {
	return m.checked && strings.TrimSpace(m.draft.Name) != "" &&
		!slices.ContainsFunc(m.found, func(e auth.FieldError) bool { return e.Field == auth.ServiceField("name") })
}

// fieldName is the JSON name behind a field of the editor.
func fieldName(field auth.Field) string {
	return strings.TrimPrefix(string(field), string(auth.ServiceField("")))
}

// The pages of the editor.
const (
	pageEndpoints = iota
	pageRequests
	pageScopes
	pageHelp
)

// serviceFieldOrder are the fields from the first page to the last.
var serviceFieldOrder = []string{
	"name", "description", "issuer", "own_addresses", "discovery", "endpoints", "endpoints.authorization", "endpoints.token",
	"endpoints.revocation", "endpoints.refresh", "endpoints.introspection", "endpoints.userinfo", "endpoints.jwks",
	"endpoints.device_authorization", "endpoints.device_token", "endpoints.pushed_authorization_request", "endpoints.registration",
	"names.client_id", "names.client_secret", "names.code", "names.scope", "client_auth", "grants", "pkce", "scope_separator",
	"auth_params", "token_params", "refresh_params", "redirect", "token_use", "access_token", "refresh", "refresh.lifetime", "client_secret",
	"parameters", "quirks",
	"scopes",
	"provider", "category", "help.register_url", "help.steps", "help.redirect_step", "help.notes", "help.docs_url", "help.withdraw_url",
}

// servicePage is the page on which a field stands.
func servicePage(field auth.Field) int {
	name := fieldName(field)
	head, _, _ := strings.Cut(name, ".")
	switch head {
	case "name", "description", "issuer", "own_addresses", "discovery", "endpoints":
		return pageEndpoints
	case "scopes":
		return pageScopes
	case "provider", "category", "help":
		return pageHelp
	}
	return pageRequests
}
