package localserver

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"tokenwell/auth"
)

// Bounds of what the forms take, in characters where nothing else is said.
const (
	maxVersion     = 32
	maxDescription = 500
	maxScopeName   = 64
	maxRedirects   = 50
	maxRedirect    = 2000 // bytes
	maxSeconds     = math.MaxInt32
	maxRefreshes   = math.MaxInt32
	maxEmail       = 254
	minPassword    = auth.MinPassphrase
	maxPassword    = 1024 // bytes
	maxSlow        = 60   // seconds
	maxRetryAfter  = 3600 // seconds
)

// faults gathers what is wrong with a form.
type faults auth.FieldErrors

func (f *faults) add(field string, err error) {
	if err != nil {
		*f = append(*f, auth.FieldError{Field: auth.LocalField(field), Message: err.Error()})
	}
}

func (f faults) err() error {
	if len(f) == 0 {
		return nil
	}
	return auth.FieldErrors(f)
}

func oneFault(field string, message complaint) error {
	var f faults
	f.add(field, message)
	return f.err()
}

// refusedInNames are the characters that neither a client's name nor its
// version may have.
const refusedInNames = `&()\;,/":'<>`

func checkNamePart(text string) error {
	if strings.ContainsAny(text, refusedInNames) {
		return complaint(`Leave out & ( ) \ ; , / " : ' < and >`)
	}
	return auth.CheckName(text)
}

func checkVersion(version string) error {
	switch {
	case version == "":
		return complaint("Enter a version")
	case utf8.RuneCountInString(version) > maxVersion:
		return complaint(fmt.Sprintf("Use at most %d characters", maxVersion))
	}
	return checkNamePart(version)
}

// checkText takes readable text of at most limit characters, in one line or in
// several.
func checkText(text string, limit int, lines bool) error {
	switch {
	case !utf8.ValidString(text):
		return complaint("This is not readable text")
	case utf8.RuneCountInString(text) > limit:
		return complaint(fmt.Sprintf("Use at most %d characters", limit))
	case strings.ContainsFunc(text, func(c rune) bool { return unicode.IsControl(c) && (c != '\n' || !lines) }):
		return complaint("Remove the control characters")
	}
	return nil
}

// checkScopeName takes a scope-token (RFC 6749 section 3.3).
func checkScopeName(name string) error {
	switch {
	case name == "":
		return complaint("Enter a name")
	case len(name) > maxScopeName:
		return complaint(fmt.Sprintf("Use at most %d characters", maxScopeName))
	case strings.ContainsFunc(name, func(c rune) bool { return c < 0x21 || c > 0x7e || c == '"' || c == '\\' }):
		return complaint(`Use letters, digits and signs other than " and \, without blanks`)
	}
	return nil
}

// checkRedirects takes addresses that can be compared as strings.
func checkRedirects(uris []string) error {
	if len(uris) > maxRedirects {
		return complaint(fmt.Sprintf("Use at most %d redirect URLs", maxRedirects))
	}
	for i, uri := range uris {
		_, ok := parseRedirect(uri)
		switch {
		case strings.Contains(uri, "#"):
			return complaint(fmt.Sprintf("%s: leave out the # and what follows it", uri))
		case strings.Contains(uri, "*"):
			return complaint(fmt.Sprintf("%s: a * stands for nothing here; enter the whole address", uri))
		case !ok, len(uri) > maxRedirect, strings.ContainsFunc(uri, func(c rune) bool { return c <= ' ' || c > '~' || c == '\\' }):
			return complaint(fmt.Sprintf("%s: enter a whole address that begins with http:// or https://", uri))
		case slices.Contains(uris[:i], uri):
			return complaint(fmt.Sprintf("%s stands there twice", uri))
		}
	}
	return nil
}

// grantInfo returns what a grant needs.
func grantInfo(id auth.LocalGrant) (auth.LocalGrantInfo, bool) {
	i := slices.IndexFunc(auth.LocalGrants, func(g auth.LocalGrantInfo) bool { return g.ID == id })
	if i < 0 {
		return auth.LocalGrantInfo{}, false
	}
	return auth.LocalGrants[i], true
}

