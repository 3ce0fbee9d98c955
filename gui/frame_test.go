package gui

import (
	"bytes"
	"log/slog"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"github.com/stretchr/testify/assert"

	"tokenwell/auth"
	"tokenwell/gui/guitest"
)

func TestNarrowWindowKeepsIconsAndShortWords(t *testing.T) {
	atDesk(t, wide, fourteen, func(d *desk) {
		assert.True(t, d.shows("3 expiring or waiting"))
		d.w.u.window.Resize(tight)
		assert.True(t, d.shows("3 expiring"))
		assert.False(t, d.shows("3 expiring or waiting"))
		assert.Equal(t, railNarrow, d.w.u.frame.rail.Size().Width)
		assert.Equal(t, "Authorizations", d.w.u.frame.rail.items[0].ToolTip(), "an icon alone has a tooltip")
	})
}

func TestBadgeCountsWhatNeedsTheUser(t *testing.T) {
	atDesk(t, wide, fourteen, func(d *desk) {
		assert.Equal(t, 3, d.w.u.frame.rail.items[0].badge)
		assert.True(t, d.shows("3 need you"))
		d.engine.Put(sample("04", "GitHub issues export", "github", "GitHub", auth.StateNeedsAttention, 0), auth.Secret{})
		d.engine.Emit(auth.Event{Kind: auth.EventList})
		d.wait(time.Second)
		assert.Equal(t, 4, d.w.u.frame.rail.items[0].badge)
	})
}

func TestTheLargestBadgeStandsBesideTheLongestLabel(t *testing.T) {
	atDesk(t, wide, fourteen, func(d *desk) {
		status := d.w.u.frame.status
		status.counts = map[auth.State]int{auth.StateActive: 7_987, auth.StateNeedsSignIn: 2_013}
		status.paint()
		assert.True(t, d.shows("10,000 authorizations"))
		assert.True(t, d.shows("2,013 need you"))
		r := test.WidgetRenderer(d.w.u.frame.rail.items[0]).(*railItemRenderer)
		assert.Equal(t, "99+", r.count.Text)
		assert.Greater(t, r.badge.Position().X, r.label.Position().X+r.label.MinSize().Width)
	})
}

func TestThemeCanBeSetAndIsRemembered(t *testing.T) {
	atDesk(t, wide, few, func(d *desk) {
		for _, item := range d.menuItem("Theme").ChildMenu.Items {
			if item.Label == "Dark" {
				item.Action()
			}
		}
		d.wait(2 * time.Second)
		assert.Equal(t, "dark", d.engine.Stored()[keyTheme])
		assert.Equal(t, themeDark, d.w.u.app.Settings().Theme().(*Theme).choice)
	})
}

func TestPrefsAreCheckedWhenTheyAreRead(t *testing.T) {
	first := readPrefs(nil)
	assert.Equal(t, fyne.NewSize(firstWidth, firstHeight), first.size)
	assert.Equal(t, auth.ColumnName, first.sort)
	assert.Equal(t, first.settings(), readPrefs(first.settings()).settings(), "what is stored comes back")

	for _, broken := range []map[string]string{
		{keyWidth: "12", keyHeight: "-5"},
		{keyWidth: "NaN", keyHeight: "1e30"},
		{keyWidth: "a", keyHeight: "", keySplit: "7", keySort: "robert'); drop table", keyState: "odd", keyTheme: "pink", keyHidden: "name,state,odd"},
	} {
		p := readPrefs(broken)
		assert.GreaterOrEqual(t, p.size.Width, leastWidth, broken)
		assert.GreaterOrEqual(t, p.size.Height, leastHeight, broken)
		assert.LessOrEqual(t, p.size.Height, mostSide, broken)
		assert.InDelta(t, firstSplit, p.split, 0.001)
		assert.Equal(t, auth.ColumnName, p.sort)
		assert.Empty(t, p.state)
		assert.Equal(t, themeSystem, p.theme)
		assert.Empty(t, p.hidden, "columns that always stay can't be put away")
	}
}

