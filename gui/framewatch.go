package gui

import (
	"context"
	"log/slog"
	"time"

	"fyne.io/fyne/v2"
)

// Limits of the frame watch.
const (
	frameBar    = 100 * time.Millisecond // a longer gap between frames is logged
	frameReport = 10 * time.Second       // how often the longest gap is logged
)

// frameWatch measures, at log level debug only, how long the window goes
// without a frame. It hangs on an animation, so that it is called once a frame
// on the UI thread, and asks for frames all the time: never leave it running
// otherwise.
type frameWatch struct {
	log      *slog.Logger
	now      func() time.Time
	ticks    int
	last     time.Time
	longest  time.Duration
	reported time.Time
}

// watchFrames starts the watch and returns what stops it.
func watchFrames(log *slog.Logger) (stop func()) {
	if !log.Enabled(context.Background(), slog.LevelDebug) {
		return func() {}
	}
	w := &frameWatch{log: log, now: time.Now}
	a := fyne.NewAnimation(time.Hour, func(float32) { w.tick() })
	a.RepeatCount = fyne.AnimationRepeatForever
	a.Curve = fyne.AnimationLinear
	a.Start()
	return a.Stop
}

// tick is called before each frame is drawn.
func (w *frameWatch) tick() {
	now := w.now()
	w.ticks++
	if w.ticks == 1 {
		w.last, w.reported = now, now
		return
	}
	gap := now.Sub(w.last)
	w.last = now
	w.longest = max(w.longest, gap)
	if gap > frameBar {
		w.log.Debug("frame gap", "ms", gap.Milliseconds())
	}
	if now.Sub(w.reported) >= frameReport {
		w.log.Debug("frames", "longest_gap_ms", w.longest.Milliseconds(), "ticks", w.ticks)
		w.longest, w.reported = 0, now
	}
}
