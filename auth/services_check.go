package auth

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// The caps of a service of the user's own.
const (
	maxServiceName = 100       // characters
	maxServiceText = 2000      // characters of one text
	maxServiceList = 1000      // scopes
	maxServiceRows = 100       // parameters, fixed parameters, steps, notes
	maxServiceFile = 256 << 10 // bytes of the whole as JSON
)

// CheckService returns what is wrong with a service of the user's own, in the
// editor's order; nil when it can be saved. Quick but for the name's uniqueness,
// which is checked among the services in memory.
func (e *Engine) CheckService(s Service) []FieldError {
	wrong := checkOwnService(s)
	named := slices.ContainsFunc(wrong, func(w FieldError) bool { return w.Field == ServiceField("name") })
	if !named && e.serviceNameTaken(s.Name, s.ID) {
		taken := FieldError{Field: ServiceField("name"), Message: "Another service has this name", Fix: e.freeServiceName(s.Name)}
		wrong = slices.Insert(wrong, 0, taken)
	}
	return wrong
}

// checkOwnService is CheckService without what other services say.
func checkOwnService(s Service) []FieldError {
	c := serviceChecker{s: s}
	c.head()
	c.addresses()
	c.protocol()
	c.params()
	c.parameters()
	c.redirect()
	c.lifetimes()
	c.quirks()
	c.scopes()
	c.help()
	if data, err := json.MarshalIndent(s, "", "  "); len(c.wrong) == 0 && (err != nil || len(data) > maxServiceFile) {
		c.add("scopes", "The service is larger than 256 KiB: shorten texts or take scopes out")
	}
	return c.wrong
}

// serviceChecker collects what is wrong with a service, one message a field.
type serviceChecker struct {
	s     Service
	wrong []FieldError
}

func (c *serviceChecker) add(name, message string) { c.addFix(name, message, "") }

func (c *serviceChecker) addFix(name, message, fix string) {
	field := ServiceField(name)
	if message != "" && !slices.ContainsFunc(c.wrong, func(w FieldError) bool { return w.Field == field }) {
		c.wrong = append(c.wrong, FieldError{Field: field, Message: message, Fix: fix})
	}
}

// checkText judges a text for people.
func checkText(text string, limit int) string {
	switch {
	case !utf8.ValidString(text):
		return "This is not readable text"
	case utf8.RuneCountInString(text) > limit:
		return fmt.Sprintf("Use at most %d characters", limit)
	case strings.ContainsFunc(text, func(r rune) bool { return r != '\n' && invisible(r) }):
		return "Remove the invisible or control characters"
	}
	return ""
}

func (c *serviceChecker) head() {
	switch {
	case CleanName(c.s.Name) == "":
		c.add("name", "Enter a name")
	default:
		c.add("name", checkText(strings.ReplaceAll(c.s.Name, "\n", "\x00"), maxServiceName))
	}
	c.add("description", checkText(c.s.Description, maxServiceText))
	c.add("provider", checkText(c.s.Provider, maxServiceName))
	c.add("category", checkText(c.s.Category, maxServiceName))
}

// addressFields names the editor's fields of the endpoints, in the order of
// addressesOf.
var addressFields = []string{
	"endpoints.authorization", "endpoints.token", "endpoints.revocation", "endpoints.introspection", "endpoints.userinfo",
	"endpoints.jwks", "endpoints.device_authorization", "endpoints.pushed_authorization_request", "endpoints.refresh",
	"endpoints.device_token", "endpoints.registration",
}

// addresses judges the issuer and the endpoints. What a grant needs has to be
// there, unless the metadata or the user of the service brings it.
func (c *serviceChecker) addresses() {
	s := c.s
	endpoints := s.Endpoints
	endpoints.IssInResponse = false
	switch {
	case s.Discovery && s.Issuer == "":
		c.add("issuer", "Enter the issuer, from which the addresses are read")
	case s.Discovery && (endpoints != Endpoints{} || s.OwnAddresses):
		c.add("discovery", "The addresses are read from the issuer: take those that stand here out")
	case s.OwnAddresses && (endpoints != Endpoints{} || s.Issuer != ""):
		c.add("own_addresses", "The addresses are entered with each authorization: take those that stand here out")
	case endpoints.Issuer != "" || endpoints.MTLS != MTLSEndpoints{}:
		c.add("endpoints", "The issuer and the certificate aliases belong to stored authorizations")
	}
	if s.Issuer != "" {
		message, fix := c.address(s.Issuer)
		if message == "" {
			message, fix = checkIssuer(s.Issuer)
		}
		c.addFix("issuer", message, fix)
	}
	needed := map[string]bool{}
	if !s.Discovery && !s.OwnAddresses {
		for _, g := range s.Grants {
			info, _ := g.Info()
			needed["endpoints.authorization"] = needed["endpoints.authorization"] || info.Sign
			needed["endpoints.token"] = needed["endpoints.token"] || info.Request
			_, atToken := s.Quirk(QuirkDeviceAtToken)
			needed["endpoints.device_authorization"] = needed["endpoints.device_authorization"] || info.Prompt == PromptDevice && !atToken
		}
	}
	for i, address := range addressesOf(&endpoints) {
		if *address == "" {
			if needed[addressFields[i]] {
				c.add(addressFields[i], "Enter the address: a chosen grant needs it")
			}
			continue
		}
		message, fix := c.address(*address)
		c.addFix(addressFields[i], message, fix)
	}
	c.add("endpoints.authorization", c.signQuery())
}

