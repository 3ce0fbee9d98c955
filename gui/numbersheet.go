package gui

import (
	"strconv"
	"strings"

	"fyne.io/fyne/v2/lang"

	"tokenwell/gui/widgets"
)

// numberQuestion asks for a whole number from 1 to most; an empty answer is 0.
// The texts are translated already.
type numberQuestion struct {
	title, about, label, hint string
	empty                     string // stands in the field while it is empty
	value, most               int
	save                      func(n int)
}

// askNumber opens a sheet with a question. It saves nothing that is not such a number.
func (u *ui) askNumber(q numberQuestion) {
	var s *sheet
	input := widgets.NewInput(q.empty, false)
	if q.value > 0 {
		input.SetText(strconv.Itoa(q.value))
	}
	field := widgets.NewField(u.icons, q.label, false, input)
	field.SetHint(q.hint)
	save := widgets.NewPrimaryButton(lang.L("Save"), nil, nil)
	save.OnTapped = func() {
		n, ok := readNumber(input.Text(), q.most)
		if !ok {
			return
		}
		s.close()
		q.save(n)
	}
	input.Entry().OnChanged = func(text string) {
		if _, ok := readNumber(text, q.most); ok {
			field.SetError("")
			save.Enable()
		} else {
			field.SetError(lang.L("Enter a number from 1 to {{.Most}}, or nothing.", map[string]any{"Most": grouped(q.most)}))
			save.Disable()
		}
	}
	input.Entry().OnSubmitted = func(string) { save.Tapped(nil) }
	cancel := widgets.NewButton(lang.L("Cancel"), nil, func() { s.close() })
	body := widgets.NewInset(24, 28, 20, 28, widgets.NewColumn(12,
		sheetTitle(q.title), widgets.NewParagraph(q.about).Colored(widgets.ColorNameMuted), field.Object))
	s = u.openSheet(480, body, sheetFoot(nil, cancel, save), func() { s.close() })
	field.OnHeight = s.refit
	u.window.Canvas().Focus(input.Focusable())
}

// readNumber reads what was typed; nothing is 0.
func readNumber(text string, most int) (n int, ok bool) {
	text = strings.TrimSpace(text)
	if text == "" {
		return 0, true
	}
	n, err := strconv.Atoi(text)
	return n, err == nil && n >= 1 && n <= most
}
