package auth

import (
	"slices"
	"strings"
)

// The parameters that are the program's own to set. The form, the catalog and
// the requests all hold to these lists.
var (
	// signParams make the authorization request what it is (RFC 6749 section
	// 4.1.1, RFC 7636, RFC 9101, RFC 9126).
	signParams = []string{
		"response_type", "response_mode", "client_id", "redirect_uri", "scope", "state", "nonce",
		"code_challenge", "code_challenge_method", "request", "request_uri",
	}
	// secretParams must never be seen in an address (T24).
	secretParams = []string{
		"client_secret", "code_verifier", "code", "access_token", "refresh_token", "id_token", "password", "client_assertion",
	}
	// presentedFields are what a token request presents: none of them can be left out.
	presentedFields = []string{"grant_type", "code", "code_verifier", "refresh_token", "device_code", "assertion"}
)

// ownSignParam tells whether a parameter of the authorization request is not
// the user's to set.
func ownSignParam(name string) bool {
	return slices.Contains(signParams, name) || slices.Contains(secretParams, strings.ToLower(name))
}

// ownTokenParam tells whether a parameter of the token request is not the
// user's to set. Scopes are one where no sign-in asks for them.
func ownTokenParam(info GrantInfo, name string) bool {
	switch name {
	case "client_id":
		return true
	case "scope":
		return info.Scopes && !info.Confidential
	case "username", "password":
		return info.ID == GrantPassword
	}
	return protocolParam(name)
}

// rowsOf returns the rows that say something, names without blanks around them.
func rowsOf(pairs []Pair) []Pair {
	var rows []Pair
	for _, p := range pairs {
		p.Name = strings.TrimSpace(p.Name)
		if p.Name != "" || !p.Value.Empty() {
			rows = append(rows, p)
		}
	}
	return rows
}

// overlaid returns the service's fixed parameters with the user's rows over
// them. A row without a value takes the fixed one away: a parameter without a
// value counts as left out (RFC 6749 section 3.1).
func overlaid(fixed map[string]string, pairs []Pair) map[string]string {
	all := make(map[string]string, len(fixed)+len(pairs))
	for name, value := range fixed {
		all[name] = value
	}
	for _, p := range rowsOf(pairs) {
		if p.Value.Empty() {
			delete(all, p.Name)
			continue
		}
		all[p.Name] = p.Value.Reveal()
	}
	return all
}

// rowsBeside is the reverse of overlaid: the rows in which stored parameters
// differ from the fixed ones, sorted by name.
func rowsBeside(fixed, stored map[string]string) []Pair {
	var rows []Pair
	for name, value := range stored {
		if was, there := fixed[name]; !there || was != value {
			rows = append(rows, Pair{Name: name, Value: NewSecret(value)})
		}
	}
	for name := range fixed {
		if _, there := stored[name]; !there {
			rows = append(rows, Pair{Name: name})
		}
	}
	slices.SortFunc(rows, func(a, b Pair) int { return strings.Compare(a.Name, b.Name) })
	return rows
}

// listOf returns the entries of a list of names that say something, none twice.
func listOf(names []string) []string {
	var list []string
	for _, name := range names {
		if name = strings.TrimSpace(name); name != "" && !slices.Contains(list, name) {
			list = append(list, name)
		}
	}
	return list
}
