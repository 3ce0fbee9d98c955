package authtest

import (
	"cmp"
	"encoding/json"
	"strings"
	"testing/fstest"

	"tokenwell/auth"
)

// PlayedParam is the parameter of a Played service that holds the address of
// the Evilas that plays it.
const PlayedParam = "as"

// PathNative is where a Played service has its authorization endpoint for
// clients without a secret, PathRefresh where it has one for refreshes,
// PathDeviceToken where it has one to poll.
const (
	PathNative      = "/native"
	PathRefresh     = "/refresh"
	PathDeviceToken = "/device/token"
)

// Played is a service whose addresses lie on an Evilas: those that it has, with
// all that its data says of the requests. The answers are for scripts. Its
// redirect comes back to a free port, but where nothing on this machine can be it.
func Played(s auth.Service) auth.Service {
	known := s.Endpoints
	at := func(has, path string) string {
		if has == "" {
			return ""
		}
		return "{" + PlayedParam + "}" + path
	}
	s.Issuer, s.Discovery = "", false
	s.Endpoints = auth.Endpoints{
		Authorization: at("needed", PathAuthorize), Token: at("needed", PathToken), Refresh: at(known.Refresh, PathRefresh),
		Revocation: at(known.Revocation, PathRevoke), Introspection: at(known.Introspection, PathIntrospect),
		UserInfo: at(known.UserInfo, PathUserInfo), Device: at(known.Device, PathDevice), DeviceToken: at(known.DeviceToken, PathDeviceToken),
	}
	if strings.HasSuffix(known.Device, "/token") { // QuirkDeviceAtToken
		s.Endpoints.Device = s.Endpoints.Token
	}
	quirks := s.Quirks
	s.Quirks = nil
	for _, quirk := range quirks {
		if quirk.ID == auth.QuirkPublicAuthorization {
			quirk.Params = map[string]string{"address": at("needed", PathNative)}
		}
		s.Quirks = append(s.Quirks, quirk)
	}
	if s.Redirect.Port != auth.PortNone {
		s.Redirect.Port = auth.PortAny
	}
	// A parameter that stood in an address alone has to stand somewhere.
	s.Help.DocsURL = "https://docs.example"
	for _, p := range s.Parameters {
		if !p.URL {
			s.Help.DocsURL += "/{" + p.Name + "}"
		}
	}
	for _, p := range s.Parameters {
		if p.URL {
			s.Help.WithdrawURL = "{" + p.Name + "}"
		}
	}
	s.Parameters = append([]auth.Parameter{{Name: PlayedParam, Label: "Server", Help: "The server of the test.", URL: true}}, s.Parameters...)
	return s
}

// CatalogOf holds these services.
func CatalogOf(services ...auth.Service) (*auth.Catalog, error) {
	files := fstest.MapFS{}
	for _, service := range services {
		data, err := json.Marshal(service)
		if err != nil {
			return nil, err
		}
		files[service.ID+".json"] = &fstest.MapFile{Data: data}
	}
	return auth.LoadCatalog(files)
}

// PlayedParams are values for the parameters of a Played service at this server:
// the defaults, or the examples where there are none.
func (s *Evilas) PlayedParams(service auth.Service) map[string]string {
	params := map[string]string{PlayedParam: s.URL()}
	for _, p := range service.Parameters {
		if p.Name != PlayedParam && !p.Optional {
			params[p.Name] = cmp.Or(p.Default, p.Placeholder, "sample")
		}
	}
	return params
}
