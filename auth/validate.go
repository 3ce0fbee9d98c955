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
	maxNotes        = 4000 // characters
	maxClientID     = 1024 // bytes; the longest known are Google's with about 75
	maxSecret       = 4096 // bytes
	minPort         = 1024 // those below need rights that a desktop program has not
	maxPort         = 65535
	maxRefreshLimit = 1_000_000
)

// Validate returns what is wrong with the draft, in the form's order; nil when
// it can be saved. Whether the name is free is for the store to say. A value
// that the vault may hold (FieldInfo.Keep) is not missed in a draft that edits
// or duplicates: whether it is kept turns out when it is saved.
func Validate(svc Service, d Draft) FieldErrors {
	var wrong FieldErrors
	add := func(field Field, message string) {
		if message != "" {
			wrong = append(wrong, FieldError{Field: field, Message: message})
		}
	}
	info := d.grantInfo()
	if err := CheckName(d.Name); err != nil {
		add(FieldName, err.Error())
	}
	_, unresolved := Resolve(svc, d)
	wrong = append(wrong, unresolved...)
	add(FieldGrant, checkGrant(svc, d.Grant))
	if info.Client != NeedNone {
		add(FieldClientID, checkClientID(info, d.ClientID))
		add(checkSecret(svc, info, d))
	}
	wrong = append(wrong, checkFields(info.Fields, info, d)...)
	if info.Scopes {
		add(FieldScopes, checkAskedScopes(svc, info, d.Scopes))
	}
	if info.Request {
		wrong = append(wrong, checkClientAuth(info, d)...)
		wrong = append(wrong, checkRows(info, d)...)
		wrong = append(wrong, checkFields(connectionFields(), info, d)...)
	}
	if info.Sign && !CheckPort(d.Port) {
		add(FieldPort, fmt.Sprintf("Use a port from %d to %d", minPort, maxPort))
	}
	if d.RefreshLimit < 0 || d.RefreshLimit > maxRefreshLimit {
		add(FieldRefreshLimit, "Use a number from 1 to 1,000,000, or leave it empty")
	}
	if utf8.RuneCountInString(d.Notes) > maxNotes {
		add(FieldNotes, "Use at most 4,000 characters")
	}
	return wrong
}

// grantInfo is the entry of the draft's grant, for an unknown one that of the
// form's first: the fields that it shows then.
func (d Draft) grantInfo() GrantInfo {
	if info, ok := d.Grant.Info(); ok {
		return info
	}
	return Grants[0]
}

// mayKeep tells whether an empty field of the draft may stand for what the
// vault holds. A pasted token is never taken over into a duplicate: two
// authorizations with one refresh token would end each other.
func (d Draft) mayKeep(f Field) bool {
	if f == FieldRefreshToken || f == FieldAccessToken {
		return d.ID != ""
	}
	return d.ID != "" || d.CopyOf != ""
}

func checkGrant(svc Service, g Grant) string {
	if _, ok := g.Info(); !ok || !slices.Contains(svc.Grants, g) {
		return "This service does not offer this grant"
	}
	return ""
}

func checkClientID(info GrantInfo, id string) string {
	id = strings.TrimSpace(id)
	switch {
	case id == "" && info.Client == NeedOptional:
		return ""
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
func checkSecret(svc Service, info GrantInfo, d Draft) (Field, string) {
	if d.Public {
		if info.Confidential {
			return FieldClientSecret, "This grant is only for an app with a client secret"
		}
		if info.Secret == NeedRequired && !svc.allowsPublic() {
			return FieldClientSecret, "This service needs a client secret"
		}
		return FieldClientSecret, ""
	}
	if d.ClientAuth != "" && !d.ClientAuth.UsesSecret() {
		return FieldClientSecret, "" // see checkClientAuth
	}
	secret := d.ClientSecret.Reveal()
	optional := info.Secret == NeedOptional || d.mayKeep(FieldClientSecret)
	switch {
	case secret == "" && d.Confirmation.Empty() && optional:
		return FieldClientSecret, ""
	case d.ClientAuth == "" && svc.secretMethod() == "":
		return FieldClientSecret, "This service takes no client secret"
	case secret == "":
		return FieldClientSecret, "Enter the client secret"
	case len(secret) > maxSecret:
		return FieldClientSecret, "This is too long for a client secret"
	case !utf8.ValidString(secret) || strings.ContainsFunc(secret, unicode.IsControl):
		return FieldClientSecret, "Remove the line breaks or control characters"
	case !d.ClientSecret.Equal(d.Confirmation):
		return FieldConfirmation, "The secrets do not match"
	case d.ClientAuth == ClientAuthSecretJWT && len(secret) < minHMACSecret:
		return FieldClientSecret, "This way to send the secret needs one of at least 32 characters"
	}
	return FieldClientSecret, ""
}

// minHMACSecret is the least length of a secret that signs with HS256 (RFC 7518
// section 3.2), in bytes.
const minHMACSecret = 32

// checkClientAuth judges how the client proves itself, and what that needs.
func checkClientAuth(info GrantInfo, d Draft) FieldErrors {
	if d.Public || info.Client == NeedNone {
		return nil
	}
	method := d.ClientAuth
	switch {
	case method == "": // the service's: one with a secret, or the draft is public
		return checkFields(ClientAuthBasic.Fields(), info, d)
	case !slices.Contains(ClientAuths, method):
		return FieldErrors{{Field: FieldClientAuth, Message: "Choose how the app proves itself"}}
	case method == ClientAuthNone && info.Secret == NeedRequired:
		return FieldErrors{{Field: FieldClientAuth, Message: "Choose how the secret is sent, or tick that this app has none"}}
	case !method.UsesSecret() && method != ClientAuthNone && strings.TrimSpace(d.ClientID) == "":
		return FieldErrors{{Field: FieldClientID, Message: "Enter the client ID: this client authentication needs it"}}
	}
	return checkFields(method.Fields(), info, d)
}

// clientAuthFor is the method that a valid draft means. A client whose secret
// is optional and not there proves nothing.
func clientAuthFor(svc Service, d Draft) ClientAuth {
	info := d.grantInfo()
	if d.Public || info.Client == NeedNone || strings.TrimSpace(d.ClientID) == "" {
		return ClientAuthNone
	}
	method := d.ClientAuth
	if method == "" || method == ClientAuthNone && info.Secret == NeedRequired {
		method = svc.secretMethod()
	}
	if method == "" || method.UsesSecret() && d.ClientSecret.Empty() && info.Secret == NeedOptional {
		return ClientAuthNone
	}
	return method
}

// checkAskedScopes wants one scope at least of a user's sign-in; what an app may
// do by itself is often settled at the service.
func checkAskedScopes(svc Service, info GrantInfo, scopes []string) string {
	// Where none is ticked to begin with, none has to be asked for (RFC 6749 section 3.3).
	begins := slices.ContainsFunc(svc.Scopes, func(s Scope) bool { return s.Default })
	if len(scopes) == 0 && begins && !info.Confidential {
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

// CheckPort tells whether the answer of a sign-in can be received at the port; 0 is
// the service's own.
func CheckPort(port int) bool { return port == 0 || port >= minPort && port <= maxPort }
