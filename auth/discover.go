package auth

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
)

// Discover reads the endpoints in the metadata of an issuer, see Metadata.
func (w *Wire) Discover(ctx context.Context, issuer string, quirks []Quirk) (Endpoints, error) {
	found, err := w.Metadata(ctx, issuer, quirks)
	return found.Endpoints, err
}

// Metadata reads the metadata of an issuer: OpenID Connect Discovery first,
// then RFC 8414. The metadata has to name exactly this issuer (RFC 8414
// section 3.3, T09); with QuirkIssuerTemplate it may hold the quirk's literal
// in place of one part of the path. All endpoints it names must be https, or
// http on this machine for an issuer that is there too; one that is not makes
// the whole metadata refused. No other address in it is ever asked. The error
// is a *WireError.
func (w *Wire) Metadata(ctx context.Context, issuer string, quirks []Quirk) (Metadata, error) {
	if strings.ContainsAny(issuer, "?#") {
		return Metadata{}, w.newCall(OpDiscover, http.MethodGet).failed(NotSent, CodeAddressRefused, nil)
	}
	var first error
	for _, address := range discoveryAddresses(issuer) {
		found, err := w.discoverAt(ctx, address, issuer, quirks)
		if err == nil {
			return found, nil
		}
		if first == nil {
			first = err
		}
		if !discoveryElsewhere(err) {
			return Metadata{}, err
		}
	}
	return Metadata{}, first
}

// discoveryAddresses returns where the metadata of an issuer can be. OpenID
// appends its well-known path, RFC 8414 puts it between host and path.
func discoveryAddresses(issuer string) []string {
	base := strings.TrimSuffix(issuer, "/")
	addresses := []string{base + "/.well-known/openid-configuration"}
	if parsed, err := url.Parse(base); err == nil {
		between := *parsed
		between.Path, between.RawPath = "/.well-known/oauth-authorization-server"+parsed.Path, ""
		addresses = append(addresses, between.String())
	}
	return addresses
}

// discoveryElsewhere tells whether the other well-known address is worth a
// try: the server answered that there is nothing here.
func discoveryElsewhere(err error) bool {
	var failed *WireError
	return errors.As(err, &failed) && failed.Status >= 400 && failed.Status <= 499 && failed.Code != CodeTooManyRequests
}

func (w *Wire) discoverAt(ctx context.Context, address, issuer string, quirks []Quirk) (Metadata, error) {
	c := w.newCall(OpDiscover, http.MethodGet)
	if err := c.do(ctx, address, wireHeader(), ""); err != nil {
		return Metadata{}, err
	}
	defer c.close()
	members, err := c.object(wireMaxMetadata)
	if err != nil {
		return Metadata{}, err
	}
	if !discoveryIssuerMatches(members.text("issuer"), issuer, quirks) {
		return Metadata{}, c.failed(Answered, CodeIssuerMismatch, nil)
	}
	endpoints := Endpoints{
		Issuer:        issuer,
		Authorization: members.text("authorization_endpoint"),
		Token:         members.text("token_endpoint"),
		Revocation:    members.text("revocation_endpoint"),
		Introspection: members.text("introspection_endpoint"),
		UserInfo:      members.text("userinfo_endpoint"),
		JWKS:          members.text("jwks_uri"),
		Device:        members.text("device_authorization_endpoint"),
		PAR:           members.text("pushed_authorization_request_endpoint"),
		Registration:  members.text("registration_endpoint"),
		MTLS:          discoveryAliases(members),
		IssInResponse: members["authorization_response_iss_parameter_supported"] == true,
	}
	// Without an authorization endpoint other grants may do (RFC 8414 section 2).
	_, named := members["authorization_endpoint"]
	if endpoints.Token == "" || named && endpoints.Authorization == "" {
		return Metadata{}, c.failed(Answered, CodeReplyUnusable, nil)
	}
	for _, endpoint := range []string{
		endpoints.Authorization, endpoints.Token, endpoints.Revocation, endpoints.Introspection,
		endpoints.UserInfo, endpoints.JWKS, endpoints.Device, endpoints.PAR, endpoints.Registration,
		endpoints.MTLS.Token, endpoints.MTLS.Revocation, endpoints.MTLS.Introspection,
		endpoints.MTLS.UserInfo, endpoints.MTLS.Device, endpoints.MTLS.PAR,
	} {
		if endpoint != "" && !discoveryAllows(issuer, endpoint) {
			return Metadata{}, c.failed(Answered, CodeAddressRefused, nil)
		}
	}
	c.done()
	return metadataFrom(members, endpoints), nil
}

// discoveryAliases reads the endpoints for clients with a certificate (RFC 8705
// section 5).
func discoveryAliases(members replyMembers) MTLSEndpoints {
	object, _ := members["mtls_endpoint_aliases"].(map[string]any)
	aliases := replyMembers(object)
	return MTLSEndpoints{
		Token:         aliases.text("token_endpoint"),
		Revocation:    aliases.text("revocation_endpoint"),
		Introspection: aliases.text("introspection_endpoint"),
		UserInfo:      aliases.text("userinfo_endpoint"),
		Device:        aliases.text("device_authorization_endpoint"),
		PAR:           aliases.text("pushed_authorization_request_endpoint"),
	}
}

// discoveryAllows tells whether an issuer may name an endpoint: a server out
// there must not point at plain http on this machine.
func discoveryAllows(issuer, endpoint string) bool {
	address, err := wireAddress(endpoint)
	return err == nil && (address.Scheme == "https" || strings.HasPrefix(issuer, "http://"))
}

// discoveryIssuerMatches compares without any normalising.
func discoveryIssuerMatches(got, want string, quirks []Quirk) bool {
	if got == want {
		return got != ""
	}
	for _, q := range quirks {
		literal := q.Params["literal"]
		if q.ID != QuirkIssuerTemplate || literal == "" {
			continue
		}
		before, after, found := strings.Cut(got, literal)
		part, begins := strings.CutPrefix(want, before)
		part, ends := strings.CutSuffix(part, after)
		inPath := strings.Count(before, "/") >= 3 // never a part of the host
		if found && begins && ends && inPath && part != "" && !strings.Contains(part, "/") {
			return true
		}
	}
	return false
}
