package auth

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// registrationError is why a registered client is not used: a sentence.
type registrationError string

// Error implements error.
func (e registrationError) Error() string { return string(e) }

// explainRegistration makes the failure of a registration.
func explainRegistration(err error, place ExplainContext) *Failure {
	var unusable registrationError
	if errors.As(err, &unusable) {
		f := Explain(&CodedError{Code: CodeRegistrationUnusable}, place)
		f.Happened = string(unusable)
		return f
	}
	var wire *WireError
	if errors.As(err, &wire) && (wire.Status == http.StatusUnauthorized || wire.Status == http.StatusForbidden) {
		closed := *wire
		closed.Code, closed.Word = CodeRegistrationClosed, ""
		return Explain(&closed, place)
	}
	return Explain(err, place)
}

// registered judges the client that a service made by what was asked for (RFC
// 7591 section 3.2.1, T40). Addresses in the answer are compared and never
// asked. The error is a registrationError.
func (e *Engine) registered(asked clientMetadata, made replyMembers, endpoint string) (Registered, error) {
	if err := sameClient(asked, made); err != nil {
		return Registered{}, err
	}
	method, err := registeredMethod(ClientAuth(asked.Method), made)
	if err != nil {
		return Registered{}, err
	}
	r := Registered{ClientID: made.text("client_id"), ClientAuth: method, Values: Values{}}
	if checkClientID(GrantInfo{Client: NeedRequired}, r.ClientID) != "" || strings.TrimSpace(r.ClientID) != r.ClientID {
		return Registered{}, registrationError("The service registered a client and gave it no usable Client ID.")
	}
	if method.UsesSecret() {
		if r.ClientSecret, err = registeredSecret(method, made); err != nil {
			return Registered{}, err
		}
		ends, err := e.secretEnd(made)
		if err != nil {
			return Registered{}, err
		}
		r.Values.Set(FieldSecretExpiry, NewSecret(ends))
	}
	// What manages the client is kept when it can be used at all, and only for
	// the host that made the client.
	token, uri := NewSecret(made.text("registration_access_token")), made.text("registration_client_uri")
	clean, err := CheckAddress(uri)
	if err == nil && hostOf(clean) == hostOf(endpoint) && wireHeaderSafe(token.Reveal()) && len(token.Reveal()) <= maxRowValue {
		r.Values.Set(FieldRegistrationToken, token)
		r.Values.Set(FieldRegistrationURI, NewSecret(clean))
	}
	return r, nil
}

// sameClient compares redirect URIs, grants and response types. What a service
// does not repeat, it has taken as it was asked.
func sameClient(asked clientMetadata, made replyMembers) error {
	uris, ok := registeredList(made, "redirect_uris")
	if !ok || made["redirect_uris"] != nil && !slices.Equal(uris, asked.RedirectURIs) {
		return registrationError("The service registered another redirect URI than the one that the sign-in uses, so that a code could go elsewhere.")
	}
	grants, ok := registeredList(made, "grant_types")
	main := len(asked.GrantTypes) == 0 || made["grant_types"] == nil || slices.Contains(grants, asked.GrantTypes[0])
	if !ok || !main || !within(grants, asked.GrantTypes) {
		return registrationError("The service registered other grants than those that were asked for.")
	}
	types, ok := registeredList(made, "response_types")
	if !ok || !within(types, asked.ResponseTypes) {
		return registrationError("The service registered other kinds of answers than those that were asked for.")
	}
	return nil
}

// registeredList returns a list; ok is false for a member that is none.
func registeredList(made replyMembers, name string) (list []string, ok bool) {
	if made[name] == nil {
		return nil, true
	}
	return made.list(name)
}

func within(list, of []string) bool {
	return !slices.ContainsFunc(list, func(item string) bool { return !slices.Contains(of, item) })
}

// methodStrength orders the methods that need nothing but a secret.
var methodStrength = map[ClientAuth]int{ClientAuthNone: 0, ClientAuthPost: 1, ClientAuthBasic: 1, ClientAuthSecretJWT: 2}

// registeredMethod returns how the client has to prove itself: in no weaker way
// than was asked for, and in one that needs no key that nobody has registered.
func registeredMethod(asked ClientAuth, made replyMembers) (ClientAuth, error) {
	if made["token_endpoint_auth_method"] == nil {
		return asked, nil
	}
	method := ClientAuth(made.text("token_endpoint_auth_method"))
	strength, known := methodStrength[method]
	switch {
	case !known:
		return "", registrationError("The service wants a client authentication that this program can't carry out for a registered client.")
	case strength < methodStrength[asked]:
		return "", registrationError("The service registered a weaker client authentication than the one that was asked for.")
	}
	return method, nil
}

// registeredSecret returns a secret that the form would take too.
func registeredSecret(method ClientAuth, made replyMembers) (Secret, error) {
	secret := NewSecret(made.text("client_secret"))
	draft := Draft{ClientAuth: method, ClientSecret: secret, Confirmation: secret}
	if _, message := checkSecret(Service{}, GrantInfo{Secret: NeedRequired}, draft); secret.Empty() || message != "" {
		return Secret{}, registrationError("The service registered a client that needs a secret, and gave it no usable one.")
	}
	return secret, nil
}

// secretEnd returns when the client's secret ends, as FieldSecretExpiry holds
// it; "" when it does not.
func (e *Engine) secretEnd(made replyMembers) (string, error) {
	const unusable = registrationError("The service did not say in a usable way when the client's secret ends.")
	var text string
	switch value := made["client_secret_expires_at"].(type) {
	case nil:
		return "", nil
	case json.Number:
		text = value.String()
	case string:
		text = value
	default:
		return "", unusable
	}
	seconds, err := strconv.ParseInt(text, 10, 64)
	switch at := time.Unix(seconds, 0); {
	case err != nil || seconds < 0 || seconds > e.now().Unix()+maxLifetimeSeconds:
		return "", unusable
	case seconds == 0:
		return "", nil
	case !at.After(e.now()):
		return "", registrationError("The secret that came with the client has ended already.")
	default:
		return at.Local().Format(expiryLayout), nil
	}
}
