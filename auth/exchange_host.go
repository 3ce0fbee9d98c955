package auth

import (
	"maps"
	"net/url"
	"slices"
	"strings"
)

// atNamedHost moves a sign-in to the host that the redirect names under
// QuirkTokenHost: the code goes there and nowhere else, and with the tokens the
// new addresses are stored. A host that the quirk does not list ends the
// sign-in, for a redirect passes through the browser (RFC 9700 section 4.4).
func (p pending) atNamedHost(svc Service) (pending, error) {
	quirk, ok := svc.Quirk(QuirkTokenHost)
	named := strings.TrimSpace(p.got.Extra[quirk.Params["parameter"]])
	if !ok || named == "" {
		return p, nil
	}
	token, err := url.Parse(p.config.Endpoints.Token)
	if err != nil {
		return p, &CodedError{Code: CodeAddressRefused, Cause: err}
	}
	host := namedHost(named, token.Scheme)
	if host == "" || !svc.followsTo(host) {
		return p, &CodedError{Code: CodeTokenHost}
	}
	if was := p.config.Endpoints; host != strings.ToLower(token.Host) {
		p.config, p.moved = p.config.at(was.movedTo(host)), true
	}
	return p, nil
}

// at is the authorization with other addresses. An assertion whose audience was
// the token endpoint is for the new one.
func (a Authorization) at(e Endpoints) Authorization {
	if was := a.Endpoints.Token; was != "" && a.Values.Text(FieldClientAudience) == was {
		a.Values = maps.Clone(a.Values)
		a.Values.Set(FieldClientAudience, NewSecret(e.Token))
	}
	a.Endpoints = e
	return a
}

// followsTo tells whether QuirkTokenHost lists a host.
func (s Service) followsTo(host string) bool {
	quirk, _ := s.Quirk(QuirkTokenHost)
	return slices.ContainsFunc(strings.Fields(quirk.Params["hosts"]), func(one string) bool { return strings.EqualFold(one, host) })
}

// namedHost returns the host, with its port, that a parameter names by itself or
// as an address of that scheme without a path; "" for anything else.
func namedHost(named, scheme string) string {
	if !strings.Contains(named, "://") {
		named = scheme + "://" + named
	}
	u, err := url.Parse(named)
	if err != nil || u.Scheme != scheme || u.User != nil || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.ForceQuery || u.Fragment != "" {
		return ""
	}
	return strings.ToLower(u.Host)
}

// movedTo returns the addresses with those that tokens go to at another host, as
// far as they stood at the token endpoint's. Where the browser begins stays: the
// service itself leads users to their own host from there.
func (e Endpoints) movedTo(host string) Endpoints {
	was := hostOf(e.Token)
	for _, address := range []*string{
		&e.Token, &e.Refresh, &e.DeviceToken, &e.Revocation, &e.Introspection, &e.UserInfo,
		&e.MTLS.Token, &e.MTLS.Revocation, &e.MTLS.Introspection, &e.MTLS.UserInfo,
	} {
		if u, err := url.Parse(*address); err == nil && u.Host != "" && u.Host == was {
			u.Host = host
			*address = u.String()
		}
	}
	return e
}
