package auth

import (
	"errors"
	"fmt"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// Words that a service's file may use, beside the grants of Grants and the
// client authentication methods of grant.go.
var (
	knownPKCE       = []string{"required", "supported", "none"}
	knownPorts      = []string{PortAny, PortFixed, PortNone}
	knownNeeds      = []string{"scope", "parameter", "nothing", "never"}
	knownSeparators = []string{" ", ","}
)

var (
	serviceIDPattern   = pattern(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	placeholderPattern = pattern(`\{([a-z][a-z0-9_]*)\}`)
)

// checkService tells what is wrong with a service whose file is named id.
func checkService(s Service, id string) error {
	return errors.Join(
		checkHead(s, id),
		checkParameters(s),
		checkAddresses(s),
		checkProtocol(s),
		checkRedirectRule(s.Redirect),
		checkLifetimes(s),
		checkQuirks(s.Quirks),
		checkScopes(s),
		checkHelp(s.Help),
		checkDepartures(s),
		checkUnconfirmed(s),
	)
}

func checkHead(s Service, id string) error {
	switch {
	case s.Schema != ServiceSchema:
		return fmt.Errorf("schema is %d, not %d", s.Schema, ServiceSchema)
	case s.ID != id:
		return fmt.Errorf("id is %q, the file is named %q", s.ID, id)
	case !serviceIDPattern().MatchString(s.ID):
		return fmt.Errorf("id %q is not kebab-case", s.ID)
	case s.Name == "" || s.Provider == "" || s.Category == "" || s.Description == "":
		return errors.New("name, provider, category or description is missing")
	}
	for _, source := range s.Sources {
		if !strings.HasPrefix(source, "https://") {
			return fmt.Errorf("source %q is not an https address", source)
		}
	}
	return nil
}

// checkParameters makes sure that placeholders and declarations match: an
// undeclared placeholder could never be filled, a parameter without a
// placeholder would ask the user for nothing.
func checkParameters(s Service) error {
	declared := map[string]bool{}
	for _, p := range s.Parameters {
		if !placeholderPattern().MatchString("{"+p.Name+"}") || declared[p.Name] {
			return fmt.Errorf("parameter name %q is not usable or stands twice", p.Name)
		}
		declared[p.Name] = true
		if !p.Hidden && (p.Label == "" || p.Help == "") {
			return fmt.Errorf("parameter %q has no label or help", p.Name)
		}
		if p.Hidden && p.Name != LocalParam {
			return fmt.Errorf("hidden parameter %q is filled in by nobody", p.Name)
		}
		if _, err := wholePattern(p.Pattern); err != nil {
			return fmt.Errorf("pattern of parameter %q: %w", p.Name, err)
		}
		if err := checkChoices(p); err != nil {
			return err
		}
	}
	used := s.UsedParameters()
	for name := range used {
		if !declared[name] {
			return fmt.Errorf("placeholder {%s} is not declared", name)
		}
	}
	for name := range declared {
		if !used[name] {
			return fmt.Errorf("parameter %q is used nowhere", name)
		}
	}
	return nil
}

// checkChoices makes sure that each value to choose from could be typed too, and
// that the default is one of them.
func checkChoices(p Parameter) error {
	values := map[string]bool{}
	for _, choice := range p.Choices {
		if message := checkParameter(p, choice.Value); choice.Label == "" || values[choice.Value] || message != "" {
			return fmt.Errorf("choice %q of parameter %q has no label, stands twice or is not usable: %s", choice.Value, p.Name, message)
		}
		values[choice.Value] = true
	}
	if len(p.Choices) > 0 && p.Default != "" && !values[p.Default] {
		return fmt.Errorf("the default of parameter %q is not among its choices", p.Name)
	}
	return nil
}

// templates returns every text of the service in which placeholders are filled.
func templates(s Service) []string {
	texts := []string{s.Issuer, s.Help.RegisterURL, s.Help.DocsURL, s.Help.WithdrawURL}
	for _, address := range addressesOf(&s.Endpoints) {
		texts = append(texts, *address)
	}
	for _, scope := range s.Scopes {
		texts = append(texts, scope.Name)
	}
	return append(texts, fixedParams(s)...)
}

// fixedParams returns the values of the service's fixed parameters.
func fixedParams(s Service) []string {
	var values []string
	for _, params := range []map[string]string{s.AuthParams, s.TokenParams, s.RefreshParams} {
		for _, value := range params {
			values = append(values, value)
		}
	}
	return values
}

func checkAddresses(s Service) error {
	if s.Endpoints.Issuer != "" {
		return errors.New("endpoints.issuer is for stored authorizations; use issuer")
	}
	fixed := s.Endpoints.Authorization != "" && s.Endpoints.Token != ""
	switch {
	case s.Discovery && (s.Issuer == "" || s.OwnAddresses || s.Endpoints != Endpoints{}):
		return errors.New("discovery needs an issuer and no addresses of its own")
	case s.OwnAddresses && (s.Issuer != "" || s.Endpoints != Endpoints{}):
		return errors.New("own_addresses leaves issuer and endpoints to the user")
	case !s.Discovery && !s.OwnAddresses && !fixed:
		return errors.New("authorization or token endpoint is missing")
	}
	// A sample value stands in for each placeholder, so that the rest of the
	// address is judged by the rules that apply when it is used.
	values := map[string]string{}
	for _, p := range s.Parameters {
		values[p.Name] = "sample"
		if p.URL {
			values[p.Name] = "https://sample.example"
		}
		if p.Name == LocalParam {
			values[p.Name] = "http://127.0.0.1:1"
		}
	}
	addresses := []*string{&s.Issuer, &s.Help.RegisterURL, &s.Help.DocsURL, &s.Help.WithdrawURL}
	for _, address := range append(addresses, addressesOf(&s.Endpoints)...) {
		if *address == "" {
			continue
		}
		// Plain http is for the local server alone.
		if !strings.HasPrefix(*address, "https://") && !placeholderPattern().MatchString(*address) {
			return fmt.Errorf("address %q is not https", *address)
		}
		if _, err := CheckAddress(fill(*address, values)); err != nil {
			return fmt.Errorf("address %q: %w", *address, err)
		}
	}
	return nil
}

func checkProtocol(s Service) error {
	if len(s.Grants) == 0 {
		return errors.New("no grant")
	}
	fixed := !s.Discovery && !s.OwnAddresses
	for _, g := range s.Grants {
		info, ok := g.Info()
		switch {
		case !ok:
			return fmt.Errorf("grant %q is not known", g)
		case fixed && info.Prompt == PromptDevice && s.Endpoints.Device == "":
			return fmt.Errorf("grant %q needs endpoints.device_authorization", g)
		}
	}
	for _, method := range s.ClientAuth {
		if !slices.Contains(ClientAuths, method) {
			return fmt.Errorf("client authentication %q is not known", method)
		}
	}
	if !s.allowsPublic() && s.secretMethod() == "" {
		return errors.New("no client authentication that the program can carry out")
	}
	if !slices.Contains(knownPKCE, s.PKCE) || !slices.Contains(knownSeparators, s.ScopeSeparator) {
		return errors.New("pkce or scope_separator is not known")
	}
	for name, value := range s.AuthParams {
		if ownSignParam(name) || name == "" || value == "" {
			return fmt.Errorf("auth_params: %q is empty or set by the program itself", name)
		}
	}
	for _, params := range []map[string]string{s.TokenParams, s.RefreshParams} {
		for name, value := range params {
			if ownTokenParam(Grants[0], name) || name == "" || value == "" {
				return fmt.Errorf("token_params or refresh_params: %q is empty or set by the program itself", name)
			}
		}
	}
	return nil
}

func checkRedirectRule(r RedirectRule) error {
	switch {
	case r.Port == PortNone && (r.Scheme != "https" || !strings.HasPrefix(r.Register, "https://")):
		return errors.New("redirect without the loopback interface needs an https page in register")
	case r.Port != PortNone && (r.Scheme != "http" || (r.Host != "127.0.0.1" && r.Host != "localhost")):
		return errors.New("redirect is not on the loopback interface")
	case !slices.Contains(knownPorts, r.Port):
		return fmt.Errorf("redirect port %q is not known", r.Port)
	case r.Path != "" && (!strings.HasPrefix(r.Path, "/") || strings.ContainsAny(r.Path, "?#{ ")):
		return fmt.Errorf("redirect path %q is not usable", r.Path)
	case r.Note == "":
		return errors.New("redirect has no note")
	}
	if r.Register == "" {
		return nil
	}
	if u, err := url.Parse(r.Register); err != nil || u.Host == "" {
		return fmt.Errorf("redirect literal %q is not an address", r.Register)
	}
	return nil
}

func checkLifetimes(s Service) error {
	all := map[string]Lifetime{"access_token": s.AccessToken, "refresh.lifetime": s.Refresh.Lifetime}
	if s.ClientSecret != (Lifetime{}) {
		all["client_secret"] = s.ClientSecret
	}
	for _, when := range s.Refresh.When {
		if !slices.ContainsFunc(s.Parameters, func(p Parameter) bool { return p.Name == when.Parameter }) {
			return fmt.Errorf("refresh.when: parameter %q is not declared", when.Parameter)
		}
		all["refresh.when "+when.Parameter+" "+when.Value] = when.Lifetime
	}
	for name, l := range all {
		switch l.Rule {
		case "fixed", "sliding":
			if l.Seconds <= 0 {
				return fmt.Errorf("%s: rule %q needs seconds", name, l.Rule)
			}
		case "never", "unknown":
			if l.Seconds != 0 {
				return fmt.Errorf("%s: rule %q has no seconds", name, l.Rule)
			}
		case "varies":
			if l.Seconds < 0 {
				return fmt.Errorf("%s: seconds are negative", name)
			}
		default:
			return fmt.Errorf("%s: rule %q is not known", name, l.Rule)
		}
	}
	r := s.Refresh
	listed := slices.ContainsFunc(s.Scopes, func(scope Scope) bool { return scope.Name == r.Scope })
	switch {
	case !slices.Contains(knownNeeds, r.Needs):
		return fmt.Errorf("refresh.needs %q is not known", r.Needs)
	case r.Needs == "scope" && !listed && !s.OwnAddresses:
		return fmt.Errorf("refresh.scope %q is not among the scopes", r.Scope)
	case r.Needs != "scope" && r.Scope != "":
		return errors.New("refresh.scope is not needed")
	case r.Needs == "parameter" && len(s.AuthParams) == 0:
		return errors.New("refresh needs a parameter and auth_params is empty")
	}
	return nil
}

func checkScopes(s Service) error {
	seen := map[string]bool{}
	for _, scope := range s.Scopes {
		switch {
		case seen[scope.Name]:
			return fmt.Errorf("scope %q stands twice", scope.Name)
		case scope.Description == "" || scope.Group == "":
			return fmt.Errorf("scope %q has no description or group", scope.Name)
		case !scopeToken(scope.Name):
			return fmt.Errorf("scope %q has characters that a scope cannot have", scope.Name)
		}
		seen[scope.Name] = true
	}
	return nil
}

// checkDepartures makes sure that what is said of each departure is there.
func checkDepartures(s Service) error {
	for _, d := range s.Departures {
		var there bool
		switch d.By {
		case HandledByQuirk:
			_, there = s.Quirk(QuirkID(d.Ref))
		case HandledByStanding:
			_, there = Standing[d.Ref]
		case HandledByData:
			there = serviceFields()[d.Ref]
		case HandledByHelp:
			there = s.Help.has(d.Ref)
		case HandledByNothing:
			there = d.Why != "" && d.Ref == ""
		}
		if !there || d.What == "" || (d.Why != "") != (d.By == HandledByNothing) {
			return fmt.Errorf("departure %q: %q %q is not there", d.What, d.By, d.Ref)
		}
	}
	return nil
}

// checkUnconfirmed makes sure that the user is told of what is not confirmed.
func checkUnconfirmed(s Service) error {
	for _, u := range s.Unconfirmed {
		told := u.Note >= 1 && u.Note <= len(s.Help.Notes) && strings.HasPrefix(s.Help.Notes[u.Note-1], UnconfirmedWord)
		if u.What == "" || u.Note != 0 && !told {
			return fmt.Errorf("unconfirmed %q: note %d does not tell the user so", u.What, u.Note)
		}
	}
	return nil
}

// serviceFields are the JSON names of the fields of Service.
var serviceFields = sync.OnceValue(func() map[string]bool {
	names := map[string]bool{}
	for field := range reflect.TypeFor[Service]().Fields() {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		names[name] = true
	}
	return names
})

// has tells whether ref, "step 2" or "note 3", counted from 1, is in the help.
func (h Help) has(ref string) bool {
	kind, text, _ := strings.Cut(ref, " ")
	n, err := strconv.Atoi(text)
	list := map[string][]string{"step": h.Steps, "note": h.Notes}[kind]
	return err == nil && n >= 1 && n <= len(list)
}

func checkHelp(h Help) error {
	switch {
	case len(h.Steps) == 0 || slices.Contains(h.Steps, "") || slices.Contains(h.Notes, ""):
		return errors.New("help has no steps, or an empty step or note")
	case h.RedirectStep < 0 || h.RedirectStep > len(h.Steps):
		return fmt.Errorf("help.redirect_step %d is not a step", h.RedirectStep)
	}
	return nil
}
