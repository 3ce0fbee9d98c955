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
// for them and keep those until the program ends: six megabytes for each style. What
// is put into o later has the theme after another call. On the UI thread.
func Override(o fyne.CanvasObject, th fyne.Theme) {
	was := overriding
	overriding = true
	defer func() { overriding = was }()
	w := &walked{content: o}
	w.ExtendBaseWidget(w)
	container.NewThemeOverride(w, th)
	w.content = nil // the toolkit keeps w as long as its theme: until the program ends
}

// NewThemed gives o a theme as Override does, which themes around it leave alone.
func NewThemed(o fyne.CanvasObject, th fyne.Theme) fyne.CanvasObject {
	Override(o, th)
	a := &apart{content: o}
	a.ExtendBaseWidget(a)
	return a
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

// apart keeps the themes around it, such as a sheet's, from what it holds.
type apart struct {
	widget.BaseWidget
	content fyne.CanvasObject
}

// SetDeviceIsMobile is how the toolkit knows what has a theme of its own.
func (*apart) SetDeviceIsMobile(bool) {}

// CreateRenderer implements fyne.Widget.
func (a *apart) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(a.content) }
