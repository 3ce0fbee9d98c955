package gui

import (
	"slices"
	"strings"

	"tokenwell/auth"
)

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
	delete(m.refused, field)
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
	for _, e := range slices.Concat(m.found, m.previewed) {
		_, unreadable := m.unreadable[e.Field]
		if e.Field == auth.FieldConfirmation || unreadable {
			continue // judged here, without waiting for a check
		}
		said := slices.ContainsFunc(shown, func(s auth.FieldError) bool { return s.Field == e.Field })
		if (m.submitted || m.touched[e.Field]) && !said {
			shown = append(shown, e)
		}
	}
	for field, message := range m.unreadable {
		if m.submitted || m.touched[field] && !m.since[field] { // not while it is being typed
			shown = append(shown, auth.FieldError{Field: field, Message: message})
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
	fields := []auth.Field{auth.FieldName, auth.FieldService, auth.FieldOwnAuthorization, auth.FieldOwnDevice, auth.FieldOwnToken}
	for _, p := range m.svc.Parameters {
		fields = append(fields, auth.ParamField(p.Name))
	}
	fields = append(fields, auth.FieldGrant)
	client, own := []auth.Field{auth.FieldClientID, auth.FieldClientSecret, auth.FieldConfirmation}, []auth.Field{}
	for _, f := range m.info().Fields {
		own = append(own, f.Field)
	}
	if m.paramsUpFront() {
		own = append(own, auth.FieldTokenParams)
	}
	if m.info().Client == auth.NeedOptional { // see formParts.order
		client, own = own, client
	}
	return slices.Concat(fields, client, own, m.moreFields(), []auth.Field{auth.FieldScopes})
}

// begin is the field to begin with: the one that was asked for where it can be seen,
// the name of what is new or a copy, else the first of the values that change.
func (m *formModel) begin(asked auth.Field) auth.Field {
	own := m.info().Fields
	switch {
	case asked == auth.FieldClientSecret && m.secretShown():
		return asked
	case m.draft.Name == "" || m.draft.CopyOf != "":
		return auth.FieldName
	case m.info().Client != auth.NeedRequired && len(own) > 0: // see formParts.order
		return own[0].Field
	}
	return auth.FieldClientID
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
	return m.secretsEqual() && len(m.unreadable) == 0 && !slices.ContainsFunc(m.visible(), func(e auth.FieldError) bool { return !m.since[e.Field] })
}

// forget drops what was found about all fields but those that stay.
func (m *formModel) forget(stay ...auth.Field) {
	m.previewed = nil
	m.found = slices.DeleteFunc(m.found, func(e auth.FieldError) bool { return !slices.Contains(stay, e.Field) })
}

// setUnreadable remembers why the field's text can't be read; "": it can.
func (m *formModel) setUnreadable(field auth.Field, message string) {
	if message == "" {
		delete(m.unreadable, field)
		return
	}
	m.unreadable[field] = message
}
