package gui

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/lang"

	"tokenwell/auth"
	"tokenwell/gui/widgets"
)

// clientLine is one line of the list.
type clientLine struct {
	client *auth.LocalClient
	about  string // said below the name
}

// clientList is the list of clients, each with its state.
type clientList struct {
	sideList
	lines []clientLine
}

var (
	_ fyne.Tappable          = (*clientList)(nil)
	_ fyne.SecondaryTappable = (*clientList)(nil)
	_ fyne.Focusable         = (*clientList)(nil)
	_ desktop.Hoverable      = (*clientList)(nil)
)

func newClientList(choose func(int), menu func(int, fyne.Position), key func(*fyne.KeyEvent)) *clientList {
	l := &clientList{}
	l.choose, l.onMenu, l.onKey = choose, menu, key
	l.start(l, func() sideContent { return newClientText(l) })
	return l
}

// setLines changes what there is and which line is chosen, -1 for none; top
// scrolls to the beginning.
func (l *clientList) setLines(lines []clientLine, current int, top bool) {
	l.lines = lines
	l.lay(len(lines), func(int) float32 { return sideLineHeight }, current, top)
}

// The looks of a client.
var (
	clientActive   = widgets.PillLook{Word: "Active", Ink: widgets.ColorNameOK, Tint: widgets.ColorNameOKTint}
	clientInactive = widgets.PillLook{Word: "Inactive", Ink: widgets.ColorNameIdle, Tint: widgets.ColorNameIdleTint, Hollow: true}
)

// activeLook is how something that can be switched off looks.
func activeLook(active bool) widgets.PillLook {
	look := clientInactive
	if active {
		look = clientActive
	}
	look.Word = lang.L(look.Word)
	return look
}

// clientText is what stands in a line: name and version of a client, what is
// said about it, and its state.
type clientText struct {
	l                    *clientList
	name, version, about *canvas.Text
	pill                 *widgets.PillParts
}

func newClientText(l *clientList) *clientText {
	text := func() *canvas.Text { return canvas.NewText("", color.Transparent) }
	t := &clientText{l: l, name: text(), version: text(), about: text(), pill: widgets.NewPillParts()}
	t.name.TextSize, t.version.TextSize, t.about.TextSize = 14, 14, 12
	return t
}

func (t *clientText) objects() []fyne.CanvasObject {
	return append([]fyne.CanvasObject{t.name, t.version, t.about}, t.pill.Objects()...)
}

func (t *clientText) whole(i int) string {
	line := t.l.lines[i]
	switch title := clientTitle(*line.client); {
	case t.name.Text+" "+t.version.Text != title:
		return title
	case t.about.Text != line.about:
		return line.about
	}
	return ""
}

func (t *clientText) show(i int, size fyne.Size) {
	line := t.l.lines[i]
	t.pill.Set(activeLook(line.client.Active), t.l.color, true)
	pill := t.pill.Width()
	t.pill.Place(size.Width-sideLineText-pill, (size.Height-widgets.PillHeight)/2, pill)
	room, plain := size.Width-2*sideLineText-pill-8, fyne.TextStyle{}
	t.version.Text = widgets.Ellipsize(line.client.Version, room/3, 14, plain)
	version := t.version.MinSize()
	t.name.Text = widgets.Ellipsize(line.client.Name, room-version.Width-5, 14, plain)
	t.about.Text = widgets.Ellipsize(line.about, room, 12, plain)
	t.name.Color = t.l.color(widgets.ColorNameText)
	t.version.Color, t.about.Color = t.l.color(widgets.ColorNameMuted), t.l.color(widgets.ColorNameMuted)
	name, about := t.name.MinSize(), t.about.MinSize()
	top := (size.Height - name.Height - about.Height) / 2
	put(t.name, fyne.NewPos(sideLineText, top), name)
	put(t.version, fyne.NewPos(sideLineText+name.Width+5, top), version)
	put(t.about, fyne.NewPos(sideLineText, top+name.Height), fyne.NewSize(room, about.Height))
	for _, o := range []fyne.CanvasObject{t.name, t.version, t.about} {
		o.Refresh()
	}
}
