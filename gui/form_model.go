package gui

import (
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
	// otherScopes and otherAdded wait for a grant of the other kind, see swapScopes.
	otherScopes, otherAdded []string

	// kept holds what was chosen for the services that the user has left, so
	// that coming back loses nothing.
	kept     map[string]serviceChoice
	defaults func(serviceID string) auth.Draft

	registered auth.Registered // by the service, for this form

	port int // the last one that can be used, see portToRegister

	autoByHand bool // the user has set automatic refresh: it follows nothing any more

	touched   map[auth.Field]bool
	submitted bool
	found     []auth.FieldError // of the last check
	previewed []auth.FieldError // of the last preview, see previewPanel
	// unreadable are the fields whose text is not even JSON, and why: said here,
	// because the draft can't hold them.
	unreadable map[auth.Field]string
	// refused are the fields for which a file was not taken, and why. What stands
	// there is as good as before.
	refused  map[auth.Field]string
	checks   int                 // number of the last edit or check; an answer to an older one is old
	nameRead bool                // the last check has seen the name that stands there now
	since    map[auth.Field]bool // edited since the last check began
}

// serviceChoice is the part of a draft that belongs to one service.
type serviceChoice struct {
	grant                      auth.Grant
	params                     map[string]string
	scopes                     []string
	added                      []string
	otherScopes, otherAdded    []string
	public                     bool
	clientAuth                 auth.ClientAuth
	port                       int
	ownAuth, ownToken, ownCode string
	// What the user sends along may be secret: it goes to no other service.
	authParams, tokenParams, headers []auth.Pair
	omitHeaders, omitFields          []string
}

// choiceOf returns the part of a draft that belongs to its service.
func choiceOf(d auth.Draft) serviceChoice {
	return serviceChoice{
		grant: d.Grant, params: d.Params, scopes: d.Scopes, public: d.Public, clientAuth: d.ClientAuth, port: d.Port,
		ownAuth: d.OwnAuthorization, ownToken: d.OwnToken, ownCode: d.OwnDevice,
		authParams: d.AuthParams, tokenParams: d.TokenParams, headers: d.Headers,
		omitHeaders: d.OmitHeaders, omitFields: d.OmitFields,
	}
}

// into puts the choice into a draft; added and scopes are the model's to set.
func (c serviceChoice) into(d *auth.Draft) {
	d.Grant, d.Params, d.Public, d.ClientAuth, d.Port = c.grant, c.params, c.public, c.clientAuth, c.port
	d.OwnAuthorization, d.OwnToken, d.OwnDevice = c.ownAuth, c.ownToken, c.ownCode
	d.AuthParams, d.TokenParams, d.Headers = c.authParams, c.tokenParams, c.headers
	d.OmitHeaders, d.OmitFields = c.omitHeaders, c.omitFields
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

		unreadable: map[auth.Field]string{},
		refused:    map[auth.Field]string{},
	}
	m.draft = cloneDraft(d)
	m.autoByHand = d.ID != "" || d.CopyOf != "" // what is stored was chosen
	m.svc = m.service(d.ServiceID)
	m.added = m.unknownScopes(d.Scopes)
	m.setScopes(d.Scopes)
	m.original = cloneDraft(m.draft)
	return m
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
	left := choiceOf(*d)
	left.added, left.otherScopes, left.otherAdded = m.added, m.otherScopes, m.otherAdded
	m.kept[d.ServiceID] = left
	choice, seen := m.kept[id]
	m.svc = m.service(id)
	if !seen {
		choice = choiceOf(cloneDraft(m.defaults(id)))
		if m.touched[auth.FieldGrant] && m.offers(d.Grant) {
			choice.grant = d.Grant
		}
		choice.added = m.unknownScopes(choice.scopes)
	}
	choice.into(d)
	d.ServiceID, m.added, m.port = id, choice.added, 0
	m.setScopes(choice.scopes)
	m.otherScopes, m.otherAdded = choice.otherScopes, choice.otherAdded
	if !seen && m.info().Confidential {
		m.swapScopes() // the service's defaults are a user's
	}
	// What was wrong belonged to the other service, but for what does not
	// depend on it.
	m.forget(auth.FieldName, auth.FieldClientID)
	for field := range m.touched {
		if strings.HasPrefix(string(field), "param:") || field == auth.FieldOwnAuthorization ||
			field == auth.FieldOwnToken || field == auth.FieldOwnDevice {
			delete(m.touched, field)
		}
	}
}

// portToRegister is the port of the redirect URI to enter at the service: while one
// that can't be used stands in the field, the last that could.
func (m *formModel) portToRegister() int {
	if auth.CheckPort(m.draft.Port) {
		m.port = m.draft.Port
	}
	return m.port
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

// settledThere tells whether the service of the catalog has no scopes to ask for.
func (m *formModel) settledThere() bool {
	return len(m.svc.Scopes) == 0 && !m.svc.OwnAddresses && !m.svc.Discovery && !m.svc.IsOwn()
}

// allScopes are the scopes of the list: the service's, then those added.
func (m *formModel) allScopes() []auth.Scope {
	all := auth.ByGroup(m.svc.Scopes)
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
	m.followRefresh()
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
// refresh token, when it is not ticked; else "", as for a grant that needs none.
func (m *formModel) missingRefreshScope() string {
	if m.info().Renewal != auth.RenewRefresh {
		return ""
	}
	return auth.MissingRefreshScope(m.svc, m.draft.Scopes)
}
