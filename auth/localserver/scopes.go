package localserver

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/zitadel/oidc/v3/pkg/oidc"
)

// BuiltinScope is a permission that the server has from the first run on.
type BuiltinScope struct {
	Name  string
	Label string // on the approval page
	Fixed bool   // granted when asked for; can't be unticked
	Off   bool   // not ticked at first
}

// Scopes returns the scopes of the first run in the order of the approval page.
// The slice is the caller's.
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

// builtin returns the scope of the first run of that name, or one that only has
// the name.
func builtin(name string) BuiltinScope {
	for _, s := range Scopes() {
		if s.Name == name {
			return s
		}
	}
	return BuiltinScope{Name: name}
}

// scopesOf are the scopes of a request: those that it names, or the defaults
// when it names none (RFC 6749 3.3), sorted. A scope that the server does not
// know or the client may not ask for is an error: it would be missed later.
func (p *provider) scopesOf(ctx context.Context, c Client, asked []string) ([]string, error) {
	known, err := p.store.Scopes(ctx)
	if err != nil {
		return nil, storageFailed(err)
	}
	if len(asked) == 0 {
		if asked = defaultScopes(c, known); len(asked) == 0 {
			return nil, because(ctx, oidc.ErrInvalidScope().WithDescription("no scope is asked for"),
				"The request names no scope, and the client has no default scope.")
		}
	}
	for _, name := range asked {
		refused := oidc.ErrInvalidScope().WithDescription("a scope is unknown or not allowed for this client")
		if !slices.ContainsFunc(known, func(s Scope) bool { return s.Name == name }) {
			return nil, because(ctx, refused, "The request names a scope that the server does not know. Capitals count. Known to the client are "+listed(c.Scopes)+".")
		}
		if !slices.Contains(c.Scopes, name) {
			return nil, because(ctx, refused, fmt.Sprintf("The client may not ask for the scope %s. Tick it on the client's page in Tokenwell.", name))
		}
	}
	scopes := slices.Sorted(slices.Values(asked))
	return slices.Compact(scopes), nil
}

func listed(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ", ")
}

// defaultScopes are the default scopes that the client may ask for.
func defaultScopes(c Client, known []Scope) []string {
	var names []string
	for _, s := range known {
		if s.Default && slices.Contains(c.Scopes, s.Name) {
			names = append(names, s.Name)
		}
	}
	return names
}

// withoutUser leaves out the scopes that mean nothing without a user; the reply
// names what is left (RFC 6749 3.3).
func withoutUser(ctx context.Context, scopes []string) ([]string, error) {
	left := slices.DeleteFunc(slices.Clone(scopes), func(name string) bool {
		return slices.Contains([]string{oidc.ScopeOpenID, oidc.ScopeProfile, oidc.ScopeEmail, oidc.ScopeOfflineAccess}, name)
	})
	if len(left) == 0 {
		return nil, because(ctx, oidc.ErrInvalidScope().WithDescription("these scopes need a user"),
			"All scopes of the request are about a user (openid, profile, email, offline_access), but with client credentials there is none.")
	}
	return left, nil
}

// approved returns the scopes out of asked that the user ticked, and those that
// can't be unticked, in the order in which they were asked for.
func approved(asked, ticked []string) []string {
	var out []string
	for _, name := range asked {
		if builtin(name).Fixed || slices.Contains(ticked, name) {
			out = append(out, name)
		}
	}
	return out
}