func TestWindowComesBackAsItWas(t *testing.T) {
	atDesk(t, wide, func(e *guitest.Engine) {
		few(e)
		for key, value := range map[string]string{
			keyWidth: "1300", keyHeight: "800", keySort: "service", keyDesc: "true",
			keyState: string(auth.StateActive), keyHidden: "grant",
		} {
			e.Preset(key, value)
		}
	}, func(d *desk) {
		q := d.engine.Queries[0]
		assert.Equal(t, auth.ColumnService, q.Sort)
		assert.True(t, q.Desc)
		assert.Equal(t, []auth.State{auth.StateActive}, q.States)
		assert.False(t, d.shows("Grant"))
		assert.Equal(t, fyne.NewSize(1300, 800), d.w.u.prefs.size)
	})
}

func TestWindowComesBackToItsLastScreen(t *testing.T) {
	atLocal(t, wide, nil, func(d *desk, _ *guitest.Registry, s *localScreen) {
		d.w.u.shutDown()
		settings, err := d.engine.Settings(t.Context())
		assert.NoError(t, err)
		assert.Equal(t, "Local server", settings[keyScreen])
	})
	for stored, here := range map[string]func(*frame) bool{
		"":             func(f *frame) bool { return f.shown == f.home },
		"nowhere":      func(f *frame) bool { return f.shown == f.home },
		"Local server": func(f *frame) bool { return f.shown == f.home }, // there is none
		"Services":     func(f *frame) bool { return f.services != nil && f.shown == f.services },
		"Help":         func(f *frame) bool { return f.help != nil && f.shown == f.help },
	} {
		atDesk(t, wide, func(e *guitest.Engine) {
			few(e)
			e.Preset(keyScreen, stored)
		}, func(d *desk) { assert.True(t, here(d.w.u.frame), stored) })
	}
}

func TestFrameWatchLogsGaps(t *testing.T) {
	var out bytes.Buffer
	now := time.Unix(1000, 0)
	w := &frameWatch{
		log: slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug})),
		now: func() time.Time { return now },
	}
	w.tick()
	now = now.Add(100 * time.Millisecond)
	w.tick()
	assert.NotContains(t, out.String(), "frame gap", "100 ms are allowed")
	now = now.Add(130 * time.Millisecond)
	w.tick()
	assert.Contains(t, out.String(), `msg="frame gap" ms=130`)
	for range 1000 {
		now = now.Add(16 * time.Millisecond)
		w.tick()
	}
	assert.Contains(t, out.String(), "longest_gap_ms=130")
}

func TestRelativeTimes(t *testing.T) {
	now := time.Date(2026, 11, 20, 13, 23, 0, 0, time.Local)
	for want, at := range map[string]time.Time{
		"in under 1 min": now.Add(30 * time.Second),
		"in 42 min":      now.Add(42*time.Minute + 20*time.Second),
		"in 68 min":      now.Add(68 * time.Minute),
		"in 9 h":         now.Add(9 * time.Hour),
		"in 30 days":     now.Add(30 * 24 * time.Hour),
		"just now":       now.Add(-30 * time.Second),
		"5 min ago":      now.Add(-5 * time.Minute),
		"2 h ago":        now.Add(-2 * time.Hour),
		"yesterday":      now.Add(-20 * time.Hour),
		"Nov 2025":       now.AddDate(-1, 0, -14),
		"6 Nov":          now.Add(-14 * 24 * time.Hour),
	} {
		assert.Equal(t, want, relative(at, now))
	}
	january := time.Date(2027, 1, 2, 13, 23, 0, 0, time.Local)
	assert.Equal(t, "30 Dec", relative(january.AddDate(0, 0, -3), january), "last year's, and clear all the same")
	assert.Equal(t, "today 14:05", clock(now.Add(42*time.Minute), now))
	assert.Equal(t, "tomorrow 13:23", clock(now.Add(24*time.Hour), now))
	assert.Equal(t, "yesterday 13:23", clock(now.Add(-24*time.Hour), now))
	assert.Equal(t, "18 Feb 2027 13:23", clock(now.AddDate(0, 0, 90), now))
}
