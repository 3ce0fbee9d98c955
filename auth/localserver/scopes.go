package localserver

import (
	"slices"

	"github.com/zitadel/oidc/v3/pkg/oidc"
)

// BuiltinScope is a permission that the server has from the first run on.
type BuiltinScope struct {
	Name  string
	Label string // on the approval page
	Fixed bool   // granted when asked for; can't be unticked
	Off   bool   // not ticked at first
}

// Scopes returns the scopes of the local server in the order of the approval
// page. The slice is the caller's.
func Scopes() []BuiltinScope {
	return []BuiltinScope{
		{Name: oidc.ScopeOpenID, Label: "Sign you in", Fixed: true},
		{Name: oidc.ScopeProfile, Label: "See your name"},
		{Name: oidc.ScopeEmail, Label: "See your e-mail address"},
		{Name: "reports.read", Label: "Read the reports"},
		{Name: "mail.read", Label: "Read your mail"},
		{Name: oidc.ScopeOfflineAccess, Label: "Stay signed in after you close the browser"},
		{Name: "reports.write", Label: "Change the reports", Off: true},
	}
}

// builtinScopes are those that the server itself acts on; they can't be deleted.
var builtinScopes = []string{oidc.ScopeOpenID, oidc.ScopeProfile, oidc.ScopeEmail, oidc.ScopeOfflineAccess}

// defaultScope is what a request that names no scope gets at first.
const defaultScope = "reports.read"

func scopeNames() []string {
	var names []string
	for _, s := range Scopes() {
		names = append(names, s.Name)
	}
	return names
}

// approved returns the scopes out of asked that the user ticked, and those that
// can't be unticked, in the order in which they were asked for.
func approved(asked, ticked []string) []string {
	var out []string
	for _, s := range Scopes() {
		if s.Fixed {
			ticked = append(slices.Clone(ticked), s.Name)
		}
	}
	for _, name := range asked {
		if slices.Contains(ticked, name) {
			out = append(out, name)
		}
	}
	return out
}
