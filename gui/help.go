package gui

import (
	"image/color"
	"maps"
	"net/url"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/widget"

	"tokenwell/auth"
	"tokenwell/gui/widgets"
)

// helpPanel is the blue panel at the top of the form: how to register an app at
// the chosen service. Folded, it still shows the redirect URI with Copy.
type helpPanel struct {
	u        *ui
	onHeight func()

	object   *fyne.Container
	column   *fyne.Container // head and body
	body     *fyne.Container
	expanded bool

	title, count *widgets.Text
	redirect     *fyne.Container
	links        *fyne.Container
	fold         *widgets.IconButton
	svc          auth.Service
	params       map[string]string
	uri          string
	note         string
}

func newHelpPanel(u *ui, onHeight func()) *helpPanel {
	h := &helpPanel{u: u, onHeight: onHeight}
	h.title = widgets.NewText("").Bold().Shrinking()
	h.count = widgets.NewText("").Colored(widgets.ColorNameMuted)
	h.fold = widgets.NewIconButton(u.icons.Icon("down"), lang.L("Show the steps"), h.toggle)
	h.fold.IconSize = 20
	h.redirect = widgets.NewRow(8, 1, true)
	h.links = widgets.NewRow(4, -1, true)
	head := container.New(&helpHeadLayout{h: h},
		widgets.NewGlyph(u.icons.Icon("info"), widgets.ColorNameAccent, 20), h.title, h.count, h.redirect, h.links, h.fold)
	h.body = widgets.NewStacked()
	h.body.Hide()
	column := container.New(&helpColumnLayout{}, widgets.NewStacked(newTapArea(h.toggle), widgets.NewInset(0, 12, 0, 15, head)), h.body)
	edge := widgets.NewPanel(widgets.ColorNameHelpEdge, "", 0)
	h.column = column
	h.object = container.New(&helpLayout{}, widgets.NewPanel(widgets.ColorNameHelp, "", 6), edge, widgets.NewThemed(column, helpTheme{}))
	return h
}

// set fills the panel for a service with these parameters. uri is the redirect
// URI to enter there.
func (h *helpPanel) set(svc auth.Service, params map[string]string, uri string) {
	if h.svc.ID == svc.ID && h.uri == uri && maps.Equal(h.params, params) {
		return
	}
	h.svc, h.params, h.uri, h.note = svc, maps.Clone(params), uri, redirectNote(svc)
	h.title.SetText(lang.L("How to set up {{.Service}}", map[string]any{"Service": svc.Name}))
	if svc.OwnAddresses { // its name says what to do with it
		h.title.SetText(lang.L("How to set up any other service"))
	}
	h.count.SetText(stepCount(len(svc.Help.Steps)))
	h.redirect.Objects = nil
	if uri != "" {
		h.redirect.Objects = []fyne.CanvasObject{
			widgets.NewSmallText(lang.L("Redirect URI")),
			widgets.NewText(uri).Mono().Sized(13).InMiddle(),
			widgets.NewIconButton(h.u.icons.Icon("copy"), lang.L("Copy redirect URI"), func() {
				h.u.copyText(uri)
				h.u.toast(lang.L("Redirect URI copied."), "", nil)
			}),
		}
	}
	h.links.Objects = nil
	h.addLink(svc.Fill(svc.Help.RegisterURL, params), func(host string) string {
		return lang.L("Open {{.Host}}", map[string]any{"Host": host})
	})
	h.addLink(svc.Fill(svc.Help.DocsURL, params), func(string) string { return lang.L("Documentation") })
	h.body.Objects = nil // made when it is opened
	h.show()
}

// redirectNote says what to know about the redirect URI.
func redirectNote(svc auth.Service) string {
	note := svc.Redirect.Note
	if svc.Redirect.Port == auth.PortNone {
		note = lang.L("After you consent, the browser ends on this page, which may show an error. Copy its whole address and paste it into the app.") + " " + note
	}
	if note != "" && !svc.Redirect.Confirmed && !svc.OwnAddresses && !svc.Discovery && !svc.IsOwn() {
		note = auth.UnconfirmedWord + note
	}
	return note
}

