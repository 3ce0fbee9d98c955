// Package conformance carries out every grant that asks a service, at servers that
// others wrote: panva's oidc-provider, which is certified by the OpenID
// Foundation, Glewlwyd from Debian, and a small server on Authlib. The engine
// under test is the real one; only its store is in memory and its browser is a
// small program that fills in the forms.
//
// The tests carry the build tag e2e. A server that is not there is a failure;
// make e2e installs them.
package conformance
