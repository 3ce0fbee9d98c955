//go:build bench

package main

import (
	"fmt"
	"os"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"
)

func main() {
	started := time.Now()
	a := app.NewWithID("net.tokenwell.emptywindow")
	w := a.NewWindow("Empty window")
	w.Resize(fyne.NewSize(1180, 760))
	w.SetMaster()
	// As in the program: the toolkit draws the window before its loop begins.
	a.Lifecycle().SetOnStarted(func() {
		fmt.Fprintf(os.Stderr, "first frame %d ms\n", time.Since(started).Milliseconds())
	})
	w.ShowAndRun()
}
