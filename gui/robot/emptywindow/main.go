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
	ticks := 0
	watch := fyne.NewAnimation(time.Hour, func(float32) {
		// As in the program's own frame watch: at the second tick the first
		// frame is on the screen.
		if ticks++; ticks == 2 {
			fmt.Fprintf(os.Stderr, "first frame %d ms\n", time.Since(started).Milliseconds())
		}
	})
	watch.RepeatCount = fyne.AnimationRepeatForever
	a.Lifecycle().SetOnStarted(watch.Start)
	w.ShowAndRun()
}
