package gui

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"tokenwell/auth"
	"tokenwell/gui/widgets"
)

// choose shows an entry below the table, and looks whether its program is
// allowed for good.
func (s *activityScreen) choose(e auth.ActivityEntry) {
	s.chosen, s.allowed = e, nil
	s.showStrip()
	s.reads++
	if e.Kind != auth.WordHandOut || e.AuthorizationID == "" || e.Asker.Path == "" {
		return
	}
	n := s.reads
	async(s.u.run, func(ctx context.Context) (auth.HandOutRule, error) {
		return s.u.engine.HandOutRule(ctx, e.AuthorizationID)
	}, func(rule auth.HandOutRule, err error) {
		if n != s.reads || err != nil { // where the rule can't be read there is nothing to change
			return
		}
		if at := allowedAt(rule, e.Asker); at >= 0 {
			s.allowed = &rule.Programs[at]
			s.showStrip()
		}
	})
}

// allowedAt is where a program stands among those that are allowed for good, -1 for nowhere.
func allowedAt(rule auth.HandOutRule, a auth.Asker) int {
	return slices.IndexFunc(rule.Programs, func(p auth.Program) bool { return p.Path == a.Path && p.Script == a.Script })
}

// stripLines is the height of the lines below the strip's head, so that the
// table keeps its own from one entry to the next.
const stripLines float32 = 40

// showStrip tells all that is known of the selected entry.
func (s *activityScreen) showStrip() {
	e := s.chosen
	if s.sameStrip(e, s.allowed != nil) {
		return
	}
	if e.ID == 0 {
		s.setStrip(nil, nil)
		return
	}
	u := s.u
	head := widgets.NewRow(8, 1, true, widgets.NewText(activityWhat(&e)).Bold(), widgets.NewSmallText(strings.Join(s.facts(&e), ", ")).Shrinking())
	if s.allowed != nil {
		stop := widgets.NewButton(lang.L("Stop allowing"), nil, func() { u.stopAllowing(e.AuthorizationID, e.Name, e.Asker) })
		stop.Small = true
		head.Add(stop)
	}
	head.Add(u.copyButton(lang.L("Copy details"), true, func() { u.copyText(s.details(&e)) }))
	lines := widgets.NewColumn(4)
	add := func(label, value string, mono bool) {
		if value == "" {
			return
		}
		text := widgets.NewText(value).Sized(12).Shrinking()
		if mono {
			text.Mono()
		}
		lines.Add(widgets.NewFixed(0, 18, widgets.NewRow(8, 1, true, widgets.NewFixed(84, 0, widgets.NewSmallText(label)), text)))
	}
	if e.Kind == auth.WordHandOut {
		add(lang.L("Program"), programText(e.Asker), true)
	} else {
		add(lang.L("Authorization"), e.Name, false)
	}
	if why := s.why(&e); why != "" {
		add(lang.L("Why"), why, false)
	} else {
		add(lang.L("Scopes"), strings.Join(e.Scopes, " "), true)
	}
	s.setStrip(head, widgets.NewFixed(0, stripLines, lines))
}

// programText is a program's file with what it runs.
func programText(a auth.Asker) string { return strings.TrimSpace(a.Path + " " + a.Script) }

// facts are the small print beside the strip's title.
func (s *activityScreen) facts(e *auth.ActivityEntry) []string {
	out := []string{logTime(e.At, s.u.now())}
	if e.Kind == auth.WordHandOut {
		if e.Asker.PID > 0 {
			out = append(out, lang.L("process {{.N}}", number{e.Asker.PID}))
		}
		if e.Asker.User != "" {
			out = append(out, lang.L("user {{.Name}}", named(e.Asker.User)))
		}
		if s.allowed != nil {
			out = append(out, lang.L("allowed for good on {{.Day}}", map[string]any{"Day": s.allowed.Since.Local().Format("2 Jan 2006")}))
		}
		if e.Asker.Parent != "" {
			out = append(out, lang.L("started by {{.Name}}", named(e.Asker.Parent)))
		}
		if way, ok := purposeWords[e.Purpose]; ok {
			out = append(out, lang.L(way))
		}
	}
	shown := *e
	if s.allowed != nil { // which says why it got the token
		shown.Detail = strings.Join(slices.DeleteFunc(strings.Fields(e.Detail), func(word string) bool {
			return word == auth.ActivityDetailListed || word == auth.ActivityDetailAlways
		}), " ")
	}
	if detail := s.u.activityDetail(&shown); detail != "" {
		out = append(out, detail)
	}
	return out
}

