package gui

import (
	"strconv"
	"strings"

	"fyne.io/fyne/v2/lang"

	"tokenwell/gui/widgets"
)

// mostRefreshes is the highest limit that can be typed.
const mostRefreshes = 1_000_000

// askLimit asks how many refreshes are allowed until the next sign-in.
func (u *ui) askLimit(t target) {
	var s *sheet
	d := t.detail
	input := widgets.NewInput(lang.L("Unlimited"), false)
	if limit := d.Authorization.RefreshLimit; limit > 0 {
		input.SetText(strconv.Itoa(limit))
	}
	field := widgets.NewField(u.icons, lang.L("Refreshes until the next sign-in"), false, input)
	hint := lang.L("Leave it empty for any number.")
	if used := limitText(d); used != "" {
		hint = used + ". " + hint
	}
	field.SetHint(hint)
	save := widgets.NewPrimaryButton(lang.L("Save"), nil, nil)
	save.OnTapped = func() {
		limit, ok := readLimit(input.Text())
		if !ok {
			return
		}
		s.close()
		u.setRefreshRule(t, d.Authorization.AutoRefresh, limit, func(error) {})
	}
	input.Entry().OnChanged = func(text string) {
		if _, ok := readLimit(text); ok {
			field.SetError("")
			save.Enable()
		} else {
			field.SetError(lang.L("Enter a number from 1 to {{.Most}}, or nothing.", map[string]any{"Most": grouped(mostRefreshes)}))
			save.Disable()
		}
	}
	input.Entry().OnSubmitted = func(string) { save.Tapped(nil) }
	cancel := widgets.NewButton(lang.L("Cancel"), nil, func() { s.close() })
	body := widgets.NewInset(24, 28, 16, 28, widgets.NewColumn(12,
		sheetTitle(lang.L("Limit of refreshes")),
		widgets.NewParagraph(lang.L("When the limit is used up, “{{.Name}}” is no longer refreshed until you authorize it again.", named(t.row.Name))).
			Colored(widgets.ColorNameMuted),
		field.Object))
	s = u.openSheet(480, body, sheetFoot(nil, cancel, save), func() { s.close() })
	field.OnHeight = s.refit
	u.window.Canvas().Focus(input.Focusable())
}

// readLimit reads what was typed; nothing is no limit, which is 0.
func readLimit(text string) (limit int, ok bool) {
	text = strings.TrimSpace(text)
	if text == "" {
		return 0, true
	}
	limit, err := strconv.Atoi(text)
	return limit, err == nil && limit >= 1 && limit <= mostRefreshes
}
