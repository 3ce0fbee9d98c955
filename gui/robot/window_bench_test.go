//go:build bench

package robot

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tokenwell/auth"
	"tokenwell/db/dbtest"
)

// The bars that the window is held to.
const (
	fewRows, manyRows = 10_000, 100_000
	startBar          = 1.1 // times the program with no rows
	frameBar          = 100 * time.Millisecond
	starts            = 11 // of which the median counts
)

const benchPatience = 60 * time.Second

// BenchmarkWindow measures the release binary from outside, in the real window.
func BenchmarkWindow(b *testing.B) {
	binary, d := benchDesktop(b)
	for range b.N {
		b.StopTimer()
		measureStarts(b, d, binary)
		measureFrames(b, d, binary)
		measureWork(b, d, binary)
		measureStorm(b, d, binary)
	}
}

// benchDesktop starts a desktop of its own, which ends with the benchmark.
func benchDesktop(b *testing.B) (binary string, d *desktop) {
	b.Helper()
	binary, err := filepath.Abs("../../bin/tokenwell-desktop")
	require.NoError(b, err)
	require.FileExists(b, binary, "make build makes it")
	d, err = startDesktop()
	if d != nil {
		b.Cleanup(func() { require.NoError(b, d.close()) })
	}
	require.NoError(b, err)
	for _, variable := range d.env {
		name, value, _ := strings.Cut(variable, "=")
		if name == "DBUS_SESSION_BUS_ADDRESS" {
			b.Setenv(name, value) // the vaults are made with this desktop's keyring
		}
	}
	return binary, d
}

// measureStarts compares the start with rows, without, and of an empty window.
func measureStarts(b *testing.B, d *desktop, binary string) {
	empty := filepath.Join(d.home, "emptywindow")
	said, err := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w", "-tags", "bench migrated_fynedo", "-o", empty, "./emptywindow").CombinedOutput()
	require.NoError(b, err, string(said))

	var toolkit, none, few []start
	noRows, fewFolder := fill(b, d, 0), fill(b, d, fewRows)
	for range starts { // in turns, so that the machine's moods hit all alike
		toolkit = append(toolkit, d.startOnce(b, "Empty window", empty))
		none = append(none, d.startProgram(b, binary, noRows))
		few = append(few, d.startProgram(b, binary, fewFolder))
	}
	t, n, f := median(toolkit), median(none), median(few)
	fmt.Printf("start to first frame: %s empty window, %s no rows, %s with %d rows: %.2f times (bar %.1f)\n",
		t.frame, n.frame, f.frame, fewRows, float64(f.frame)/float64(n.frame), startBar)
	fmt.Printf("resident memory: %.0f MB empty window, %.0f MB no rows, %.0f MB with %d rows: %.2f times (bar %.1f)\n",
		t.memory, n.memory, f.memory, fewRows, f.memory/n.memory, startBar)
	b.ReportMetric(float64(f.frame)/float64(n.frame), "start-ratio")
	b.ReportMetric(f.memory/n.memory, "memory-ratio")
	if float64(f.frame) > startBar*float64(n.frame) || f.memory > startBar*n.memory {
		b.Errorf("starting with %d rows takes more than %.1f times what it takes with none", fewRows, startBar)
	}
}

// measureFrames scrolls and jumps through many rows and reads the longest gap.
func measureFrames(b *testing.B, d *desktop, binary string) {
	folder := fill(b, d, manyRows)
	command := d.command(context.Background(), binary, "--data-dir", folder, "--log-level", "debug")
	require.NoError(b, d.start(command))
	require.NoError(b, d.waitWindow("Tokenwell", benchPatience))
	top, err := d.settle(nil, benchPatience)
	require.NoError(b, err)
	pause(6 * time.Second) // the check of all rows after unlocking is done in the background; begin in the midst of it
	require.NoError(b, d.click(placeFirstRow))
	_, err = d.output("xdotool", "click", "--repeat", "20", "--delay", "12", "5")
	require.NoError(b, err)
	_, err = d.settle(top, benchPatience)
	require.NoError(b, err, "the table does not scroll")
	for range 4 {
		for _, args := range [][]string{
			{"click", "--repeat", "150", "--delay", "12", "5"},
			{"key", "--delay", "30", "End", "Home", "Next", "Next", "Next", "End", "Prior", "Prior", "Home"},
			{"click", "--repeat", "60", "--delay", "12", "5"},
			{"key", "--delay", "15", "Down", "Down", "Down", "Down", "Down", "Down", "Down", "Down", "End", "Home"},
		} {
			_, err := d.output("xdotool", args...)
			require.NoError(b, err)
		}
	}
	before := len(frameReports(b, folder))
	require.NoError(b, d.until("a report of the frames", benchPatience, func() bool { return len(frameReports(b, folder)) > before }))
	var longest time.Duration
	reports := frameReports(b, folder)
	for _, gap := range reports[1:] { // the first holds the start
		longest = max(longest, gap)
	}
	fmt.Printf("longest gap between frames while scrolling and jumping through %d rows: %s (bar %s)\n", manyRows, longest, frameBar)
	b.ReportMetric(float64(longest.Milliseconds()), "longest-gap-ms")
	if longest > frameBar {
		b.Errorf("the window stood still for %s", longest)
	}
	d.closeWindow(b, "Tokenwell")
}