// details are all that is known of an entry, a line each. There is no secret in it.
func (s *activityScreen) details(e *auth.ActivityEntry) string {
	var out []string
	add := func(label, value string) {
		if value != "" {
			out = append(out, label+": "+value)
		}
	}
	add(lang.L("What"), activityWhat(e))
	add(lang.L("Time"), fullDate(e.At))
	add(lang.L("Authorization"), e.Name)
	add(lang.L("Outcome"), lang.L(s.u.activityLook(e).word))
	if !went(e) {
		add(lang.L("Code"), e.Outcome)
	}
	add(lang.L("Why"), s.why(e))
	add(lang.L("Detail"), s.u.activityDetail(e))
	add(lang.L("Asked by"), activityWho(e))
	add(lang.L("Program"), e.Asker.Path)
	add(lang.L("Script"), e.Asker.Script)
	if e.Asker.PID > 0 {
		add(lang.L("Process"), strconv.Itoa(e.Asker.PID))
	}
	add(lang.L("User"), e.Asker.User)
	add(lang.L("Started by"), e.Asker.Parent)
	add(lang.L("Way"), string(e.Purpose))
	add(lang.L("Host"), e.Host)
	add(lang.L("Scopes"), strings.Join(e.Scopes, " "))
	return strings.Join(out, "\n") + "\n"
}

// openMenu shows what can be done with an entry.
func (s *activityScreen) openMenu(i int, at fyne.Position) {
	row := s.rows.row(i)
	if row == nil {
		return
	}
	e, u := *row, s.u
	items := []widgets.MenuItem{
		{Label: lang.L("Copy details"), Icon: u.icons.Icon("copy"), Action: func() { u.copyText(s.details(&e)) }},
	}
	if name := e.Asker.Name(); name != "" && e.Kind == auth.WordHandOut {
		items = append(items, widgets.MenuItem{Label: lang.L("Only this program"), Icon: u.icons.Icon("program"), Action: func() { s.only(name) }})
	}
	if e.Name != "" {
		items = append(items, widgets.MenuItem{Label: lang.L("Only this authorization"), Icon: u.icons.Icon("key"), Action: func() { s.only(e.Name) }})
	}
	if e.AuthorizationID != "" {
		items = append(items, widgets.MenuItem{Rule: true}, widgets.MenuItem{
			Label: lang.L("Show the authorization"), Icon: u.icons.Icon("right"),
			Action: func() { u.leaveFor(func() { u.showAuthorizations(e.AuthorizationID) }) },
		})
	}
	widgets.ShowMenu(u.window.Canvas(), at, items)
}

// only searches for words and leaves the filters as they are.
func (s *activityScreen) only(words string) {
	s.search.SetText(words)
	s.look()
}

// stopAllowing takes a program off those that get an authorization's tokens
// without being asked about; the toast undoes it.
func (u *ui) stopAllowing(id, name string, a auth.Asker) {
	var taken auth.Program
	u.changeRule(id, func(rule *auth.HandOutRule) {
		if at := allowedAt(*rule, a); at >= 0 {
			taken = rule.Programs[at]
			rule.Programs = slices.Delete(slices.Clone(rule.Programs), at, at+1)
		}
	}, func() {
		u.toast(lang.L("“{{.Program}}” no longer gets “{{.Name}}” unasked.", map[string]any{"Program": a.Name(), "Name": briefly(name)["Name"]}),
			lang.L("Undo"), func() {
				u.changeRule(id, func(rule *auth.HandOutRule) {
					if taken.Path != "" && allowedAt(*rule, a) < 0 {
						rule.Programs = append(slices.Clone(rule.Programs), taken)
					}
				}, func() {})
			})
	})
}

// changeRule changes who may have an authorization's tokens, then runs done.
func (u *ui) changeRule(id string, change func(*auth.HandOutRule), done func()) {
	async(u.run, func(ctx context.Context) (struct{}, error) {
		rule, err := u.engine.HandOutRule(ctx, id)
		if err != nil {
			return struct{}{}, err
		}
		change(&rule)
		return struct{}{}, u.engine.SetHandOutRule(ctx, id, rule)
	}, func(_ struct{}, err error) {
		if err != nil {
			u.fail(err, id)
			return
		}
		if s := u.frame.activity; s != nil && s.chosen.AuthorizationID == id {
			s.choose(s.chosen)
		}
		done()
	})
}
