package guitest

import (
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"
	"github.com/stretchr/testify/require"

	"tokenwell/assets"
)

// Icons are the program's own icons, read from the assets.
type Icons struct{}

// Icon returns the icon of that name.
func (Icons) Icon(name string) fyne.Resource {
	data, err := assets.Icons.ReadFile("icons/" + name + ".svg")
	if err != nil {
		panic("no icon " + name)
	}
	return theme.NewThemedResource(fyne.NewStaticResource(name+".svg", data))
}

// Logo returns the app icon.
func (Icons) Logo() fyne.Resource {
	data, err := assets.Icons.ReadFile("app-icon/tokenwell-light.svg")
	if err != nil {
		panic("no app icon")
	}
	return fyne.NewStaticResource("tokenwell-light.svg", data)
}

// WindowIcon returns the app icon too.
func (i Icons) WindowIcon() fyne.Resource { return i.Logo() }

// Walk visits o and everything visible within it, parents first. It stops
// going deeper where visit returns false.
func Walk(o fyne.CanvasObject, visit func(fyne.CanvasObject) bool) {
	if o == nil || !o.Visible() || !visit(o) {
		return
	}
	switch o := o.(type) {
	case *fyne.Container:
		for _, child := range o.Objects {
			Walk(child, visit)
		}
	case fyne.Widget:
		for _, child := range test.WidgetRenderer(o).Objects() {
			Walk(child, visit)
		}
	}
}

// Layers are the window's content and what lies over it, the top one first.
func Layers(c fyne.Canvas) []fyne.CanvasObject {
	var out []fyne.CanvasObject
	overlays := c.Overlays().List()
	for i := len(overlays) - 1; i >= 0; i-- {
		out = append(out, overlays[i])
	}
	return append(out, c.Content())
}

// Texts returns every text that can be seen, the top layer first.
func Texts(c fyne.Canvas) []string {
	var out []string
	for _, layer := range Layers(c) {
		Walk(layer, func(o fyne.CanvasObject) bool {
			if t, ok := o.(*canvas.Text); ok && t.Text != "" {
				out = append(out, t.Text)
			}
			return true
		})
	}
	return out
}

// Shows tells whether the words can be seen, on one line or broken over several.
func Shows(c fyne.Canvas, words string) bool {
	return strings.Contains(strings.Join(Texts(c), " "), words)
}

// Find returns the text that says exactly label, on the top layer that has it.
func Find(c fyne.Canvas, label string) *canvas.Text {
	for _, layer := range Layers(c) {
		var found *canvas.Text
		Walk(layer, func(o fyne.CanvasObject) bool {
			if t, ok := o.(*canvas.Text); ok && t.Text == label && found == nil {
				found = t
			}
			return found == nil
		})
		if found != nil {
			return found
		}
	}
	return nil
}

// At returns the middle of the text that says label; the test fails without one.
func At(t *testing.T, c fyne.Canvas, label string) fyne.Position {
	t.Helper()
	text := Find(c, label)
	require.NotNil(t, text, "nothing says %q; there is: %s", label, strings.Join(Texts(c), " | "))
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(text)
	size := text.MinSize()
	if text.Alignment == fyne.TextAlignTrailing {
		return at.AddXY(text.Size().Width-size.Width/2, size.Height/2)
	}
	return at.AddXY(min(size.Width, max(text.Size().Width, 8))/2, size.Height/2)
}

// Tap clicks on the text that says label.
func Tap(t *testing.T, c fyne.Canvas, label string) {
	t.Helper()
	test.TapCanvas(c, At(t, c, label))
}

// PicturesWanted tells whether the variable TOKENWELL_PICTURES names a folder.
func PicturesWanted() bool { return os.Getenv("TOKENWELL_PICTURES") != "" }

// SavePicture writes the canvas as NAME.png into the folder that the variable
// TOKENWELL_PICTURES names. Without it nothing is drawn, which is slow.
func SavePicture(t *testing.T, c fyne.Canvas, name string) {
	t.Helper()
	if !PicturesWanted() {
		return
	}
	picture := c.Capture()
	folder := os.Getenv("TOKENWELL_PICTURES")
	f, err := os.Create(filepath.Join(folder, name+".png")) //nolint:gosec // the developer names the folder
	require.NoError(t, err)
	require.NoError(t, png.Encode(f, picture))
	require.NoError(t, f.Close())
}
