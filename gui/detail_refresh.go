package gui

import (
	"context"
	"strconv"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"tokenwell/auth"
	"tokenwell/gui/widgets"
)

// refreshCard says how the authorization stays fresh: the switch, the next
// try, how the last one ended and how many are left. Its parts stay while the
// data changes, so that the switch keeps the focus.
type refreshCard struct {
	u    *ui
	root *fyne.Container
	next *widgets.Text
	auto *widgets.Check
	last *widgets.Paragraph
	left *widgets.Text
	fail *widgets.Text
	rows struct{ last, fail, left *fyne.Container }

	target target
}

func newRefreshCard(u *ui) *refreshCard {
	c := &refreshCard{
		u: u, next: widgets.NewSmallText(""), last: widgets.NewParagraph(""),
		left: widgets.NewText("").Shrinking(), fail: widgets.NewText("").Colored(widgets.ColorNameBad).Shrinking(),
	}
	c.auto = widgets.NewCheck(u.icons, lang.L("Auto-refresh token"), c.toggle)
	change := widgets.NewSmallLink(lang.L("Change…"), nil, func() { u.askLimit(c.target) })
	c.rows.last = newFact(lang.L("Last attempt"), c.last)
	c.rows.fail = newFact(lang.L("Failures"), c.fail)
	c.rows.left = newFact(lang.L("Refreshes left"), widgets.NewRow(8, 0, true, c.left, change))
	c.root = widgets.NewColumn(0,
		widgets.NewRow(8, 0, true, widgets.NewText(lang.L("Automatic refresh")).Bold().Shrinking(), c.next),
		widgets.NewInset(8, 0, 8, 0, c.auto),
		widgets.NewColumn(4, c.rows.last, c.rows.fail, c.rows.left))
	return c
}

// set shows another authorization, or newer data of the same.
func (c *refreshCard) set(t target) {
	c.target = t
	d := t.detail
	info, _ := d.Authorization.Grant.Info()
	c.auto.SetChecked(d.Authorization.AutoRefresh)
	switch {
	case info.Renewal == auth.RenewNever:
		c.auto.SetCaption(lang.L("Only you can bring a new token for this grant."))
		c.auto.Disable()
	case d.Authorization.AutoRefresh && d.Status.Generation > 0 && !d.CanRefresh:
		c.auto.SetCaption(d.WhyNotRefresh)
		c.auto.Enable()
	default:
		c.auto.SetCaption("")
		c.auto.Enable()
	}
	s := d.Status
	c.rows.last.Hidden = s.LastOutcomeAt.IsZero()
	if !c.rows.last.Hidden {
		c.last.SetText(c.lastTry(s, d.Authorization.Grant))
	}
	c.rows.fail.Hidden = s.Failures == 0
	c.fail.SetText(lang.L("{{.N}} in a row", number{s.Failures}))
	c.rows.left.Hidden = info.Renewal == auth.RenewNever
	left, ink := leftText(d.RefreshesLeft), widgets.ColorNameText
	switch r := (auth.Row{Grant: d.Authorization.Grant, HasRefresh: s.HasRefresh}); {
	case !renews(&r, info, s.State): // a number would promise what can't be
		left, ink = dash, widgets.ColorNameMuted
	case d.RefreshesLeft == 0:
		ink = widgets.ColorNameBad
	}
	c.left.Set(left, ink)
	c.left.SetHint(limitText(d))
	c.tick(t)
}

// lastTry says when the last attempt was and how it ended: in a line of its own
// where that takes a sentence.
func (c *refreshCard) lastTry(s auth.Status, grant auth.Grant) string {
	when, how := clock(s.LastOutcomeAt, c.u.now()), c.u.outcomeText(s.LastOutcome, grant)
	if _, short := outcomeWords[s.LastOutcome]; short || how == s.LastOutcome {
		return when + ", " + how
	}
	return when + "\n" + how
}

// tick lets the time to the next try go on.
func (c *refreshCard) tick(t target) {
	text, hint := c.nextTry(t.detail)
	if c.next.Text() != text {
		c.next.SetText(text)
		widgets.Relayout(c.root)
	}
	c.next.SetHint(hint)
}

// nextTry says when the scheduler acts next.
func (c *refreshCard) nextTry(d *auth.Detail) (text, hint string) {
	s, now := d.Status, c.u.now()
	switch {
	case s.State == auth.StatePaused:
		return lang.L("paused"), ""
	case !d.Authorization.AutoRefresh:
		return lang.L("off"), ""
	case s.State == auth.StateRefreshing:
		return lang.L("refreshing now"), ""
	case s.NextRefreshAt.IsZero():
		return lang.L("no try is planned"), ""
	case c.u.engine.Offline():
		return lang.L("waits for the network"), ""
	case !s.NextRefreshAt.After(now):
		return lang.L("next try is due"), fullDate(s.NextRefreshAt)
	default:
		return lang.L("next try {{.When}}", map[string]any{"When": relative(s.NextRefreshAt, now)}), fullDate(s.NextRefreshAt)
	}
}

// toggle switches automatic refresh at once.
func (c *refreshCard) toggle(on bool) {
	c.u.setRefreshRule(c.target, on, c.target.detail.Authorization.RefreshLimit, func(err error) {
		if err != nil {
			c.auto.SetChecked(!on)
		}
	})
}

// setRefreshRule changes automatic refresh and its limit; what is wrong is
// shown, then done is called.
func (u *ui) setRefreshRule(t target, auto bool, limit int, done func(error)) {
	async(u.run, func(ctx context.Context) (struct{}, error) {
		return struct{}{}, u.engine.SetRefreshRule(ctx, t.row.ID, auto, limit)
	}, func(_ struct{}, err error) {
		if err != nil {
			u.fail(err, t.row.ID)
		}
		done(err)
	})
}

// leftText says how many refreshes the authorization's own limit still allows.
func leftText(left int) string {
	switch left {
	case auth.Unlimited:
		return lang.L("Unlimited")
	default:
		return lang.L("{{.N}} left", number{left})
	}
}

// limitText says how that came about.
func limitText(d *auth.Detail) string {
	if d.Authorization.RefreshLimit == 0 {
		return ""
	}
	return lang.L("{{.Used}} of {{.Limit}} used since the last sign-in", map[string]any{
		"Used": d.Status.Refreshes, "Limit": d.Authorization.RefreshLimit,
	})
}

// took writes how long something lasted.
func took(d time.Duration) string {
	if d < time.Second {
		return lang.L("{{.N}} ms", number{int(d.Milliseconds())})
	}
	return lang.L("{{.S}} s", map[string]any{"S": strconv.FormatFloat(d.Seconds(), 'f', 1, 64)})
}
