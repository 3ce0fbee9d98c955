//go:build !darwin && !windows

package keyring

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/godbus/dbus/v5"
)

// busEnvironment returns what the helper needs to find the session bus; ok is
// false when there is none.
func busEnvironment() (env []string, ok bool) {
	const name = "DBUS_SESSION_BUS_ADDRESS"
	if address := os.Getenv(name); address != "" {
		// "autolaunch:" would start a bus that stays; "disabled:" is our own word.
		return nil, strings.HasPrefix(address, "unix:") || strings.HasPrefix(address, "tcp:")
	}
	runtime := os.Getenv("XDG_RUNTIME_DIR")
	if runtime == "" {
		return nil, false
	}
	socket := filepath.Join(runtime, "bus")
	info, err := os.Stat(socket)
	if err != nil || info.Mode().Type() != os.ModeSocket {
		return nil, false
	}
	return []string{name + "=unix:path=" + dbus.EscapeBusAddressValue(socket)}, true
}

const (
	secretService     = "org.freedesktop.secrets"
	secretServicePath = "/org/freedesktop/secrets"
	loginCollection   = "/org/freedesktop/secrets/collection/login"
	defaultCollection = "/org/freedesktop/secrets/aliases/default"
)

// probe asks the bus, not the keyring, so that nothing is unlocked or prompted.
func probe() error {
	bus, err := dbus.ConnectSessionBus()
	if err != nil {
		return err
	}
	defer func() { _ = bus.Close() }()
	var running bool
	if err := bus.BusObject().Call("org.freedesktop.DBus.NameHasOwner", 0, secretService).Store(&running); err != nil {
		return err
	}
	if running {
		return nil
	}
	var startable []string
	if err := bus.BusObject().Call("org.freedesktop.DBus.ListActivatableNames", 0).Store(&startable); err != nil {
		return err
	}
	if !slices.Contains(startable, secretService) {
		return errors.New("no secret service on the bus")
	}
	return nil
}

// locked tells whether the collection that the library uses is locked.
func locked() bool {
	bus, err := dbus.ConnectSessionBus()
	if err != nil {
		return false
	}
	defer func() { _ = bus.Close() }()
	path := dbus.ObjectPath(defaultCollection)
	all, err := bus.Object(secretService, secretServicePath).GetProperty("org.freedesktop.Secret.Service.Collections")
	if err != nil {
		return false
	}
	if paths, ok := all.Value().([]dbus.ObjectPath); ok && slices.Contains(paths, loginCollection) {
		path = loginCollection
	}
	is, err := bus.Object(secretService, path).GetProperty("org.freedesktop.Secret.Collection.Locked")
	if err != nil {
		return false
	}
	value, ok := is.Value().(bool)
	return ok && value
}
