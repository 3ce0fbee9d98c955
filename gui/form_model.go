package gui

import (
	"maps"
	"slices"
	"strings"

	"tokenwell/auth"
)

// formModel is what stands in the form, without any widget: the draft, which
// fields the user has been in, what is wrong, and what has changed. All its
// methods run on the UI thread and none waits.
type formModel struct {
	services []auth.Service
	svc      auth.Service
	draft    auth.Draft // Scopes is kept up to date by choose, add and the like
	original auth.Draft
	added    []string // scopes that the service's data does not name, in the order they were added

	// kept holds what was chosen for the services that the user has left, so
	// that coming back loses nothing.
	kept     map[string]serviceChoice
	defaults func(serviceID string) auth.Draft

	touched   map[auth.Field]bool
	submitted bool
	found     []auth.FieldError   // of the last check
	checks    int                 // number of the last edit or check; an answer to an older one is old
	nameRead  bool                // the last check has seen the name that stands there now
	since     map[auth.Field]bool // edited since the last check began
}

// serviceChoice is the part of a draft that belongs to one service.
type serviceChoice struct {
	params       map[string]string
	scopes       []string
	added        []string
	public       bool
	clientAuth   auth.ClientAuth
	port         int
	ownAuth, own string
}

// newFormModel returns the model of a form that starts with d. defaults gives
// an empty draft of a service.
func newFormModel(services []auth.Service, d auth.Draft, defaults func(string) auth.Draft) *formModel {
	m := &formModel{
		services: services,
		defaults: defaults,
		kept:     map[string]serviceChoice{},
		touched:  map[auth.Field]bool{},
		since:    map[auth.Field]bool{},
	}
	m.draft = cloneDraft(d)
	m.svc = m.service(d.ServiceID)
	m.added = m.unknownScopes(d.Scopes)
	m.setScopes(d.Scopes)
	m.original = cloneDraft(m.draft)
	return m
}

func cloneDraft(d auth.Draft) auth.Draft {
	d.Params = maps.Clone(d.Params)
	d.Scopes = slices.Clone(d.Scopes)
	return d
}

func (m *formModel) service(id string) auth.Service {
	for _, s := range m.services {
		if s.ID == id {
			return s
		}
	}
	return auth.Service{ID: id, Name: id}
}

// setService changes the service and with it parameters, scopes and all else
// that belongs to it. What was chosen for the service before is kept.
func (m *formModel) setService(id string) {
	if id == m.draft.ServiceID {
		return
	}
	d := &m.draft
	m.kept[d.ServiceID] = serviceChoice{
		params: d.Params, scopes: d.Scopes, added: m.added, public: d.Public,
		clientAuth: d.ClientAuth, port: d.Port, ownAuth: d.OwnAuthorization, own: d.OwnToken,
	}
	fresh := m.defaults(id)
	choice, seen := m.kept[id]
	if !seen {
		choice = serviceChoice{
			params: maps.Clone(fresh.Params), scopes: fresh.Scopes, public: fresh.Public,
			clientAuth: fresh.ClientAuth, port: fresh.Port, ownAuth: fresh.OwnAuthorization, own: fresh.OwnToken,
		}
	}
	m.svc = m.service(id)
	d.ServiceID, d.Grant = id, fresh.Grant
	d.Params, d.Public, d.ClientAuth, d.Port = choice.params, choice.public, choice.clientAuth, choice.port
	d.OwnAuthorization, d.OwnToken = choice.ownAuth, choice.own
	m.added = choice.added
	if !seen {
		m.added = m.unknownScopes(choice.scopes)
	}
	m.setScopes(choice.scopes)
	// What was wrong belonged to the other service, but for what does not
	// depend on it.
	m.found = slices.DeleteFunc(m.found, func(e auth.FieldError) bool {
		return e.Field != auth.FieldName && e.Field != auth.FieldClientID
	})
	for field := range m.touched {
		if strings.HasPrefix(string(field), "param:") || field == auth.FieldOwnAuthorization || field == auth.FieldOwnToken {
			delete(m.touched, field)
		}
	}
}

