// Package localserver is the authorization server inside the program: a real
// OAuth 2.0 server on the loopback interface with which the whole sign-in can
// be tried out with no outside account.
//
// It speaks the authorization code grant with PKCE (RFC 6749, RFC 7636), the
// refresh token grant with rotation and family revocation (RFC 9700 4.14),
// revocation (RFC 7009), introspection (RFC 7662), OpenID Connect's ID token,
// userinfo and discovery, RFC 8414 metadata and RFC 9207's iss.
//
// Routing, request parsing, PKCE verification, ID tokens and the wire types
// come from github.com/zitadel/oidc/v3 (op.Server, op.RegisterServer). What that
// library leaves open is closed here: see server.go (CORS, GET at the token
// endpoint, status codes), oauth.go (verifier, codes, refresh tokens),
// authorize.go (errors by redirect, unknown scopes, iss) and redirecturi.go.
//
// # State
//
// Clients, users, grants and tokens live behind Store and outlive the process;
// codes and tokens are kept as hashes. Sign-ins that are under way and browser
// sessions are kept in memory, bounded in number and age: a web page that calls
// the authorization endpoint in a loop must not write to the disk.
//
// # Concurrency
//
// Server is safe for concurrent use. Start begins one goroutine; Close ends it
// and waits for it and for requests that are being answered.
//
// # Secrets
//
// Passwords, client secrets, codes and tokens are never logged and never part
// of an error.
package localserver
