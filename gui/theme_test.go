package gui

import (
	"image/color"
	"math"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
	"github.com/stretchr/testify/assert"

	"tokenwell/gui/widgets"
)

// grounds are what each colour of text is written on.
var grounds = map[fyne.ThemeColorName][]fyne.ThemeColorName{
	widgets.ColorNameText: {
		widgets.ColorNameFrame, widgets.ColorNameSurface, widgets.ColorNameRaised, widgets.ColorNameSelect, widgets.ColorNameHover,
		widgets.ColorNameButton, widgets.ColorNameField, widgets.ColorNameOff, widgets.ColorNameHelp,
		widgets.ColorNameWarnTint, widgets.ColorNameBadTint, widgets.ColorNameIdleTint,
		theme.ColorNameMenuBackground, theme.ColorNameOverlayBackground, theme.ColorNameInputBackground, theme.ColorNameFocus,
	},
	widgets.ColorNameMuted: {
		widgets.ColorNameFrame, widgets.ColorNameSurface, widgets.ColorNameRaised, widgets.ColorNameSelect, widgets.ColorNameHover,
		widgets.ColorNameField, widgets.ColorNameOff, widgets.ColorNameHelp, widgets.ColorNameWarnTint, widgets.ColorNameIdleTint,
	},
	widgets.ColorNameAccent:   {widgets.ColorNameSurface, widgets.ColorNameRaised, widgets.ColorNameWarnTint, widgets.ColorNameHelp, widgets.ColorNameHover},
	widgets.ColorNameOnAccent: {widgets.ColorNameAccent},
	widgets.ColorNameOnBad:    {widgets.ColorNameBad},
	widgets.ColorNameOK:       {widgets.ColorNameFrame, widgets.ColorNameSurface, widgets.ColorNameRaised, widgets.ColorNameOKTint},
	widgets.ColorNameWarn:     {widgets.ColorNameFrame, widgets.ColorNameSurface, widgets.ColorNameRaised, widgets.ColorNameSelect, widgets.ColorNameHover, widgets.ColorNameWarnTint},
	widgets.ColorNameBad:      {widgets.ColorNameFrame, widgets.ColorNameSurface, widgets.ColorNameRaised, widgets.ColorNameSelect, widgets.ColorNameHover, widgets.ColorNameBadTint},
	widgets.ColorNameIdle:     {widgets.ColorNameIdleTint},
	theme.ColorNamePlaceHolder: {
		theme.ColorNameInputBackground,
	},
	theme.ColorNameForegroundOnPrimary: {theme.ColorNamePrimary},
	theme.ColorNameForegroundOnError:   {theme.ColorNameError},
	theme.ColorNameForegroundOnSuccess: {theme.ColorNameSuccess},
	theme.ColorNameForegroundOnWarning: {theme.ColorNameWarning},
	theme.ColorNameHyperlink:           {widgets.ColorNameSurface},
}

func TestTextIsReadableInBothThemes(t *testing.T) {
	system := NewTheme()
	for _, look := range []struct {
		name    string
		th      fyne.Theme
		variant fyne.ThemeVariant
	}{
		{"light", system, theme.VariantLight},
		{"dark", system, theme.VariantDark},
		{"raised light", system.Raised(), theme.VariantLight},
		{"raised dark", system.Raised(), theme.VariantDark},
	} {
		for text, on := range grounds {
			for _, ground := range on {
				ratio := contrast(look.th.Color(text, look.variant), look.th.Color(ground, look.variant))
				assert.GreaterOrEqual(t, ratio, 4.5, "%s: %s on %s", look.name, text, ground)
			}
		}
	}
}

// contrast is the contrast ratio of WCAG 2.
func contrast(a, b color.Color) float64 {
	x, y := luminance(a), luminance(b)
	return (math.Max(x, y) + 0.05) / (math.Min(x, y) + 0.05)
}

func luminance(c color.Color) float64 {
	r, g, b, _ := c.RGBA()
	part := func(v uint32) float64 {
		s := float64(v) / 0xFFFF
		if s <= 0.04045 {
			return s / 12.92
		}
		return math.Pow((s+0.055)/1.055, 2.4)
	}
	return 0.2126*part(r) + 0.7152*part(g) + 0.0722*part(b)
}

func TestEveryStateHasAWordAndColoursOfTheTheme(t *testing.T) {
	words := map[string]bool{}
	for state, look := range stateLooks {
		assert.NotEmpty(t, look.word, state)
		assert.False(t, words[look.word], "%s is used twice", look.word)
		words[look.word] = true
		assert.Contains(t, palette, look.ink, state)
		assert.Contains(t, palette, look.tint, state)
	}
	for _, state := range states {
		assert.Contains(t, stateLooks, state)
	}
}

func TestThemeFollowsTheSystemUnlessItIsSet(t *testing.T) {
	ground := func(choice themeChoice, v fyne.ThemeVariant) color.Color {
		return newTheme(choice).Color(theme.ColorNameBackground, v)
	}
	light, dark := ground(themeSystem, theme.VariantLight), ground(themeSystem, theme.VariantDark)
	assert.NotEqual(t, light, dark)
	assert.Equal(t, dark, ground(themeDark, theme.VariantLight))
	assert.Equal(t, light, ground(themeLight, theme.VariantDark))
}
