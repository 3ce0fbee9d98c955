package widgets

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A reader needs whole modules, dark on light, and four of margin around them.
func TestQRCodeIsSharpAndKeepsItsMargin(t *testing.T) {
	test.NewTempApp(t)
	for _, text := range []string{
		"https://github.com/login/device", "https://github.com/login/device?user_code=WDJB-MJHT",
		"https://identity.a-rather-long-host-name.example/realms/northwind/device?user_code=WDJB-MJHT-WDJB-MJHT",
	} {
		code, err := NewQRCode(text, 185)
		require.NoError(t, err)
		code.Resize(fyne.NewSquareSize(185))
		r := test.WidgetRenderer(code).(*qrRenderer)
		side := r.picture.Size().Width
		assert.Zero(t, int(side)%code.modules, "modules are whole pixels wide")
		margin := r.picture.Position().X
		assert.GreaterOrEqual(t, margin, quietModules*code.moduleSide())
		assert.Equal(t, qrGround, r.ground.FillColor, "white in every theme")
		assert.Equal(t, qrInk, code.picture.At(0, 0), "the finder begins in the corner")
		assert.Equal(t, qrGround, code.picture.At(1, 1))
	}
}

func TestQRCodeRefusesWhatDoesNotFit(t *testing.T) {
	_, err := NewQRCode(strings.Repeat("x", 4000), 185)
	require.Error(t, err)
	_, err = NewQRCode("https://host.example/?"+strings.Repeat("x", 2000), 185)
	require.Error(t, err, "modules of one pixel can't be read")
}
