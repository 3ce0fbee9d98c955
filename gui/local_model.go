package gui

import (
	"slices"
	"strings"

	"tokenwell/auth"
)

// clientModel is what stands in the editor of clients.
type clientModel struct {
	draft, start auth.LocalClient
	// unreadable says what is wrong with texts that can't be taken into the draft.
	unreadable map[string]string
	// refused are the errors that saving ended with, by field.
	refused map[string]string
}

func newClientModel(c auth.LocalClient) *clientModel {
	return &clientModel{draft: copyClient(c), start: copyClient(c), unreadable: map[string]string{}, refused: map[string]string{}}
}

// copyClient returns a copy that shares no list with c.
func copyClient(c auth.LocalClient) auth.LocalClient {
	c.RedirectURIs, c.Grants, c.Scopes = slices.Clone(c.RedirectURIs), slices.Clone(c.Grants), slices.Clone(c.Scopes)
	return c
}

// isNew tells whether the client has not been saved yet.
func (m *clientModel) isNew() bool { return m.start.ID == "" }

// fits tells whether clients of the draft's type may use the grant.
func (m *clientModel) fits(g auth.LocalGrantInfo) bool {
	return m.draft.Public && g.Public || !m.draft.Public && g.Confidential
}

// ready is the draft as it is saved: without the grants that don't fit its type,
// which the draft keeps for when the type is changed back.
func (m *clientModel) ready() auth.LocalClient {
	c := copyClient(m.draft)
	c.Grants = nil
	for _, g := range auth.LocalGrants {
		if m.fits(g) && slices.Contains(m.draft.Grants, g.ID) {
			c.Grants = append(c.Grants, g.ID)
		}
	}
	c.RedirectURIs = slices.DeleteFunc(c.RedirectURIs, func(uri string) bool { return strings.TrimSpace(uri) == "" })
	if c.Public {
		c.ClientAuth = ""
	}
	return c
}

// needsRedirect and needsKeys tell what the ready client must have.
func (m *clientModel) needsRedirect() bool {
	ready := m.ready()
	return slices.ContainsFunc(auth.LocalGrants, func(g auth.LocalGrantInfo) bool {
		return g.Redirect && slices.Contains(ready.Grants, g.ID)
	})
}

func (m *clientModel) needsKeys() bool {
	ready := m.ready()
	return ready.ClientAuth == auth.ClientAuthPrivateKeyJWT || slices.Contains(ready.Grants, auth.LocalGrantJWTBearer)
}

// dirty tells whether something would be lost.
func (m *clientModel) dirty() bool {
	return len(m.unreadable) > 0 || !sameClient(m.ready(), newClientModel(m.start).ready())
}

// sameClient compares what the editor can change.
func sameClient(a, b auth.LocalClient) bool {
	sorted := func(list []string) []string { list = slices.Clone(list); slices.Sort(list); return list }
	return a.Name == b.Name && a.Version == b.Version && a.Description == b.Description && a.Public == b.Public &&
		slices.Equal(a.RedirectURIs, b.RedirectURIs) && slices.Equal(a.Grants, b.Grants) &&
		a.AccessSeconds == b.AccessSeconds && a.RefreshCount == b.RefreshCount && a.RefreshForAll == b.RefreshForAll &&
		slices.Equal(sorted(a.Scopes), sorted(b.Scopes)) && a.ClientAuth == b.ClientAuth && a.Keys == b.Keys && a.Misbehave == b.Misbehave
}

// sameStored tells whether two readings of a client show alike.
func sameStored(a, b auth.LocalClient) bool {
	return sameClient(a, b) && a.Active == b.Active && a.Secret.Equal(b.Secret) && a.OldSecretEnds.Equal(b.OldSecretEnds)
}

// take keeps the errors that saving ended with.
func (m *clientModel) take(found auth.FieldErrors) {
	m.refused = map[string]string{}
	for _, f := range found {
		name := strings.TrimPrefix(string(f.Field), string(auth.LocalField("")))
		if m.refused[name] == "" {
			m.refused[name] = f.Message
		}
	}
}

// showsKeys tells whether the field of keys is in sight: what is saved is, it may be
// refused.
func (m *clientModel) showsKeys() bool { return m.needsKeys() || m.draft.Keys != "" }

// fault is what is wrong with a field that is in sight.
func (m *clientModel) fault(name string) string {
	if name == "client.keys" && !m.showsKeys() || name == "client.auth" && m.draft.Public {
		return ""
	}
	if text := m.unreadable[name]; text != "" {
		return text
	}
	return m.refused[name]
}

// wrong are the fields with an error, in the order in which they stand.
func (m *clientModel) wrong() []string {
	var names []string
	for _, name := range clientFields {
		if m.fault(name) != "" {
			names = append(names, name)
		}
	}
	return names
}

// clientFields are the fields of the editor, first those of who the client is,
// then those of its rules.
var clientFields = []string{
	"client.name", "client.version", "client.description", "client.auth", "client.keys",
	"client.grants", "client.redirects", "client.access", "client.refresh", "client.scopes", "client.misbehave", "client.misbehave.many",
}
