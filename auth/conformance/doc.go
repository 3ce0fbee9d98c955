// Package conformance proves the program against what others wrote.
//
// The engine carries out every grant that asks a service: at panva's
// oidc-provider, which is certified by the OpenID Foundation, at Glewlwyd from
// Debian, at a small server on Authlib, and at the program's own local server.
// The engine is the real one; only its store is in memory and its browser is a
// small program that fills in the forms.
//
// The local server, over the program's database, serves clients that nobody here
// wrote: npm's openid-client, which is certified too, Authlib's client,
// requests-oauthlib, oidc-agent and curl. A benchmark measures it beside
// oidc-provider.
//
// The tests carry the build tag e2e, the benchmark bench. A program that is not
// there is a failure; make e2e and make bench install them.
package conformance
