package gui

import (
	"context"
	"strconv"

	"fyne.io/fyne/v2/lang"

	"tokenwell/auth"
)

// The refresh margin as it is typed, in minutes.
const (
	usualMargin = 5
	mostMargin  = 24 * 60
)

// openMargin reads how long before its end an access token is refreshed, and
// asks for another margin.
func (u *ui) openMargin() {
	async(u.run, u.engine.Settings, func(settings map[string]string, err error) {
		if err != nil {
			u.fail(err, "")
			return
		}
		seconds, _ := strconv.Atoi(settings[auth.SettingRefreshMargin])
		u.askNumber(numberQuestion{
			title: lang.L("When tokens are refreshed"),
			about: lang.L("An access token is refreshed when a tenth of its lifetime is left, and at least so long before its end. One that lives shorter is refreshed half way."),
			label: lang.L("Minutes before the end, at least"),
			hint:  lang.L("Leave it empty for {{.N}} minutes. It counts from the next refresh of each authorization.", number{usualMargin}),
			empty: strconv.Itoa(usualMargin), value: seconds / 60, most: mostMargin, save: u.setMargin,
		})
	})
}

// setMargin stores the margin; 0 minutes: the usual one.
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