// setParam sets a service parameter.
func (m *formModel) setParam(name, value string) {
	if m.draft.Params == nil {
		m.draft.Params = map[string]string{}
	}
	m.draft.Params[name] = value
}

// shownParams are the service's parameters that the user fills in.
func (m *formModel) shownParams() []auth.Parameter {
	var shown []auth.Parameter
	for _, p := range m.svc.Parameters {
		if !p.Hidden {
			shown = append(shown, p)
		}
	}
	return shown
}

// allScopes are the scopes of the list: the service's, then those added.
func (m *formModel) allScopes() []auth.Scope {
	all := slices.Clone(m.svc.Scopes)
	for _, name := range m.added {
		all = append(all, auth.Scope{Name: name})
	}
	return all
}

func (m *formModel) unknownScopes(names []string) []string {
	var unknown []string
	for _, name := range names {
		if !slices.ContainsFunc(m.svc.Scopes, func(s auth.Scope) bool { return s.Name == name }) {
			unknown = append(unknown, name)
		}
	}
	return unknown
}

// setScopes chooses exactly these, in the list's order.
func (m *formModel) setScopes(names []string) {
	m.draft.Scopes = nil
	for _, s := range m.allScopes() {
		if slices.Contains(names, s.Name) {
			m.draft.Scopes = append(m.draft.Scopes, s.Name)
		}
	}
}

// choose ticks or unticks one scope.
func (m *formModel) choose(name string, on bool) {
	names := slices.DeleteFunc(slices.Clone(m.draft.Scopes), func(s string) bool { return s == name })
	if on {
		names = append(names, name)
	}
	m.setScopes(names)
}

// chosen tells whether a scope is ticked.
func (m *formModel) chosen(name string) bool { return slices.Contains(m.draft.Scopes, name) }

// addScope adds one or several scopes, separated by blanks, that may be none of
// the service's, and ticks them. It returns how many names there were.
func (m *formModel) addScope(text string) int {
	names := strings.Fields(text)
	for _, name := range names {
		known := slices.ContainsFunc(m.allScopes(), func(s auth.Scope) bool { return s.Name == name })
		if !known {
			m.added = append(m.added, name)
		}
		m.choose(name, true)
	}
	return len(names)
}

// missingRefreshScope names the scope without which the service gives no
// refresh token, when it is not ticked; else "".
func (m *formModel) missingRefreshScope() string {
	return auth.MissingRefreshScope(m.svc, m.draft.Scopes)
}

// publicAllowed and publicOnly say what the service's data knows about apps
// without a secret.
func (m *formModel) publicAllowed() bool {
	return len(m.svc.ClientAuth) == 0 || slices.Contains(m.svc.ClientAuth, auth.ClientAuthNone)
}

func (m *formModel) publicOnly() bool {
	return len(m.svc.ClientAuth) == 1 && m.svc.ClientAuth[0] == auth.ClientAuthNone
}

// secretMethods are the ways to send a secret between which the user can choose.
func (m *formModel) secretMethods() []auth.ClientAuth {
	var methods []auth.ClientAuth
	for _, method := range m.svc.ClientAuth {
		if method == auth.ClientAuthBasic || method == auth.ClientAuthPost {
			methods = append(methods, method)
		}
	}
	return methods
}

// keepsSecret tells whether empty secret fields mean that the stored secret is used.
func (m *formModel) keepsSecret() bool {
	return m.original.ID != "" && !m.original.Public || m.original.CopyOf != "" && !m.original.Public
}

// secretsEqual tells whether the secret and its confirmation agree; without a
// secret there is nothing to compare.
func (m *formModel) secretsEqual() bool {
	return m.draft.Public || m.draft.ClientSecret.Equal(m.draft.Confirmation)
}

// typingConfirmation tells whether the confirmation may still become right by
// typing on, so that it is not called wrong yet.
func (m *formModel) typingConfirmation() bool {
	return strings.HasPrefix(m.draft.ClientSecret.Reveal(), m.draft.Confirmation.Reveal())
}

// touch remembers that the user has been in the field.
func (m *formModel) touch(field auth.Field) { m.touched[field] = true }