// address judges an address in which placeholders may stand, and says what was
// probably meant.
func (c *serviceChecker) address(template string) (message, fix string) {
	// A sample value stands in for each placeholder, so that the rest is judged by
	// the rules that hold when it is used.
	values := map[string]string{}
	for _, p := range c.s.Parameters {
		values[p.Name] = "sample"
		switch {
		case p.URL:
			values[p.Name] = "https://sample.example"
		case p.Name == LocalParam:
			values[p.Name] = "http://127.0.0.1:1"
		}
	}
	for _, match := range placeholderPattern().FindAllStringSubmatch(template, -1) {
		if _, declared := values[match[1]]; !declared {
			return fmt.Sprintf("Add %s to the parameters, or replace it with your own value", match[0]), ""
		}
	}
	clean, err := CheckAddress(fill(template, values))
	if err == nil {
		// http is for this machine alone, and never at an address that varies.
		if strings.HasPrefix(clean, "http://") && !strings.HasPrefix(template, "{") && placeholderPattern().MatchString(template) {
			return errAddressScheme.Error(), ""
		}
		return "", ""
	}
	try := template
	if rest, plain := strings.CutPrefix(try, "http://"); plain {
		try = "https://" + rest
	} else if !strings.Contains(try, "://") && !strings.HasPrefix(try, "{") {
		try = "https://" + strings.TrimLeft(try, "/")
	}
	if base, _, found := strings.Cut(try, "#"); found {
		try = base
	}
	if _, err := CheckAddress(fill(try, values)); err == nil && try != template {
		fix = try
	}
	return addressMessage(fill(template, values), err), fix
}

// parameters judges what the user of the service fills in.
func (c *serviceChecker) parameters() {
	if len(c.s.Parameters) > maxServiceRows {
		c.add("parameters", "Use at most 100 parameters")
		return
	}
	seen, used := map[string]bool{}, c.s.UsedParameters()
	for _, p := range c.s.Parameters {
		c.add("parameters", c.parameter(p, seen[p.Name], used[p.Name]))
		seen[p.Name] = true
	}
	for name := range used {
		if !seen[name] {
			c.add("parameters", fmt.Sprintf("Add the parameter %s, which stands in {%s}, or take it out", name, name))
		}
	}
}

// UsedParameters are the names that stand in the service's placeholders and rules,
// declared or not.
func (s Service) UsedParameters() map[string]bool {
	used := map[string]bool{}
	for _, when := range s.Refresh.When {
		used[when.Parameter] = true
	}
	for _, text := range templates(s) {
		for _, match := range placeholderPattern().FindAllStringSubmatch(text, -1) {
			used[match[1]] = true
		}
	}
	return used
}

func (c *serviceChecker) parameter(p Parameter, twice, used bool) string {
	name := shortened(p.Name)
	switch {
	case !placeholderPattern().MatchString("{" + p.Name + "}"):
		return fmt.Sprintf("%q is no name for a parameter: use lower-case letters, digits and _, a letter first", name)
	case twice:
		return fmt.Sprintf("The parameter %s stands twice", name)
	case !used:
		return fmt.Sprintf("The parameter %s is used nowhere: write {%s} into an address, or remove it", name, name)
	case p.Hidden && p.Name != LocalParam:
		return fmt.Sprintf("The parameter %s is hidden, and nobody fills it in", name)
	case !p.Hidden && strings.TrimSpace(p.Label) == "":
		return fmt.Sprintf("Enter a label for the parameter %s", name)
	case len(p.Pattern) > maxRowName:
		return fmt.Sprintf("The pattern of the parameter %s is too long", name)
	case len(p.Choices) > maxServiceList:
		return fmt.Sprintf("The parameter %s has too many choices", name)
	}
	texts := []string{p.Label, p.Default, p.Placeholder, p.Help}
	for _, choice := range p.Choices {
		texts = append(texts, choice.Value, choice.Label)
	}
	for _, text := range texts {
		if message := checkText(text, maxServiceText); message != "" {
			return fmt.Sprintf("Parameter %s: %s", name, lowerFirst(message))
		}
	}
	if _, err := wholePattern(p.Pattern); err != nil {
		return fmt.Sprintf("The pattern of the parameter %s is no regular expression", name)
	}
	if checkChoices(p) != nil {
		return fmt.Sprintf("A choice of the parameter %s has no label, stands twice or does not fit, or its default is none of them", name)
	}
	return ""
}
