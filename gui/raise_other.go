//go:build !windows

package gui

import "fyne.io/fyne/v2"

// restore does nothing where showing a window takes it out of the minimised state.
func restore(fyne.Window) {}
