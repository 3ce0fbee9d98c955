//go:build e2e

package robot

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestSecondStart starts the program while its window is minimised: the window
// comes back to the front, and the second process says so and ends well.
func TestSecondStart(t *testing.T) {
	binary, err := filepath.Abs("../../bin/tokenwell-desktop")
	require.NoError(t, err)
	require.FileExists(t, binary, "make build makes it")
	d, err := startDesktop()
	if d != nil {
		defer func() { assert.NoError(t, d.close(), "nothing is left behind") }()
	}
	require.NoError(t, err)
	s := &story{desktop: d, binary: binary, data: filepath.Join(d.home, "tokenwell"), patience: 60 * time.Second, say: t.Logf}
	require.NoError(t, d.errLog(s.openProgram()))

	require.NoError(t, d.errLog(s.minimise()))
	begun := time.Now()
	said, err := s.output(binary, "--data-dir", s.data)
	require.NoError(t, err, said)
	assert.Contains(t, said, "is running already")
	require.NoError(t, d.errLog(d.until("the window in front", 10*time.Second, s.inFront)))
	t.Logf("from the second start to the window in front: %v", time.Since(begun))

	require.NoError(t, d.errLog(s.minimise()), "again, by the same socket")
	_, err = s.output(binary, "--data-dir", s.data)
	require.NoError(t, err)
	require.NoError(t, d.errLog(d.until("the window in front", 10*time.Second, s.inFront)))
	require.NoError(t, s.quit())
}

// minimise puts the window away; again if it is just being brought to the front.
func (s *story) minimise() error {
	return s.until("no window", 10*time.Second, func() bool {
		if !s.inFront() && len(s.windowsOfProgram()) == 0 {
			return true
		}
		_, _ = s.output("xdotool", "search", "--onlyvisible", "--name", "^"+appTitle+"$", "windowminimize")
		return false
	})
}

// windowsOfProgram are the visible ones with the program's title.
func (s *story) windowsOfProgram() (all []string) {
	for _, title := range s.windows() {
		if title == appTitle {
			all = append(all, title)
		}
	}
	return all
}

// inFront tells whether the program's window has the focus.
func (s *story) inFront() bool {
	title, err := s.output("xdotool", "getactivewindow", "getwindowname")
	return err == nil && strings.TrimSpace(title) == appTitle
}
