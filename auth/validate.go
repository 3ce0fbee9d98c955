package auth

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The caps of a draft's free texts.
const (
	maxNotes    = 4000 // characters
	maxClientID = 1024 // bytes; the longest known are Google's with about 75
	maxSecret   = 4096 // bytes
	minPort     = 1024 // those below need rights that a desktop program has not
	maxPort     = 65535
)

// Validate returns what is wrong with the draft, in the form's order; nil when
// it can be saved. Whether the name is free is for the store to say.
func Validate(svc Service, d Draft) FieldErrors {
	var wrong FieldErrors
	add := func(field Field, message string) {
		if message != "" {
			wrong = append(wrong, FieldError{Field: field, Message: message})
		}
	}
	if err := CheckName(d.Name); err != nil {
		add(FieldName, err.Error())
	}
	_, unresolved := Resolve(svc, d)
	wrong = append(wrong, unresolved...)
	add(FieldGrant, checkGrant(svc, d.Grant))
	add(FieldClientID, checkClientID(d.ClientID))
	add(checkSecret(svc, d))
	add(FieldScopes, checkAskedScopes(svc, d.Scopes))
	if d.Port != 0 && (d.Port < minPort || d.Port > maxPort) {
		add(FieldPort, fmt.Sprintf("Use a port from %d to %d", minPort, maxPort))
	}
	if utf8.RuneCountInString(d.Notes) > maxNotes {
		add(FieldNotes, "Use at most 4,000 characters")
	}
	return wrong
}

func checkGrant(svc Service, g Grant) string {
	if _, ok := g.Info(); !ok || !slices.Contains(svc.Grants, g) {
		return "This service does not offer this grant"
	}
	return ""
}

func checkClientID(id string) string {
	id = strings.TrimSpace(id)
	switch {
	case id == "":
		return "Enter the client ID that the service gave you"
	case len(id) > maxClientID:
		return "This is too long for a client ID"
	case !utf8.ValidString(id) || strings.ContainsFunc(id, invisible):
		return "Remove the invisible or control characters"
	}
	return ""
}

// checkSecret judges the secret, its confirmation and whether the client may
// go without; it returns the field to blame.
func checkSecret(svc Service, d Draft) (Field, string) {
	if d.Public {
		if !svc.allowsPublic() {
			return FieldClientSecret, "This service needs a client secret"
		}
		return FieldClientSecret, ""
	}
	secret := d.ClientSecret.Reveal()
	kept := d.ID != "" || d.CopyOf != "" // an empty field leaves the stored secret
	switch {
	case svc.secretMethod() == "":
		return FieldClientSecret, "This service takes no client secret"
	case d.ClientAuth != "" && !slices.Contains([]ClientAuth{ClientAuthBasic, ClientAuthPost}, d.ClientAuth):
		return FieldClientSecret, "Choose how the secret is sent"
	case secret == "" && d.Confirmation.Empty() && kept:
		return FieldClientSecret, ""
	case secret == "":
		return FieldClientSecret, "Enter the client secret"
	case len(secret) > maxSecret:
		return FieldClientSecret, "This is too long for a client secret"
	case !utf8.ValidString(secret) || strings.ContainsFunc(secret, unicode.IsControl):
		return FieldClientSecret, "Remove the line breaks or control characters"
	case !d.ClientSecret.Equal(d.Confirmation):
		return FieldConfirmation, "The secrets do not match"
	}
	return FieldClientSecret, ""
}

func checkAskedScopes(svc Service, scopes []string) string {
	if len(scopes) == 0 && len(svc.Scopes) > 0 && !svc.OwnAddresses {
		return "Choose at least one permission"
	}
	for _, scope := range scopes {
		if !scopeToken(strings.TrimSpace(scope)) {
			return fmt.Sprintf("%q is not a scope: blanks, quotes and special letters are not allowed", scope)
		}
	}
	return ""
}

// scopeToken tells whether s is a scope-token of RFC 6749 section 3.3:
// printable ASCII without blank, quote and backslash.
func scopeToken(s string) bool {
	return s != "" && len(s) <= maxAddress && !strings.ContainsFunc(s, func(r rune) bool {
		return r <= ' ' || r > '~' || r == '"' || r == '\\'
	})
}