// addLink adds a link of the head row that opens address in the browser.
func (h *helpPanel) addLink(address string, label func(host string) string) {
	link, err := url.Parse(address)
	if err != nil || link.Scheme != "https" || link.Host == "" {
		return
	}
	b := widgets.NewQuietButton(label(link.Hostname()), h.u.icons.Icon("external"), func() { h.u.openLink(link) })
	b.Small = true
	h.links.Add(b)
}

// openLink opens a page of the catalog in the browser; where that fails, its
// address can be copied.
func (u *ui) openLink(link *url.URL) {
	if err := u.app.OpenURL(link); err != nil {
		u.toast(lang.L("The browser could not be opened."), lang.L("Copy the address"), func() { u.copyText(link.String()) })
	}
}

func stepCount(n int) string {
	switch n {
	case 0:
		return ""
	case 1:
		return lang.L("1 step")
	default:
		return lang.L("{{.N}} steps", number{n})
	}
}

// steps makes the open panel: the steps and what to know at the left, the
// redirect URI and how long things last at the right.
func (h *helpPanel) steps() fyne.CanvasObject {
	left := widgets.NewColumn(12, h.stepList(), h.notes())
	right := widgets.NewColumn(12)
	if h.uri != "" {
		right.Add(h.redirectBox())
	}
	right.Add(lifetimes(h.svc, h.params))
	line := widgets.NewPanel(widgets.ColorNameHelpLine, "", 0)
	return container.New(&helpBodyLayout{}, left, line, right)
}

// stepList makes the numbered steps; a service of the user's own may have none.
func (h *helpPanel) stepList() fyne.CanvasObject {
	if len(h.svc.Help.Steps) > 0 {
		return widgets.NewSteps(h.u.icons, 4, h.svc.Help.Steps...)
	}
	return widgets.NewParagraph(lang.L("No steps are written down for this service. Register an app there, enter the redirect URI, and bring its client ID and secret here. How to do that can be written down under Services, on the page Help text."))
}

// redirectBox shows the redirect URI to enter, with Copy.
func (h *helpPanel) redirectBox() fyne.CanvasObject {
	label := lang.L("Redirect URI to enter")
	if n := h.svc.Help.RedirectStep; n > 0 {
		label = lang.L("Redirect URI to enter in step {{.N}}", number{n})
	}
	copyButton := h.u.copyButton(lang.L("Copy"), false, func() { h.u.copyText(h.uri) })
	copyButton.Small = true
	box := widgets.NewStacked(widgets.NewPanel(widgets.ColorNameOff, widgets.ColorNameLine, 6),
		widgets.NewInset(8, 10, 9, 10, widgets.NewParagraph(h.uri).Styled(fyne.TextStyle{Monospace: true}).Sized(12, 18)))
	column := widgets.NewColumn(4, widgets.NewRow(8, 0, true, widgets.NewCaption(label).Colored(widgets.ColorNameText), copyButton), box)
	if h.note != "" {
		column.Add(widgets.NewCaption(h.note))
	}
	return column
}

// notes are the traps of the service.
func (h *helpPanel) notes() fyne.CanvasObject {
	column := widgets.NewColumn(6)
	notes := h.svc.Help.Notes
	switch n := adminScopes(h.svc); {
	case n == 1:
		notes = append([]string{lang.L("One of the permissions is marked: an administrator has to approve it.")}, notes...)
	case n > 1:
		notes = append([]string{lang.L("{{.N}} of the permissions are marked: an administrator has to approve them.", number{n})}, notes...)
	}
	for _, note := range notes {
		column.Add(widgets.NewRow(8, 1, false, widgets.NewGlyph(h.u.icons.Icon("info"), widgets.ColorNameAccent, 16),
			widgets.NewCaption(note).Colored(widgets.ColorNameText)))
	}
	return column
}

