package auth

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Explanations returns the table of errors, sorted by provider and code, that of
// all services first. Quick.
func (e *Engine) Explanations() []Explanation {
	table := make([]Explanation, 0, len(explanations())+len(explainIndex().rows)+len(explainGrants()))
	for code, row := range explanations() {
		table = append(table, row.entry(code, "", ""))
	}
	for key, row := range explainGrants() {
		table = append(table, row.entry(key.code, "", key.grant))
	}
	for row := range maps.Values(explainIndex().rows) {
		table = append(table, row.explanation().entry(row.code, row.provider, ""))
	}
	slices.SortFunc(table, func(a, b Explanation) int {
		return cmp.Or(cmp.Compare(a.Provider, b.Provider), cmp.Compare(strings.ToLower(a.Code), strings.ToLower(b.Code)), cmp.Compare(a.Grant, b.Grant))
	})
	return table
}

// entry is the row without a case: it speaks of the service and the authorization.
func (r explanation) entry(code, provider string, grant Grant) Explanation {
	service := cmp.Or(provider, "the service")
	fill := strings.NewReplacer("{host}", service, "{service}", service, "{name}", "the authorization", "{program}", anotherProgram, "{answer}", "the code stands in the details")
	x := Explanation{
		Code: code, Provider: provider, Grant: grant, Title: r.title, Happened: sentence(fill.Replace(r.happened)),
		Mover: r.mover, Action: r.action, Link: r.link,
	}
	for _, step := range r.steps {
		x.Steps = append(x.Steps, sentence(fill.Replace(step)))
	}
	return x
}

// sentence begins a text with a capital letter.
func sentence(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(first)) + text[size:]
}
