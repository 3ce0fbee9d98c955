package gui

import (
	"maps"
	"slices"
	"strings"

	"tokenwell/auth"
	"tokenwell/gui/widgets"
)

// cloneDraft returns a draft that shares nothing with d.
func cloneDraft(d auth.Draft) auth.Draft {
	d.Params = maps.Clone(d.Params)
	d.Values = maps.Clone(d.Values)
	d.Scopes = slices.Clone(d.Scopes)
	d.AuthParams, d.TokenParams, d.Headers = slices.Clone(d.AuthParams), slices.Clone(d.TokenParams), slices.Clone(d.Headers)
	d.OmitHeaders, d.OmitFields = slices.Clone(d.OmitHeaders), slices.Clone(d.OmitFields)
	return d
}

// sameDraft tells whether two drafts would be saved as the same.
func sameDraft(a, b auth.Draft) bool {
	return sameIdentity(a, b) && sameRequest(a, b) &&
		maps.Equal(a.Params, b.Params) && slices.Equal(a.Scopes, b.Scopes) && a.Values.Equal(b.Values) &&
		a.AutoRefresh == b.AutoRefresh && a.RefreshLimit == b.RefreshLimit && a.AcceptEndpoints == b.AcceptEndpoints
}

func sameIdentity(a, b auth.Draft) bool {
	return a.ID == b.ID && a.CopyOf == b.CopyOf && a.Name == b.Name && a.Notes == b.Notes &&
		a.ServiceID == b.ServiceID && a.Grant == b.Grant && a.ClientID == b.ClientID && a.Public == b.Public &&
		a.ClientSecret.Equal(b.ClientSecret) && a.Confirmation.Equal(b.Confirmation)
}

func sameRequest(a, b auth.Draft) bool {
	return a.OwnAuthorization == b.OwnAuthorization && a.OwnToken == b.OwnToken && a.OwnDevice == b.OwnDevice &&
		a.ClientAuth == b.ClientAuth && a.Port == b.Port &&
		samePairs(a.AuthParams, b.AuthParams) && samePairs(a.TokenParams, b.TokenParams) && samePairs(a.Headers, b.Headers) &&
		slices.Equal(a.OmitHeaders, b.OmitHeaders) && slices.Equal(a.OmitFields, b.OmitFields)
}

// samePairs compares rows; blank ones count for nothing.
func samePairs(a, b []auth.Pair) bool {
	return slices.EqualFunc(filledPairs(a), filledPairs(b), func(x, y auth.Pair) bool {
		return x.Name == y.Name && x.Value.Equal(y.Value)
	})
}

// filledPairs are the rows in which something stands.
func filledPairs(pairs []auth.Pair) []auth.Pair {
	return slices.DeleteFunc(slices.Clone(pairs), func(p auth.Pair) bool {
		return strings.TrimSpace(p.Name) == "" && p.Value.Empty()
	})
}

// dirty tells whether anything differs from how the form was opened.
func (m *formModel) dirty() bool { return len(m.unreadable) > 0 || !sameDraft(m.draft, m.original) }

// outgoing is the draft as it is checked and saved: without what stands in
// fields that the chosen grant has not. They keep it, in case the user goes back.
func (m *formModel) outgoing() auth.Draft {
	d, info := cloneDraft(m.draft), m.info()
	fields := m.valueFields()
	kept := m.registration()
	maps.DeleteFunc(d.Values, func(f auth.Field, _ auth.Secret) bool {
		_, manages := kept[f]
		return !manages && !slices.Contains(fields, f)
	})
	d.AuthParams, d.TokenParams, d.Headers = filledPairs(d.AuthParams), filledPairs(d.TokenParams), filledPairs(d.Headers)
	d.Public = m.public()
	if d.ClientAuth == auth.ClientAuthNone {
		d.ClientAuth = "" // said by Public
	}
	if !m.secretShown() {
		d.ClientSecret, d.Confirmation = auth.Secret{}, auth.Secret{}
	}
	if info.Secret == auth.NeedOptional && m.secretShown() && !m.keepsSecret() &&
		d.ClientSecret.Empty() && d.Confirmation.Empty() {
		d.Public = true
	}
	if info.Client == auth.NeedNone {
		d.ClientID = ""
	}
	if !info.Scopes {
		d.Scopes = nil
	}
	if !info.Sign {
		d.AuthParams, d.Port = nil, 0
	}
	if !info.Request {
		d.TokenParams, d.Headers, d.OmitHeaders, d.OmitFields = nil, nil, nil, nil
	}
	d.OwnAuthorization, d.OwnDevice, d.OwnToken = m.ownAddresses()
	if !m.renews() {
		d.AutoRefresh, d.RefreshLimit = false, 0
	}
	return d
}

// widgetPairs and draftPairs carry rows between draft and screen.
func widgetPairs(pairs []auth.Pair) []widgets.Pair {
	out := make([]widgets.Pair, len(pairs))
	for i, p := range pairs {
		out[i] = widgets.Pair{Name: p.Name, Value: p.Value.Reveal()}
	}
	return out
}

func draftPairs(pairs []widgets.Pair) []auth.Pair {
	out := make([]auth.Pair, len(pairs))
	for i, p := range pairs {
		out[i] = auth.Pair{Name: p.Name, Value: auth.NewSecret(p.Value)}
	}
	return out
}
