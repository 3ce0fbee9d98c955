//go:build darwin || windows

package keyring

import gokeyring "github.com/zalando/go-keyring"

// busEnvironment: the keyring is part of the system, no bus is needed.
func busEnvironment() (env []string, ok bool) { return nil, true }

func probe() error { return nil }

// locked: the system's own error tells, and it asks the user itself.
func locked() bool { return false }

// peek: Windows never asks; macOS asks by itself when the keychain is locked.
func peek(name string) (string, error) { return gokeyring.Get(service, name) }
