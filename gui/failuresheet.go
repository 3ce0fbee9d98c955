package gui

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"tokenwell/auth"
	"tokenwell/gui/widgets"
)

// asFailure returns err as the user meets it. The engine's errors are failures
// already; any other has no explanation.
func asFailure(err error) *auth.Failure {
	var f *auth.Failure
	if errors.As(err, &f) {
		return f
	}
	return unexpected(err)
}

// showFailure shows what went wrong and what to do; id is the authorization's
// or "".
func (u *ui) showFailure(f *auth.Failure, id string) { u.showFailureOf(f, id, "", nil) }

// showFailureOf does so with the authorization's name and, when the form was
// in use, what was typed there.
func (u *ui) showFailureOf(f *auth.Failure, id, name string, used *auth.Draft) {
	var s *sheet
	if f.At.IsZero() { // what the engine did not explain has happened just now
		now := *f
		now.At = u.now()
		f = &now
	}
	when := clock(f.At, u.now())
	if f.Host != "" {
		when = lang.L("{{.Host}} answered {{.When}}.", map[string]any{"Host": f.Host, "When": clock(f.At, u.now())})
		if f.Status == 0 && f.Code != "" {
			when = lang.L("{{.Host}}, {{.When}}.", map[string]any{"Host": f.Host, "When": clock(f.At, u.now())})
		}
	}
	if name != "" {
		when += "\n" + keptText(name, used)
	}
	head := widgets.NewRow(16, 1, false, widgets.NewInset(2, 0, 0, 0, widgets.NewGlyph(u.icons.Icon("error"), widgets.ColorNameBad, 28)),
		widgets.NewColumn(4, sheetTitle(told(f.Title)), widgets.NewCaption(when)))

	steps := make([]string, len(f.Steps))
	for i, step := range f.Steps {
		steps[i] = told(step)
	}
	main := widgets.NewColumn(0,
		widgets.NewCaption(lang.L("Whose move it is")),
		widgets.NewInset(6, 0, 0, 0, u.seats(f)),
		widgets.NewInset(18, 0, 4, 0, strong(lang.L("What happened"))),
		widgets.NewParagraph(told(f.Happened)),
		widgets.NewInset(16, 0, 6, 0, strong(lang.L("What to do"))),
		widgets.NewSteps(u.icons, 6, steps...))
	helps := u.failureButton(f, id, name, used, func() { s.close() })
	if buttons := u.failureButtons(f, helps); len(buttons) > 0 {
		main.Add(widgets.NewInset(16, 0, 0, 0, widgets.NewRow(8, -1, true, buttons...)))
	}

	details := failureDetails(f)
	box := widgets.NewStacked(widgets.NewPanel(widgets.ColorNameOff, "", 6), widgets.NewInset(10, 12, 10, 12,
		widgets.NewParagraph(details).Styled(fyne.TextStyle{Monospace: true}).Sized(12, 18)))
	boxRow := widgets.NewInset(0, 0, 12, 0, box)
	boxRow.Hide()
	fold := widgets.NewFoldHead(u.icons, lang.L("Details"), lang.L("without secrets"), func(open bool) {
		boxRow.Hidden = !open
		s.refit()
	})
	copyDetails := u.copyButton(lang.L("Copy details"), true, func() { u.copyText(details) })
	copyDetails.Importance = widgets.Quiet
	body := widgets.NewColumn(0,
		widgets.NewInset(24, 28, 16, 28, head),
		widgets.NewInset(0, 28, 20, 28, main),
		widgets.NewRule(widgets.ColorNameLine),
		widgets.NewInset(8, 28, 8, 28, widgets.NewColumn(4, widgets.NewRow(8, 0, true, fold, flushRight(copyDetails)), boxRow)))
	closeButton := widgets.NewButton(lang.L("Close"), nil, func() { s.close() })
	s = u.openSheet(624, body, sheetFoot(nil, closeButton), func() { s.close() })
	if helps == nil { // Enter opens no page of others: the link takes a click
		helps = closeButton
	}
	u.window.Canvas().Focus(helps)
}

