package widgets

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

const entryPadding float32 = 8

// withTheme gives an entry its theme. The text in it stays without where it looks
// the same: under a theme of its own the toolkit parses all fonts again for it, ten
// milliseconds and six megabytes for each entry.
func withTheme(e *entry) fyne.CanvasObject {
	if e.TextStyle.Monospace { // its size is the theme's
		return container.NewThemeOverride(e, entryTheme{mono: true})
	}
	e.alone = true
	container.NewThemeOverride(e, entryTheme{})
	e.alone = false
	h := &entryHolder{entry: e}
	h.ExtendBaseWidget(h)
	return h
}

// entryHolder keeps the themes around an entry, such as a sheet's, from it.
type entryHolder struct {
	widget.BaseWidget
	entry *entry
}

// SetDeviceIsMobile is how the toolkit knows what has a theme of its own.
func (*entryHolder) SetDeviceIsMobile(bool) {}

// CreateRenderer implements fyne.Widget.
func (h *entryHolder) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(h.entry) }

// CreateRenderer implements fyne.Widget.
func (e *entry) CreateRenderer() fyne.WidgetRenderer {
	r := e.Entry.CreateRenderer()
	if e.TextStyle.Monospace {
		return r
	}
	for _, o := range r.Objects() {
		if scroll, ok := o.(*container.Scroll); ok {
			overrideScroll(scroll, entryTheme{})
		}
	}
	return &entryRenderer{WidgetRenderer: r, e: e}
}

type entryRenderer struct {
	fyne.WidgetRenderer
	e *entry
}

func (r *entryRenderer) Objects() []fyne.CanvasObject {
	if r.e.alone {
		return nil
	}
	return r.WidgetRenderer.Objects()
}

// overrideScroll gives a scroll another theme, but not what it shows.
func overrideScroll(s *container.Scroll, th fyne.Theme) {
	content := s.Content
	s.Content = canvas.NewRectangle(color.Transparent)
	container.NewThemeOverride(s, th)
	s.Content = content
	s.Refresh()
}

// entryTheme leaves the entry without box and edge, which Input draws itself.
type entryTheme struct{ mono bool }

func (entryTheme) base() fyne.Theme { return fyne.CurrentApp().Settings().Theme() }

// Color implements fyne.Theme.
func (t entryTheme) Color(name fyne.ThemeColorName, v fyne.ThemeVariant) color.Color {
	switch name {
	case theme.ColorNameInputBackground, theme.ColorNameInputBorder, theme.ColorNameScrollBar, theme.ColorNameShadow:
		return color.Transparent
	}
	return t.base().Color(name, v)
}

// Font implements fyne.Theme.
func (t entryTheme) Font(style fyne.TextStyle) fyne.Resource { return t.base().Font(style) }

// Icon implements fyne.Theme.
func (t entryTheme) Icon(name fyne.ThemeIconName) fyne.Resource { return t.base().Icon(name) }

// Size implements fyne.Theme.
func (t entryTheme) Size(name fyne.ThemeSizeName) float32 {
	switch name {
	case theme.SizeNameInputBorder:
		return 0
	case theme.SizeNameInnerPadding:
		return entryPadding
	case theme.SizeNameText:
		if t.mono {
			return 13
		}
	}
	return t.base().Size(name)
}
