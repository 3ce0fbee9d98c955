package auth

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/net/http/httpguts"
)

// paramNamePattern is the form of a protocol parameter's name.
var paramNamePattern = pattern(`^[A-Za-z0-9_.\-]{1,64}$`)

// protocol judges grants, client authentication and how requests look.
func (c *serviceChecker) protocol() {
	s := c.s
	c.names()
	unknown := slices.ContainsFunc(s.ClientAuth, func(m ClientAuth) bool { return !slices.Contains(ClientAuths, m) })
	switch {
	case len(s.ClientAuth) == 0:
		c.add("client_auth", "Choose how an app proves itself")
	case unknown:
		c.add("client_auth", "A client authentication is not known to this program")
	case !s.allowsPublic() && s.secretMethod() == "":
		c.add("client_auth", "Add a way to send a secret, or allow apps without one")
	}
	unknown = slices.ContainsFunc(s.Grants, func(g Grant) bool { _, ok := g.Info(); return !ok })
	switch {
	case len(s.Grants) == 0:
		c.add("grants", "Choose at least one grant")
	case unknown:
		c.add("grants", "A grant is not known to this program")
	}
	if !slices.Contains(knownPKCE, s.PKCE) {
		c.add("pkce", "Choose whether PKCE is required, supported or not documented")
	}
	if !slices.Contains(knownSeparators, s.ScopeSeparator) {
		c.add("scope_separator", "Choose a blank or a comma")
	}
	if s.Use.Header != "" && !httpguts.ValidHeaderFieldName(s.Use.Header) {
		c.add("token_use", "The header that carries the token has a name that no request can have")
	}
	if s.Use.Scheme != "" && (!httpguts.ValidHeaderFieldValue(s.Use.Scheme) || strings.ContainsFunc(s.Use.Scheme, unicode.IsSpace) || len(s.Use.Scheme) > maxRowName) {
		c.add("token_use", "Use one word before the token, or - for none")
	}
}

// names judges the service's own names of protocol parameters.
func (c *serviceChecker) names() {
	own := c.s.Names
	seen := map[string]bool{}
	for _, n := range []struct{ field, rfc, name string }{
		{"names.client_id", "client_id", own.ClientID},
		{"names.client_secret", "client_secret", own.ClientSecret},
		{"names.code", "code", own.Code},
		{"names.scope", "scope", own.Scope},
	} {
		switch {
		case n.name == "" || n.name == n.rfc:
		case !paramNamePattern().MatchString(n.name):
			c.addFix(n.field, "Use letters, digits and _ only", n.rfc)
		case seen[n.name] || ownTokenParam(Grants[0], n.name) || ownSignParam(n.name) || slices.Contains(tokenReplyWords, n.name):
			c.addFix(n.field, "Another parameter has this name", n.rfc)
		}
		seen[n.name] = n.name != ""
	}
}

// has tells whether a service gives a protocol parameter that name.
func (n ParamNames) has(name string) bool {
	return name != "" && slices.Contains([]string{n.ClientID, n.ClientSecret, n.Code, n.Scope}, name)
}

// signQuery judges what stands in the authorization endpoint itself: no parameter
// may be in a request twice, and no secret in an address (RFC 6749 section 3.1).
func (c *serviceChecker) signQuery() string {
	_, query, _ := strings.Cut(c.s.Endpoints.Authorization, "?")
	stand, err := url.ParseQuery(query)
	if err != nil {
		return "What stands behind the ? is not readable"
	}
	for _, name := range slices.Sorted(maps.Keys(stand)) {
		_, fixed := c.s.AuthParams[name]
		switch {
		case ownSignParam(name) || c.s.Names.has(name):
			return fmt.Sprintf("Take %q out of the address: it is set by the program itself", shortened(name))
		case fixed || len(stand[name]) > 1:
			return fmt.Sprintf("Take %q out of the address: it stands in the request twice", shortened(name))
		}
	}
	return ""
}

// tokenReplyWords are names of a redirect that stand for something else.
var tokenReplyWords = []string{"error", "error_description", "error_uri", "iss"}

