package gui

import (
	"context"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"tokenwell/auth"
	"tokenwell/gui/widgets"
)

// clientSecret shows ID and secret of a stored client: the secret as dots, until
// it is revealed for half a minute.
type clientSecret struct {
	e      *clientEditor
	object *fyne.Container
	field  *fyne.Container // of the secret
	value  *widgets.Text
	eye    *widgets.IconButton
	shown  bool
	stop   func()
}

func newClientSecret(e *clientEditor) *clientSecret {
	s := &clientSecret{e: e, value: widgets.NewText(tokenMask).Mono().Sized(13)}
	u, c := e.u, e.m.start
	copyID := u.copyIcon(lang.L("Copy the client ID"), func() { u.copyText(c.ID) })
	s.eye = widgets.NewIconButton(u.icons.Icon("eye"), "", s.toggle)
	s.eye.SetToolTip(lang.L("Reveal the secret for 30 seconds"))
	copySecret := u.copyIcon(lang.L("Copy the client secret"), func() {
		u.copySecret(c.Secret)
		u.toast(lang.L("Client secret copied. The clipboard is cleared in 10 seconds."), "", nil)
	})
	for _, b := range []*widgets.IconButton{copyID, s.eye, copySecret} {
		b.Filled = true
	}
	another := widgets.NewSmallLink(lang.L("New secret…"), nil, func() { u.askNewSecret(c) })
	s.field = widgets.NewColumn(4, widgets.NewRow(8, 1, true, fieldLabel(lang.L("Client secret"), false), widgets.NewParagraph(""), another),
		widgets.NewRow(8, 0, true, fixedBox(s.value), s.eye, copySecret))
	if !c.OldSecret.Empty() && c.OldSecretEnds.After(u.now()) {
		s.field.Add(widgets.NewCaption(lang.L("The secret before works until {{.When}}.", map[string]any{"When": clock(c.OldSecretEnds, u.now())})))
	}
	s.object = widgets.NewColumn(14, widgets.NewColumn(4, fieldLabel(lang.L("Client ID"), false),
		widgets.NewRow(8, 0, true, fixedBox(widgets.NewText(c.ID).Mono().Sized(13)), copyID)), s.field)
	return s
}

func (s *clientSecret) toggle() {
	if s.shown {
		s.hide()
		return
	}
	s.shown = true
	s.value.SetText(s.e.m.start.Secret.Reveal())
	s.eye.SetIcon(s.e.u.icons.Icon("eyeoff"))
	s.eye.SetToolTip(lang.L("Hide the secret"))
	s.stop = s.e.u.run.after(revealTime, s.hide)
}

// hide shows dots again. More than once is harmless.
func (s *clientSecret) hide() {
	if !s.shown {
		return
	}
	s.stop()
	s.shown = false
	s.value.SetText(tokenMask)
	s.eye.SetIcon(s.e.u.icons.Icon("eye"))
	s.eye.SetToolTip(lang.L("Reveal the secret for 30 seconds"))
}

// secretOverlaps are how long the secret before can go on to work.
var secretOverlaps = []struct {
	label string // English, the key of the translation
	d     time.Duration
}{
	{"Not at all", 0},
	{"1 hour", time.Hour},
	{"1 day", 24 * time.Hour},
	{"7 days", 7 * 24 * time.Hour},
}

// askNewSecret asks how long the present secret goes on to work, and makes another.
func (u *ui) askNewSecret(c auth.LocalClient) {
	var labels []string
	for _, o := range secretOverlaps {
		labels = append(labels, lang.L(o.label))
	}
	chosen := widgets.NewRadio(labels, 2, func(int) {})
	var s *sheet
	cancel := widgets.NewButton(lang.L("Cancel"), nil, func() { s.close() })
	verb := widgets.NewPrimaryButton(lang.L("Make a new secret"), nil, func() {
		s.close()
		u.makeSecret(c, secretOverlaps[chosen.Current()].d)
	})
	body := widgets.NewColumn(12, sheetTitle(lang.L("New secret for “{{.Name}}”?", named(clientTitle(c)))),
		widgets.NewParagraph(lang.L("The server makes another secret. Both work for a while, so that the app can be moved to the new one.")).Colored(widgets.ColorNameMuted),
		widgets.NewColumn(4, fieldLabel(lang.L("The present secret goes on to work"), false), chosen))
	s = u.openSheet(480, widgets.NewInset(24, 28, 20, 28, body), sheetFoot(nil, cancel, verb), func() { s.close() })
	u.window.Canvas().Focus(chosen)
}

func (u *ui) makeSecret(c auth.LocalClient, overlap time.Duration) {
	page := u.frame.local.clientPage()
	async(u.run, func(ctx context.Context) (auth.LocalClient, error) { return u.local.NewSecret(ctx, c.ID, overlap) },
		func(made auth.LocalClient, err error) {
			if err != nil {
				u.failLocal(err)
				return
			}
			u.toast(lang.L("“{{.Name}}” has a new secret.", briefly(clientTitle(made))), "", nil)
			if e := page.editor; e != nil && e.m.start.ID == made.ID {
				e.takeSecret(made)
			}
			page.s.reload()
		})
}

// takeSecret shows another secret of the client. What was typed stays.
func (e *clientEditor) takeSecret(made auth.LocalClient) {
	e.who.hide()
	e.m.start.Secret, e.m.start.OldSecret, e.m.start.OldSecretEnds = made.Secret, made.OldSecret, made.OldSecretEnds
	e.who.replaceSecret()
	e.show()
}
