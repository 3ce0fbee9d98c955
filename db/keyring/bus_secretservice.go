//go:build !darwin && !windows

package keyring

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/godbus/dbus/v5"
	gokeyring "github.com/zalando/go-keyring"
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
	return isLocked(bus, usedCollection(bus), "Collection")
}

// usedCollection is the collection that the library uses.
func usedCollection(bus *dbus.Conn) dbus.ObjectPath {
	all, err := bus.Object(secretService, secretServicePath).GetProperty("org.freedesktop.Secret.Service.Collections")
	if err != nil {
		return defaultCollection
	}
	if paths, ok := all.Value().([]dbus.ObjectPath); ok && slices.Contains(paths, loginCollection) {
		return loginCollection
	}
	return defaultCollection
}

// isLocked tells whether a collection or an item says that it is locked.
func isLocked(bus *dbus.Conn, path dbus.ObjectPath, kind string) bool {
	is, err := bus.Object(secretService, path).GetProperty("org.freedesktop.Secret." + kind + ".Locked")
	if err != nil {
		return false
	}
	value, ok := is.Value().(bool)
	return ok && value
}

// secret is what the Secret Service gives out (Secret Service API 0.2, section 9).
type secret struct {
	Session     dbus.ObjectPath
	Parameters  []byte
	Value       []byte
	ContentType string
}

// peek is the library's Get, which unlocks what is locked, without that: nothing
// here makes the service open a prompt. ErrLocked when the item can't be read as
// it is.
func peek(name string) (string, error) {
	bus, err := dbus.ConnectSessionBus()
	if err != nil {
		return "", err
	}
	defer func() { _ = bus.Close() }()
	collection := usedCollection(bus)
	if isLocked(bus, collection, "Collection") {
		return "", ErrLocked
	}
	var items []dbus.ObjectPath
	attributes := map[string]string{"service": service, "username": name} // as the library stores it
	if err := bus.Object(secretService, collection).Call("org.freedesktop.Secret.Collection.SearchItems", 0, attributes).Store(&items); err != nil {
		return "", err
	}
	if len(items) == 0 {
		return "", gokeyring.ErrNotFound
	}
	if isLocked(bus, items[0], "Item") {
		return "", ErrLocked
	}
	var output dbus.Variant
	var session dbus.ObjectPath
	if err := bus.Object(secretService, secretServicePath).Call("org.freedesktop.Secret.Service.OpenSession", 0, "plain", dbus.MakeVariant("")).
		Store(&output, &session); err != nil {
		return "", err
	}
	var found secret
	err = bus.Object(secretService, items[0]).Call("org.freedesktop.Secret.Item.GetSecret", 0, session).Store(&found)
	if refused := (dbus.Error{}); errors.As(err, &refused) && refused.Name == "org.freedesktop.Secret.Error.IsLocked" {
		return "", ErrLocked // meanwhile
	}
	return string(found.Value), err
}
