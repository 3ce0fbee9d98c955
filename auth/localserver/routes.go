package localserver

import (
	"net/http"

	"github.com/zitadel/oidc/v3/pkg/op"
)

// handler puts the parts together: the log and the guard around everything, the
// library's router behind the endpoints it knows, the pages beside it. Paths
// that are not named here do not exist, whatever the library would serve.
func (s *Server) handler(p *provider, host string) http.Handler {
	router := op.RegisterServer(p, op.Endpoints{
		Token:               op.NewEndpoint(pathToken),
		DeviceAuthorization: op.NewEndpoint(pathDevice),
		Introspection:       op.NewEndpoint(pathIntrospect),
		Userinfo:            op.NewEndpoint(pathUserinfo),
		Revocation:          op.NewEndpoint(pathRevoke),
		JwksURI:             op.NewEndpoint(pathKeys),
	}, op.WithServerCORSOptions(nil))
	mux := http.NewServeMux()
	mux.Handle("GET "+pathOpenID, router)
	mux.Handle("GET "+pathRFC8414, withPath(router, pathOpenID))
	mux.Handle("GET "+pathKeys, router)
	for path, next := range map[string]http.Handler{
		pathToken: p.tokenEndpoint(router), pathPushed: http.HandlerFunc(p.push),
		pathDevice: router, pathIntrospect: router, pathRevoke: router,
	} {
		mux.Handle("POST "+path, p.endpoint(next, clientChallenge))
	}
	mux.Handle("GET "+pathUserinfo, p.endpoint(router, bearerChallenge))
	mux.Handle("POST "+pathUserinfo, p.endpoint(router, bearerChallenge))
	b := &browser{provider: p, pages: s.pages, host: host, csrfKey: []byte(randomValue(""))}
	mux.HandleFunc("GET "+pathAuthorize, b.authorize)
	mux.HandleFunc("GET "+pathSignIn, b.showSignIn)
	mux.HandleFunc("POST "+pathSignIn, b.signIn)
	mux.HandleFunc("GET "+pathApprove, b.showApproval)
	mux.HandleFunc("POST "+pathApprove, b.decide)
	mux.HandleFunc("POST "+pathSwitch, b.switchUser)
	mux.HandleFunc("GET "+pathVerify, b.verify)
	mux.HandleFunc("GET "+pathDevicePage, b.showDevice)
	mux.HandleFunc("POST "+pathDevicePage, b.enterCode)
	mux.HandleFunc("GET "+pathConsents, b.listConsents)
	mux.HandleFunc("GET "+pathConsentsPage, b.showConsents)
	mux.HandleFunc("POST "+pathConsentsPage, b.changeConsents)
	return logged(guard(mux, host), s.requests, s.now)
}

// withPath serves the request as if it had been for path.
func withPath(next http.Handler, path string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r = r.Clone(r.Context())
		r.URL.Path = path
		next.ServeHTTP(w, r)
	})
}
