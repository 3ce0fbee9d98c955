//go:build e2e || bench

package robot

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// The size of the screen; every window fills it.
const (
	screenWidth  = 1180
	screenHeight = 760
)

// desktop is a virtual desktop of its own: display, window manager, session
// bus, keyring and browser, all of them the real programs, in one temporary home.
type desktop struct {
	home string
	env  []string
	log  *os.File
}

// startDesktop starts it. close must be called in any case, also when an error
// is returned.
func startDesktop() (*desktop, error) {
	if err := adoptOrphans(); err != nil {
		return nil, err
	}
	// Short, because a socket's path holds 107 bytes at most.
	home, err := os.MkdirTemp("", "tokenwell-robot-")
	if err != nil {
		return nil, err
	}
	d := &desktop{home: home}
	if err := d.writeHome(); err != nil {
		return d, err
	}
	for _, start := range []func() error{d.startDisplay, d.startBus, d.startKeyring, d.startWindowManager} {
		if err := start(); err != nil {
			return d, err
		}
	}
	return d, nil
}

// close ends every process and removes the home. The error names what could
// not be ended.
func (d *desktop) close() error {
	left := endDescendants(20 * time.Second)
	_ = d.log.Close()
	err := os.RemoveAll(d.home)
	if len(left) > 0 {
		return fmt.Errorf("still running: %v", left)
	}
	return err
}

// writeHome makes the folders, the browser's entry and the settings of a user
// who wants no animations (pictures shall not depend on the moment).
func (d *desktop) writeHome() error {
	folders := map[string]string{
		"XDG_CONFIG_HOME": "config", "XDG_DATA_HOME": "data", "XDG_STATE_HOME": "state", "XDG_CACHE_HOME": "cache", "XDG_RUNTIME_DIR": "run",
	}
	env := map[string]string{
		"HOME": d.home, "LANG": "en_US.UTF-8", "PATH": os.Getenv("PATH"), "TMPDIR": filepath.Join(d.home, "tmp"),
		"LIBGL_ALWAYS_SOFTWARE": "1", "NO_AT_BRIDGE": "1", "GTK_USE_PORTAL": "0", "FYNE_SCALE": "1", "FYNE_THEME": "light",
	}
	for name, folder := range folders {
		env[name] = filepath.Join(d.home, folder)
		if err := os.MkdirAll(env[name], 0o700); err != nil {
			return err
		}
	}
	if err := os.MkdirAll(env["TMPDIR"], 0o700); err != nil {
		return err
	}
	for name, value := range env {
		d.env = append(d.env, name+"="+value)
	}
	files := map[string]string{
		// Chromium refuses its sandbox to root, and complains about that without
		// --test-type; the rest keeps it to this folder and this machine.
		"browser": "#!/bin/sh\nexec chromium --no-sandbox --user-data-dir=" + d.home + "/chromium --no-first-run --no-default-browser-check" +
			" --disable-background-networking --disable-component-update --disable-sync --disable-quic --disable-default-apps" +
			" --disable-extensions --disable-gpu --disable-dev-shm-usage --password-store=basic --disable-save-password-bubble" +
			" --disable-features=Translate,OptimizationHints,MediaRouter --test-type --lang=en-US --force-device-scale-factor=1 \"$@\"\n",
		"data/applications/browser.desktop": "[Desktop Entry]\nType=Application\nName=Browser\nExec=" + d.home + "/browser %u\n" +
			"MimeType=text/html;x-scheme-handler/http;x-scheme-handler/https;\n",
		"config/mimeapps.list":         "[Default Applications]\ntext/html=browser.desktop\nx-scheme-handler/http=browser.desktop\nx-scheme-handler/https=browser.desktop\n",
		"chromium/Default/Preferences": `{"credentials_enable_service":false,"profile":{"password_manager_enabled":false}}`,
		"config/fyne/settings.json":    `{"scale":1,"no_animations":true}`,
		"config/openbox/rc.xml": fmt.Sprintf(`<?xml version="1.0"?><openbox_config xmlns="http://openbox.org/3.4/rc">
<theme><keepBorder>no</keepBorder></theme>
<keyboard><keybind key="A-F4"><action name="Close"/></keybind></keyboard>
<applications><application class="*" type="normal"><decor>no</decor><position force="yes"><x>0</x><y>0</y></position>
<size><width>%d</width><height>%d</height></size><focus>yes</focus></application></applications></openbox_config>`, screenWidth, screenHeight),
	}
	for name, text := range files {
		file := filepath.Join(d.home, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			return err
		}
		if err := os.WriteFile(file, []byte(text), 0o700); err != nil {
			return err
		}
	}
	var err error
	d.log, err = os.Create(filepath.Join(d.home, "log"))
	return err
}

// startDisplay starts Xvfb on a display number that it finds free itself.
func (d *desktop) startDisplay() error {
	ours, theirs, err := os.Pipe()
	if err != nil {
		return err
	}
	defer ours.Close()
	memory := filepath.Join(d.home, filepath.Dir(screenFile))
	if err := os.Mkdir(memory, 0o700); err != nil {
		return err
	}
	// Without a mouse pointer, which would be in the pictures.
	command := d.command(context.Background(), "Xvfb", "-displayfd", "3", "-screen", "0", fmt.Sprintf("%dx%dx24", screenWidth, screenHeight), "-dpi", "96",
		"-nolisten", "tcp", "-noreset", "-nocursor", "-fbdir", memory)
	command.ExtraFiles = []*os.File{theirs}
	err = d.start(command)
	_ = theirs.Close()
	if err != nil {
		return err
	}
	_ = ours.SetReadDeadline(time.Now().Add(30 * time.Second))
	number, err := bufio.NewReader(ours).ReadString('\n')
	if err != nil {
		return fmt.Errorf("the virtual display did not start: %w", err)
	}
	d.env = append(d.env, "DISPLAY=:"+strings.TrimSpace(number))
	return nil
}