func (h *helpPanel) toggle() {
	h.expanded = !h.expanded
	h.show()
}

// show brings the panel to its folded or open form.
func (h *helpPanel) show() {
	if h.expanded && len(h.body.Objects) == 0 {
		h.body.Objects = []fyne.CanvasObject{h.steps()}
	}
	h.redirect.Hidden = h.expanded
	h.links.Hidden = !h.expanded
	h.body.Hidden = !h.expanded
	if h.expanded {
		h.fold.SetIcon(h.u.icons.Icon("up"))
		h.fold.SetToolTip(lang.L("Hide the steps"))
	} else {
		h.fold.SetIcon(h.u.icons.Icon("down"))
		h.fold.SetToolTip(lang.L("Show the steps"))
	}
	widgets.Override(h.column, helpTheme{})
	widgets.Relayout(h.object)
	h.object.Refresh()
	h.onHeight()
}

// helpLayout draws the ground, the 3 px edge at its left and the content.
type helpLayout struct{}

func (*helpLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	objects[0].Resize(size)
	objects[1].Resize(fyne.NewSize(3, size.Height))
	objects[2].Resize(size)
}

func (*helpLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(240, helpHeadHeight) }

// heightAt is the panel's height at the width.
func (h *helpPanel) heightAt(width float32) float32 {
	if !h.expanded || len(h.body.Objects) == 0 {
		return helpHeadHeight
	}
	return helpHeadHeight + bodyHeight(h.body.Objects[0].(*fyne.Container).Objects, width)
}

const helpHeadHeight = 44

// helpColumnLayout puts the open part below the head row.
type helpColumnLayout struct{}

func (*helpColumnLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	objects[0].Resize(fyne.NewSize(size.Width, helpHeadHeight))
	objects[1].Move(fyne.NewPos(0, helpHeadHeight))
	objects[1].Resize(fyne.NewSize(size.Width, max(size.Height-helpHeadHeight, 0)))
}

func (*helpColumnLayout) MinSize([]fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(240, helpHeadHeight)
}

// helpHeadLayout: icon, title and count at the left; what is shown of redirect
// URI and links, and the fold, at the right. The redirect URI gives way first, in
// its middle, then the title.
type helpHeadLayout struct{ h *helpPanel }

// helpURILeast is how much of a redirect URI is always shown.
const helpURILeast float32 = 120

func (l *helpHeadLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	icon, title, count := objects[0], objects[1].(*widgets.Text), objects[2]
	right := size.Width
	natural := fyne.MeasureText(title.Text(), 14, fyne.TextStyle{Bold: true}).Width + 1
	for i := len(objects) - 1; i > 2; i-- {
		o := objects[i]
		if !o.Visible() {
			continue
		}
		least := o.MinSize()
		if o == l.h.redirect && l.h.uri != "" {
			least.Width -= l.h.redirect.Objects[1].MinSize().Width
			least.Width += l.uriWidth(right - 30 - natural - 12 - least.Width)
		}
		o.Resize(least)
		o.Move(fyne.NewPos(right-least.Width, (size.Height-least.Height)/2))
		right -= least.Width + 12
	}
	icon.Resize(fyne.NewSquareSize(20))
	icon.Move(fyne.NewPos(0, (size.Height-20)/2))
	width := min(natural, max(right-30, 0))
	title.Resize(fyne.NewSize(width, 19))
	title.Move(fyne.NewPos(30, (size.Height-19)/2))
	least := count.MinSize()
	count.Resize(least)
	count.Move(fyne.NewPos(30+width+10, (size.Height-least.Height)/2))
	count.(*widgets.Text).Hidden = l.h.expanded || 40+width+least.Width > right
}

