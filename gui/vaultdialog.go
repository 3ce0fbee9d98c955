package gui

import (
	"context"
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"tokenwell/auth"
	"tokenwell/gui/widgets"
)

// openVault makes the vault or opens it, asking the user only where it must, and
// runs then once it is open. A new vault gets the keyring's slot when there is a
// keyring, else one for a passphrase; nothing is ever stored in the clear.
func (u *ui) openVault(then func()) {
	async(u.run, u.engine.VaultStatus, func(s auth.VaultStatus, err error) {
		switch {
		case err != nil:
			u.showFailure(asFailure(err), "")
		case s.Open:
			then()
		case !s.Exists:
			u.makeVault(then)
		case s.HasKeyring:
			u.openByKeyring(s, then)
		default:
			u.askPassphrase(then)
		}
	})
}

// makeVault creates the vault with the keyring, or asks for a passphrase and
// says why.
func (u *ui) makeVault(then func()) {
	async(u.run, func(ctx context.Context) (struct{}, error) {
		if err := u.engine.ProbeKeyring(ctx); err != nil {
			return struct{}{}, err
		}
		return struct{}{}, u.engine.CreateVault(ctx, auth.Secret{})
	}, func(_ struct{}, err error) {
		if err != nil {
			u.choosePassphrase(reasonOf(err), then)
			return
		}
		then()
	})
}

// reasonOf is what an error says to the user.
func reasonOf(err error) string {
	var f *auth.Failure
	if errors.As(err, &f) {
		return f.Happened
	}
	return sentence(err.Error())
}

// sentence makes an error's text one: errors begin small and end open.
func sentence(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	text = string(unicode.ToUpper(first)) + text[size:]
	if strings.HasSuffix(text, ".") {
		return text
	}
	return text + "."
}

// openByKeyring opens the vault with the key from the keyring.
func (u *ui) openByKeyring(s auth.VaultStatus, then func()) {
	async(u.run, func(ctx context.Context) (struct{}, error) {
		return struct{}{}, u.engine.Unlock(ctx, auth.Secret{})
	}, func(_ struct{}, err error) {
		if err != nil {
			u.showKeyMissing(s, err, then)
			return
		}
		then()
	})
}

// showKeyMissing tells that the keyring has no key that fits. It never makes a
// new key: what is sealed would be lost.
func (u *ui) showKeyMissing(status auth.VaultStatus, err error, then func()) {
	var s *sheet
	title := lang.L("The keyring cannot be reached")
	happened := reasonOf(err)
	steps := []string{lang.L("Unlock your keyring, or sign in to your desktop session again."), lang.L("Then try again.")}
	if errors.Is(err, auth.ErrVaultKey) {
		title = lang.L("The key to your stored tokens was not found")
		happened = lang.L("Tokens and secrets are sealed in this folder's vault. Its key lies in your keyring, and the keyring has none that fits: it was removed, or this folder came from another computer or account. Nothing is lost, and no new key is made, because that would make the stored tokens unreadable for good.")
		steps = []string{
			lang.L("Sign in to the account and the computer on which the vault was made, or restore your keyring."),
			lang.L("Then try again. Until then your list can be read, but no token can be used."),
		}
	}
	retry := widgets.NewPrimaryButton(lang.L("Try again"), u.icons.Icon("refresh"), func() { s.close(); u.openVault(then) })
	buttons := []fyne.CanvasObject{widgets.NewButton(lang.L("Not now"), nil, func() { s.close() })}
	if status.HasPassphrase {
		buttons = append(buttons, widgets.NewButton(lang.L("Use the passphrase"), nil, func() { s.close(); u.askPassphrase(then) }))
	}
	body := widgets.NewInset(24, 28, 24, 28, widgets.NewRow(16, 1, false,
		widgets.NewGlyph(u.icons.Icon("key"), widgets.ColorNameBad, 28),
		widgets.NewColumn(16, widgets.NewColumn(6, sheetTitle(title), widgets.NewParagraph(happened)),
			widgets.NewColumn(6, strong(lang.L("What to do")), widgets.NewSteps(u.icons, 6, steps...)))))
	s = u.openSheet(560, body, sheetFoot(nil, append(buttons, retry)...), func() { s.close() })
}

