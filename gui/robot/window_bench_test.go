//go:build bench

package robot

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
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
	frameBar          = 100 * time.Millisecond
)

const benchPatience = 60 * time.Second

// BenchmarkWindow measures the release binary from outside, in the real window.
func BenchmarkWindow(b *testing.B) {
	binary, d := benchDesktop(b)
	for range b.N {
		b.StopTimer()
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

func (d *desktop) closeWindow(b *testing.B, title string) {
	b.Helper()
	require.NoError(b, d.activate("^"+title+"$"))
	require.NoError(b, d.key("alt+F4"))
	require.NoError(b, d.until("the window's end", benchPatience, func() bool { return !slices.Contains(d.windows(), title) }))
}

// logLine is a line of the program's log as far as it is read here.
type logLine struct {
	Msg     string `json:"msg"`
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
