package gui

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"tokenwell/auth"
)

// localPause gathers the changes of the local server: a program that tries it out
// may send a hundred requests a second.
const localPause = 4 * eventPause

// showLocal opens the Local server screen as it was left.
func (u *ui) showLocal() {
	f := u.frame
	if f.local == nil {
		f.local = newLocalScreen(u)
	}
	u.enter(f.local, f.local.reload)
}

// watchLocal subscribes to the registry.
func (u *ui) watchLocal() (cancel func()) {
	if u.local == nil {
		return func() {}
	}
	u.frame.rail.showLocal(u.local.Info())
	return u.local.Subscribe(u.run.coalesce(localPause, u.localChanged))
}

// localChanged shows what has changed at the local server.
func (u *ui) localChanged() {
	if u.local == nil {
		return
	}
	u.frame.rail.showLocal(u.local.Info())
	u.refreshMenus()
	if f := u.frame; f.shown == f.local {
		f.local.reload()
	}
	if u.form != nil {
		u.form.localChanged()
	}
}

// localMenu is the menu of the local server.
type localMenu struct {
	menu    *fyne.Menu
	power   *fyne.MenuItem // starts or stops it
	copyURL *fyne.MenuItem
	use     *fyne.MenuItem
	start   *fyne.MenuItem // it starts with the program
}

func newLocalMenu(u *ui) *localMenu {
	m := &localMenu{
		power:   fyne.NewMenuItem(lang.L("Start server"), u.switchLocal),
		copyURL: fyne.NewMenuItem(lang.L("Copy discovery URL"), func() { u.copyText(u.local.Info().Discovery) }),
		use:     fyne.NewMenuItem(lang.L("Use the practice client…"), func() { u.goTo(u.tryLocal) }),
		start:   fyne.NewMenuItem(lang.L("Start with Tokenwell"), u.turnLocalStart),
	}
	create := fyne.NewMenuItem(lang.L("New client"), u.newLocalClient)
	m.menu = fyne.NewMenu(lang.L("Local server"), m.power, m.start, fyne.NewMenuItemSeparator(),
		m.copyURL, m.use, fyne.NewMenuItem(lang.L("Change signing key"), u.rotateLocalKey), fyne.NewMenuItemSeparator(),
		create, fyne.NewMenuItem(lang.L("Import clients…"), u.importLocalClients))
	return m
}

// refresh brings the items to what can be done now, by set.
func (m *localMenu) refresh(u *ui, set func(item *fyne.MenuItem, label string, disabled, checked bool)) {
	info := u.local.Info()
	power := lang.L("Start server")
	if info.Running {
		power = lang.L("Stop server")
	}
	set(m.power, power, false, false)
	set(m.start, m.start.Label, false, u.localStart != localServerOff)
	set(m.copyURL, m.copyURL.Label, info.Discovery == "", false)
	set(m.use, m.use.Label, info.ClientID == "", false)
}

// localServerOff is the setting's value that keeps the server from starting.
const localServerOff = "off"

// turnLocalStart changes whether the server starts with the program.
func (u *ui) turnLocalStart() {
	value, text := localServerOff, lang.L("The local server no longer starts with Tokenwell.")
	if u.localStart == localServerOff {
		value, text = "", lang.L("The local server starts with Tokenwell.")
	}
	async(u.run, func(ctx context.Context) (struct{}, error) {
		return struct{}{}, u.engine.SetSetting(ctx, auth.SettingLocalServer, value)
	}, func(_ struct{}, err error) {
		if err != nil {
			u.fail(err, "")
			return
		}
		u.localStart = value
		u.refreshMenus()
		u.toast(text, "", nil)
	})
}

// newLocalClient opens the editor for a new client.
func (u *ui) newLocalClient() {
	u.goTo(func() {
		u.showLocal()
		u.frame.local.tabs.Choose(localClients)
		u.frame.local.clientPage().create(u.local.NewClient())
	})
}

// rotateLocalKey has a new key sign ID tokens, so that one sees whether a program
// fetches the server's keys anew.
func (u *ui) rotateLocalKey() {
	async(u.run, func(ctx context.Context) (struct{}, error) { return struct{}{}, u.local.RotateKey(ctx) },
		func(_ struct{}, err error) {
			if err != nil {
				u.fail(err, "")
				return
			}
			u.toast(lang.L("A new key signs ID tokens. The old one stays published for 15 minutes."), "", nil)
		})
}
