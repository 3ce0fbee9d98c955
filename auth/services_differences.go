package auth

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// ServiceDifferences returns in what a service differs from the catalog entry
// that it was made from; nil without one. Quick.
func (e *Engine) ServiceDifferences(s Service) []Difference {
	base, ok := e.catalog.sample(s.BasedOn)
	if !ok || !s.IsOwn() && s.ID != "" {
		return nil
	}
	d := differences{}
	d.text("name", "Name", base.Name, s.Name)
	d.text("description", "Description", base.Description, s.Description)
	d.text("provider", "Provider", base.Provider, s.Provider)
	d.text("category", "Category", base.Category, s.Category)
	d.text("issuer", "Issuer", base.Issuer, s.Issuer)
	d.text("discovery", "Addresses from the issuer", yesNo(base.Discovery), yesNo(s.Discovery))
	d.text("own_addresses", "Addresses entered each time", yesNo(base.OwnAddresses), yesNo(s.OwnAddresses))
	was, is := addressesOf(&base.Endpoints), addressesOf(&s.Endpoints)
	for i := range was {
		d.text(addressFields[i], endpointLabels[i], *was[i], *is[i])
	}
	d.text("endpoints", "Names itself in answers", yesNo(base.Endpoints.IssInResponse), yesNo(s.Endpoints.IssInResponse))
	d.text("names.client_id", "Client ID parameter", base.Names.ClientID, s.Names.ClientID)
	d.text("names.client_secret", "Client secret parameter", base.Names.ClientSecret, s.Names.ClientSecret)
	d.text("names.code", "Code parameter", base.Names.Code, s.Names.Code)
	d.text("names.scope", "Scope parameter", base.Names.Scope, s.Names.Scope)
	d.text("grants", "Grants", listed(base.Grants), listed(s.Grants))
	d.text("client_auth", "Client authentication", listed(base.ClientAuth), listed(s.ClientAuth))
	d.text("pkce", "PKCE", base.PKCE, s.PKCE)
	d.text("scope_separator", "Scope separator", separatorWord(base.ScopeSeparator), separatorWord(s.ScopeSeparator))
	d.text("auth_params", "Authorization parameters", pairsText(base.AuthParams), pairsText(s.AuthParams))
	d.text("token_params", "Token parameters", pairsText(base.TokenParams), pairsText(s.TokenParams))
	d.text("refresh_params", "Refresh parameters", pairsText(base.RefreshParams), pairsText(s.RefreshParams))
	d.lists("parameters", "Parameters", parts(base.Parameters, func(p Parameter) string { return p.Name }), parts(s.Parameters, func(p Parameter) string { return p.Name }))
	d.text("redirect", "Redirect URI", redirectText(base.Redirect), redirectText(s.Redirect))
	d.text("redirect", "Redirect URI confirmed", yesNo(base.Redirect.Confirmed), yesNo(s.Redirect.Confirmed))
	d.text("redirect", "Note on the redirect URI", base.Redirect.Note, s.Redirect.Note)
	d.text("refresh", "Refresh token", refreshText(base.Refresh), refreshText(s.Refresh))
	d.text("refresh", "A refresh brings a new one", rotatesText(base.Refresh.Rotates), rotatesText(s.Refresh.Rotates))
	d.text("refresh.lifetime", "Sign-in lasts", lifetimeText(base.Refresh.Lifetime), lifetimeText(s.Refresh.Lifetime))
	d.lists("refresh.lifetime", "Sign-in lasts, by a parameter", parts(base.Refresh.When, whenName), parts(s.Refresh.When, whenName))
	d.text("access_token", "Access token lasts", lifetimeText(base.AccessToken), lifetimeText(s.AccessToken))
	d.text("client_secret", "Client secret lasts", lifetimeText(base.ClientSecret), lifetimeText(s.ClientSecret))
	d.text("token_use", "Header of the token", useText(base.Use), useText(s.Use))
	d.lists("quirks", "Quirks", parts(base.Quirks, func(q Quirk) string { return string(q.ID) }), parts(s.Quirks, func(q Quirk) string { return string(q.ID) }))
	d.lists("scopes", "Scopes", parts(base.Scopes, func(c Scope) string { return c.Name }), parts(s.Scopes, func(c Scope) string { return c.Name }))
	d.text("help.register_url", "Page to register at", base.Help.RegisterURL, s.Help.RegisterURL)
	d.text("help.docs_url", "Documentation", base.Help.DocsURL, s.Help.DocsURL)
	d.text("help.withdraw_url", "Page to withdraw consent", base.Help.WithdrawURL, s.Help.WithdrawURL)
	d.text("help.steps", "Steps", strings.Join(base.Help.Steps, "\n"), strings.Join(s.Help.Steps, "\n"))
	d.text("help.steps", "Step with the redirect URI", stepText(base.Help.RedirectStep), stepText(s.Help.RedirectStep))
	d.text("help.notes", "Notes", strings.Join(base.Help.Notes, "\n"), strings.Join(s.Help.Notes, "\n"))
	return d.all
}

