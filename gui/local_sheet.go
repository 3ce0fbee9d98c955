package gui

import (
	"context"
	"errors"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"tokenwell/auth"
	"tokenwell/gui/widgets"
)

// savingSheet is a sheet with the fields of something that its button stores. It
// stays open, with everything typed, until that has succeeded.
type savingSheet struct {
	u      *ui
	sheet  *sheet
	column *fyne.Container
	fields map[string]*widgets.Field // by the names of auth.LocalField
	order  []string
	save   *widgets.Button
	verb   string
	check  func() bool // finds what is wrong before anything is stored; nil: nothing
	store  func() func(ctx context.Context) error
	done   func()
	dirty  bool
	saving bool
}

// openSavingSheet opens a sheet whose fields fill makes; verb is the button that
// stores. What store returns, with the values as they are then, runs off the UI
// thread, and then done.
func (u *ui) openSavingSheet(title, verb string, fill func(*savingSheet), store func() func(ctx context.Context) error, done func()) *savingSheet {
	s := &savingSheet{u: u, verb: verb, column: widgets.NewColumn(12, sheetTitle(title)), fields: map[string]*widgets.Field{}, store: store, done: done}
	fill(s)
	cancel := widgets.NewButton(lang.L("Cancel"), nil, s.cancel)
	s.save = widgets.NewPrimaryButton(verb, nil, s.submit)
	s.sheet = u.openSheet(520, widgets.NewInset(24, 28, 20, 28, s.column), sheetFoot(nil, cancel, s.save), s.cancel)
	return s
}

// text adds a field of one line; typed is told each change.
func (s *savingSheet) text(name, label, value string, kind textKind, typed func(string)) {
	in := widgets.NewInput(kind.placeholder, kind.mono)
	in.SetText(value)
	s.add(name, widgets.NewField(s.u.icons, label, kind.required, in), in, func(v string) { typed(strings.TrimSpace(v)) })
	s.fields[name].SetHint(kind.hint)
}

// add adds a field whose input it is.
func (s *savingSheet) add(name string, w *widgets.Field, in *widgets.Input, typed func(string)) {
	w.OnHeight = func() {
		if s.sheet != nil {
			s.sheet.refit()
		}
	}
	in.Entry().OnChanged = func(v string) {
		s.dirty = true
		w.SetError("")
		typed(v)
	}
	in.Entry().OnSubmitted = func(string) { s.submit() }
	s.fields[name] = w
	s.order = append(s.order, name)
	s.column.Add(w.Object)
}

// lock makes a field read only and says why.
func (s *savingSheet) lock(name, why string) {
	s.fields[name].Control.(*widgets.Input).SetReadOnly(true)
	s.fields[name].SetNote(why)
}

// begin puts the cursor into the first field that can be changed.
func (s *savingSheet) begin() {
	for _, name := range s.order {
		in := s.fields[name].Control.Focusable()
		if o, ok := in.(fyne.Disableable); !ok || !o.Disabled() {
			s.u.window.Canvas().Focus(in)
			return
		}
	}
}

// cancel closes the sheet, asking first when something was typed.
func (s *savingSheet) cancel() {
	switch {
	case s.saving:
	case !s.dirty:
		s.sheet.close()
	default:
		s.u.askFirst(lang.L("Leave without saving?"), lang.L("What you typed will be lost."),
			lang.L("Keep editing"), lang.L("Discard"), s.sheet.close)
	}
}

// submit stores.
func (s *savingSheet) submit() {
	if s.saving || s.check != nil && !s.check() {
		return
	}
	s.setSaving(true)
	work := s.store()
	async(s.u.run, func(ctx context.Context) (struct{}, error) { return struct{}{}, work(ctx) }, func(_ struct{}, err error) {
		s.setSaving(false)
		var wrong auth.FieldErrors
		switch {
		case err == nil:
			s.sheet.close()
			s.done()
		case errors.As(err, &wrong):
			s.refused(wrong)
		default:
			s.u.failLocal(err)
		}
	})
}

func (s *savingSheet) setSaving(on bool) {
	s.saving = on
	if on {
		s.save.SetText(lang.L("Saving…"))
		s.save.Disable()
		return
	}
	s.save.SetText(s.verb)
	s.save.Enable()
}

// refused shows what is wrong beside the fields and goes to the first.
func (s *savingSheet) refused(wrong auth.FieldErrors) {
	first := ""
	for _, name := range s.order {
		for _, f := range wrong {
			if f.Field == auth.LocalField(name) {
				s.fields[name].SetError(told(f.Message))
				if first == "" {
					first = name
				}
				break
			}
		}
	}
	if first == "" {
		s.u.fail(wrong, "")
		return
	}
	s.sheet.refit()
	s.u.window.Canvas().Focus(s.fields[first].Control.Focusable())
}
