package widgets

import (
	"image/color"
	"testing"

	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"
	"github.com/stretchr/testify/assert"
)

func TestPanel_AnEdgeWithoutAFillBlendsWithItself(t *testing.T) {
	test.NewTempApp(t)
	p := NewPanel("", theme.ColorNamePrimary, 8)
	r := test.WidgetRenderer(p).(*panelRenderer)
	edge, fill := color.NRGBAModel.Convert(r.box.StrokeColor).(color.NRGBA), color.NRGBAModel.Convert(r.box.FillColor).(color.NRGBA)
	assert.Equal(t, uint8(1), fill.A, "nobody sees it")
	assert.InDelta(t, edge.R, fill.R, 2)
	assert.InDelta(t, edge.G, fill.G, 2)
	assert.InDelta(t, edge.B, fill.B, 2)
	p.SetColors("", "", 0)
	assert.Equal(t, color.Transparent, r.box.FillColor)
}
