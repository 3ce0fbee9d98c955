// Package localserver is the authorization server inside the program: a real
// OAuth 2.0 server on the loopback interface, with a registry of clients,
// against which sign-ins can be tried out and programs be built with no outside
// account.
//
// It speaks the authorization code grant with PKCE (RFC 6749, RFC 7636), client
// credentials, password, device code (RFC 8628), JWT bearer (RFC 7523) and the
// outdated implicit grant; refresh tokens with rotation and family revocation
// (RFC 9700 4.14), revocation (RFC 7009), introspection (RFC 7662), pushed
// authorization requests (RFC 9126), clients that sign assertions (RFC 7523),
// OpenID Connect's ID token, userinfo and discovery, RFC 8414 metadata and
// RFC 9207's iss.
//
// Routing, request parsing, PKCE verification, ID tokens and the wire types
// come from github.com/zitadel/oidc/v3 (op.Server, op.RegisterServer). What that
// library leaves open is closed here: see routes.go (CORS, paths), endpoint.go
// (GET and queries at the token endpoint, status codes), code.go and refresh.go,
// authorize.go (errors by redirect, unknown scopes, iss) and redirecturi.go.
// The password grant and pushed requests are all our own (grants.go, par.go).
//
// # State
//
// Clients, users, scopes, grants, tokens, consents and the log live behind Store
// and outlive the process; codes and tokens are kept as hashes. Sign-ins that
// are under way, browser sessions, pushed requests and devices that wait for
// their user are kept in memory, bounded in number and age: a web page that calls
// an endpoint in a loop must not write to the disk.
//
// # Log
//
// Each request leaves an entry (log.go): the handlers note why it was refused in
// a sentence that teaches, with because and note. Such a sentence holds nothing
// of the request, for a secret may stand anywhere in it, but only what is
// registered.
//
// # Concurrency
//
// Server and Registry are safe for concurrent use. Start begins one goroutine;
// Close ends it and waits for it and for requests that are being answered.
//
// # Secrets
//
// Passwords, client secrets, codes and tokens are never logged and never part
// of an error.
package localserver
