package gui

import (
	"context"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"tokenwell/auth"
	"tokenwell/gui/widgets"
)

// deviceSheet shows the code of a device sign-in (RFC 8628 section 3.3), large
// and first, and where to enter it. The page opens by the user's click alone
// (T25): a page that opens by itself with the code filled in is how people are
// made to approve someone else's sign-in.
type deviceSheet struct {
	u      *ui
	s      signIn
	used   *auth.Draft
	prompt auth.DevicePrompt
	until  time.Time
	whole  time.Duration // that the code was valid for when the sheet opened

	sheet    *sheet
	about    *widgets.Paragraph
	left     *widgets.Text
	waits    *widgets.Text
	copyCode *widgets.Button
	bar      *widgets.Bar
	openPage *widgets.Button
	trouble  *fyne.Container
	facts    *widgets.Text
	cancel   *widgets.Button
	stop     func()
	ended    bool
}

// Sizes of the device sheet.
const (
	deviceWidth float32 = 688
	codeHeight  float32 = 96
	qrSide      float32 = 185
	codeSize    float32 = 40
	leastCode   float32 = 18
)

func (u *ui) newDeviceSheet(s signIn, used *auth.Draft) *deviceSheet {
	w := &deviceSheet{u: u, s: s, used: used, prompt: s.Device()}
	w.until = w.prompt.Expires
	if w.until.IsZero() {
		w.until = s.Deadline()
	}
	w.whole = max(w.until.Sub(u.now()), time.Second)
	guide := lang.L("Open the page on any computer or phone, enter the code and approve “{{.Name}}”. This window goes on by itself.", named(s.Name()))
	if onThisComputer(w.prompt.Address) {
		guide = lang.L("Open the page in a browser on this computer, enter the code and approve “{{.Name}}”. This window goes on by itself.", named(s.Name()))
	}
	w.about = widgets.NewParagraph(guide).Colored(widgets.ColorNameMuted)
	title := sheetTitle(lang.L("Enter this code at {{.Host}}", map[string]any{"Host": hostOf(w.prompt.Address)}))

	columns := []fyne.CanvasObject{w.codePart()}
	if picture := w.picture(); picture != nil {
		columns = append(columns, picture)
	}
	body := widgets.NewColumn(0,
		widgets.NewInset(24, 28, 16, 28, widgets.NewColumn(6, title, w.about)),
		widgets.NewInset(0, 28, 20, 28, widgets.NewRow(24, 0, false, columns...)))
	if account := u.practiceAccount(w.prompt.Address, func() { w.sheet.refit() }); account != nil {
		body.Add(account)
	}
	w.facts = widgets.NewSmallText("").Shrinking()
	w.cancel = widgets.NewButton(lang.L("Cancel"), nil, w.giveUp)
	w.sheet = u.openSheet(deviceWidth, body, sheetFoot(w.facts, w.cancel), w.giveUp)
	// Not the page's button: the Enter that saved the form must not open it (T25).
	u.window.Canvas().Focus(w.copyCode)
	return w
}

// codePart is the left side: the code, its buttons and the time that is left.
func (w *deviceSheet) codePart() fyne.CanvasObject {
	width := deviceWidth - 2*28 - 24 - qrSide - 2
	code := widgets.NewText(w.prompt.UserCode).Mono().Sized(fittingSize(w.prompt.UserCode, width-24)).Shrinking()
	box := widgets.NewFixed(0, codeHeight, widgets.NewStacked(
		widgets.NewPanel(widgets.ColorNameOff, widgets.ColorNameLine, 8), widgets.NewInset(0, 12, 0, 12, centeredText(code)),
	))

	w.copyCode = w.u.copyButton(lang.L("Copy code"), false, func() { w.u.copyText(w.prompt.UserCode) })
	open := func(label string) *widgets.Button {
		return widgets.NewPrimaryButton(label, w.u.icons.Icon("external"), w.visit)
	}
	if page := pageName(w.prompt.Address); page != "" {
		w.openPage = open(lang.L("Open {{.Page}}", map[string]any{"Page": page}))
	}
	if w.openPage == nil || w.openPage.MinSize().Width+8+w.copyCode.MinSize().Width > width {
		w.openPage = open(lang.L("Open the page"))
	}
	w.openPage.SetToolTip(w.prompt.Address)

	w.left = widgets.NewText("").Mono()
	w.waits = widgets.NewSmallText(lang.L("waiting for your approval"))
	w.bar = widgets.NewBar()
	w.trouble = widgets.NewInset(12, 0, 0, 0, widgets.NewWarning(w.u.icons,
		widgets.NewParagraph(lang.L("The browser could not be opened. Enter the address by hand: {{.Page}}", map[string]any{"Page": pageName(w.prompt.Address)})), nil))
	w.trouble.Hide()
	return widgets.NewColumn(0,
		box,
		widgets.NewInset(12, 0, 0, 0, widgets.NewRow(8, 0, true, w.openPage, w.copyCode)),
		widgets.NewInset(18, 0, 6, 0, widgets.NewRow(6, 2, true, widgets.NewText(lang.L("Code valid for")), w.left, widgets.NewText(""), w.waits)),
		w.bar, w.trouble)
}