// leave tells whether there is something to say of a field that the user goes on
// from. A confirmation that was begun can't become right any more.
func (m *formModel) leave(field auth.Field) bool {
	if field == auth.FieldConfirmation && !m.draft.Confirmation.Empty() {
		m.touch(field)
	}
	return m.touched[field]
}

// edited remembers that the field's value has changed: the answers of checks
// under way are old.
func (m *formModel) edited(field auth.Field) {
	m.touched[field], m.since[field] = true, true
	m.checks++
	if field == auth.FieldName {
		m.nameRead = false
	}
}

// beginCheck returns the number under which the answer of a check is awaited.
func (m *formModel) beginCheck() int {
	m.checks++
	return m.checks
}

// endCheck takes the answer of check number n and tells whether it is the
// latest: an older one says nothing about what stands there now.
func (m *formModel) endCheck(n int, found []auth.FieldError) bool {
	if n != m.checks {
		return false
	}
	m.found = found
	m.nameRead = true
	clear(m.since)
	return true
}

// refuse takes what a submitted draft was refused with.
func (m *formModel) refuse(found []auth.FieldError) {
	m.checks++ // the answers of checks under way are old
	m.submitted = true
	m.found = found
	clear(m.since)
}

// errorOf returns what is to be said beside the field: nothing before the user
// has been there or has submitted the form.
func (m *formModel) errorOf(field auth.Field) (auth.FieldError, bool) {
	for _, e := range m.visible() {
		if e.Field == field {
			return e, true
		}
	}
	return auth.FieldError{}, false
}

// visible are the errors that are shown, in the form's order.
func (m *formModel) visible() []auth.FieldError {
	var shown []auth.FieldError
	mismatch := !m.secretsEqual() && (m.submitted || m.touched[auth.FieldConfirmation])
	for _, e := range m.found {
		if e.Field == auth.FieldConfirmation {
			continue // compared here, without waiting for a check
		}
		if m.submitted || m.touched[e.Field] {
			shown = append(shown, e)
		}
	}
	if mismatch {
		shown = append(shown, auth.FieldError{Field: auth.FieldConfirmation, Message: "The two secrets do not match."})
	}
	order := m.order()
	slices.SortStableFunc(shown, func(a, b auth.FieldError) int {
		return slices.Index(order, a.Field) - slices.Index(order, b.Field)
	})
	return shown
}

// order are the fields from the first to the last.
func (m *formModel) order() []auth.Field {
	fields := []auth.Field{auth.FieldName, auth.FieldService}
	for _, p := range m.svc.Parameters {
		fields = append(fields, auth.ParamField(p.Name))
	}
	return append(fields, auth.FieldOwnAuthorization, auth.FieldOwnToken, auth.FieldGrant, auth.FieldClientID,
		auth.FieldClientSecret, auth.FieldConfirmation, auth.FieldPort, auth.FieldNotes, auth.FieldScopes)
}

// nameFree tells whether the last check found the present name to be free.
func (m *formModel) nameFree() bool {
	if !m.nameRead || strings.TrimSpace(m.draft.Name) == "" {
		return false
	}
	return !slices.ContainsFunc(m.found, func(e auth.FieldError) bool { return e.Field == auth.FieldName })
}

// canSave tells whether Save & Authorize can be pressed. What was found about a
// value that has been changed since holds nobody back: saving checks again.
func (m *formModel) canSave() bool {
	return m.secretsEqual() && !slices.ContainsFunc(m.visible(), func(e auth.FieldError) bool { return !m.since[e.Field] })
}

// dirty tells whether anything differs from how the form was opened.
func (m *formModel) dirty() bool {
	a, b := m.draft, m.original
	return a.Name != b.Name || a.Notes != b.Notes || a.ServiceID != b.ServiceID || a.ClientID != b.ClientID ||
		a.Public != b.Public || !a.ClientSecret.Equal(b.ClientSecret) || !a.Confirmation.Equal(b.Confirmation) ||
		a.OwnAuthorization != b.OwnAuthorization || a.OwnToken != b.OwnToken || a.Grant != b.Grant ||
		a.ClientAuth != b.ClientAuth || a.Port != b.Port ||
		!maps.Equal(a.Params, b.Params) || !slices.Equal(a.Scopes, b.Scopes)
}