// fill makes a data folder with rows, sealed under the desktop's keyring.
func fill(b *testing.B, d *desktop, rows int) string {
	b.Helper()
	folder := filepath.Join(d.home, fmt.Sprintf("rows-%d", rows))
	store := dbtest.OpenIn(b, folder, nil)
	require.NoError(b, store.Vault().Create(context.Background(), auth.Secret{}))
	dbtest.Fill(b, store, rows, time.Now().Add(24*time.Hour))
	require.NoError(b, store.Close())
	return folder
}

// start is what one start of a program took.
type start struct {
	frame  time.Duration // until the first frame
	memory float64       // resident, in MB, when it has come to rest
}

func (d *desktop) startProgram(b *testing.B, binary, folder string) start {
	b.Helper()
	log := filepath.Join(logFolder(folder), "tokenwell.log")
	require.NoError(b, os.RemoveAll(log))
	return d.measure(b, "Tokenwell", d.command(context.Background(), binary, "--data-dir", folder, "--log-level", "debug"), func() (time.Duration, bool) {
		for _, line := range logLines(log) {
			if line.Msg == "first frame" {
				return time.Duration(line.MS) * time.Millisecond, true
			}
		}
		return 0, false
	})
}

func (d *desktop) startOnce(b *testing.B, title, binary string) start {
	b.Helper()
	said, err := os.Create(filepath.Join(d.home, "empty.log"))
	require.NoError(b, err)
	defer said.Close()
	command := d.command(context.Background(), binary)
	command.Stderr = said
	return d.measure(b, title, command, func() (time.Duration, bool) {
		text, _ := os.ReadFile(said.Name())
		found := regexp.MustCompile(`first frame (\d+) ms`).FindSubmatch(text)
		if found == nil {
			return 0, false
		}
		ms, err := strconv.Atoi(string(found[1]))
		return time.Duration(ms) * time.Millisecond, err == nil
	})
}

func (d *desktop) measure(b *testing.B, title string, command *exec.Cmd, frame func() (time.Duration, bool)) start {
	b.Helper()
	require.NoError(b, d.start(command))
	var s start
	require.NoError(b, d.until("the first frame", benchPatience, func() bool {
		took, ok := frame()
		s.frame = took
		return ok
	}))
	require.NoError(b, d.waitWindow(title, benchPatience))
	pause(4 * time.Second) // what the start leaves behind is given back
	s.memory = resident(b, command.Process.Pid)
	d.closeWindow(b, title)
	return s
}

func (d *desktop) closeWindow(b *testing.B, title string) {
	b.Helper()
	require.NoError(b, d.activate("^"+title+"$"))
	require.NoError(b, d.key("alt+F4"))
	require.NoError(b, d.until("the window's end", benchPatience, func() bool { return !slices.Contains(d.windows(), title) }))
}

// resident reads a process's resident memory in MB.
func resident(b *testing.B, pid int) float64 {
	b.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	require.NoError(b, err)
	found := regexp.MustCompile(`VmRSS:\s+(\d+) kB`).FindSubmatch(status)
	require.NotNil(b, found)
	kb, err := strconv.Atoi(string(found[1]))
	require.NoError(b, err)
	return float64(kb) / 1024
}

// logLine is a line of the program's log as far as it is read here.
type logLine struct {
	Msg     string `json:"msg"`
	MS      int64  `json:"ms"`
	Longest int64  `json:"longest_gap_ms"`
}

func logLines(file string) []logLine {
	data, _ := os.ReadFile(file)
	var lines []logLine
	for _, text := range strings.Split(string(data), "\n") {
		var line logLine
		if json.Unmarshal([]byte(text), &line) == nil {
			lines = append(lines, line)
		}
	}
	return lines
}

// frameReports returns the longest gap of each report of the frame watch.
func frameReports(b *testing.B, folder string) []time.Duration {
	b.Helper()
	var gaps []time.Duration
	for _, line := range logLines(filepath.Join(logFolder(folder), "tokenwell.log")) {
		if line.Msg == "frames" {
			gaps = append(gaps, time.Duration(line.Longest)*time.Millisecond)
		}
	}
	return gaps
}

func logFolder(data string) string { return filepath.Join(data, "logs") }

// median takes the middle of each figure.
func median(starts []start) start {
	var frames []time.Duration
	var memory []float64
	for _, s := range starts {
		frames, memory = append(frames, s.frame), append(memory, s.memory)
	}
	slices.Sort(frames)
	slices.Sort(memory)
	return start{frame: frames[len(frames)/2], memory: memory[len(memory)/2]}
}
