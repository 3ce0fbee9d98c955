package gui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"tokenwell/auth"
	"tokenwell/gui/widgets"
)

// makeSecrets makes the fields of the client secret and what stands in their
// place for an app with a key.
func (p *formParts) makeSecrets() {
	u, d := p.f.u, p.f.m.draft
	p.secret = widgets.NewSecretField(u.icons, lang.L("Client secret"), true, true, lang.L("Show the secret (F2)"), lang.L("Hide the secret (F2)"))
	p.confirmation = widgets.NewSecretField(u.icons, lang.L("Client secret confirmation"), true, false, "", "")
	p.secret.Input.SetText(d.ClientSecret.Reveal())
	p.confirmation.Input.SetText(d.Confirmation.Reveal())
	p.add(auth.FieldClientSecret, p.secret.Field)
	p.add(auth.FieldConfirmation, p.confirmation.Field)
	p.secret.Input.Entry().OnChanged = func(v string) {
		p.f.edit(auth.FieldClientSecret, func(d *auth.Draft) { d.ClientSecret = auth.NewSecret(v) })
	}
	p.confirmation.Input.Entry().OnChanged = func(v string) {
		// Not called wrong while it may still become right by typing on.
		p.f.m.draft.Confirmation = auth.NewSecret(v)
		if !p.f.m.typingConfirmation() || p.f.m.secretsEqual() {
			p.f.m.touch(auth.FieldConfirmation)
		}
		p.f.changed()
	}
	p.watch(auth.FieldClientSecret, p.secret.Input)
	p.watch(auth.FieldConfirmation, p.confirmation.Input)
	p.secretHint = widgets.NewCaption("")
	p.secrets = widgets.NewColumn(4, widgets.NewEvenRow(12, p.secret.Object, p.confirmation.Object), p.secretHint)
	text := widgets.NewCaption(lang.L("This app proves itself with a key or a certificate. It stands under More."))
	p.proof = widgets.NewRow(8, 1, true, widgets.NewGlyph(u.icons.Icon("key"), widgets.ColorNameMuted, 16), text)
}

func (p *formParts) setPublic(on bool) {
	p.f.edit(auth.FieldClientSecret, func(d *auth.Draft) { d.Public = on })
}

// showSecrets shows the switch and the fields of the secret as service, grant
// and client authentication have it.
func (p *formParts) showSecrets() {
	m := p.f.m
	info := m.info()
	caption := lang.L("On for an app that is registered as a desktop program (public client).")
	switch {
	case m.publicOnly():
		p.public.Disable()
		caption = lang.L("{{.Service}} gives a desktop program no secret.", map[string]any{"Service": m.svc.Name})
	case !m.publicAllowed() && !m.public():
		p.public.Disable()
		caption = lang.L("{{.Service}} gives every app a secret.", map[string]any{"Service": m.svc.Name})
	default:
		p.public.Enable()
	}
	method := m.method()
	asks := info.Secret != auth.NeedNone
	p.place(p.public, info.Secret == auth.NeedRequired && !info.Confidential &&
		(method.UsesSecret() || method == auth.ClientAuthNone))
	p.place(p.secrets, m.secretShown())
	p.place(p.proof, asks && !method.UsesSecret() && method != auth.ClientAuthNone)
	p.public.SetCaption(caption)
	p.public.SetChecked(m.public())
	hint := ""
	switch {
	case m.keepsSecret():
		hint = lang.L("Leave both empty to keep the stored secret.")
	case !m.secretRequired():
		hint = lang.L("Leave both empty for an app without a secret.")
	}
	if p.secretHint.Text() != hint {
		p.f.stale = true
	}
	p.secretHint.SetText(hint)
	p.place(p.secretHint, hint != "")
	p.secret.SetRequired(m.secretRequired())
	p.confirmation.SetRequired(m.secretRequired())
	if !m.secretShown() {
		p.secret.Mask()
	}
}

// place shows or hides a part of the column.
func (p *formParts) place(o fyne.CanvasObject, on bool) {
	if o.Visible() != on {
		setShown(o, on)
		p.f.stale = true
	}
}

// makePractice makes the line of the local server: one click fills in its
// client, and the account to sign in with.
func (p *formParts) makePractice(local auth.LocalInfo) fyne.CanvasObject {
	u := p.f.u
	if !practiceRuns(local) {
		reason := lang.L("The local server does not run.")
		switch {
		case local.Problem != "":
			reason = sentence(local.Problem)
		case u.local != nil:
			reason = lang.L("The local server does not run. Start it under Local server.")
		}
		return widgets.NewWarning(u.icons, widgets.NewParagraph(reason), nil)
	}
	use := widgets.NewButton(lang.L("Use the practice client"), u.icons.Icon("server"), func() { p.usePractice(u.engine.LocalServer()) })
	use.Small = true
	account := widgets.NewCaption(lang.L("Sign in there as {{.User}}", map[string]any{"User": local.User}))
	password := widgets.NewSmallLink(lang.L("Copy password"), u.icons.Icon("copy"), func() {
		u.copySecret(u.engine.LocalServer().Password)
		u.toast(lang.L("Password copied. The clipboard is cleared in 10 seconds."), "", nil)
	})
	return widgets.NewRow(12, 1, true, use, account, password)
}

// practiceRuns tells whether there is a practice client to sign in with.
func practiceRuns(local auth.LocalInfo) bool { return local.Running && local.ClientID != "" }

// localChanged shows in the form whether the local server runs. A form that was
// opened to try it is filled in when it does: it may come up a moment after the
// window.
func (f *form) localChanged() {
	p, local := f.parts, f.u.engine.LocalServer()
	if runs := practiceRuns(local); runs == p.practiceRuns {
		return
	}
	p.practiceRuns = !p.practiceRuns
	p.practice.Objects = []fyne.CanvasObject{p.makePractice(local)}
	if f.trying && p.practiceRuns && f.m.draft.ClientID == "" {
		p.usePractice(local)
	}
	f.changed()
	f.relayout()
}

// usePractice fills in ID, secret and confirmation of the practice client.
func (p *formParts) usePractice(local auth.LocalInfo) {
	p.f.edit(auth.FieldClientID, func(d *auth.Draft) {
		d.ClientID, d.Public = local.ClientID, false
		d.ClientSecret, d.Confirmation = local.ClientSecret, local.ClientSecret
	})
	p.fillClient()
}
