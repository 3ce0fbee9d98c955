package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"
)

// wheelCatcher is an invisible object that takes the mouse wheel, and nothing
// else, from what it lies over. It is hidden until it has somebody to give it to.
type wheelCatcher struct {
	widget.BaseWidget
	scrolled func(*fyne.ScrollEvent)
}

var _ fyne.Scrollable = (*wheelCatcher)(nil)

func newWheelCatcher() *wheelCatcher {
	w := &wheelCatcher{}
	w.ExtendBaseWidget(w)
	w.Hide()
	return w
}

// Scrolled implements fyne.Scrollable.
func (w *wheelCatcher) Scrolled(e *fyne.ScrollEvent) { w.scrolled(e) }

// CreateRenderer implements fyne.Widget.
func (w *wheelCatcher) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(NewPanel("", "", 0))
}
