package auth

import "slices"

// maxMetadataScopes is how many scopes of an issuer's list are kept.
const maxMetadataScopes = 1000

// metadataGrants are the names of grants in metadata and in registrations (RFC
// 7591 section 2, RFC 8414 section 2, RFC 8628 section 4, RFC 7523 section 5).
var metadataGrants = []struct {
	name  string
	grant Grant
}{
	{"authorization_code", GrantAuthorizationCode},
	{"urn:ietf:params:oauth:grant-type:device_code", GrantDeviceCode},
	{"client_credentials", GrantClientCredentials},
	{"urn:ietf:params:oauth:grant-type:jwt-bearer", GrantJWTBearer},
	{"password", GrantPassword},
	{grantRefresh, GrantRefreshToken},
}

// grantRefresh is the name of refreshing in metadata and registrations.
const grantRefresh = "refresh_token"

// metadataFrom reads what metadata says beside its endpoints. What can't be used
// is left out: the user chooses among the rest.
func metadataFrom(members replyMembers, endpoints Endpoints) Metadata {
	m := Metadata{Issuer: endpoints.Issuer, Endpoints: endpoints}
	scopes, _ := members.list("scopes_supported")
	for _, scope := range scopes {
		if scopeToken(scope) && !slices.Contains(m.Scopes, scope) && len(m.Scopes) < maxMetadataScopes {
			m.Scopes = append(m.Scopes, scope)
		}
	}
	m.Grants = metadataGrantsOf(members, endpoints)
	m.ClientAuth = metadataMethods(members)
	challenges, _ := members.list("code_challenge_methods_supported")
	m.PKCE = slices.Contains(challenges, "S256")
	if clean, err := CheckAddress(members.text("service_documentation")); err == nil {
		m.DocsURL = clean
	}
	return m
}

// metadataGrantsOf returns the grants in the form's order; authorization_code
// where the metadata does not say (RFC 8414 section 2), and that of devices
// where there is an endpoint for them.
func metadataGrantsOf(members replyMembers, endpoints Endpoints) []Grant {
	names, said := members.list("grant_types_supported")
	if !said {
		names = []string{"authorization_code"}
	}
	var grants []Grant
	for _, known := range metadataGrants {
		device := known.grant == GrantDeviceCode && endpoints.Device != ""
		if slices.Contains(names, known.name) || device {
			grants = append(grants, known.grant)
		}
	}
	return grants
}

// metadataMethods returns the client authentications in the metadata's order;
// client_secret_basic where it does not say (RFC 8414 section 2).
func metadataMethods(members replyMembers) []ClientAuth {
	names, said := members.list("token_endpoint_auth_methods_supported")
	if !said {
		return []ClientAuth{ClientAuthBasic}
	}
	var methods []ClientAuth
	for _, name := range names {
		if method := ClientAuth(name); slices.Contains(ClientAuths, method) && !slices.Contains(methods, method) {
			methods = append(methods, method)
		}
	}
	return methods
}