// checkGrants takes at least one grant, each one that suits the type.
func checkGrants(c Client) error {
	if len(c.Grants) == 0 {
		return complaint("Allow at least one grant")
	}
	for i, id := range c.Grants {
		g, ok := grantInfo(id)
		switch {
		case !ok || slices.Contains(c.Grants[:i], id):
			return complaint(fmt.Sprintf("%q is no grant, or stands there twice", id))
		case c.Public && !g.Public:
			return complaint(fmt.Sprintf("%s needs a confidential client", g.Label))
		case !c.Public && !g.Confidential:
			return complaint(fmt.Sprintf("%s is for public clients only", g.Label))
		}
	}
	return nil
}

func needsRedirect(c Client) bool {
	return slices.ContainsFunc(c.Grants, func(id auth.LocalGrant) bool { g, _ := grantInfo(id); return g.Redirect })
}

// clientAuths are the methods that a client with a secret or a key may be bound to.
var clientAuths = []auth.ClientAuth{"", auth.ClientAuthBasic, auth.ClientAuthPost, auth.ClientAuthSecretJWT, auth.ClientAuthPrivateKeyJWT}

func checkClientAuth(c Client) error {
	switch {
	case c.Public && c.ClientAuth != "" && c.ClientAuth != auth.ClientAuthNone:
		return complaint("A public client has nothing to authenticate with")
	case !c.Public && !slices.Contains(clientAuths, c.ClientAuth):
		return complaint("The local server does not know this method")
	}
	return nil
}

func checkKeys(c Client) error {
	if c.Keys == "" && c.ClientAuth != auth.ClientAuthPrivateKeyJWT && !slices.Contains(c.Grants, auth.LocalGrantJWTBearer) {
		return nil
	}
	_, err := clientKeys(c.Keys)
	return err
}

func checkMisbehaviour(m auth.LocalMisbehaviour) error {
	switch {
	case m.Slow < 0 || m.Slow > maxSlow:
		return complaint(fmt.Sprintf("Answer at most %d seconds late", maxSlow))
	case m.TooMany < 0 || m.TooMany > maxRetryAfter:
		return complaint(fmt.Sprintf("Send clients away for at most %d seconds", maxRetryAfter))
	}
	return nil
}

// checkScopes takes scopes that there are and gives them the names that they have.
func checkScopes(c *Client, known []Scope) error {
	var names []string
	for _, name := range c.Scopes {
		i := indexScope(known, name)
		if i < 0 {
			return complaint(fmt.Sprintf("There is no scope %q; add it first", name))
		}
		if !slices.Contains(names, known[i].Name) {
			names = append(names, known[i].Name)
		}
	}
	if len(names) == 0 {
		return complaint("Allow at least one scope")
	}
	c.Scopes = names
	return nil
}

// tidyClient drops blanks around what was typed, and empty lines.
func tidyClient(c *Client) {
	c.Name, c.Version = auth.CleanName(c.Name), auth.CleanName(c.Version)
	c.Description, c.Keys = strings.TrimSpace(c.Description), strings.TrimSpace(c.Keys)
	var uris []string
	for _, uri := range c.RedirectURIs {
		if uri = strings.TrimSpace(uri); uri != "" {
			uris = append(uris, uri)
		}
	}
	c.RedirectURIs = uris
}

// checkClient checks everything but that the name is free, and tidies up.
func checkClient(c *Client, known []Scope) faults {
	tidyClient(c)
	var found faults
	found.add("client.name", checkNamePart(c.Name))
	found.add("client.version", checkVersion(c.Version))
	found.add("client.description", checkText(c.Description, maxDescription, true))
	found.add("client.grants", checkGrants(*c))
	if err := checkRedirects(c.RedirectURIs); err != nil {
		found.add("client.redirects", err)
	} else if len(c.RedirectURIs) == 0 && needsRedirect(*c) {
		found.add("client.redirects", complaint("Enter at least one redirect URL: authorization code and implicit need it"))
	}
	if c.AccessSeconds < 0 || c.AccessSeconds > maxSeconds {
		found.add("client.access", complaint(fmt.Sprintf("Enter 1 to %d seconds, or let them never expire", int64(maxSeconds))))
	}
	if c.RefreshCount < auth.LocalUnlimited || c.RefreshCount > maxRefreshes {
		found.add("client.refresh", complaint("Enter how often, or choose unlimited"))
	}
	found.add("client.scopes", checkScopes(c, known))
	found.add("client.auth", checkClientAuth(*c))
	found.add("client.keys", checkKeys(*c))
	found.add("client.misbehave", checkMisbehaviour(c.Misbehave))
	return found
}