// uriWidth is what the redirect URI gets of what is left.
func (l *helpHeadLayout) uriWidth(left float32) float32 {
	whole := fyne.MeasureText(l.h.uri, 13, fyne.TextStyle{Monospace: true}).Width
	return min(max(left, helpURILeast), whole)
}

func (*helpHeadLayout) MinSize([]fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(200, helpHeadHeight)
}

// helpBodyLayout puts the steps beside the notes, or above them where the panel
// is narrow.
type helpBodyLayout struct{}

const helpNarrow = 860

// helpColumns returns the widths of steps and notes.
func helpColumns(width float32) (left, right float32) {
	left = min(560, (width-27)*0.62)
	return left, width - 27 - left - 52
}

func bodyHeight(objects []fyne.CanvasObject, width float32) float32 {
	if width < helpNarrow {
		inner := width - 27
		return widgets.HeightAt(objects[0], inner) + 16 + widgets.HeightAt(objects[2], inner) + 12
	}
	left, right := helpColumns(width)
	return max(widgets.HeightAt(objects[0], left), widgets.HeightAt(objects[2], right)) + 12
}

func (*helpBodyLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	steps, line, notes := objects[0], objects[1], objects[2]
	steps.Move(fyne.NewPos(15, 0))
	if size.Width < helpNarrow {
		inner := size.Width - 27
		line.Hide()
		h := widgets.HeightAt(steps, inner)
		steps.Resize(fyne.NewSize(inner, h))
		notes.Move(fyne.NewPos(15, h+16))
		notes.Resize(fyne.NewSize(inner, widgets.HeightAt(notes, inner)))
		return
	}
	left, right := helpColumns(size.Width)
	line.Show()
	steps.Resize(fyne.NewSize(left, widgets.HeightAt(steps, left)))
	line.Move(fyne.NewPos(15+left+28, 0))
	line.Resize(fyne.NewSize(1, size.Height-8))
	notes.Move(fyne.NewPos(15+left+52, 0))
	notes.Resize(fyne.NewSize(right, widgets.HeightAt(notes, right)))
}

func (*helpBodyLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(200, 40) }

// tapArea is an invisible ground that can be clicked.
type tapArea struct {
	widget.BaseWidget
	tapped func()
}

func newTapArea(tapped func()) *tapArea {
	t := &tapArea{tapped: tapped}
	t.ExtendBaseWidget(t)
	return t
}

// Tapped implements fyne.Tappable.
func (t *tapArea) Tapped(*fyne.PointEvent) { t.tapped() }

// CreateRenderer implements fyne.Widget.
func (t *tapArea) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(widgets.NewPanel("", "", 0))
}

// helpTheme gives buttons on the blue ground a ground of their own.
type helpTheme struct{}

// Color implements fyne.Theme.
func (helpTheme) Color(name fyne.ThemeColorName, v fyne.ThemeVariant) color.Color {
	t := fyne.CurrentApp().Settings().Theme()
	if name == widgets.ColorNameButton {
		if ink, _, _, _ := t.Color(widgets.ColorNameText, v).RGBA(); ink > 0x7FFF { // light text: a dark theme
			return color.NRGBA{R: 0xFF, G: 0xFF, B: 0xFF, A: 0x1A}
		}
		return color.White
	}
	return t.Color(name, v)
}

// Font implements fyne.Theme.
func (helpTheme) Font(s fyne.TextStyle) fyne.Resource {
	return fyne.CurrentApp().Settings().Theme().Font(s)
}

// Icon implements fyne.Theme.
func (helpTheme) Icon(name fyne.ThemeIconName) fyne.Resource {
	return fyne.CurrentApp().Settings().Theme().Icon(name)
}

// Size implements fyne.Theme.
func (helpTheme) Size(name fyne.ThemeSizeName) float32 {
	return fyne.CurrentApp().Settings().Theme().Size(name)
}
