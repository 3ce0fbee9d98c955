// Package conformance signs in to authorization servers that others wrote:
// panva's oidc-provider, which is certified by the OpenID Foundation, and
// Glewlwyd from Debian. The engine under test is the real one; only its store
// is in memory and its browser is a small program that fills in the forms.
//
// The tests carry the build tag e2e. A server that is not there is a failure;
// make e2e installs both.
package conformance