// startBus starts a session bus of its own.
func (d *desktop) startBus() error {
	socket := filepath.Join(d.home, "run", "bus")
	address := "unix:path=" + socket
	if err := d.start(d.command(context.Background(), "dbus-daemon", "--session", "--nofork", "--nopidfile", "--nosyslog", "--address="+address)); err != nil {
		return err
	}
	d.env = append(d.env, "DBUS_SESSION_BUS_ADDRESS="+address)
	return d.until("the session bus", 10*time.Second, func() bool { _, err := os.Stat(socket); return err == nil })
}

// startKeyring starts the Secret Service with an open login keyring.
func (d *desktop) startKeyring() error {
	command := d.command(context.Background(), "gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets", "--control-directory="+filepath.Join(d.home, "run", "keyring"))
	command.Stdin = strings.NewReader("robot")
	if err := d.start(command); err != nil {
		return err
	}
	return d.until("the keyring", 20*time.Second, func() bool {
		said, err := d.output("dbus-send", "--session", "--print-reply", "--dest=org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus.NameHasOwner", "string:org.freedesktop.secrets")
		return err == nil && strings.Contains(said, "true")
	})
}

func (d *desktop) startWindowManager() error {
	if err := d.start(d.command(context.Background(), "openbox", "--sm-disable")); err != nil {
		return err
	}
	return d.until("the window manager", 20*time.Second, func() bool {
		said, err := d.output("xprop", "-root", "_NET_SUPPORTING_WM_CHECK")
		return err == nil && strings.Contains(said, "window id")
	})
}

// command prepares a program that runs in this desktop.
func (d *desktop) command(ctx context.Context, name string, args ...string) *exec.Cmd {
	command := exec.CommandContext(ctx, name, args...)
	command.Env = d.env
	command.Dir = d.home
	command.Stdout, command.Stderr = d.log, d.log
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	return command
}

// start starts the program and reaps it when it ends.
func (d *desktop) start(command *exec.Cmd) error {
	if err := command.Start(); err != nil {
		return err
	}
	go func() { _ = command.Wait() }()
	return nil
}

// output runs a short program and returns what it prints.
func (d *desktop) output(name string, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	command := d.command(ctx, name, args...)
	command.Stdout, command.Stderr = nil, nil
	command.WaitDelay = time.Second // a grandchild may hold the pipe open
	said, err := command.Output()
	return string(said), err
}

// until polls, because other programs give no sign, and fails after patience.
func (d *desktop) until(what string, patience time.Duration, ready func() bool) error {
	for started := time.Now(); time.Since(started) < patience; pause(100 * time.Millisecond) {
		if ready() {
			return nil
		}
	}
	return fmt.Errorf("after %s: no sign of %s", patience, what)
}

// windows returns the titles of the windows that can be seen.
func (d *desktop) windows() []string {
	said, err := d.output("xdotool", "search", "--onlyvisible", "--name", ".")
	if err != nil {
		return nil
	}
	var titles []string
	for _, id := range strings.Fields(said) {
		if title, err := d.output("xdotool", "getwindowname", id); err == nil {
			titles = append(titles, strings.TrimSpace(title))
		}
	}
	return titles
}

// waitWindow waits until a window's title holds text.
func (d *desktop) waitWindow(text string, patience time.Duration) error {
	return d.until("a window titled "+text, patience, func() bool {
		for _, title := range d.windows() {
			if strings.Contains(title, text) {
				return true
			}
		}
		return false
	})
}

// activate brings the window whose title holds text to the front.
func (d *desktop) activate(text string) error {
	_, err := d.output("xdotool", "search", "--onlyvisible", "--name", text, "windowactivate", "--sync")
	return err
}

// click moves the mouse and presses its first button.
func (d *desktop) click(p point) error { return d.press(p, "1") }

func (d *desktop) press(p point, button string) error {
	if err := d.move(p); err != nil {
		return err
	}
	_, err := d.output("xdotool", "sleep", "0.1", "click", button)
	return err
}

// move moves the mouse, unless it is there: xdotool would wait for it for 15 seconds.
func (d *desktop) move(p point) error {
	at, err := d.output("xdotool", "getmouselocation")
	if err != nil || strings.HasPrefix(at, fmt.Sprintf("x:%d y:%d ", p.x, p.y)) {
		return err
	}
	_, err = d.output("xdotool", "mousemove", "--sync", fmt.Sprint(p.x), fmt.Sprint(p.y))
	return err
}

// key presses keys, such as "ctrl+n" or "Tab".
func (d *desktop) key(keys ...string) error {
	_, err := d.output("xdotool", append([]string{"key", "--delay", "60"}, keys...)...)
	return err
}

// write types text.
func (d *desktop) write(text string) error {
	_, err := d.output("xdotool", "type", "--delay", "25", text)
	return err
}

// clipboard returns the text on the clipboard.
func (d *desktop) clipboard() (string, error) {
	return d.output("xclip", "-selection", "clipboard", "-out")
}

// point is a place on the screen.
type point struct{ x, y int }

// errLog adds the end of what the desktop's programs said to err.
func (d *desktop) errLog(err error) error {
	if err == nil {
		return nil
	}
	said, _ := os.ReadFile(d.log.Name())
	if len(said) > 4000 {
		said = said[len(said)-4000:]
	}
	return errors.Join(err, fmt.Errorf("the desktop's programs said:\n%s", said))
}
