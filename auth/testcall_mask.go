package auth

import (
	"encoding/base64"
	"encoding/json"
	"html"
	"net/url"
	"slices"
	"strings"
	"unicode"
)

// mask stands in a tested address's answer where a secret stood.
const mask = "[masked]"

// The shortest values that are looked for: below, a name such as "on" would be
// masked in every word that holds it.
const (
	maskMinSecret = 4
	maskMinValue  = 8
)

// What looks like a secret, whosever it is: a JWT or JWE (RFC 7515, RFC 7516),
// what follows an authentication scheme, and the members of a token reply.
var (
	maskJWT    = pattern(`eyJ[A-Za-z0-9_-]{4,}(?:\.[A-Za-z0-9_-]*){1,4}`)
	maskScheme = pattern(`(?i)\b(Bearer|Basic|DPoP)(\s+)[A-Za-z0-9._~+/=-]{8,}`)
	maskNames  = `(?:access_token|refresh_token|id_token|client_secret|client_assertion|code_verifier|device_code|assertion|password|api_?key)`
	maskMember = pattern(`(?i)("` + maskNames + `"\s*:\s*)"(?:[^"\\]|\\.)*"?`)
	maskParam  = pattern(`(?i)\b(` + maskNames + `=)[^&\s"'<>]+`)
)

// maskedBody makes an answer's body fit for showing: valid UTF-8 without
// characters that are not seen, secrets masked, at most limit bytes.
func maskedBody(body []byte, secrets []string, limit int) (text string, cut bool) {
	text = strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case r == '\u00a0':
			return ' '
		case r == unicode.ReplacementChar || invisible(r):
			return -1 // before anything else: it could part a secret
		}
		return r
	}, string(body))
	for _, secret := range secrets {
		text = strings.ReplaceAll(text, secret, mask)
	}
	text = maskJWT().ReplaceAllString(text, mask)
	text = maskScheme().ReplaceAllString(text, "$1$2"+mask)
	text = maskMember().ReplaceAllString(text, `$1"`+mask+`"`)
	text = maskParam().ReplaceAllString(text, "$1"+mask)
	if len(text) <= limit {
		return text, false
	}
	return strings.ToValidUTF8(text[:limit], ""), true
}

// secretsOf returns every stored value of r that is a secret or may be one, in
// the forms in which an answer can hold it, the longest first.
func secretsOf(r Record) []string {
	a := r.Authorization
	var found []string
	add := func(value string, least int) {
		if len(value) >= least {
			found = append(found, value)
		}
	}
	for _, secret := range []Secret{r.Tokens.Access, r.Tokens.Refresh, r.Tokens.ID, a.ClientSecret} {
		add(secret.Reveal(), maskMinSecret)
	}
	for field, value := range a.Values {
		switch info, _ := field.Info(); info.Kind {
		case KindSecret, KindToken, KindPEM:
			add(value.Reveal(), maskMinSecret)
		case KindJSON: // its members can be a password or a secret, see FieldPayload
			if object, err := parseObject(value.Reveal()); err == nil {
				for name := range object {
					add(object.formValue(name), maskMinValue)
				}
			}
		}
	}
	for _, values := range []map[string]string{a.AuthParams, a.TokenParams, a.Headers} {
		for _, value := range values {
			add(value, maskMinValue)
		}
	}
	if proxy, err := url.Parse(a.Values.Text(FieldProxy)); err == nil {
		password, _ := proxy.User.Password()
		add(password, maskMinSecret)
	}
	if !a.ClientSecret.Empty() {
		found = append(found, base64.StdEncoding.EncodeToString(
			[]byte(url.QueryEscape(a.ClientID)+":"+url.QueryEscape(a.ClientSecret.Reveal())),
		))
	}
	return maskForms(found)
}

// maskForms adds the forms that a value takes in JSON, in HTML, in an address
// and in base64. The longest come first, so that no part of one is left over.
func maskForms(values []string) []string {
	var forms []string
	for _, value := range values {
		quoted, err := json.Marshal(value)
		if err == nil {
			forms = append(forms, string(quoted[1:len(quoted)-1]))
		}
		forms = append(forms, value, url.QueryEscape(value), url.PathEscape(value), html.EscapeString(value),
			base64.StdEncoding.EncodeToString([]byte(value)), base64.RawURLEncoding.EncodeToString([]byte(value)))
	}
	slices.SortFunc(forms, func(a, b string) int { return len(b) - len(a) })
	return slices.Compact(forms)
}