// keptText says what has become of what was typed.
func keptText(name string, used *auth.Draft) string {
	data := map[string]any{"Name": name}
	switch {
	case used == nil:
		return lang.L("“{{.Name}}” is as it was.", data)
	case used.ID != "":
		return lang.L("What is stored of “{{.Name}}” is as it was; nothing typed is lost.", data)
	default:
		return lang.L("“{{.Name}}” is saved; nothing typed is lost.", data)
	}
}

// told translates a sentence that the engine has made. Names and hosts may
// stand in it, so it is never taken for a template.
func told(sentence string) string {
	if sentence == "" || strings.Contains(sentence, "{{") {
		return sentence
	}
	return lang.L(sentence)
}

// strong returns a small heading.
func strong(text string) *widgets.Paragraph {
	return widgets.NewParagraph(text).Styled(fyne.TextStyle{Bold: true})
}

// seats shows who can make the next move, one of three lit.
func (u *ui) seats(f *auth.Failure) fyne.CanvasObject {
	seat := func(mover auth.Mover, icon, label string) fyne.CanvasObject {
		ink, tint := widgets.ColorNameMuted, fyne.ThemeColorName("")
		if mover == f.Mover {
			ink, tint = widgets.ColorNameWarn, widgets.ColorNameWarnTint
		}
		word := widgets.NewText(label).Colored(ink)
		if mover == f.Mover {
			word.Bold()
		}
		row := widgets.NewCentered(widgets.NewRow(8, -1, true, widgets.NewGlyph(u.icons.Icon(icon), ink, 20), word))
		return widgets.NewFixed(0, 44, widgets.NewStacked(widgets.NewPanel(tint, "", 6), row))
	}
	row := widgets.NewEvenRow(3,
		seat(auth.MoverUser, "user", lang.L("You")),
		seat(auth.MoverAdministrator, "shield", lang.L("Your administrator")),
		seat(auth.MoverService, "cloud", lang.L("The service")))
	return widgets.NewStacked(widgets.NewPanel("", widgets.ColorNameBorder, 8), widgets.NewInset(4, 4, 4, 4, row))
}

// failureButtons are helps, which does the first step where this window can, and
// the one that opens the provider's own page.
func (u *ui) failureButtons(f *auth.Failure, helps *widgets.Button) []fyne.CanvasObject {
	var buttons []fyne.CanvasObject
	if helps != nil {
		buttons = append(buttons, helps)
	}
	if link, ok := webPage(f.Link); ok {
		buttons = append(buttons, widgets.NewButton(lang.L("Open {{.Host}}", map[string]any{"Host": link.Hostname()}),
			u.icons.Icon("external"), func() { u.openLink(link) }))
	}
	return buttons
}

// webPage reads the address of a page that may be opened: https alone.
func webPage(address string) (link *url.URL, ok bool) {
	link, err := url.Parse(address)
	return link, err == nil && link.Scheme == "https" && link.Host != "" && link.User == nil
}

// actionLabel is what the button says that does the first step; "" for none.
func actionLabel(a auth.Action) string {
	switch a {
	case auth.ActionEdit:
		return lang.L("Edit & re-authorize")
	case auth.ActionSignIn, auth.ActionCopyLink: // a new sign-in has a new link, and its sheet copies it
		return lang.L("Sign in again")
	case auth.ActionRetry:
		return lang.L("Try again")
	case auth.ActionCopyAdmin:
		return lang.L("Copy request for the administrator")
	case auth.ActionResume:
		return lang.L("Resume")
	case auth.ActionNone:
	}
	return ""
}

