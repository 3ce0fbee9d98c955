//go:build bench

package main

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"
)

func main() {
	w := app.NewWithID("net.tokenwell.emptywindow").NewWindow("Empty window")
	w.Resize(fyne.NewSize(1180, 760))
	w.SetMaster()
	w.ShowAndRun()
}
