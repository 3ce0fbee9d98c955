package gui

import (
	"context"
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/widget"

	"tokenwell/auth"
	"tokenwell/gui/widgets"
)

// statusLine is the bottom line: counts by state at the left, what is being
// refreshed and the vault at the right.
type statusLine struct {
	u      *ui
	root   *fyne.Container
	total  *widgets.Text
	groups []*statusGroup
	busy   *statusNote
	net    *statusNote
	vault  *statusNote
	counts map[auth.State]int
	known  bool
	narrow bool
	// takeFirst gives the counts that were read while the window was being made.
	takeFirst func() (counts map[auth.State]int, ok bool, err error)
}

// statusGroupWords are the words behind the counts, long and short.
var statusGroupWords = map[stateGroup][2]string{
	groupActive:   {"{{.N}} active", "{{.N}} active"},
	groupSoon:     {"{{.N}} expiring or waiting", "{{.N}} expiring"},
	groupNeedsYou: {"{{.N}} need you", "{{.N}} need you"},
	groupIdle:     {"{{.N}} paused, revoked or new", "{{.N}} idle"},
}

func newStatusLine(u *ui) *statusLine {
	s := &statusLine{u: u, total: widgets.NewSmallText(""), takeFirst: ahead(u.run, u.engine.CountStates)}
	left := []fyne.CanvasObject{s.total}
	for group, ink := range []fyne.ThemeColorName{
		groupActive: widgets.ColorNameOK, groupSoon: widgets.ColorNameWarn,
		groupNeedsYou: widgets.ColorNameBad, groupIdle: widgets.ColorNameMuted,
	} {
		g := newStatusGroup(ink, stateGroup(group) == groupIdle)
		s.groups = append(s.groups, g)
		left = append(left, g.root)
	}
	s.busy = newStatusNote(u.icons.Icon("refresh"))
	s.net = newStatusNote(u.icons.Icon("cloud"))
	s.vault = newStatusNote(u.icons.Icon("lock"))
	row := widgets.NewRow(16, 1, true, widgets.NewRow(16, -1, true, left...), container.NewStack(), s.net.root, s.busy.root, s.vault.root)
	s.root = widgets.NewInset(0, 16, 0, 16, row)
	return s
}

// statusGroup is a dot with a count.
type statusGroup struct {
	root *fyne.Container
	text *widgets.Text
	ink  fyne.ThemeColorName
}

func newStatusGroup(ink fyne.ThemeColorName, hollow bool) *statusGroup {
	g := &statusGroup{ink: ink, text: widgets.NewSmallText("").Colored(ink)}
	g.root = widgets.NewRow(6, -1, true, newDot(ink, hollow), g.text)
	g.root.Hide()
	return g
}

// statusNote is an icon with a word.
type statusNote struct {
	root *fyne.Container
	icon *widgets.Glyph
	text *widgets.Text
}

func newStatusNote(icon fyne.Resource) *statusNote {
	n := &statusNote{icon: widgets.NewGlyph(icon, widgets.ColorNameMuted, 16), text: widgets.NewSmallText("")}
	n.root = widgets.NewRow(6, -1, true, n.icon, n.text)
	n.root.Hide()
	return n
}

func (n *statusNote) set(icon fyne.Resource, text string) {
	n.icon.Set(icon, widgets.ColorNameMuted)
	n.text.SetText(text)
	n.root.Hidden = text == ""
}

// readCounts reads the counts by state anew.
func (s *statusLine) readCounts() {
	async(s.u.run, func(ctx context.Context) (map[auth.State]int, error) {
		if counts, ok, err := s.takeFirst(); ok {
			return counts, err
		}
		return s.u.engine.CountStates(ctx)
	}, func(counts map[auth.State]int, err error) {
		if err != nil {
			s.u.log.Warn("states could not be counted", "error", err)
			return
		}
		s.counts, s.known = counts, true
		s.paint()
	})
}

// readVault reads whether the vault is open.
func (s *statusLine) readVault() {
	async(s.u.run, s.u.engine.VaultStatus, func(v auth.VaultStatus, err error) {
		switch {
		case err != nil:
			s.u.log.Warn("the vault's state could not be read", "error", err)
		case v.Open:
			s.vault.set(s.u.icons.Icon("unlock"), lang.L("Vault open"))
		case v.Exists:
			s.vault.set(s.u.icons.Icon("lock"), lang.L("Vault locked"))
		default:
			s.vault.set(s.u.icons.Icon("lock"), lang.L("No vault yet"))
		}
		widgets.Relayout(s.root)
	})
}

// readNetwork says so while there is no network: then nothing is refreshed.
func (s *statusLine) readNetwork() {
	word := ""
	if s.u.engine.Offline() {
		word = lang.L("Offline")
	}
	s.net.set(s.u.icons.Icon("warn"), word)
	widgets.Relayout(s.root)
}