// choosePassphrase makes a vault that a passphrase opens.
func (u *ui) choosePassphrase(reason string, then func()) {
	d := newPassphraseSheet(u, then)
	first := widgets.NewSecretField(u.icons, lang.L("Passphrase"), true, true, lang.L("Show the passphrase (F2)"), lang.L("Hide the passphrase (F2)"))
	least := lang.L("At least {{.N}} characters. Several words are easy to remember and hard to guess.", number{auth.MinPassphrase})
	first.SetHint(least)
	second := widgets.NewSecretField(u.icons, lang.L("Passphrase again"), true, false, "", "")
	second.SetHint(lang.L("There is no way to recover it: keep it in a safe place."))
	d.button = widgets.NewPrimaryButton(lang.L("Create the vault"), nil, d.submit)
	d.watch(first, second)
	firstDone, bothDone := false, false // while it is typed, nothing is too short
	d.wrong = func() bool {
		a, b := first.Input.Text(), second.Input.Text()
		short := utf8.RuneCountInString(a) < auth.MinPassphrase
		mismatch := b != a && (bothDone && !short || !strings.HasPrefix(a, b))
		// as long as the hint, so that the buttons stay where they are: it comes while one is pressed
		first.SetError(when(short && firstDone, least))
		second.SetError(when(mismatch, lang.L("The two passphrases do not match.")))
		second.SetMark(markIf(a == b && !short))
		return short || a != b
	}
	first.Input.OnFocus = func(gained bool) {
		if !gained && first.Input.Text() != "" {
			firstDone = true
			d.check()
		}
	}
	d.refused = func() {
		firstDone, bothDone = true, d.u.window.Canvas().Focused() == second.Input.Focusable()
		d.check()
		to := second
		if utf8.RuneCountInString(first.Input.Text()) < auth.MinPassphrase {
			to = first
		}
		d.u.window.Canvas().Focus(to.Input.Focusable())
	}
	d.do = func(ctx context.Context) error { return u.engine.CreateVault(ctx, auth.NewSecret(first.Input.Text())) }
	d.failed = func(err error) { second.SetError(reasonOf(err)) }
	explain := widgets.NewParagraph(lang.L("Tokenwell seals tokens and secrets before it stores them. Usually your system's keyring keeps the key. This computer offers none, so a passphrase takes its place: you enter it once after each start.")).
		Colored(widgets.ColorNameMuted)
	why := widgets.NewBanner(u.icons.Icon("info"), widgets.ColorNameIdleTint, widgets.ColorNameMuted,
		widgets.NewCaption(reason).Colored(widgets.ColorNameText), nil)
	body := widgets.NewInset(24, 28, 20, 28, widgets.NewColumn(14,
		widgets.NewColumn(6, sheetTitle(lang.L("Choose a passphrase for your vault")), explain), why, first.Object, second.Object))
	again := widgets.NewQuietButton(lang.L("Look for a keyring again"), nil, func() { d.sheet.close(); u.openVault(then) })
	d.show(body, widgets.NewRow(0, -1, true, flushLeft(again)), first.Input)
}

// askPassphrase opens the vault with the passphrase.
func (u *ui) askPassphrase(then func()) {
	d := newPassphraseSheet(u, then)
	field := widgets.NewSecretField(u.icons, lang.L("Passphrase"), true, true, lang.L("Show the passphrase (F2)"), lang.L("Hide the passphrase (F2)"))
	d.button = widgets.NewPrimaryButton(lang.L("Unlock"), u.icons.Icon("unlock"), d.submit)
	d.watch(field)
	d.wrong = func() bool {
		field.SetError("")
		return field.Input.Text() == ""
	}
	d.do = func(ctx context.Context) error { return u.engine.Unlock(ctx, auth.NewSecret(field.Input.Text())) }
	d.failed = func(err error) {
		if errors.Is(err, auth.ErrVaultKey) {
			field.SetError(lang.L("This passphrase does not open the vault."))
		} else {
			field.SetError(reasonOf(err))
		}
		u.window.Canvas().Focus(field.Input.Focusable())
	}
	explain := widgets.NewParagraph(lang.L("Tokens and secrets are sealed. Enter the passphrase that you chose for this vault.")).Colored(widgets.ColorNameMuted)
	body := widgets.NewInset(24, 28, 20, 28, widgets.NewColumn(14,
		widgets.NewColumn(6, sheetTitle(lang.L("Unlock your vault")), explain), field.Object))
	d.show(body, nil, field.Input)
}

// passphraseSheet is what the two dialogs have in common: a button that waits
// for the fields, work off the UI thread, and what is said when it fails.
type passphraseSheet struct {
	u       *ui
	then    func()
	sheet   *sheet
	button  *widgets.Button
	fields  []*widgets.SecretField
	wrong   func() bool // shows what is wrong and tells whether anything is
	refused func()      // Enter while something is wrong; nil: nothing is said
	do      func(context.Context) error
	failed  func(error)
	working bool
}

func newPassphraseSheet(u *ui, then func()) *passphraseSheet {
	return &passphraseSheet{u: u, then: then}
}

// watch checks the fields at each key; Enter presses the button.
func (d *passphraseSheet) watch(fields ...*widgets.SecretField) {
	d.fields = fields
	for _, f := range fields {
		f.Input.Entry().OnChanged = func(string) { d.check() }
		f.Input.Entry().OnSubmitted = func(string) { d.submit() }
		f.OnHeight = func() {
			if d.sheet != nil {
				d.sheet.refit()
			}
		}
	}
}

func (d *passphraseSheet) check() {
	if d.wrong() || d.working {
		d.button.Disable()
	} else {
		d.button.Enable()
	}
}

func (d *passphraseSheet) show(body *fyne.Container, left fyne.CanvasObject, focus *widgets.Input) {
	later := func() {
		if !d.working {
			d.sheet.close()
		}
	}
	d.check()
	d.sheet = d.u.openSheet(480, body, sheetFoot(left, widgets.NewButton(lang.L("Not now"), nil, later), d.button), later)
	d.u.window.Canvas().Focus(focus.Focusable())
}

func (d *passphraseSheet) submit() {
	if d.working {
		return
	}
	if d.wrong() {
		if d.refused != nil {
			d.refused()
		}
		return
	}
	d.setWorking(true)
	async(d.u.run, func(ctx context.Context) (struct{}, error) { return struct{}{}, d.do(ctx) }, func(_ struct{}, err error) {
		d.setWorking(false)
		if err != nil {
			d.failed(err)
			return
		}
		d.sheet.close()
		d.then()
	})
}

// setWorking locks the fields while the key is derived from the passphrase.
func (d *passphraseSheet) setWorking(working bool) {
	d.working = working
	for _, f := range d.fields {
		f.Input.SetReadOnly(working)
	}
	d.check()
}

func when(condition bool, text string) string {
	if condition {
		return text
	}
	return ""
}

func markIf(good bool) widgets.Mark {
	if good {
		return widgets.MarkGood
	}
	return widgets.MarkNone
}
