package gui

import (
	"image/color"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/lang"

	"tokenwell/auth"
	"tokenwell/gui/widgets"
)

// serviceLine is one line of the list: a heading, or a service.
type serviceLine struct {
	heading string
	entry   *auth.ServiceEntry // nil for a heading
	about   string             // said below the name
}

// serviceList is the list of services under their headings.
type serviceList struct {
	sideList
	lines []serviceLine
}

var (
	_ fyne.Tappable          = (*serviceList)(nil)
	_ fyne.SecondaryTappable = (*serviceList)(nil)
	_ fyne.Focusable         = (*serviceList)(nil)
	_ desktop.Hoverable      = (*serviceList)(nil)
)

const serviceHeadingHeight float32 = 34

func newServiceList(choose func(int), menu func(int, fyne.Position), key func(*fyne.KeyEvent)) *serviceList {
	l := &serviceList{}
	l.choose, l.onMenu, l.onKey = choose, menu, key
	l.skips = func(i int) bool { return l.lines[i].entry == nil }
	l.start(l, func() sideContent { return newServiceText(l) })
	return l
}

// setLines changes what there is and which line is chosen, -1 for none; top
// scrolls to the beginning.
func (l *serviceList) setLines(lines []serviceLine, current int, top bool) {
	l.lines = lines
	l.lay(len(lines), func(i int) float32 {
		if lines[i].entry == nil {
			return serviceHeadingHeight
		}
		return sideLineHeight
	}, current, top)
}

// serviceText is what stands in a line: a heading, or the name of a service with
// what is said about it.
type serviceText struct {
	l           *serviceList
	name, about *canvas.Text
}

func newServiceText(l *serviceList) *serviceText {
	t := &serviceText{l: l, name: canvas.NewText("", color.Transparent), about: canvas.NewText("", color.Transparent)}
	t.about.TextSize = 12
	return t
}

func (t *serviceText) objects() []fyne.CanvasObject { return []fyne.CanvasObject{t.name, t.about} }

func (t *serviceText) whole(i int) string {
	line := t.l.lines[i]
	if line.entry != nil && (t.name.Text != line.entry.Service.Name || t.about.Text != line.about) {
		return line.entry.Service.Name + "\n" + line.about
	}
	return ""
}

func (t *serviceText) show(i int, size fyne.Size) {
	line, room := t.l.lines[i], size.Width-2*sideLineText
	text, style, points, ink := line.heading, fyne.TextStyle{Bold: true}, float32(12), widgets.ColorNameMuted
	if line.entry != nil {
		text, style, points, ink = line.entry.Service.Name, fyne.TextStyle{}, 14, widgets.ColorNameText
	}
	t.name.TextSize, t.name.TextStyle, t.name.Color = points, style, t.l.color(ink)
	t.name.Text = widgets.Ellipsize(text, room, points, style)
	t.about.Text = widgets.Ellipsize(line.about, room, 12, fyne.TextStyle{})
	t.about.Color = t.l.color(widgets.ColorNameMuted)
	nameHeight, aboutHeight := t.name.MinSize().Height, t.about.MinSize().Height
	top := (size.Height - nameHeight - aboutHeight) / 2
	if line.entry == nil {
		top = size.Height - nameHeight - 6
	}
	put(t.name, fyne.NewPos(sideLineText, top), fyne.NewSize(room, nameHeight))
	put(t.about, fyne.NewPos(sideLineText, top+nameHeight), fyne.NewSize(room, aboutHeight))
	t.name.Refresh()
	t.about.Refresh()
}

// grantBriefs are the grants in a word each. A pasted token goes without saying.
var grantBriefs = []struct {
	grant auth.Grant
	word  string // English, the key of the translation
}{
	{auth.GrantAuthorizationCode, "code"},
	{auth.GrantDeviceCode, "device"},
	{auth.GrantClientCredentials, "client"},
	{auth.GrantJWTBearer, "JWT"},
	{auth.GrantPassword, "password"},
}

// grantsText names a service's grants on the line that says text.
func grantsText(text string, grants []auth.Grant) string {
	var words []string
	for _, brief := range grantBriefs {
		if slices.Contains(grants, brief.grant) {
			words = append(words, lang.L(brief.word))
		}
	}
	if len(words) == 0 {
		return text
	}
	return text + " · " + strings.Join(words, ", ")
}

// grantWords lists grants as the table names them.
func grantWords(grants []auth.Grant) string {
	words := make([]string, len(grants))
	for i, g := range grants {
		words[i] = grantWord(g)
	}
	return strings.Join(words, ", ")
}

// usedText says where a service comes from and how many authorizations use it.
func usedText(from string, used int) string {
	data := map[string]any{"From": from, "N": used}
	switch used {
	case 0:
		return lang.L("{{.From}}, not used", data)
	case 1:
		return lang.L("{{.From}}, 1 authorization", data)
	default:
		return lang.L("{{.From}}, {{.N}} authorizations", data)
	}
}
