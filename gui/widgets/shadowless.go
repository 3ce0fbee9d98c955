package widgets

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// Shadowless shows objects of which some scroll, without the shadows that the
// toolkit draws at the ends of what scrolls. A theme over all of it would be the
// simple way, but under a theme of its own, and anew at each Refresh, the toolkit
// parses the fonts again for the text: some ten milliseconds for each style.
type Shadowless struct {
	widget.BaseWidget
	content fyne.CanvasObject
}

// NewShadowless shows content, a scroll or containers with scrolls in them.
func NewShadowless(content fyne.CanvasObject) *Shadowless {
	s := &Shadowless{content: content}
	s.ExtendBaseWidget(s)
	return s
}

// SetDeviceIsMobile is how the toolkit knows what keeps its theme.
func (*Shadowless) SetDeviceIsMobile(bool) {}

// CreateRenderer implements fyne.Widget.
func (s *Shadowless) CreateRenderer() fyne.WidgetRenderer {
	takeShadows(s.content)
	return &shadowlessRenderer{content: s.content}
}

// takeShadows gives the scrolls within o another theme, but not what they show.
func takeShadows(o fyne.CanvasObject) {
	switch o := o.(type) {
	case *fyne.Container:
		for _, child := range o.Objects {
			takeShadows(child)
		}
	case *container.Scroll:
		overrideScroll(o, shadowless{})
		takeShadows(o.Content)
	}
}

type shadowlessRenderer struct{ content fyne.CanvasObject }

func (r *shadowlessRenderer) Destroy() {}

func (r *shadowlessRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.content} }

func (r *shadowlessRenderer) MinSize() fyne.Size { return r.content.MinSize() }

func (r *shadowlessRenderer) Layout(size fyne.Size) { r.content.Resize(size) }

func (r *shadowlessRenderer) Refresh() { r.content.Refresh() }

// shadowless is the app's theme with transparent shadows.
type shadowless struct{}

func (shadowless) base() fyne.Theme { return fyne.CurrentApp().Settings().Theme() }

// Color implements fyne.Theme.
func (s shadowless) Color(name fyne.ThemeColorName, v fyne.ThemeVariant) color.Color {
	if name == theme.ColorNameShadow {
		return color.Transparent
	}
	return s.base().Color(name, v)
}

// Font implements fyne.Theme.
func (s shadowless) Font(style fyne.TextStyle) fyne.Resource { return s.base().Font(style) }

// Icon implements fyne.Theme.
func (s shadowless) Icon(name fyne.ThemeIconName) fyne.Resource { return s.base().Icon(name) }

// Size implements fyne.Theme.
func (s shadowless) Size(name fyne.ThemeSizeName) float32 { return s.base().Size(name) }
