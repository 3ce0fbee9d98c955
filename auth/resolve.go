package auth

import (
	"fmt"
	"net"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// Resolve fills the placeholders of the service's addresses with the draft's
// parameters and checks every result. For a service with Discovery only
// Issuer is set: its metadata brings the rest. The errors stand in the form's
// order.
func Resolve(svc Service, d Draft) (Endpoints, FieldErrors) {
	if svc.OwnAddresses {
		return resolveOwn(d)
	}
	values, wrong := parameterValues(svc, d.Params)
	if len(wrong) > 0 {
		return Endpoints{}, wrong
	}
	resolved := svc.Endpoints
	if quirk, own := svc.Quirk(QuirkPublicAuthorization); own && clientAuthFor(svc, d) == ClientAuthNone {
		resolved.Authorization = quirk.Params["address"]
	}
	issuerAddress := svc.Issuer
	for _, address := range append(addressesOf(&resolved), &issuerAddress) {
		if *address == "" {
			continue
		}
		clean, err := CheckAddress(fill(*address, values))
		if err != nil {
			return Endpoints{}, FieldErrors{{Field: firstParameter(svc, *address), Message: err.Error()}}
		}
		*address = clean
	}
	// An issuer is an identifier, compared character by character (RFC 8414
	// section 3.3): it is checked like an address and kept as it was given.
	issuer := fill(svc.Issuer, values)
	if message, fix := checkIssuer(issuer); message != "" {
		return Endpoints{}, FieldErrors{{Field: firstParameter(svc, svc.Issuer), Message: message, Fix: fix}}
	}
	resolved.Issuer = issuer
	return resolved, nil
}

// checkIssuer returns what makes an issuer unusable beyond its form as an
// address, and what the user probably meant.
func checkIssuer(issuer string) (message, fix string) {
	if base, _, found := strings.Cut(issuer, "/.well-known/"); found {
		return "Enter the issuer without the part from /.well-known on", base
	}
	if base, _, found := strings.Cut(issuer, "?"); found {
		return "Remove the part after ? from the issuer", base
	}
	return "", ""
}

// RedirectFor returns where the browser has to come back to. Where the service
// refuses the loopback interface that is a page whose address the user pastes.
func RedirectFor(svc Service, d Draft) Redirect {
	if svc.Redirect.Port == PortNone {
		return Redirect{URI: svc.Redirect.Register}
	}
	r := Redirect{Host: svc.Redirect.Host, Path: svc.Redirect.Path, Port: d.Port}
	if r.Port == 0 && svc.Redirect.Port == PortFixed {
		r.Port = DefaultRedirectPort
	}
	return r
}

// RedirectToRegister returns what has to be entered at the service as redirect
// URI. port is the draft's; 0: as the service says. Without the loopback
// interface there is no port.
func RedirectToRegister(svc Service, port int) string {
	if svc.Redirect.Register != "" && (port == 0 || svc.Redirect.Port == PortNone) {
		return svc.Redirect.Register
	}
	r := RedirectFor(svc, Draft{Port: port})
	u := url.URL{Scheme: svc.Redirect.Scheme, Host: r.Host, Path: r.Path}
	if r.Port != 0 {
		u.Host = net.JoinHostPort(r.Host, strconv.Itoa(r.Port))
	}
	return u.String()
}

// MissingRefreshScope returns the scope without which the service gives no
// refresh token, when it is not among scopes; "" when nothing is missing.
func MissingRefreshScope(svc Service, scopes []string) string {
	if svc.Refresh.Needs != "scope" || slices.Contains(scopes, svc.Refresh.Scope) {
		return ""
	}
	return svc.Refresh.Scope
}

// resolveOwn takes the addresses that the user typed: those that the grant uses.
func resolveOwn(d Draft) (Endpoints, FieldErrors) {
	info := d.grantInfo()
	var resolved Endpoints
	var wrong FieldErrors
	for _, own := range []struct {
		field  Field
		typed  string
		to     *string
		needed bool
	}{
		{FieldOwnAuthorization, d.OwnAuthorization, &resolved.Authorization, info.Sign},
		{FieldOwnDevice, d.OwnDevice, &resolved.Device, info.Prompt == PromptDevice},
		{FieldOwnToken, d.OwnToken, &resolved.Token, info.Request},
	} {
		if !own.needed {
			continue
		}
		clean, err := CheckAddress(own.typed)
		if err != nil {
			wrong = append(wrong, FieldError{Field: own.field, Message: addressMessage(own.typed, err)})
			continue
		}
		*own.to = clean
	}
	if len(wrong) > 0 {
		return Endpoints{}, wrong
	}
	return resolved, nil
}

// addressMessage names the placeholder that was left in a typed address.
func addressMessage(typed string, err error) string {
	if part := placeholderIn(typed); part != "" {
		return fmt.Sprintf("Replace %s with your own value", part)
	}
	return err.Error()
}

// parameterValues returns the value of every parameter of the service, the
// default where the draft has none, and what is wrong with them.
func parameterValues(svc Service, params map[string]string) (map[string]string, FieldErrors) {
	values := make(map[string]string, len(svc.Parameters))
	var wrong FieldErrors
	for _, p := range svc.Parameters {
		value := strings.TrimSpace(params[p.Name])
		if value == "" {
			value = p.Default
		}
		values[p.Name] = value
		if message := checkParameter(p, value); message != "" {
			field := ParamField(p.Name)
			if p.Hidden { // there is no such field to stand beside
				field = FieldService
			}
			wrong = append(wrong, FieldError{Field: field, Message: message})
		}
	}
	return values, wrong
}

// checkParameter returns what is wrong with the value; "" when nothing is.
func checkParameter(p Parameter, value string) string {
	switch {
	case value == "" && p.Hidden:
		return "The local server does not run"
	case value == "" && p.Optional:
		return ""
	case value == "":
		return fmt.Sprintf("Enter the %s", lowerFirst(p.Label))
	case p.URL:
		if _, err := CheckAddress(value); err != nil {
			return addressMessage(value, err)
		}
		return ""
	case placeholderIn(value) != "":
		return fmt.Sprintf("Replace %s with your own value", placeholderIn(value))
	}
	if p.Pattern == "" {
		if strings.ContainsFunc(value, unusableInAddress) || strings.ContainsAny(value, "/?#@:%&{}") {
			return "Remove blanks and characters such as / ? # from the value"
		}
		return ""
	}
	if pattern, err := wholePattern(p.Pattern); err != nil || !pattern.MatchString(value) {
		return fmt.Sprintf("This does not look like a %s", lowerFirst(p.Label))
	}
	return ""
}

// wholePattern compiles the pattern of a parameter, which has to fit the whole
// value. It has to be one by itself too: a bracket that only the anchors close,
// or an open \Q, would take them apart.
func wholePattern(pattern string) (*regexp.Regexp, error) {
	if _, err := regexp.Compile(pattern); err != nil {
		return nil, err
	}
	return regexp.Compile(`\A(?:` + pattern + `)\z`)
}

// lowerFirst makes a label fit inside a sentence; abbreviations stay as they are.
func lowerFirst(label string) string {
	runes := []rune(label)
	if len(runes) == 0 || len(runes) > 1 && (unicode.IsUpper(runes[1]) || unicode.IsDigit(runes[1])) {
		return label
	}
	runes[0] = unicode.ToLower(runes[0])
	return string(runes)
}

// firstParameter returns the field to blame for a resolved address: the first
// parameter in it that has a field, else the service.
func firstParameter(svc Service, template string) Field {
	for _, p := range svc.Parameters {
		if !p.Hidden && strings.Contains(template, "{"+p.Name+"}") {
			return ParamField(p.Name)
		}
	}
	return FieldService
}

// fill replaces the placeholders of text; an unknown one stays.
func fill(text string, values map[string]string) string {
	return placeholderPattern().ReplaceAllStringFunc(text, func(placeholder string) string {
		if value, ok := values[placeholder[1:len(placeholder)-1]]; ok {
			return value
		}
		return placeholder
	})
}

// Fill replaces the placeholders of one of the service's texts, such as a help
// link, with params, or with the defaults where params has no value.
func (s Service) Fill(text string, params map[string]string) string {
	values, _ := parameterValues(s, params)
	return fill(text, values)
}

// orderedScopes returns the scopes to ask for: the service's own first and in
// its order, then those that the user added, none twice.
func orderedScopes(svc Service, asked []string, values map[string]string) []string {
	var scopes []string
	add := func(template string) {
		scope := strings.TrimSpace(fill(template, values))
		if scope != "" && !lacksValue(template, values) && !slices.Contains(scopes, scope) {
			scopes = append(scopes, scope)
		}
	}
	for _, listed := range svc.Scopes {
		if slices.Contains(asked, listed.Name) {
			add(listed.Name)
		}
	}
	for _, scope := range asked {
		add(scope)
	}
	return scopes
}

// lacksValue tells whether a parameter in the text was left empty: there is
// nothing to ask for then (Snowflake: the scope of a role).
func lacksValue(template string, values map[string]string) bool {
	return slices.ContainsFunc(placeholderPattern().FindAllStringSubmatch(template, -1), func(match []string) bool {
		value, known := values[match[1]]
		return known && value == ""
	})
}

// addressesOf lists the addresses of e, so that none is forgotten where all are
// filled or checked. Issuer is not one: it is an identifier.
func addressesOf(e *Endpoints) []*string {
	return []*string{
		&e.Authorization, &e.Token, &e.Revocation, &e.Introspection, &e.UserInfo, &e.JWKS, &e.Device, &e.PAR,
		&e.Refresh, &e.DeviceToken, &e.Registration,
	}
}

// allowsPublic tells whether clients without a secret are accepted.
func (s Service) allowsPublic() bool { return slices.Contains(s.ClientAuth, ClientAuthNone) }

// secretMethod returns the first method that sends a client secret; "" when
// there is none.
func (s Service) secretMethod() ClientAuth {
	for _, method := range s.ClientAuth {
		if method == ClientAuthBasic || method == ClientAuthPost {
			return method
		}
	}
	return ""
}
