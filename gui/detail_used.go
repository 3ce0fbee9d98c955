package gui

import (
	"context"
	"reflect"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"tokenwell/auth"
	"tokenwell/gui/widgets"
)

// usedCard tells where an authorization is used: the programs that asked for its
// tokens.
type usedCard struct {
	u      *ui
	root   *fyne.Container
	lines  *fyne.Container
	height func() // it has become higher or lower

	id, name string
	seq      int
	shown    []auth.UsedBy
	known    bool // the lines are those of id
	day      string
}

// usedLines is how many programs are listed; the Activity screen has the rest.
const usedLines = 4

func newUsedCard(u *ui, height func()) *usedCard {
	c := &usedCard{u: u, height: height, lines: widgets.NewColumn(4)}
	c.root = widgets.NewColumn(6, widgets.NewText(lang.L("Where it is used")).Bold(), c.lines)
	return c
}

// set shows the programs of another authorization, and reads them anew.
func (c *usedCard) set(t target) {
	if c.id != t.row.ID {
		c.id, c.shown, c.known, c.lines.Objects = t.row.ID, nil, false, nil
	}
	c.name = t.row.Name
	c.reload()
}

// reload reads which programs have asked.
func (c *usedCard) reload() {
	if c.id == "" {
		return
	}
	c.seq++
	seq, id := c.seq, c.id
	async(c.u.run, func(ctx context.Context) ([]auth.UsedBy, error) { return c.u.engine.UsedBy(ctx, id) },
		func(used []auth.UsedBy, err error) {
			if seq == c.seq {
				c.show(used, err)
			}
		})
}

// show lists the programs; nothing is drawn anew where nothing has changed.
func (c *usedCard) show(used []auth.UsedBy, err error) {
	if day := dayOf(c.u.now()); err == nil && c.known && day == c.day && reflect.DeepEqual(used, c.shown) {
		return
	}
	c.shown, c.known, c.day = used, err == nil, dayOf(c.u.now())
	c.lines.Objects = nil
	switch {
	case err != nil:
		c.lines.Add(widgets.NewCaption(lang.L("What programs asked for could not be read.")))
	case len(used) == 0:
		c.lines.Add(widgets.NewCaption(lang.L("No program has asked for it yet.")))
	}
	for i, by := range used {
		if i == usedLines {
			break
		}
		c.lines.Add(c.line(by))
	}
	if len(used) > 0 {
		label := lang.L("Show in Activity")
		if more := len(used) - usedLines; more > 0 {
			label = lang.L("Show {{.N}} more in Activity", number{more})
		}
		c.lines.Add(widgets.NewRow(0, -1, true, widgets.NewSmallLink(label, nil, func() { c.u.showActivityOf(c.name) })))
	}
	c.height()
}

// line is one program: whether it got a token, its name, how often and when.
func (c *usedCard) line(by auth.UsedBy) fyne.CanvasObject {
	icon, ink, word := "check", widgets.ColorNameOK, lang.L("allowed")
	if !by.Allowed {
		icon, ink, word = "close", widgets.ColorNameBad, lang.L("refused")
	}
	text := widgets.NewText(askerName(by.Asker)).Sized(13).Shrinking()
	text.SetHint(programText(by.Asker))
	when := widgets.NewSmallText(word + ", " + clock(by.Last, c.u.now()))
	hint := fullDate(by.Last)
	if by.Count > 1 {
		hint += "\n" + lang.L("{{.N}} requests are kept", map[string]any{"N": grouped(by.Count)})
	}
	when.SetHint(hint)
	return widgets.NewRow(8, 1, true, widgets.NewGlyph(c.u.icons.Icon(icon), ink, 14), text, when)
}
