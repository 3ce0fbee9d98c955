package gui

import (
	"slices"
	"strings"

	"tokenwell/auth"
)

// This file is the part of the form's model that hangs on the grant.

// info is the chosen grant's entry; the zero value for a grant that the program
// does not know.
func (m *formModel) info() auth.GrantInfo {
	info, _ := m.draft.Grant.Info()
	return info
}

// offers tells whether the service has a grant that the program knows.
func (m *formModel) offers(g auth.Grant) bool {
	return slices.ContainsFunc(m.grants(), func(info auth.GrantInfo) bool { return info.ID == g })
}

// grants are those that both the service and the program know.
func (m *formModel) grants() []auth.GrantInfo {
	return slices.DeleteFunc(slices.Clone(auth.Grants), func(info auth.GrantInfo) bool {
		return !slices.Contains(m.svc.Grants, info.ID)
	})
}

// setGrant changes the grant. What stands in the fields of the other one stays
// in the draft, see outgoing.
func (m *formModel) setGrant(g auth.Grant) {
	was := m.info().Confidential
	m.draft.Grant = g
	if m.info().Confidential != was {
		m.swapScopes()
	}
	m.forget(auth.FieldName)
	clear(m.unreadable)
	m.followRefresh()
}

// swapScopes changes between the permissions of a user and those of an app that
// acts for itself: what is chosen for the one means nothing to the other, and is
// kept until the user comes back.
func (m *formModel) swapScopes() {
	scopes, added := m.draft.Scopes, m.added
	m.added = m.otherAdded
	m.setScopes(m.otherScopes)
	m.otherScopes, m.otherAdded = scopes, added
}

// valueFields are the plain value fields that the form has now.
func (m *formModel) valueFields() []auth.Field {
	var fields []auth.Field
	for _, f := range slices.Concat(m.info().Fields, m.methodFields(), m.connectionFields()) {
		fields = append(fields, f.Field)
	}
	return fields
}

// ownAddresses are the addresses that the user enters and the grant needs.
func (m *formModel) ownAddresses() (authorization, device, token string) {
	d, info := m.draft, m.info()
	if !m.svc.OwnAddresses || !info.Request {
		return "", "", ""
	}
	if info.Sign {
		authorization = d.OwnAuthorization
	}
	if info.Prompt == auth.PromptDevice {
		device = d.OwnDevice
	}
	return authorization, device, d.OwnToken
}

// methods are the ways in which the client can prove itself, the default first.
// A service that the user describes may have any.
func (m *formModel) methods() []auth.ClientAuth {
	if !m.info().Request {
		return nil
	}
	methods := slices.Clone(m.svc.ClientAuth)
	if m.svc.OwnAddresses || m.svc.ID == auth.OIDCServiceID {
		for _, method := range auth.ClientAuths {
			if !slices.Contains(methods, method) {
				methods = append(methods, method)
			}
		}
	}
	return slices.DeleteFunc(methods, func(method auth.ClientAuth) bool {
		return method == auth.ClientAuthNone && !m.publicAllowed()
	})
}

// publicAllowed and publicOnly say what is known about apps without a secret.
func (m *formModel) publicAllowed() bool {
	return !m.info().Confidential &&
		(len(m.svc.ClientAuth) == 0 || slices.Contains(m.svc.ClientAuth, auth.ClientAuthNone))
}

func (m *formModel) publicOnly() bool {
	return len(m.svc.ClientAuth) == 1 && m.svc.ClientAuth[0] == auth.ClientAuthNone
}

// public tells whether the app has no secret, as far as the grant leaves a choice.
func (m *formModel) public() bool {
	switch m.info().Secret {
	case auth.NeedRequired:
		return m.draft.Public && !m.info().Confidential
	case auth.NeedOptional: // an empty secret says the same
		return m.draft.ClientAuth == auth.ClientAuthNone
	default:
		return false
	}
}

// method is how the client proves itself now.
func (m *formModel) method() auth.ClientAuth {
	if m.public() {
		return auth.ClientAuthNone
	}
	if m.draft.ClientAuth != "" && m.draft.ClientAuth != auth.ClientAuthNone {
		return m.draft.ClientAuth
	}
	for _, method := range m.methods() {
		if method != auth.ClientAuthNone {
			return method
		}
	}
	return auth.ClientAuthNone
}

// setMethod chooses how the client proves itself.
func (m *formModel) setMethod(method auth.ClientAuth) {
	none := method == auth.ClientAuthNone
	if m.info().Secret == auth.NeedRequired {
		m.draft.Public = none
	}
	if !none || m.info().Secret == auth.NeedOptional {
		m.draft.ClientAuth = method
	}
	m.forget(auth.FieldName, auth.FieldClientID)
}

