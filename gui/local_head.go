package gui

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"tokenwell/auth"
	"tokenwell/gui/widgets"
)

// localHead is the top of the screen: whether the server runs, where, and the
// button that starts or stops it.
type localHead struct {
	u         *ui
	object    *fyne.Container
	pill      *widgets.Pill
	since     *widgets.Text
	button    *widgets.Button
	address   *copyLine
	discovery *copyLine
	lines     *fyne.Container
	warning   *fyne.Container
	why       *widgets.Paragraph
	busy      bool // it is being started or stopped
}

// The looks of the server's state.
var (
	localRunning = widgets.PillLook{Word: "Running", Ink: widgets.ColorNameOK, Tint: widgets.ColorNameOKTint}
	localStopped = widgets.PillLook{Word: "Stopped", Ink: widgets.ColorNameIdle, Tint: widgets.ColorNameIdleTint, Hollow: true}
	localProblem = widgets.PillLook{Word: "Problem", Ink: widgets.ColorNameBad, Tint: widgets.ColorNameBadTint}
)

// localLook is how the server's state looks.
func localLook(info auth.LocalInfo) widgets.PillLook {
	look := localStopped
	switch {
	case info.Running:
		look = localRunning
	case info.Problem != "":
		look = localProblem
	}
	look.Word = lang.L(look.Word)
	return look
}

func newLocalHead(u *ui) *localHead {
	h := &localHead{u: u, pill: widgets.NewPill(localStopped), since: widgets.NewSmallText("").Shrinking()}
	h.button = widgets.NewButton("", nil, u.switchLocal)
	h.address = newCopyLine(u, lang.L("Address"), lang.L("Copy the address"))
	h.discovery = newCopyLine(u, lang.L("Discovery"), lang.L("Copy the discovery URL"))
	h.why = widgets.NewParagraph("")
	again := widgets.NewButton(lang.L("Try again"), nil, u.startLocal)
	again.Small = true
	h.warning = widgets.NewInset(2, 0, 8, 0, widgets.NewWarning(u.icons, h.why, again))
	h.lines = widgets.NewInset(0, 0, 4, 0, widgets.NewWrap(8, h.address.object, h.discovery.object))
	title := widgets.NewRow(8, 2, true, widgets.NewTitle(lang.L("Local server")), h.pill, h.since, h.button)
	h.object = widgets.NewInset(14, pageMargin, 0, pageMargin, widgets.NewColumn(8, title, h.lines, h.warning))
	h.show()
	return h
}

// show brings the head to what the server says.
func (h *localHead) show() {
	info := h.u.local.Info()
	h.pill.Set(localLook(info))
	label, icon := lang.L("Start server"), "play"
	if info.Running {
		label, icon = lang.L("Stop server"), "stop"
	}
	if h.button.Text != label {
		h.button.SetText(label)
		h.button.SetIcon(h.u.icons.Icon(icon))
	}
	if h.busy {
		h.button.Disable()
	} else {
		h.button.Enable()
	}
	h.address.set(info.Issuer)
	h.discovery.set(info.Discovery)
	setShown(h.lines, info.Issuer != "")
	problem := ""
	if !info.Running && info.Problem != "" {
		problem = sentence(told(info.Problem))
	}
	h.problem(problem)
	h.tick()
}

// problem says why the server does not run; "" says nothing.
func (h *localHead) problem(text string) {
	h.why.SetText(text)
	setShown(h.warning, text != "")
	widgets.Relayout(h.object)
}

// tick lets the time go on.
func (h *localHead) tick() {
	info, text := h.u.local.Info(), ""
	if info.Running && !info.Since.IsZero() {
		text = lang.L("since {{.When}}", map[string]any{"When": clock(info.Since, h.u.now())})
		h.since.SetHint(fullDate(info.Since))
	}
	h.since.SetText(text)
}

// copyLine is a value that can only be read, with its label and a button that
// copies it.
type copyLine struct {
	object *fyne.Container
	value  *widgets.Text
}

func newCopyLine(u *ui, label, tooltip string) *copyLine {
	l := &copyLine{value: widgets.NewText("").Mono().Sized(12)}
	l.object = widgets.NewRow(8, -1, true, widgets.NewSmallText(label), l.value, u.copyIcon(tooltip, func() { u.copyText(l.value.Text()) }))
	return l
}

func (l *copyLine) set(text string) {
	if l.value.Text() != text {
		l.value.SetText(text)
		setShown(l.object, text != "")
	}
}

// copyIcon is a small button that copies and shows for a moment that it has.
func (u *ui) copyIcon(tooltip string, copyIt func()) *widgets.IconButton {
	b := widgets.NewIconButton(u.icons.Icon("copy"), tooltip, nil)
	b.OnTapped = func() {
		copyIt()
		b.SetIcon(u.icons.Icon("check"))
		u.run.after(copiedFor, func() { b.SetIcon(u.icons.Icon("copy")) })
	}
	return b
}

// switchLocal starts the server, or stops it.
func (u *ui) switchLocal() {
	if u.local.Info().Running {
		u.stopLocal()
		return
	}
	u.startLocal()
}

// startLocal starts the server, whose data lie in the vault.
func (u *ui) startLocal() {
	u.openVault(func() {
		u.vaultChanged()
		u.runLocal()
	})
}

// runLocal starts the server. Why it could not is said in the screen's head.
func (u *ui) runLocal() {
	u.localBusy(true)
	async(u.run, func(ctx context.Context) (struct{}, error) { return struct{}{}, u.local.Start(ctx) },
		func(_ struct{}, err error) {
			u.localBusy(false)
			u.localChanged()
			switch info := u.local.Info(); {
			case info.Running:
				u.toast(lang.L("The local server runs at {{.Address}}.", map[string]any{"Address": info.Issuer}), "", nil)
			case err != nil && (info.Problem == "" || u.frame.shown != u.frame.local):
				u.fail(err, "")
			}
		})
}

// stopLocal stops the server; what is stored stays.
func (u *ui) stopLocal() {
	u.localBusy(true)
	async(u.run, func(context.Context) (struct{}, error) { return struct{}{}, u.local.Stop() },
		func(_ struct{}, err error) {
			u.localBusy(false)
			u.localChanged()
			if err != nil {
				u.fail(err, "")
				return
			}
			u.toast(lang.L("The local server has stopped. Its tokens stay, and work again once it runs."), "", nil)
		})
}

// localBusy keeps the button from being pressed twice.
func (u *ui) localBusy(busy bool) {
	if s := u.frame.local; s != nil {
		s.head.busy = busy
		s.head.show()
	}
}