func (s *statusLine) setNarrow(narrow bool) {
	if s.narrow != narrow {
		s.narrow = narrow
		s.paint()
	}
}

// paint writes the counts.
func (s *statusLine) paint() {
	if !s.known {
		return
	}
	total, byGroup, needs := 0, make([]int, len(s.groups)), 0
	for state, n := range s.counts {
		look := lookOf(state)
		total += n
		byGroup[look.group] += n
		if look.needsHuman {
			needs += n
		}
	}
	switch total {
	case 0:
		s.total.SetText(lang.L("No authorizations yet"))
	case 1:
		s.total.SetText(lang.L("1 authorization"))
	default:
		s.total.SetText(lang.L("{{.N}} authorizations", amount{grouped(total)}))
	}
	for i, g := range s.groups {
		words := statusGroupWords[stateGroup(i)]
		word := words[0]
		if s.narrow {
			word = words[1]
		}
		if stateGroup(i) == groupNeedsYou && byGroup[i] == 1 {
			word = "{{.N}} needs you"
		}
		g.text.SetText(lang.L(word, amount{grouped(byGroup[i])}))
		g.root.Hidden = byGroup[i] == 0
	}
	busy := ""
	if n := s.counts[auth.StateRefreshing]; n > 0 {
		busy = lang.L("Refreshing {{.N}}", amount{grouped(n)})
	}
	s.busy.set(s.u.icons.Icon("refresh"), busy)
	s.u.frame.rail.setBadge(needs)
	widgets.Relayout(s.root)
	s.root.Refresh()
}

// dot is a small round sign, filled or hollow.
type dot struct {
	widget.BaseWidget
	ink    fyne.ThemeColorName
	hollow bool
}

func newDot(ink fyne.ThemeColorName, hollow bool) *dot {
	d := &dot{ink: ink, hollow: hollow}
	d.ExtendBaseWidget(d)
	return d
}

// CreateRenderer implements fyne.Widget.
func (d *dot) CreateRenderer() fyne.WidgetRenderer {
	r := &dotRenderer{d: d, circle: canvas.NewCircle(color.Transparent)}
	r.Refresh()
	return r
}

type dotRenderer struct {
	d      *dot
	circle *canvas.Circle
}

func (r *dotRenderer) Destroy() {}

func (r *dotRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.circle} }

func (r *dotRenderer) MinSize() fyne.Size { return fyne.NewSquareSize(8) }

func (r *dotRenderer) Layout(size fyne.Size) {
	r.circle.Move(fyne.NewPos((size.Width-8)/2, (size.Height-8)/2))
	r.circle.Resize(fyne.NewSquareSize(8))
}

func (r *dotRenderer) Refresh() {
	ink := widgets.Color(r.d, r.d.ink)
	r.circle.FillColor, r.circle.StrokeColor, r.circle.StrokeWidth = ink, color.Transparent, 0
	if r.d.hollow {
		r.circle.FillColor, r.circle.StrokeColor, r.circle.StrokeWidth = color.Transparent, ink, 1.5
	}
	r.circle.Refresh()
}

// watch subscribes to the engine's events and reads anew what they are about.
func (u *ui) watch() (cancel func()) {
	list := u.run.coalesce(eventPause, u.reread)
	vault := u.run.coalesce(eventPause, u.vaultChanged)
	network := u.run.coalesce(eventPause, u.frame.status.readNetwork)
	services := u.run.coalesce(eventPause, u.servicesChanged)
	local := u.run.coalesce(eventPause, u.localChanged)
	activity := u.run.coalesce(activityPause, u.activityChanged)
	consent := u.run.coalesce(eventPause, u.asking.changed)
	return u.engine.Subscribe(func(e auth.Event) {
		switch e.Kind {
		case auth.EventVault:
			vault()
		case auth.EventList, auth.EventRefreshing:
			list()
			activity() // what comes with a commit is in it too
		case auth.EventNetwork:
			network()
		case auth.EventAttention:
			list()
			u.run.ui(func() { u.notifyAttention(e.ID) })
		case auth.EventEnding:
			u.run.ui(func() { u.notifyEnding(e.ID) })
		case auth.EventWanted:
			u.run.ui(func() { u.notifyWanted(e.ID) })
		case auth.EventActivity:
			activity()
		case auth.EventConsent:
			consent()
		case auth.EventServices:
			services()
		case auth.EventLocal:
			local()
		}
	})
}

// vaultChanged reads what depends on the vault. The table does not.
func (u *ui) vaultChanged() {
	u.frame.status.readVault()
	u.asking.offer()
	u.frame.home.readDetail()
	u.localChanged()
}

// reread reads the table, the detail pane and the counts.
func (u *ui) reread() {
	u.frame.home.reload()
	u.frame.status.readCounts()
	u.servicesChanged()
}
