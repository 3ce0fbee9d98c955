package auth

import (
	"cmp"
	"context"
	"errors"
)

// endpointLabels name the endpoints for the user, in the order of addressesOf.
var endpointLabels = []string{
	"Authorization endpoint", "Token endpoint", "Revocation endpoint", "Introspection endpoint", "Userinfo endpoint",
	"Key set", "Device endpoint", "Pushed requests endpoint", "Refresh endpoint", "Device token endpoint", "Registration endpoint",
}

// mtlsAliases lists the aliases for clients with a certificate.
func mtlsAliases(m *MTLSEndpoints) []struct {
	label   string
	address *string
} {
	return []struct {
		label   string
		address *string
	}{
		{"Token endpoint for certificates", &m.Token},
		{"Revocation endpoint for certificates", &m.Revocation},
		{"Introspection endpoint for certificates", &m.Introspection},
		{"Userinfo endpoint for certificates", &m.UserInfo},
		{"Device endpoint for certificates", &m.Device},
		{"Pushed requests endpoint for certificates", &m.PAR},
	}
}

// endpointChanges returns in which addresses is differs from was. The
// registration endpoint is none of them: an authorization has no use for it.
func endpointChanges(was, is Endpoints) []Difference {
	var changes []Difference
	add := func(field, label, before, after string) {
		if before != after {
			changes = append(changes, Difference{Field: field, Label: label, Was: before, Is: after})
		}
	}
	was.Registration, is.Registration = "", ""
	add("issuer", "Issuer", was.Issuer, is.Issuer)
	before, after := addressesOf(&was), addressesOf(&is)
	for i := range before {
		add(addressFields[i], endpointLabels[i], *before[i], *after[i])
	}
	earlier, later := mtlsAliases(&was.MTLS), mtlsAliases(&is.MTLS)
	for i := range earlier {
		add("endpoints", earlier[i].label, *earlier[i].address, *later[i].address)
	}
	return changes
}

// endpointsFor resolves the addresses of a draft at the set-up of a sign-in. old
// is the authorization that is edited, copied or signed in again; the zero Record
// for one that is new. Where its service has moved, by itself and not by what the user
// entered, the user is asked before anything goes to the new addresses (T09):
// *EndpointsChanged. Metadata that can't be read leaves those in force that the
// user has approved.
func (e *Engine) endpointsFor(ctx context.Context, svc Service, d Draft, old Record) (Endpoints, error) {
	endpoints, wrong := Resolve(svc, d)
	if len(wrong) > 0 {
		return Endpoints{}, wrong
	}
	info := d.grantInfo()
	if !info.Request { // a pasted access token: no request at all
		return endpoints, nil
	}
	known := old.Authorization.Endpoints
	approved := old.Authorization.ServiceID == svc.ID && known.Token != ""
	if !svc.Discovery {
		if moved, told := e.movedByItself(svc, d, old); !approved || svc.OwnAddresses || told && !moved {
			return endpoints, nil
		}
		return e.approve(d, known, endpoints)
	}
	approved = approved && (known.Issuer == endpoints.Issuer || issuerMoved(svc, d, old))
	found, err := e.wire.Via(ClientRequest{Values: d.Values}).Discover(ctx, endpoints.Issuer, svc.Quirks)
	switch {
	case err != nil && approved && !metadataRefused(err):
		return known, known.serve(info)
	case err != nil:
		return Endpoints{}, Explain(err, ExplainContext{Service: svc.Name, Provider: svc.Provider, Name: d.Name, Host: hostOf(endpoints.Issuer), State: old.Status.State})
	case approved:
		if found, err = e.approve(d, known, found); err != nil {
			return Endpoints{}, err
		}
	}
	return found, found.serve(info)
}

// issuerMoved tells whether the service of an authorization has another issuer than
// it had for what the user entered then, and not only for what was entered now.
func issuerMoved(svc Service, d Draft, old Record) bool {
	d.Params = old.Authorization.Params
	then, wrong := Resolve(svc, d)
	return len(wrong) > 0 || then.Issuer != old.Authorization.Endpoints.Issuer
}

// metadataRefused tells whether metadata came that must not be used, which no
// earlier approval mends.
func metadataRefused(err error) bool {
	var failed *WireError
	return errors.As(err, &failed) && (failed.Code == CodeIssuerMismatch || failed.Phase == Answered && failed.Code == CodeAddressRefused)
}

// movedByItself tells whether the service of an authorization has other
// addresses than it had for what the user entered then; told is false when that
// is not enough any more to tell. A host that a redirect named is none that it
// moved to (QuirkTokenHost).
func (e *Engine) movedByItself(svc Service, d Draft, old Record) (moved, told bool) {
	was := old.Authorization
	d.Params, d.ClientAuth, d.Public = was.Params, was.ClientAuth, was.ClientAuth == ClientAuthNone
	now, wrong := Resolve(svc, d)
	if host := hostOf(was.Endpoints.Token); svc.followsTo(host) && svc.followsTo(hostOf(now.Token)) {
		now = now.movedTo(host)
	}
	return len(endpointChanges(was.Endpoints, now)) > 0, len(wrong) == 0
}

// approve returns the addresses that a sign-in uses: those in force while
// nothing changed, the others once the user has accepted exactly them.
func (e *Engine) approve(d Draft, known, found Endpoints) (Endpoints, error) {
	changes := endpointChanges(known, found)
	if len(changes) == 0 {
		return known, nil
	}
	key := cmp.Or(d.ID, d.CopyOf)
	e.mu.Lock()
	defer e.mu.Unlock()
	shown, seen := e.offered[key]
	if d.AcceptEndpoints && seen && len(endpointChanges(shown, found)) == 0 {
		delete(e.offered, key)
		return found, nil
	}
	e.offered[key] = found
	return Endpoints{}, &EndpointsChanged{Issuer: found.Issuer, Changes: changes}
}

// serve returns FieldErrors when the service's metadata named no address for a
// grant.
func (e Endpoints) serve(info GrantInfo) error {
	if info.Sign && e.Authorization == "" || info.Prompt == PromptDevice && e.Device == "" {
		return FieldErrors{{Field: FieldGrant, Message: "This service does not offer this grant"}}
	}
	return nil
}
