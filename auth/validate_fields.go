package auth

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// The caps of plain value fields.
const (
	maxLine     = 2048     // bytes of a field of one line
	maxPasted   = 64 << 10 // bytes of a pasted token
	maxLifetime = 3600     // seconds of an assertion
)

// expiryLayout is how the end of a pasted access token, or of a client secret, is
// typed, in local time.
const expiryLayout = "2006-01-02 15:04"

// connectionFields are ConnectionFields as a grant lists its own: none is required.
func connectionFields() []GrantField {
	fields := make([]GrantField, 0, len(ConnectionFields))
	for _, f := range ConnectionFields {
		fields = append(fields, GrantField{f, false})
	}
	return fields
}

// checkFields judges plain value fields in their order. A password of a key is
// judged with its key.
func checkFields(fields []GrantField, info GrantInfo, d Draft) FieldErrors {
	var wrong FieldErrors
	for _, f := range fields {
		shown, _ := f.Field.Info()
		value := d.Values.Text(f.Field)
		if strings.TrimSpace(value) == "" {
			kept := shown.Keep && d.mayKeep(f.Field)
			if f.Required && !kept {
				wrong = append(wrong, FieldError{Field: f.Field, Message: "Enter the " + lowerFirst(shown.Label)})
			}
			continue
		}
		field, message := checkValue(f.Field, value, info, d)
		if message != "" && !slices.ContainsFunc(wrong, func(e FieldError) bool { return e.Field == field }) {
			wrong = append(wrong, FieldError{Field: field, Message: message})
		}
	}
	return wrong
}

// checkValue returns what is wrong with one value, and the field to blame.
func checkValue(f Field, value string, info GrantInfo, d Draft) (Field, string) {
	shown, _ := f.Info()
	switch f {
	case FieldPayload:
		return f, checkPayload(info, value)
	case FieldJWTHeader:
		_, err := parseJWTHeader(value)
		return f, messageOf(err)
	case FieldPrivateKey:
		return checkSigningKey(d.Values)
	case FieldClientKey:
		_, err := ParsePrivateKey(d.Values[f], d.Values[FieldClientKeyPassword])
		return keyField(f, FieldClientKeyPassword, err), messageOf(err)
	case FieldClientCert:
		_, err := parseClientCertificate(d.Values[f], d.Values[FieldClientCertPassword])
		return keyField(f, FieldClientCertPassword, err), messageOf(err)
	case FieldRefreshToken, FieldAccessToken:
		return f, checkPasted(value)
	case FieldTokenPrefix:
		return f, checkPrefix(value)
	case FieldTokenExpiry, FieldSecretExpiry:
		if _, err := time.ParseInLocation(expiryLayout, strings.TrimSpace(value), time.Local); err != nil {
			return f, "Enter date and time like 2026-12-31 18:00"
		}
		return f, ""
	case FieldAssertionLifetime:
		return f, checkLifetime(value)
	case FieldTimeout:
		_, err := parseTimeout(value)
		return f, messageOf(err)
	case FieldProxy:
		return f, checkProxy(value)
	case FieldCA:
		return f, checkCertificates(value)
	}
	if shown.Kind == KindSecret {
		return f, checkPassphrase(value)
	}
	return f, checkLine(value)
}

