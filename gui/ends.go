package gui

import (
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"tokenwell/auth"
	"tokenwell/gui/widgets"
)

// end is something of an authorization that runs out.
type end struct {
	label string // English, the key of the translation
	at    time.Time
	about bool          // the time is an estimate
	soon  time.Duration // how long before its end it is marked
	ink   fyne.ThemeColorName
}

// laneTops are where the lanes of the table begin in their row: access token,
// sign-in, client secret.
var laneTops = []float32{10, 16, 22}

// secretSoon is how long before its end a client secret is marked.
const secretSoon = 14 * 24 * time.Hour

// endsOf are what runs out, in the order of laneTops; a zero time: nothing known.
func endsOf(r *auth.Row, state auth.State) [3]end {
	ends := [3]end{
		{label: "Access token", at: r.Expiry.At, soon: auth.ExpiringBefore, ink: widgets.ColorNameAccent},
		{label: "Sign-in", at: r.SignInEnds, about: true, soon: signInSoon, ink: widgets.ColorNameSignIn},
		{label: "Client secret", at: r.SecretEnds, soon: secretSoon, ink: widgets.ColorNameSignIn},
	}
	if !holdsToken(state) && state != auth.StatePaused {
		ends[0].at, ends[1].at = time.Time{}, time.Time{}
	}
	return ends
}

// look is the colour and the length of its lane: red and no length when it is over.
func (e end) look(now time.Time) (ink fyne.ThemeColorName, share float32) {
	switch left := e.at.Sub(now); {
	case left <= 0:
		return widgets.ColorNameBad, 0
	case left < e.soon:
		return widgets.ColorNameWarn, widgets.TimeScale(left)
	default:
		return e.ink, widgets.TimeScale(left)
	}
}

// text says when it ends.
func (e end) text(now time.Time) string {
	left := e.at.Sub(now)
	when := map[string]any{"When": relative(e.at, now)}
	switch {
	case left <= 0:
		return lang.L("ended {{.When}}", when)
	case left < 36*time.Hour:
		return relative(e.at, now)
	}
	day := map[string]any{"Day": e.at.Local().Format("2 Jan 2006")}
	if e.about {
		return lang.L("about {{.Day}}", day)
	}
	return day["Day"].(string)
}

// endsTip is the tooltip of the lanes: each end in a line.
func endsTip(ends [3]end, now time.Time) string {
	var lines []string
	for _, e := range ends {
		if !e.at.IsZero() {
			lines = append(lines, lang.L("{{.What}}: {{.When}}", map[string]any{"What": lang.L(e.label), "When": e.text(now)}))
		}
	}
	return strings.Join(lines, "\n")
}

// endsLegend explains the lanes, below the table.
func endsLegend() *fyne.Container {
	row := widgets.NewRow(16, -1, true, widgets.NewSmallText(lang.L("Time left, now to one year:")))
	for i, word := range []string{lang.L("access token"), lang.L("sign-in"), lang.L("client secret")} {
		sign := widgets.NewColumn(2)
		for lane := range laneTops {
			ink := widgets.ColorNameTrack
			switch {
			case lane != i:
			case i == 0:
				ink = widgets.ColorNameAccent
			default:
				ink = widgets.ColorNameSignIn
			}
			sign.Add(widgets.NewFixed(16, 3, widgets.NewPanel(ink, "", 1.5)))
		}
		row.Add(widgets.NewRow(6, -1, true, sign, widgets.NewSmallText(word)))
	}
	return row
}

// legendLayout puts the legend below the last row, where there is room and the
// lanes are shown.
type legendLayout struct{ t *rowTable }

const legendGap float32 = 12

// MinSize implements fyne.Layout.
func (*legendLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(0, 0) }

// Layout implements fyne.Layout.
func (l *legendLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	legend := objects[0]
	least := legend.MinSize()
	top := l.t.top(l.t.length) + legendGap
	lanes := slices.ContainsFunc(l.t.columns, func(c placed) bool { return c.kind == cellLane })
	setShown(legend, l.t.length > 0 && lanes && top+least.Height+legendGap <= size.Height && least.Width+2*tableMargin <= size.Width)
	legend.Move(fyne.NewPos(tableMargin, top))
	legend.Resize(least)
}
