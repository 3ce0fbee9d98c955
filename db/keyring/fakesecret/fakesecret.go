//go:build e2e

// Package fakesecret is a Secret Service that misbehaves on request. It serves
// tests alone.
package fakesecret

import (
	"maps"
	"os"
	"sync"

	"github.com/godbus/dbus/v5"
	"github.com/godbus/dbus/v5/prop"
)

// The modes.
const (
	OK      = "ok"
	Locked  = "locked"  // unlocking takes a prompt, which is granted
	Dismiss = "dismiss" // storing takes a prompt, which the user dismisses
	Refuse  = "refuse"  // unlocking takes a prompt, which the user dismisses
	Hang    = "hang"    // unlocking takes a prompt, which is never answered
	Die     = "die"     // unlocking takes a prompt, and the service ends meanwhile
	Altered = "altered" // another text comes back
)

const (
	root       = dbus.ObjectPath("/org/freedesktop/secrets")
	collection = dbus.ObjectPath("/org/freedesktop/secrets/collection/login")
	item       = dbus.ObjectPath("/org/freedesktop/secrets/collection/login/1")
	prompt     = dbus.ObjectPath("/prompt/p1")
	session    = dbus.ObjectPath("/org/freedesktop/secrets/session/1")
	none       = dbus.ObjectPath("/")
)

type secret struct {
	Session     dbus.ObjectPath
	Parameters  []byte
	Value       []byte
	ContentType string `dbus:"content_type"`
}

// fake holds at most one item: tests need no more.
type fake struct {
	conn  *dbus.Conn
	mode  string
	props *prop.Properties

	mu         sync.Mutex
	attributes map[string]string
	value      []byte
}

// Serve takes the name org.freedesktop.secrets on the session bus, calls ready
// and serves until the process is ended.
func Serve(mode string, ready func()) error {
	conn, err := dbus.ConnectSessionBus()
	if err != nil {
		return err
	}
	f := &fake{conn: conn, mode: mode}
	locked := mode == Locked || mode == Refuse || mode == Hang || mode == Die
	if _, err := prop.Export(conn, root, prop.Map{"org.freedesktop.Secret.Service": {
		"Collections": {Value: []dbus.ObjectPath{collection}},
	}}); err != nil {
		return err
	}
	if f.props, err = prop.Export(conn, collection, prop.Map{"org.freedesktop.Secret.Collection": {
		"Locked": {Value: locked},
	}}); err != nil {
		return err
	}
	for path, methods := range map[dbus.ObjectPath]struct {
		on    string
		table map[string]any
	}{
		root:       {"org.freedesktop.Secret.Service", map[string]any{"OpenSession": f.openSession, "Unlock": f.unlock}},
		collection: {"org.freedesktop.Secret.Collection", map[string]any{"CreateItem": f.createItem, "SearchItems": f.searchItems}},
		item:       {"org.freedesktop.Secret.Item", map[string]any{"GetSecret": f.getSecret, "Delete": f.remove}},
		session:    {"org.freedesktop.Secret.Session", map[string]any{"Close": func() *dbus.Error { return nil }}},
		prompt:     {"org.freedesktop.Secret.Prompt", map[string]any{"Prompt": f.prompt}},
	} {
		if err := conn.ExportMethodTable(methods.table, path, methods.on); err != nil {
			return err
		}
	}
	if _, err := conn.RequestName("org.freedesktop.secrets", dbus.NameFlagReplaceExisting); err != nil {
		return err
	}
	ready()
	select {}
}

func (f *fake) locked() bool {
	v, err := f.props.Get("org.freedesktop.Secret.Collection", "Locked")
	return err == nil && v.Value() == true
}

func (f *fake) openSession(string, dbus.Variant) (dbus.Variant, dbus.ObjectPath, *dbus.Error) {
	return dbus.MakeVariant(""), session, nil
}

func (f *fake) unlock(objects []dbus.ObjectPath) ([]dbus.ObjectPath, dbus.ObjectPath, *dbus.Error) {
	if f.locked() {
		return []dbus.ObjectPath{}, prompt, nil
	}
	return objects, none, nil
}

func (f *fake) createItem(properties map[string]dbus.Variant, s secret, _ bool) (dbus.ObjectPath, dbus.ObjectPath, *dbus.Error) {
	if f.mode == Dismiss {
		return none, prompt, nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.attributes, _ = properties["org.freedesktop.Secret.Item.Attributes"].Value().(map[string]string)
	f.value = s.Value
	return item, none, nil
}

func (f *fake) searchItems(wanted map[string]string) ([]dbus.ObjectPath, *dbus.Error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.value == nil || !maps.Equal(wanted, f.attributes) {
		return []dbus.ObjectPath{}, nil
	}
	return []dbus.ObjectPath{item}, nil
}

func (f *fake) getSecret(dbus.ObjectPath) (secret, *dbus.Error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	value := f.value
	if f.mode == Altered {
		value = []byte("something else")
	}
	return secret{Session: session, Parameters: []byte{}, Value: value, ContentType: "text/plain"}, nil
}

func (f *fake) remove() (dbus.ObjectPath, *dbus.Error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.value = nil
	return none, nil
}

func (f *fake) prompt(string) *dbus.Error {
	switch f.mode {
	case Hang:
		return nil
	case Die:
		go os.Exit(0)
		return nil
	}
	granted := f.mode == Locked
	unlocked := []dbus.ObjectPath{}
	if granted {
		f.props.SetMust("org.freedesktop.Secret.Collection", "Locked", false)
		unlocked = append(unlocked, collection)
	}
	go func() {
		_ = f.conn.Emit(prompt, "org.freedesktop.Secret.Prompt.Completed", !granted, dbus.MakeVariant(unlocked))
	}()
	return nil
}