// differences collects parts that differ, in the editor's order.
type differences struct{ all []Difference }

func (d *differences) text(field, label, was, is string) {
	if was != is {
		d.all = append(d.all, Difference{Field: field, Label: label, Was: was, Is: is})
	}
}

// lists compares two lists by the names of their parts and names only those that
// differ.
func (d *differences) lists(field, label string, was, is []namedPart) {
	d.text(field, label, partsBeside(was, is, ""), partsBeside(is, was, " (changed)"))
}

// namedPart is a part of a service with all that it says.
type namedPart struct{ name, whole string }

func parts[T any](list []T, name func(T) string) []namedPart {
	all := make([]namedPart, 0, len(list))
	for _, item := range list {
		all = append(all, namedPart{name(item), fmt.Sprintf("%+v", item)})
	}
	return all
}

// partsBeside names the parts that the other list does not have, or has in
// another form: those with the mark behind them.
func partsBeside(list, other []namedPart, mark string) string {
	var names []string
	for _, part := range list {
		i := slices.IndexFunc(other, func(o namedPart) bool { return o.name == part.name })
		switch {
		case i < 0:
			names = append(names, part.name)
		case other[i].whole != part.whole:
			names = append(names, part.name+mark)
		}
	}
	return strings.Join(names, ", ")
}

func listed[T ~string](list []T) string {
	words := make([]string, 0, len(list))
	for _, item := range list {
		words = append(words, string(item))
	}
	return strings.Join(words, ", ")
}

func pairsText(params map[string]string) string {
	var rows []string
	for _, name := range slices.Sorted(maps.Keys(params)) {
		rows = append(rows, name+"="+params[name])
	}
	return strings.Join(rows, ", ")
}

func yesNo(yes bool) string {
	if yes {
		return "Yes"
	}
	return "No"
}

func separatorWord(separator string) string {
	if separator == " " {
		return "Blank"
	}
	return separator
}

func redirectText(r RedirectRule) string {
	return strings.TrimSpace(fmt.Sprintf("%s://%s%s, port %s %s", r.Scheme, r.Host, r.Path, r.Port, r.Register))
}

func rotatesText(rotates *bool) string {
	if rotates == nil {
		return "Not known"
	}
	return yesNo(*rotates)
}

func whenName(w LifetimeWhen) string { return w.Parameter + " = " + w.Value }

func stepText(step int) string {
	if step == 0 {
		return ""
	}
	return strconv.Itoa(step)
}

func refreshText(r RefreshRule) string { return strings.TrimSpace(r.Needs + " " + r.Scope) }

func useText(u TokenUse) string { return strings.TrimSpace(u.Header + " " + u.Scheme) }

func lifetimeText(l Lifetime) string {
	text := l.Rule
	if l.Seconds != 0 {
		text = fmt.Sprintf("%d s, %s", l.Seconds, l.Rule)
	}
	return strings.TrimSpace(text + " " + l.Note)
}