// messageOf is the text of a complaint; "" for nil.
func messageOf(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func checkLine(value string) string {
	switch value = strings.TrimSpace(value); {
	case len(value) > maxLine:
		return "This is too long"
	case !utf8.ValidString(value) || strings.ContainsFunc(value, invisible):
		return "Remove the line breaks and the invisible or control characters"
	case placeholderInURL(value) != "":
		return fmt.Sprintf("Replace %s with your own value", placeholderInURL(value))
	}
	return ""
}

func checkPassphrase(value string) string {
	switch {
	case len(value) > maxSecret:
		return "This is too long for a password"
	case !utf8.ValidString(value) || strings.ContainsFunc(value, unicode.IsControl):
		return "Remove the line breaks or control characters"
	}
	return ""
}

// checkPayload judges the additional payload. Under the password grant its
// members are body parameters.
func checkPayload(info GrantInfo, value string) string {
	object, err := parseObject(value)
	if err != nil {
		return err.Error()
	}
	if info.ID != GrantPassword {
		return ""
	}
	for name := range object {
		switch name {
		case "client_id", "client_secret": // they may stand here instead of in their fields
		default:
			if ownTokenParam(info, name) {
				return fmt.Sprintf("%q is set by the program itself", shortened(name))
			}
		}
	}
	return ""
}

// checkPasted judges a pasted token (RFC 6749 appendix A.12 and A.17).
func checkPasted(value string) string {
	value = strings.TrimSpace(value)
	word, _, several := strings.Cut(value, " ")
	switch {
	case len(value) > maxPasted:
		return "This is too long for a token"
	case several && tokenChars(word):
		return fmt.Sprintf("Paste the token alone: remove %q, or the blanks inside", shortened(word))
	case strings.ContainsFunc(value, unicode.IsSpace):
		return "Remove the blanks and line breaks inside the token"
	case !visible(value):
		return "This is no token: it has control characters or letters that no token has"
	}
	return ""
}

// pastedToken is a pasted token without what stands around it.
func pastedToken(value Secret) Secret { return NewSecret(strings.TrimSpace(value.Reveal())) }

func checkPrefix(value string) string {
	if value = strings.TrimSpace(value); len(value) > 64 || !tokenChars(value) {
		return "Use one word such as Bearer: letters, digits and dashes"
	}
	return ""
}

// tokenChars tells whether text is a token of RFC 9110 section 5.6.2, as an
// authentication scheme is.
func tokenChars(text string) bool {
	return text != "" && !strings.ContainsFunc(text, func(r rune) bool {
		return r <= ' ' || r > '~' || strings.ContainsRune("\"(),/:;<=>?@[\\]{}", r)
	})
}

func checkLifetime(value string) string {
	n, err := strconv.Atoi(strings.TrimSpace(value))
	if err != nil || n < 1 || n > maxLifetime {
		return fmt.Sprintf("Enter whole seconds from 1 to %d", maxLifetime)
	}
	return ""
}

// checkProxy judges the address of a proxy, which is the one address that may
// hold a user name and a password.
func checkProxy(value string) string {
	if part := placeholderIn(value); part != "" {
		return fmt.Sprintf("Replace %s with your own value", part)
	}
	_, err := parseProxy(value)
	return messageOf(err)
}

// checkCertificates judges certificates of authorities in PEM form.
func checkCertificates(value string) string {
	if strings.Contains(value, "PRIVATE KEY-----") {
		return "Remove the private key: only certificates belong here"
	}
	_, err := parseCertificates(value)
	return messageOf(err)
}

// keyField returns whether a key (or a certificate) or its password is to blame
// for an error of reading it.
func keyField(key, password Field, err error) Field {
	if errors.Is(err, errKeyPassword) || errors.Is(err, errKeyWrongPassword) || errors.Is(err, errClientCertPassword) {
		return password
	}
	return key
}

// checkSigningKey judges the key of a JWT bearer assertion, its password, and
// whether the algorithm of the header fits it.
func checkSigningKey(v Values) (Field, string) {
	key, err := ParsePrivateKey(v[FieldPrivateKey], v[FieldKeyPassword])
	if err != nil {
		return keyField(FieldPrivateKey, FieldKeyPassword, err), err.Error()
	}
	header, err := parseJWTHeader(v.Text(FieldJWTHeader))
	if err != nil {
		return FieldJWTHeader, err.Error()
	}
	if alg, given := header["alg"]; given && !fits(key, header.text("alg")) {
		return FieldJWTHeader, fmt.Sprintf("The alg %s does not fit the key: use %s", shortened(string(alg)), strings.Join(AlgorithmsFor(key), ", "))
	}
	return FieldPrivateKey, ""
}
