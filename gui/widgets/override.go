package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"
)

// overriding is set while a theme is given out. On the UI thread.
var overriding bool

// Override gives o, and what is in it now, another theme; not so the texts that
// widgets of this package draw. They take their colours from the widget and look the
// same, and for each theme that is given out the toolkit would parse all fonts again
// for them and keep those until the program ends: six megabytes for each style. (It
// keeps the rectangles and pictures too, which are small.) What is put into o later
// has the theme after another call. On the UI thread.
func Override(o fyne.CanvasObject, th fyne.Theme) {
	was := overriding
	overriding = true
	defer func() { overriding = was }()
	w := &walked{content: o}
	w.ExtendBaseWidget(w)
	container.NewThemeOverride(w, th)
	w.content = nil // the toolkit keeps w as long as its theme: until the program ends
}

// NewThemed returns o with a theme of its own, which themes around it leave alone.
// It is given as by Override whenever o comes to the screen: the toolkit forgets the
// themes of what has been out of sight for a minute.
func NewThemed(o fyne.CanvasObject, th fyne.Theme) fyne.CanvasObject {
	t := &themed{content: o, theme: th}
	t.ExtendBaseWidget(t)
	return t
}

// painted is what a renderer has to draw: while a theme is given out, all but texts.
func painted(objects ...fyne.CanvasObject) []fyne.CanvasObject {
	if !overriding {
		return objects
	}
	var others []fyne.CanvasObject
	for _, o := range objects {
		if _, text := o.(*canvas.Text); !text {
			others = append(others, o)
		}
	}
	return others
}

// walked leads the toolkit to what is to have a theme, but to its place and size, which
// the toolkit would set, not.
type walked struct {
	widget.BaseWidget
	content fyne.CanvasObject
}

// CreateRenderer implements fyne.Widget.
func (w *walked) CreateRenderer() fyne.WidgetRenderer { return walkedRenderer{w} }

type walkedRenderer struct{ w *walked }

func (walkedRenderer) Destroy()           {}
func (walkedRenderer) Layout(fyne.Size)   {}
func (walkedRenderer) MinSize() fyne.Size { return fyne.Size{} }

func (r walkedRenderer) Objects() []fyne.CanvasObject {
	if r.w.content == nil {
		return nil
	}
	return []fyne.CanvasObject{r.w.content}
}

func (r walkedRenderer) Refresh() {
	if r.w.content != nil {
		r.w.content.Refresh()
	}
}

// themed is what NewThemed returns.
type themed struct {
	widget.BaseWidget
	content fyne.CanvasObject
	theme   fyne.Theme
}

// SetDeviceIsMobile is how the toolkit knows what has a theme of its own.
func (*themed) SetDeviceIsMobile(bool) {}

// CreateRenderer implements fyne.Widget.
func (t *themed) CreateRenderer() fyne.WidgetRenderer {
	Override(t.content, t.theme)
	return widget.NewSimpleRenderer(t.content)
}