// fittingSize is the text size, at most codeSize, at which the code fits.
func fittingSize(code string, width float32) float32 {
	size := codeSize
	for size > leastCode && fyne.MeasureText(code, size, fyne.TextStyle{Monospace: true}).Width > width {
		size--
	}
	return size
}

// centeredText puts a text that may have to be cut into the middle.
func centeredText(text *widgets.Text) *fyne.Container {
	return &fyne.Container{Layout: middleLayout{}, Objects: []fyne.CanvasObject{text.Centered()}}
}

// middleLayout gives its object the whole width, in the middle of the height.
type middleLayout struct{}

func (middleLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	height := objects[0].MinSize().Height
	objects[0].Move(fyne.NewPos(0, (size.Height-height)/2))
	objects[0].Resize(fyne.NewSize(size.Width, height))
}

func (middleLayout) MinSize(objects []fyne.CanvasObject) fyne.Size { return objects[0].MinSize() }

// picture is the QR code of the page; nil when its address is too long for one,
// or leads nowhere on a phone.
func (w *deviceSheet) picture() fyne.CanvasObject {
	if onThisComputer(w.prompt.Address) {
		return nil
	}
	address := w.prompt.Complete
	if address == "" {
		address = w.prompt.Address
	}
	code, err := widgets.NewQRCode(address, qrSide)
	if err != nil {
		return nil
	}
	framed := widgets.NewFixed(qrSide+2, qrSide+2, widgets.NewStacked(
		widgets.NewPanel("", widgets.ColorNameLine, 7), widgets.NewInset(1, 1, 1, 1, code),
	))
	return widgets.NewColumn(6, framed, widgets.NewSmallText(lang.L("Opens the page on a phone")).Centered())
}

// begin waits for the approval.
func (w *deviceSheet) begin() {
	w.s.OnPhase(func(p auth.SignInPhase) { w.u.run.ui(func() { w.setPhase(p) }) })
	w.tick()
	w.readScopes()
	async(w.u.run, w.s.Wait, w.end)
}

// readScopes says what is asked for: what the form held, else what is stored.
func (w *deviceSheet) readScopes() {
	if w.used != nil {
		w.facts.SetText(askedFor(w.used.Scopes))
		return
	}
	async(w.u.run, func(ctx context.Context) (auth.Detail, error) { return w.u.engine.Detail(ctx, w.s.ID()) },
		func(d auth.Detail, err error) {
			if err == nil && !w.ended {
				w.facts.SetText(askedFor(d.Authorization.Scopes))
			}
		})
}

// visit opens the page, because the user has asked for it.
func (w *deviceSheet) visit() {
	async(w.u.run, func(ctx context.Context) (struct{}, error) {
		return struct{}{}, w.s.OpenBrowser(ctx)
	}, func(_ struct{}, err error) {
		if !w.ended {
			w.trouble.Hidden = err == nil
			w.sheet.refit()
		}
	})
}

// setPhase tells when the approval has come and the tokens are stored.
func (w *deviceSheet) setPhase(p auth.SignInPhase) {
	if w.ended || p == auth.PhaseBrowser {
		return
	}
	w.about.SetText(lang.L("Approved. Tokenwell stores the tokens."))
	w.waits.SetText("")
	w.openPage.Disable()
	w.cancel.Disable()
	w.sheet.refit()
}

// tick shows the time that is left, and does so again in a second.
func (w *deviceSheet) tick() {
	left := max(w.until.Sub(w.u.now()), 0)
	w.left.SetText(countdown(left))
	ink := widgets.ColorNameAccent
	if left < time.Minute {
		ink = widgets.ColorNameWarn
	}
	w.bar.Set(float64(left)/float64(w.whole), ink)
	if !w.ended {
		w.stop = w.u.run.after(time.Second, w.tick)
	}
}

// giveUp ends the sign-in; the sheet closes when it has ended.
func (w *deviceSheet) giveUp() { w.u.endSignIn(w.s) }

// end takes the sheet away and shows what came of the sign-in.
func (w *deviceSheet) end(d auth.Detail, err error) {
	w.ended = true
	if w.stop != nil {
		w.stop()
	}
	w.sheet.close()
	w.u.signInEnded(w.s, w.used, d, err)
}
