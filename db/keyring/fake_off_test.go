//go:build !e2e

package keyring

// runFakeIfAsked: the fake secret service belongs to the end-to-end tests.
func runFakeIfAsked() {}
