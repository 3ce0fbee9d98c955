package gui

import "fyne.io/fyne/v2/lang"

// mostRefreshes is the highest limit that can be typed.
const mostRefreshes = 1_000_000

// askLimit asks how many refreshes are allowed until the next sign-in.
func (u *ui) askLimit(t target) {
	d := t.detail
	hint := lang.L("Leave it empty for any number.")
	if used := limitText(d); used != "" {
		hint = used + ". " + hint
	}
	u.askNumber(numberQuestion{
		title: lang.L("Limit of refreshes"),
		about: lang.L("When the limit is used up, “{{.Name}}” is no longer refreshed until you authorize it again.", named(t.row.Name)),
		label: lang.L("Refreshes until the next sign-in"), hint: hint, empty: lang.L("Unlimited"),
		value: d.Authorization.RefreshLimit, most: mostRefreshes,
		save: func(limit int) { u.setRefreshRule(t, d.Authorization.AutoRefresh, limit, func(error) {}) },
	})
}