// params judges the fixed parameters of requests.
func (c *serviceChecker) params() {
	check := func(field string, params map[string]string, own func(name string) bool) {
		for _, name := range slices.Sorted(maps.Keys(params)) {
			value := params[name]
			switch {
			case len(params) > maxServiceRows:
				c.add(field, "Use at most 100 parameters")
			case name == "" || value == "":
				c.add(field, "Each parameter has a name and a value")
			case len(name) > maxRowName || strings.ContainsFunc(name, invisible) || strings.Contains(name, " "):
				c.add(field, fmt.Sprintf("%q is not the name of a parameter: remove blanks and invisible characters", shortened(name)))
			case own(name):
				c.add(field, fmt.Sprintf("%q is set by the program itself", shortened(name)))
			case len(value) > maxRowValue || strings.ContainsFunc(value, unicode.IsControl):
				c.add(field, fmt.Sprintf("The value of %s is too long or has line breaks", shortened(name)))
			}
		}
	}
	names := c.s.Names
	check("auth_params", c.s.AuthParams, func(name string) bool { return ownSignParam(name) || names.has(name) })
	names.Scope = "" // no name in a token request
	token := func(name string) bool { return ownTokenParam(Grants[0], name) || names.has(name) }
	check("token_params", c.s.TokenParams, token)
	check("refresh_params", c.s.RefreshParams, token)
}

func (c *serviceChecker) redirect() {
	r := c.s.Redirect
	if r.Note == "" {
		r.Note = "-" // only the catalog owes one
	}
	c.add("redirect", checkText(r.Note, maxServiceText))
	if r.Port == PortNone {
		if message, _ := c.address(r.Register); message != "" || !strings.HasPrefix(r.Register, "https://") {
			c.add("redirect", "Enter the https page on which the browser ends")
		}
	}
	if u, err := url.Parse(r.Register); err != nil || len(r.Register) > maxAddress || u.User != nil {
		c.add("redirect", "The redirect URI to register is no address")
	}
	if checkRedirectRule(r) != nil {
		c.add("redirect", "Choose 127.0.0.1 or localhost with any or a fixed port, or a page of https whose address is pasted; the path begins with /")
	}
}

func (c *serviceChecker) lifetimes() {
	s := c.s
	life := func(field string, l Lifetime) {
		fixed := l.Rule == "fixed" || l.Rule == "sliding"
		open := l.Rule == "never" || l.Rule == "unknown"
		switch {
		case !fixed && !open && l.Rule != "varies":
			c.add(field, "Choose how the lifetime works")
		case l.Seconds < 0 || l.Seconds > maxLifetimeSeconds || fixed && l.Seconds == 0:
			c.add(field, "Enter how long it lasts")
		case open && l.Seconds != 0:
			c.add(field, "Take the time out, or choose another rule")
		}
		c.add(field, checkText(l.Note, maxServiceText))
	}
	life("access_token", s.AccessToken)
	life("refresh.lifetime", s.Refresh.Lifetime)
	if len(s.Refresh.When) > maxServiceRows {
		c.add("refresh.lifetime", "Use at most 100 lifetimes")
	}
	for _, when := range s.Refresh.When {
		c.add("refresh.lifetime", checkText(when.Value, maxServiceText))
		life("refresh.lifetime", when.Lifetime)
	}
	if s.ClientSecret != (Lifetime{}) {
		life("client_secret", s.ClientSecret)
	}
	listed := slices.ContainsFunc(s.Scopes, func(scope Scope) bool { return scope.Name == s.Refresh.Scope })
	switch {
	case !slices.Contains(knownNeeds, s.Refresh.Needs):
		c.add("refresh", "Choose what it takes to get a refresh token")
	case s.Refresh.Needs == "scope" && s.Refresh.Scope == "":
		c.add("refresh", "Enter the scope that brings a refresh token")
	case s.Refresh.Needs == "scope" && !listed && !s.OwnAddresses:
		c.add("refresh", fmt.Sprintf("Add %s to the scopes, or choose another one for refreshing", shortened(s.Refresh.Scope)))
	case s.Refresh.Needs != "scope" && s.Refresh.Scope != "":
		c.add("refresh", "Take the scope for refreshing out, or choose that it is needed")
	case s.Refresh.Needs == "parameter" && len(s.AuthParams) == 0:
		c.add("refresh", "Add the parameter that brings a refresh token to those of the authorization endpoint")
	}
}

