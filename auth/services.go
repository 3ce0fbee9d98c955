package auth

import (
	"fmt"
	"strings"
)

// ServiceEntry is one line of the Services screen.
type ServiceEntry struct {
	Service Service
	Own     bool // made by the user; else part of the program and read only
	Used    int  // how many authorizations use it
}

// OwnServicePrefix begins the ID of every service of the user's own; none of the
// catalog begins with it.
const OwnServicePrefix = "own-"

// IsOwn tells whether the user made the service.
func (s Service) IsOwn() bool { return strings.HasPrefix(s.ID, OwnServicePrefix) }

// SignInLifetime returns how long a sign-in lasts at the service, for the values
// of its parameters (RefreshRule.When).
func (s Service) SignInLifetime(params map[string]string) Lifetime {
	values, _ := parameterValues(s, params)
	for _, when := range s.Refresh.When {
		if values[when.Parameter] == when.Value {
			return when.Lifetime
		}
	}
	return s.Refresh.Lifetime
}

// ServiceField is the field of the service editor that holds a part of Service,
// by its JSON name: "name", "issuer", "endpoints.token", "names.client_id",
// "scopes", "client_auth" and so on.
func ServiceField(name string) Field { return Field("service:" + name) }

// Difference is one part in which something differs from what it was.
type Difference struct {
	Field   string // JSON name as in ServiceField
	Label   string // for the user
	Was, Is string // "" stands for nothing there
}

// ServiceInUse is the error with which a service, or the removal of scopes from
// one, is refused because authorizations depend on it.
type ServiceInUse struct {
	Scope string   // "" when it is the service itself
	Names []string // the first of the authorizations, by name
	More  int      // how many more there are
	Gone  []string // those of Names that were deleted a moment ago and can still be brought back
}

// Error implements error.
func (e *ServiceInUse) Error() string {
	if e.Scope != "" {
		return fmt.Sprintf("the scope %q is in use", e.Scope)
	}
	return "the service is in use"
}

// EndpointsChanged is the error with which a sign-in is held back because the
// service's metadata names other addresses than those under which the
// authorization was set up (T09). The user decides: AcceptEndpoints.
type EndpointsChanged struct {
	Issuer  string
	Changes []Difference
}

// Error implements error.
func (e *EndpointsChanged) Error() string { return "the service's addresses have changed" }

// Metadata is what an issuer says of itself (RFC 8414, OpenID Connect Discovery).
type Metadata struct {
	Issuer     string
	Endpoints  Endpoints
	Scopes     []string
	Grants     []Grant      // known ones only; what RFC 8414 section 2 says when it did not say
	ClientAuth []ClientAuth // known ones only; the same
	PKCE       bool         // S256 is named
	DocsURL    string
}

// Registered is a client that a service has made for this program (RFC 7591).
type Registered struct {
	ClientID     string
	ClientSecret Secret // empty: a client without a secret
	ClientAuth   ClientAuth
	Values       Values // what manages the registration, and when the secret ends
}
