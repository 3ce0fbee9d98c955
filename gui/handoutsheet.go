package gui

import (
	"context"
	"errors"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"tokenwell/auth"
	"tokenwell/gui/widgets"
)

// handOutModes are the modes in the sheet's order.
var handOutModes = []auth.HandOutMode{auth.HandOutAsk, auth.HandOutAnyone, auth.HandOutListed}

// handOutSheet says who may have the tokens of an authorization and where they
// may be sent. It stays open, with everything typed, until that is stored.
type handOutSheet struct {
	u        *ui
	t        target
	was      auth.HandOutRule // as it is stored
	programs []auth.Program
	used     []auth.UsedBy // programs that have asked

	sheet  *sheet
	mode   *widgets.Radio
	listed *fyne.Container
	hosts  *widgets.Chips
	field  *widgets.Field
	save   *widgets.Button
	saving bool
}

// openHandOutRule reads the rule, then shows the sheet.
func (u *ui) openHandOutRule(t target) {
	var used []auth.UsedBy
	async(u.run, func(ctx context.Context) (auth.HandOutRule, error) {
		rule, err := u.engine.HandOutRule(ctx, t.row.ID)
		if err == nil {
			used, _ = u.engine.UsedBy(ctx, t.row.ID) // without it there is less to choose from
		}
		return rule, err
	}, func(rule auth.HandOutRule, err error) {
		switch {
		case err != nil:
			u.fail(err, t.row.ID)
		case u.listens(): // nothing else has been opened meanwhile
			u.showHandOutRule(t, rule, used)
		}
	})
}

func (u *ui) showHandOutRule(t target, rule auth.HandOutRule, used []auth.UsedBy) {
	w := &handOutSheet{u: u, t: t, was: rule, programs: slices.Clone(rule.Programs), used: used, listed: widgets.NewColumn(4)}
	w.mode = widgets.NewRadioList([]widgets.RadioOption{
		{Label: lang.L("Ask me"), About: lang.L("A window asks about each program that is not in the list below.")},
		{Label: lang.L("Every program of mine"), About: lang.L("Whatever runs under your account gets a token, without a question.")},
		{Label: lang.L("Only these programs"), About: lang.L("Those in the list below; all others are refused, without a question.")},
	}, max(slices.Index(handOutModes, rule.Mode), 0), func(int) { w.showPrograms() })
	w.hosts = widgets.NewChips(u.icons, lang.L("api.example.com, *.example.com"), func(host string) string {
		return lang.L("Remove {{.Host}}", map[string]any{"Host": host})
	}, rule.Hosts)
	w.field = widgets.NewField(u.icons, lang.L("Hosts that the tokens may be sent to"), false, w.hosts)
	w.field.ReplaceControl(w.hosts.Container)
	w.field.SetHint(lang.L("With a port where it is not the usual one: api.example.com:8443. Empty: anywhere; git gets a token only for a host that stands here."))
	w.hosts.OnChanged = func([]string) { w.field.SetError("") }
	w.hosts.OnHeight, w.field.OnHeight = w.refit, w.refit
	w.showPrograms()
	cancel := widgets.NewButton(lang.L("Cancel"), nil, w.cancel)
	w.save = widgets.NewPrimaryButton(lang.L("Save"), nil, w.submit)
	body := widgets.NewColumn(18, sheetTitle(lang.L("Who may use “{{.Name}}”", named(t.row.Name))), w.mode, w.listed, w.field.Object)
	w.sheet = u.openSheet(600, widgets.NewInset(24, 28, 20, 28, body), sheetFoot(nil, cancel, w.save), w.cancel)
	u.window.Canvas().Focus(w.mode)
}

func (w *handOutSheet) refit() {
	if w.sheet != nil {
		w.sheet.refit()
	}
}

// rule is what the sheet says now.
func (w *handOutSheet) rule() auth.HandOutRule {
	return auth.HandOutRule{Mode: handOutModes[w.mode.Current()], Programs: w.programs, Hosts: w.hosts.Names()}
}

// without leaves some programs out, whenever they were allowed.
func without(all, some []auth.Program) []auth.Program {
	return slices.DeleteFunc(slices.Clone(all), func(p auth.Program) bool {
		return slices.ContainsFunc(some, func(q auth.Program) bool { return p.Path == q.Path && p.Script == q.Script })
	})
}

func (w *handOutSheet) changed() bool {
	now := w.rule()
	return now.Mode != w.was.Mode || !slices.Equal(now.Programs, w.was.Programs) || !slices.Equal(now.Hosts, w.was.Hosts)
}

// cancel closes the sheet, asking first when something was changed.
func (w *handOutSheet) cancel() {
	w.u.window.Canvas().Unfocus() // what stands in the entry becomes a host
	switch {
	case w.saving:
	case !w.changed():
		w.sheet.close()
	default:
		w.u.askFirst(lang.L("Leave without saving?"), lang.L("What you changed will be lost."),
			lang.L("Keep editing"), lang.L("Discard"), w.sheet.close)
	}
}

// submit stores the rule.
func (w *handOutSheet) submit() {
	if w.saving {
		return
	}
	w.setSaving(true)
	rule, gone, added := w.rule(), without(w.was.Programs, w.programs), without(w.programs, w.was.Programs)
	async(w.u.run, func(ctx context.Context) (struct{}, error) {
		now, err := w.u.engine.HandOutRule(ctx, w.t.row.ID)
		if err != nil {
			return struct{}{}, err
		}
		// A question that was answered with “Always” meanwhile has put its program there.
		kept := without(now.Programs, gone)
		rule.Programs = append(kept, without(added, kept)...)
		return struct{}{}, w.u.engine.SetHandOutRule(ctx, w.t.row.ID, rule)
	}, func(_ struct{}, err error) {
		w.setSaving(false)
		var wrong auth.FieldErrors
		switch {
		case err == nil:
			w.sheet.close()
		case errors.As(err, &wrong) && len(wrong) > 0:
			w.field.SetError(told(wrong[0].Message))
			w.u.window.Canvas().Focus(w.hosts.Focusable())
			widgets.Reveal(w.field.Object)
		default:
			w.u.fail(err, w.t.row.ID)
		}
	})
}

func (w *handOutSheet) setSaving(on bool) {
	w.saving = on
	if on {
		w.save.Disable()
	} else {
		w.save.Enable()
	}
}

// ruleWords sum a rule up in one line.
func ruleWords(rule auth.HandOutRule) string {
	var parts []string
	n := number{len(rule.Programs)}
	switch rule.Mode {
	case auth.HandOutAnyone:
		parts = append(parts, lang.L("Every program of yours"))
	case auth.HandOutListed:
		switch len(rule.Programs) {
		case 0:
			parts = append(parts, lang.L("No program"))
		case 1:
			parts = append(parts, lang.L("Only {{.Name}}", named(plain(programOf(rule.Programs[0])))))
		default:
			parts = append(parts, lang.L("Only {{.N}} programs", n))
		}
	default:
		parts = append(parts, lang.L("Asks you"))
		switch len(rule.Programs) {
		case 0:
		case 1:
			parts = append(parts, lang.L("1 program allowed"))
		default:
			parts = append(parts, lang.L("{{.N}} programs allowed", n))
		}
	}
	switch len(rule.Hosts) {
	case 0:
	case 1, 2:
		parts = append(parts, lang.L("only {{.Hosts}}", map[string]any{"Hosts": strings.Join(rule.Hosts, lang.L(" and "))}))
	default:
		parts = append(parts, lang.L("only {{.N}} hosts", number{len(rule.Hosts)}))
	}
	return strings.Join(parts, "; ")
}