// maxLifetimeSeconds is a hundred years.
const maxLifetimeSeconds = 100 * 366 * 24 * 3600

// quirks judges the departures that the engine acts on. Addresses and hosts in
// them lead requests as the endpoints do.
func (c *serviceChecker) quirks() {
	if err := checkQuirks(c.s.Quirks); err != nil {
		c.add("quirks", sentence(err.Error()))
		return
	}
	for _, q := range c.s.Quirks {
		for name, value := range q.Params {
			if len(value) > maxRowValue || strings.ContainsFunc(name+value, unicode.IsControl) {
				c.add("quirks", fmt.Sprintf("The parameters of %s are too long or have line breaks", q.ID))
			}
		}
		switch q.ID {
		case QuirkPublicAuthorization:
			if message, _ := c.address(q.Params["address"]); message != "" {
				c.add("quirks", fmt.Sprintf("The address of %s: %s", q.ID, lowerFirst(message)))
			}
		case QuirkTokenHost:
			for _, host := range strings.Fields(q.Params["hosts"]) {
				if alone, rest := SplitAddress("https://" + host); rest != "" || checkHostAlone(alone) != nil {
					c.add("quirks", fmt.Sprintf("%q is not the name of a host", shortened(host)))
				}
			}
		}
	}
}

func checkHostAlone(address string) error {
	_, err := CheckAddress(address)
	return err
}

func (c *serviceChecker) scopes() {
	if len(c.s.Scopes) > maxServiceList {
		c.add("scopes", "Use at most 1,000 scopes")
		return
	}
	seen := map[string]bool{}
	for _, scope := range c.s.Scopes {
		name := shortened(scope.Name)
		switch {
		case scope.Name == "":
			c.add("scopes", "A scope has a description and no name")
		case !scopeToken(scope.Name):
			c.addFix("scopes", fmt.Sprintf("%q is not a scope: blanks, quotes and special letters are not allowed", name), "")
		case seen[scope.Name]:
			c.add("scopes", fmt.Sprintf("The scope %s stands twice", name))
		case scope.Parameter != "" && !c.carries(scope.Parameter):
			c.add("scopes", fmt.Sprintf("The parameter that carries %s has a name that is not usable", name))
		}
		c.add("scopes", checkText(scope.Description, maxServiceText))
		c.add("scopes", checkText(scope.Group, maxServiceName))
		seen[scope.Name] = true
	}
}

// carries tells whether a parameter of the authorization request can hold scopes.
func (c *serviceChecker) carries(parameter string) bool {
	others := c.s.Names
	others.Scope = ""
	_, fixed := c.s.AuthParams[parameter]
	return paramNamePattern().MatchString(parameter) && !ownSignParam(parameter) && !others.has(parameter) && !fixed
}

func (c *serviceChecker) help() {
	h := c.s.Help
	for _, link := range []struct{ field, address string }{
		{"help.register_url", h.RegisterURL}, {"help.docs_url", h.DocsURL}, {"help.withdraw_url", h.WithdrawURL},
	} {
		if link.address == "" {
			continue
		}
		message, fix := c.address(link.address)
		c.addFix(link.field, message, fix)
	}
	for _, list := range []struct {
		field string
		lines []string
	}{{"help.steps", h.Steps}, {"help.notes", h.Notes}} {
		if len(list.lines) > maxServiceRows {
			c.add(list.field, "Use at most 100 lines")
		}
		for _, line := range list.lines {
			c.add(list.field, checkText(line, maxServiceText))
		}
	}
	if h.RedirectStep < 0 || h.RedirectStep > len(h.Steps) {
		c.add("help.redirect_step", "The step that asks for the redirect URI is not there")
	}
}