// failureButton returns the button that does the first step; nil when there is
// none that this window can do.
func (u *ui) failureButton(f *auth.Failure, id, name string, used *auth.Draft, done func()) *widgets.Button {
	label := actionLabel(f.Action)
	primary := func(icon string, do func()) *widgets.Button {
		return widgets.NewPrimaryButton(label, u.icons.Icon(icon), do)
	}
	switch f.Action {
	case auth.ActionCopyAdmin:
		b := u.copyButton(label, false, func() { u.copyText(adminRequest(f)) })
		b.Importance = widgets.Primary
		return b
	case auth.ActionEdit:
		if id == "" {
			return nil
		}
		return primary("edit", func() { done(); u.editAgain(id, used, fieldOf(f)) })
	case auth.ActionSignIn, auth.ActionRetry, auth.ActionCopyLink:
		if id == "" {
			return nil
		}
		return primary("refresh", func() { done(); u.signInAgain(id, used) })
	case auth.ActionResume:
		if id == "" {
			return nil
		}
		return primary("play", func() {
			done()
			u.setPaused(target{row: auth.Row{ID: id, Name: u.nameOf(id, name)}}, false)
		})
	case auth.ActionNone:
	}
	return nil
}

// nameOf is the name of an authorization for a message.
func (u *ui) nameOf(id, name string) string {
	if t, ok := u.frame.home.selection(); name == "" && ok && t.row.ID == id {
		return t.row.Name
	}
	return name
}

// editAgain opens the form. What was typed for an authorization whose change
// could not be stored comes back as it was. field is what is to be corrected, if known.
func (u *ui) editAgain(id string, used *auth.Draft, field auth.Field) {
	if used != nil && used.ID != "" {
		u.openFormAt(*used, field)
		return
	}
	async(u.run, func(ctx context.Context) (auth.Draft, error) {
		return u.engine.DraftOf(ctx, id, false)
	}, func(d auth.Draft, err error) {
		if err != nil {
			u.showFailure(asFailure(err), "")
			return
		}
		u.openFormAt(d, field)
	})
}

// fieldOf is the field of the form that a failure is most likely about; "": none is.
func fieldOf(f *auth.Failure) auth.Field {
	// By the title: the code invalid_client is also that of an ID which is wrong and
	// of a client that was deleted. Where both are possible it is the secret: that
	// runs out, and a wrong ID is found out at the first sign-in.
	if strings.Contains(f.Title, "secret") {
		return auth.FieldClientSecret
	}
	return ""
}

// signInAgain starts a new sign-in: with the changed settings when the form had
// some, else with those that are stored.
func (u *ui) signInAgain(id string, used *auth.Draft) {
	async(u.run, func(ctx context.Context) (*auth.SignIn, error) {
		if used != nil && used.ID != "" {
			return u.engine.Authorize(ctx, *used)
		}
		return u.engine.Reauthorize(ctx, id, auth.ReauthorizeOptions{})
	}, func(s *auth.SignIn, err error) {
		switch {
		case err != nil:
			u.showFailure(asFailure(err), id)
		case used != nil:
			u.followDraft(s, *used)
		default:
			u.followSignIn(s)
		}
	})
}

// failureDetails are the facts for someone who helps; they hold no secret.
func failureDetails(f *auth.Failure) string {
	var lines []string
	if f.Code != "" {
		lines = append(lines, "error: "+f.Code)
	}
	if f.Word != "" {
		lines = append(lines, "the service's code: "+f.Word)
	}
	if f.Status != 0 {
		lines = append(lines, fmt.Sprintf("HTTP status: %d", f.Status))
	}
	if f.Host != "" {
		lines = append(lines, "host: "+f.Host)
	}
	at := f.At.UTC().Format("2006-01-02 15:04:05Z")
	if f.Ref != "" {
		lines = append(lines, "trace: "+f.Ref+", "+at)
	} else {
		lines = append(lines, "time: "+at)
	}
	return strings.Join(lines, "\n")
}

// adminRequest is the text to hand to an administrator.
func adminRequest(f *auth.Failure) string {
	return strings.Join([]string{
		lang.L("An app that I use needs your approval."),
		told(f.Happened),
		failureDetails(f),
	}, "\n\n")
}
