package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"
)

// keyCatcher is an invisible object that takes the focus for what is driven by
// keys but has no entry of its own. Keys that it has no use for go to the window.
type keyCatcher struct {
	widget.BaseWidget
	key func(fyne.KeyName) bool
}

var _ fyne.Focusable = (*keyCatcher)(nil)

func newKeyCatcher(key func(fyne.KeyName) bool) *keyCatcher {
	k := &keyCatcher{key: key}
	k.ExtendBaseWidget(k)
	return k
}

// FocusGained implements fyne.Focusable.
func (k *keyCatcher) FocusGained() {}

// FocusLost implements fyne.Focusable.
func (k *keyCatcher) FocusLost() {}

// TypedRune implements fyne.Focusable.
func (k *keyCatcher) TypedRune(rune) {}

// TypedKey implements fyne.Focusable.
func (k *keyCatcher) TypedKey(key *fyne.KeyEvent) {
	if !k.key(key.Name) {
		PassKey(k, key)
	}
}

// CreateRenderer implements fyne.Widget.
func (k *keyCatcher) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(NewPanel("", "", 0))
}