// secretShown tells whether the fields of the secret are on the screen.
func (m *formModel) secretShown() bool {
	return m.info().Secret != auth.NeedNone && m.method().UsesSecret()
}

// secretRequired tells whether the secret has to be entered.
func (m *formModel) secretRequired() bool {
	return m.info().Secret == auth.NeedRequired && !m.keepsSecret()
}

// methodFields are the fields that the client authentication needs.
func (m *formModel) methodFields() []auth.GrantField {
	if !m.info().Request {
		return nil
	}
	return m.method().Fields()
}

// connectionFields are those that say how the service is reached.
func (m *formModel) connectionFields() []auth.GrantField {
	if !m.info().Request {
		return nil
	}
	fields := make([]auth.GrantField, len(auth.ConnectionFields))
	for i, f := range auth.ConnectionFields {
		fields[i].Field = f
	}
	return fields
}

// paramsUpFront tells whether the parameters of the token request stand among
// the fields that all need: an app that signs in as itself says there what it
// wants.
func (m *formModel) paramsUpFront() bool { return m.info().Confidential }

// moreFields are the fields below More, in their order.
func (m *formModel) moreFields() []auth.Field {
	var fields []auth.Field
	info := m.info()
	if len(m.methods()) > 1 {
		fields = append(fields, auth.FieldClientAuth)
	}
	for _, f := range m.methodFields() {
		fields = append(fields, f.Field)
	}
	if info.Sign {
		fields = append(fields, auth.FieldPort, auth.FieldAuthParams)
	}
	if info.Request && !m.paramsUpFront() {
		fields = append(fields, auth.FieldTokenParams)
	}
	if info.Request {
		fields = append(fields, auth.FieldOmitFields, auth.FieldHeaders, auth.FieldOmitHeaders)
	}
	if m.renews() {
		fields = append(fields, auth.FieldRefreshLimit)
	}
	for _, f := range m.connectionFields() {
		fields = append(fields, f.Field)
	}
	return append(fields, auth.FieldNotes)
}

// keepsSecret tells whether empty secret fields mean that the stored secret is used.
func (m *formModel) keepsSecret() bool {
	return m.stored() && !m.original.Public && (m.original.ClientAuth == "" || m.original.ClientAuth.UsesSecret())
}

// keeps tells whether an empty field means that what is stored is used: for what
// the form never shows, as long as nothing has been put in its place.
func (m *formModel) keeps(info auth.FieldInfo) bool {
	if !info.Keep || !m.stored() || m.draft.ServiceID != m.original.ServiceID || !m.draft.Values[info.ID].Empty() {
		return false
	}
	if m.replaced(info.With) {
		return false
	}
	if m.original.CopyOf != "" && (info.ID == auth.FieldRefreshToken || info.ID == auth.FieldAccessToken) {
		return false // two authorizations with one token would end each other
	}
	before := *m
	before.draft = m.original
	return slices.Contains(before.valueFields(), info.ID)
}

// replaced tells whether the field that another belongs to has a new value: the
// other goes with it.
func (m *formModel) replaced(with auth.Field) bool {
	info, ok := with.Info()
	switch {
	case !ok:
		return false
	case info.Keep: // never shown: anything in it is new
		return !m.draft.Values[with].Empty()
	default:
		return !m.draft.Values[with].Equal(m.original.Values[with])
	}
}

// stored tells whether the form began with what is stored.
func (m *formModel) stored() bool { return m.original.ID != "" || m.original.CopyOf != "" }

// secretsEqual tells whether the secret and its confirmation agree; without a
// secret there is nothing to compare.
func (m *formModel) secretsEqual() bool {
	return !m.secretShown() || m.draft.ClientSecret.Equal(m.draft.Confirmation)
}

// typingConfirmation tells whether the confirmation may still become right by
// typing on, so that it is not called wrong yet.
func (m *formModel) typingConfirmation() bool {
	return strings.HasPrefix(m.draft.ClientSecret.Reveal(), m.draft.Confirmation.Reveal())
}

// renews tells whether new access tokens can be had without the user.
func (m *formModel) renews() bool {
	switch m.info().Renewal {
	case auth.RenewAsk:
		return true
	case auth.RenewRefresh:
		return m.svc.Refresh.Needs != "never" || m.draft.Grant == auth.GrantRefreshToken
	default:
		return false
	}
}

// followRefresh brings automatic refresh to its default until the user sets it.
func (m *formModel) followRefresh() {
	if !m.autoByHand {
		m.draft.AutoRefresh = m.renews() && auth.AutoRefreshDefault(m.svc, m.draft)
	}
}

// setAutoRefresh takes the user's own choice.
func (m *formModel) setAutoRefresh(on bool) { m.draft.AutoRefresh, m.autoByHand = on, true }
