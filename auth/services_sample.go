package auth

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// newServiceName is the name that an empty service starts with.
const newServiceName = "New service"

// SampleService returns a service to edit, made from a catalog entry, or an
// empty one for "": without an ID, with a free name. Quick.
func (e *Engine) SampleService(id string) Service {
	s, ok := e.catalog.Get(id)
	if !ok {
		s = emptyService()
		s.Name = e.freeServiceName(newServiceName)
		return s
	}
	s = copyOfService(s)
	if s.OwnAddresses { // the addresses are what the user makes a service for
		s.OwnAddresses = false
	}
	if !s.IsOwn() {
		s.BasedOn = s.ID
	}
	s.ID, s.Name = "", e.freeServiceName(s.Name)
	return cleanService(s)
}

// emptyService is a service that the user describes from the start, with what
// most services do.
func emptyService() Service {
	unknown := Lifetime{Rule: "unknown"}
	return Service{
		Schema: ServiceSchema, Grants: []Grant{GrantAuthorizationCode}, ClientAuth: []ClientAuth{ClientAuthBasic, ClientAuthPost, ClientAuthNone},
		PKCE: "supported", ScopeSeparator: " ", AuthParams: map[string]string{}, TokenParams: map[string]string{},
		Redirect: RedirectRule{Scheme: "http", Host: "127.0.0.1", Port: PortFixed, Path: "/callback"},
		Refresh:  RefreshRule{Needs: "nothing", Lifetime: unknown}, AccessToken: unknown,
	}
}

// copyOfService returns a copy that shares nothing with s.
func copyOfService(s Service) Service {
	var deep Service
	data, err := json.Marshal(s)
	if err == nil {
		err = json.Unmarshal(data, &deep)
	}
	if err != nil {
		return s // can't be: every service came from JSON or goes into it
	}
	return deep
}

// cleanService is a service of the user's own as it is stored: texts without
// blanks around them, and without what only the catalog has.
func cleanService(s Service) Service {
	s = copyOfService(s)
	s.Schema = ServiceSchema
	s.Departures, s.Sources, s.Unconfirmed = nil, nil, nil
	s.Endpoints.MTLS = MTLSEndpoints{}
	for _, text := range append(addressesOf(&s.Endpoints), &s.Name, &s.Provider, &s.Category, &s.Description, &s.Issuer,
		&s.Help.RegisterURL, &s.Help.DocsURL, &s.Help.WithdrawURL, &s.Redirect.Register,
		&s.Names.ClientID, &s.Names.ClientSecret, &s.Names.Code, &s.Names.Scope, &s.Use.Header, &s.Use.Scheme) {
		*text = strings.TrimSpace(*text)
	}
	s.Name = CleanName(s.Name)
	for i := range s.Scopes {
		s.Scopes[i].Name = strings.TrimSpace(s.Scopes[i].Name)
	}
	for _, text := range lineTexts(&s) {
		*text = strings.Join(strings.Fields(*text), " ")
	}
	s.Grants, s.ClientAuth = once(s.Grants), once(s.ClientAuth)
	s.Scopes = slices.DeleteFunc(s.Scopes, func(scope Scope) bool { return scope.Name == "" && scope.Description == "" })
	blank := func(line string) bool { return strings.TrimSpace(line) == "" }
	s.Help.Steps, s.Help.Notes = slices.DeleteFunc(s.Help.Steps, blank), slices.DeleteFunc(s.Help.Notes, blank)
	return s
}

// lineTexts are the texts that stand on a line of a list or a form.
func lineTexts(s *Service) []*string {
	texts := []*string{&s.Provider, &s.Category}
	for i := range s.Scopes {
		texts = append(texts, &s.Scopes[i].Group)
	}
	for i := range s.Parameters {
		p := &s.Parameters[i]
		texts = append(texts, &p.Label, &p.Placeholder)
		for j := range p.Choices {
			texts = append(texts, &p.Choices[j].Label)
		}
	}
	return texts
}

// once is a list without what stands in it before.
func once[T comparable](list []T) []T {
	var kept []T
	for _, item := range list {
		if !slices.Contains(kept, item) {
			kept = append(kept, item)
		}
	}
	return kept
}

// serviceNameTaken tells whether another service than exceptID has the name,
// whatever its case.
func (e *Engine) serviceNameTaken(name, exceptID string) bool {
	folded := FoldName(name)
	return slices.ContainsFunc(e.catalog.All(), func(s Service) bool { return s.ID != exceptID && FoldName(s.Name) == folded })
}

// freeServiceName returns the name, with the lowest number that makes it free
// where it is not.
func (e *Engine) freeServiceName(name string) string {
	base := []rune(CleanName(name))
	free := string(base[:min(len(base), maxServiceName)])
	for n := 2; e.serviceNameTaken(free, ""); n++ {
		suffix := fmt.Sprintf(" %d", n)
		free = string(base[:min(len(base), maxServiceName-utf8.RuneCountInString(suffix))]) + suffix
	}
	return free
}
