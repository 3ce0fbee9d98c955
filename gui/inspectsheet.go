package gui

import (
	"context"
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"tokenwell/auth"
	"tokenwell/gui/widgets"
)

// inspectSheet shows what the tokens of an authorization say, and what the
// service says of the access token.
type inspectSheet struct {
	u     *ui
	t     target
	sheet *sheet
	body  *fyne.Container
	ask   *widgets.Button
	asked *fyne.Container // what the service has said
	shut  bool
}

const inspectWidth float32 = 680

// openInspection reads the tokens, then shows the sheet.
func (u *ui) openInspection(t target) {
	async(u.run, func(ctx context.Context) (auth.Inspection, error) { return u.engine.Inspect(ctx, t.row.ID) },
		func(in auth.Inspection, err error) {
			switch {
			case err != nil:
				u.fail(err, t.row.ID)
			case u.listens(): // nothing else has been opened meanwhile
				u.showInspection(t, in)
			}
		})
}

func (u *ui) showInspection(t target, in auth.Inspection) {
	w := &inspectSheet{u: u, t: t, body: widgets.NewColumn(18), asked: widgets.NewColumn(8)}
	w.body.Add(widgets.NewColumn(4, sheetTitle(lang.L("What the tokens of “{{.Name}}” say", named(t.row.Name))),
		widgets.NewParagraph(lang.L("Read on this computer. Nothing shown here can be used as a token.")).Colored(widgets.ColorNameMuted)))
	if in.Access == nil {
		w.body.Add(widgets.NewColumn(4, strong(lang.L("Access token")),
			widgets.NewParagraph(lang.L("It is no JWT: only the service can read it."))))
	} else {
		w.body.Add(w.token(lang.L("Access token"), in.Access))
	}
	if in.ID != nil {
		w.body.Add(w.token(lang.L("ID token"), in.ID))
	}
	w.body.Add(w.asked)
	w.asked.Hide()
	shut := widgets.NewButton(lang.L("Close"), nil, w.close)
	buttons := []fyne.CanvasObject{shut}
	if t.detail.CanIntrospect {
		w.ask = widgets.NewButton(lang.L("Ask the service"), u.icons.Icon("cloud"), w.introspect)
		w.ask.SetToolTip(lang.L("Asks whether the access token is still in force"))
		buttons = []fyne.CanvasObject{w.ask, shut}
	}
	w.sheet = u.openSheet(inspectWidth, widgets.NewInset(24, 28, 24, 28, w.body), sheetFoot(nil, buttons...), w.close)
	u.window.Canvas().Focus(shut)
}

func (w *inspectSheet) close() {
	w.shut = true
	w.sheet.close()
}

// token is one token: the verdict on its signature, its claims and its header.
func (w *inspectSheet) token(title string, v *auth.JWTView) fyne.CanvasObject {
	copyIt := w.u.copyButton(lang.L("Copy"), true, func() { w.u.copyText(claimText(v.Claims)) })
	column := widgets.NewColumn(8, widgets.NewRow(10, 1, true,
		widgets.NewText(title).Bold(), ownWidth(widgets.NewPill(verdictLook(v.Signature))), copyIt))
	if v.Why != "" {
		column.Add(widgets.NewCaption(told(v.Why)))
	}
	column.Add(w.box(v.Claims))
	header := widgets.NewInset(0, 0, 0, 0, w.box(v.Header))
	header.Hide()
	column.Add(widgets.NewFoldHead(w.u.icons, lang.L("Header"), lang.L("how it is signed"), func(open bool) {
		header.Hidden = !open
		w.sheet.refit()
	}))
	column.Add(header)
	return column
}

// ownWidth keeps a pill at its own width in a row.
func ownWidth(o fyne.CanvasObject) fyne.CanvasObject { return widgets.NewRow(0, -1, true, o) }

// verdictLook says how a verdict looks.
func verdictLook(v auth.SignatureVerdict) widgets.PillLook {
	switch v {
	case auth.SignatureValid:
		return widgets.PillLook{Word: lang.L("Signature valid"), Ink: widgets.ColorNameOK, Tint: widgets.ColorNameOKTint}
	case auth.SignatureInvalid:
		return widgets.PillLook{Word: lang.L("Signature invalid"), Ink: widgets.ColorNameBad, Tint: widgets.ColorNameBadTint}
	default:
		return widgets.PillLook{Word: lang.L("Signature not checked"), Ink: widgets.ColorNameIdle, Tint: widgets.ColorNameIdleTint, Hollow: true}
	}
}

// box lists claims: names at the left, values wrapped at the right.
func (w *inspectSheet) box(claims []auth.Claim) fyne.CanvasObject {
	lines := widgets.NewColumn(5)
	for _, c := range claims {
		value := widgets.NewParagraph(c.Value).Styled(fyne.TextStyle{Monospace: true}).Sized(12, 17).Exact()
		shown := fyne.CanvasObject(value)
		if at, ok := claimTime(c); ok {
			shown = widgets.NewColumn(0, value, widgets.NewCaption(clock(at, w.u.now())))
		}
		name := widgets.NewText(c.Name).Mono().Sized(12).Colored(widgets.ColorNameMuted).Shrinking()
		lines.Add(widgets.NewRow(12, 1, false, widgets.NewFixed(130, 17, name), shown))
	}
	if len(claims) == 0 {
		lines.Add(widgets.NewCaption(lang.L("Nothing")))
	}
	return widgets.NewStacked(widgets.NewPanel(widgets.ColorNameOff, "", 6), widgets.NewInset(10, 12, 10, 12, lines))
}

// claimTime reads the claims that hold a moment (RFC 7519 section 4.1, RFC 7662
// section 2.2, OpenID Connect Core section 2).
func claimTime(c auth.Claim) (time.Time, bool) {
	switch c.Name {
	case "exp", "iat", "nbf", "auth_time":
		seconds, err := strconv.ParseFloat(c.Value, 64)
		return time.Unix(int64(seconds), 0), err == nil && seconds > 0 && seconds < 1e11
	}
	return time.Time{}, false
}

// claimText writes claims for the clipboard.
func claimText(claims []auth.Claim) string {
	lines := make([]string, len(claims))
	for i, c := range claims {
		lines[i] = c.Name + ": " + c.Value
	}
	return strings.Join(lines, "\n")
}

// introspect asks the service about the access token.
func (w *inspectSheet) introspect() {
	w.ask.Disable()
	async(w.u.run, func(ctx context.Context) (auth.Introspection, error) { return w.u.engine.Introspect(ctx, w.t.row.ID) },
		func(in auth.Introspection, err error) {
			if w.shut {
				return
			}
			w.ask.Enable()
			w.asked.Show()
			w.asked.Objects = nil
			if err != nil {
				w.asked.Add(w.u.failureLines(asFailure(err)))
			} else {
				w.showAnswer(in)
			}
			w.sheet.refit()
		})
}

func (w *inspectSheet) showAnswer(in auth.Introspection) {
	look := widgets.PillLook{Word: lang.L("In force"), Ink: widgets.ColorNameOK, Tint: widgets.ColorNameOKTint}
	if !in.Active {
		look = widgets.PillLook{Word: lang.L("Not in force"), Ink: widgets.ColorNameBad, Tint: widgets.ColorNameBadTint}
	}
	w.asked.Add(widgets.NewRow(10, 1, true, widgets.NewText(lang.L("What the service says")).Bold(), ownWidth(widgets.NewPill(look))))
	if len(in.Claims) > 0 {
		w.asked.Add(w.box(in.Claims))
	}
}
