//go:build e2e

package robot

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// said is how a program has ended.
type said struct {
	code        int
	out, errOut string
}

// asks types lines into a shell, in the background, and gives its end.
func (d *desktop) asks(lines string) <-chan said {
	ended := make(chan said, 1)
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), 90*time.Second) // a question lasts 60 s
		defer cancel()
		var out, errOut bytes.Buffer
		command := d.command(ctx, "/bin/bash")
		command.Stdin, command.Stdout, command.Stderr = strings.NewReader(lines), &out, &errOut
		command.WaitDelay = time.Second
		err := command.Run()
		end := said{command.ProcessState.ExitCode(), out.String(), errOut.String()}
		var exit *exec.ExitError
		if err != nil && !errors.As(err, &exit) {
			end.code, end.errOut = -1, err.Error()
		}
		ended <- end
	}()
	return ended
}

// runs is what is typed to run a script; the shell ends as the script does.
func runs(script string) string { return script + "\nexit $?\n" }

// expect waits for a program's end with this exit code.
func expect(ended <-chan said, code int) (said, error) {
	end := <-ended
	if end.code != code {
		return end, fmt.Errorf("exit code %d, not %d: %s", end.code, code, end.errOut)
	}
	return end, nil
}

// writeScript puts a program into the home and returns its path.
func (d *desktop) writeScript(name, text string) (string, error) {
	file := filepath.Join(d.home, name)
	return file, os.WriteFile(file, []byte(text), 0o700) //nolint:gosec // it is run
}

// manageWindows lets the window manager treat windows that come from now on as it
// treats everybody's: at the place and of the size that they ask for, in a frame.
func (d *desktop) manageWindows() error {
	rules := `<?xml version="1.0"?><openbox_config xmlns="http://openbox.org/3.4/rc"><theme><name>Clearlooks</name><titleLayout>NLC</titleLayout></theme>` +
		`<keyboard><keybind key="A-F4"><action name="Close"/></keybind></keyboard></openbox_config>`
	if err := os.WriteFile(filepath.Join(d.home, "config", "openbox", "rc.xml"), []byte(rules), 0o600); err != nil {
		return err
	}
	_, err := d.output("openbox", "--reconfigure")
	return err
}

// question is the window that asks.
type question struct {
	id            string
	width, height int
}

// findQuestion returns the window that asks, nil when there is none: the one with
// the program's title that is not the main window.
func (d *desktop) findQuestion(main string) *question {
	found, err := d.output("xdotool", "search", "--onlyvisible", "--name", "^"+appTitle+"$")
	if err != nil {
		return nil
	}
	for _, id := range strings.Fields(found) {
		if id == main {
			continue
		}
		q := &question{id: id}
		place, err := d.output("xdotool", "getwindowgeometry", "--shell", id)
		if err != nil {
			return nil
		}
		for _, line := range strings.Fields(place) {
			switch name, value, _ := strings.Cut(line, "="); name {
			case "WIDTH":
				q.width, _ = strconv.Atoi(value)
			case "HEIGHT":
				q.height, _ = strconv.Atoi(value)
			}
		}
		return q
	}
	return nil
}

// waitQuestion waits until the window asks and can be answered: for half a second
// after it has come up nothing is heard.
func (d *desktop) waitQuestion(main string, patience time.Duration) (*question, error) {
	var q *question
	err := d.until("the window that asks", patience, func() bool {
		q = d.findQuestion(main)
		return q != nil
	})
	pause(time.Second)
	return q, err
}

// checkQuestion makes sure that the window manager has the window where it can't
// be overlooked and as it was made: in front, above all, with the focus, of one size.
func (d *desktop) checkQuestion(q *question) error {
	active, err := d.output("xdotool", "getactivewindow")
	if err != nil {
		return err
	}
	if strings.TrimSpace(active) != q.id {
		return errors.New("the window that asks does not have the focus")
	}
	hints, err := d.output("xprop", "-id", q.id, "_NET_WM_STATE", "WM_NORMAL_HINTS", "_NET_WM_ALLOWED_ACTIONS")
	if err != nil {
		return err
	}
	size := fmt.Sprintf("%d by %d", q.width, q.height)
	for _, part := range []string{"_NET_WM_STATE_ABOVE", "minimum size: " + size, "maximum size: " + size} {
		if !strings.Contains(hints, part) {
			return fmt.Errorf("the window that asks lacks %q: %s", part, hints)
		}
	}
	if strings.Contains(hints, "_NET_WM_ACTION_RESIZE") {
		return errors.New("the window that asks can be made larger or smaller")
	}
	return nil
}

// answer is a button of the window that asks, by its distance from the window's
// left and right.
type answer struct{ left, right int }

var (
	answerDeny   = answer{left: 60}
	answerAlways = answer{right: 281}
	answerHour   = answer{right: 188}
	answerOnce   = answer{right: 80}
)

// press answers the question with the mouse.
func (d *desktop) pressAnswer(q *question, a answer) error {
	x := a.left
	if a.right > 0 {
		x = q.width - a.right
	}
	_, err := d.output("xdotool", "mousemove", "--window", q.id, "--sync", strconv.Itoa(x), strconv.Itoa(q.height-34), "sleep", "0.1", "click", "1")
	return err
}
