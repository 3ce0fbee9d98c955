package gui

import (
	"context"
	"strconv"
	"strings"

	"fyne.io/fyne/v2/lang"

	"tokenwell/auth"
	"tokenwell/gui/widgets"
)

// The refresh margin as it is typed, in minutes.
const (
	usualMargin = 5
	mostMargin  = 24 * 60
)

// openMargin reads the margin and asks for a new one.
func (u *ui) openMargin() {
	async(u.run, u.engine.Settings, func(settings map[string]string, err error) {
		if err != nil {
			u.fail(err, "")
			return
		}
		seconds, _ := strconv.Atoi(settings[auth.SettingRefreshMargin])
		u.askMargin(seconds / 60)
	})
}

// askMargin asks how long before its end an access token is refreshed; 0 minutes: as usual.
func (u *ui) askMargin(minutes int) {
	var s *sheet
	input := widgets.NewInput(strconv.Itoa(usualMargin), false)
	if minutes > 0 {
		input.SetText(strconv.Itoa(minutes))
	}
	field := widgets.NewField(u.icons, lang.L("Minutes before the end, at least"), false, input)
	field.SetHint(lang.L("Leave it empty for {{.N}} minutes. It counts from the next refresh of each authorization.", number{usualMargin}))
	save := widgets.NewPrimaryButton(lang.L("Save"), nil, nil)
	save.OnTapped = func() {
		if minutes, ok := readMargin(input.Text()); ok {
			s.close()
			u.setMargin(minutes)
		}
	}
	input.Entry().OnChanged = func(text string) {
		if _, ok := readMargin(text); ok {
			field.SetError("")
			save.Enable()
		} else {
			field.SetError(lang.L("Enter a number from 1 to {{.Most}}, or nothing.", map[string]any{"Most": grouped(mostMargin)}))
			save.Disable()
		}
	}
	input.Entry().OnSubmitted = func(string) { save.Tapped(nil) }
	cancel := widgets.NewButton(lang.L("Cancel"), nil, func() { s.close() })
	body := widgets.NewInset(24, 28, 16, 28, widgets.NewColumn(12,
		sheetTitle(lang.L("When tokens are refreshed")),
		widgets.NewParagraph(lang.L("An access token is refreshed when a tenth of its lifetime is left, and at least so long before its end. One that lives shorter is refreshed half way.")).
			Colored(widgets.ColorNameMuted),
		field.Object))
	s = u.openSheet(480, body, sheetFoot(nil, cancel, save), func() { s.close() })
	field.OnHeight = s.refit
	u.window.Canvas().Focus(input.Focusable())
}

// setMargin stores the margin.
func (u *ui) setMargin(minutes int) {
	value := ""
	if minutes > 0 {
		value = strconv.Itoa(minutes * 60)
	}
	async(u.run, func(ctx context.Context) (struct{}, error) {
		return struct{}{}, u.engine.SetSetting(ctx, auth.SettingRefreshMargin, value)
	}, func(_ struct{}, err error) {
		if err != nil {
			u.fail(err, "")
		}
	})
}

// readMargin reads what was typed; nothing is the usual margin, which is 0.
func readMargin(text string) (minutes int, ok bool) {
	text = strings.TrimSpace(text)
	if text == "" {
		return 0, true
	}
	minutes, err := strconv.Atoi(text)
	return minutes, err == nil && minutes >= 1 && minutes <= mostMargin
}
