//go:build bench

package robot

import (
	"context"
	"encoding/binary"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const (
	startBar = 1.1 // times the program with no rows
	starts   = 21  // of which the median counts
	rests    = 5   // of them come to rest, for their memory
)

// start is what one start of a program took.
type start struct {
	frame   time.Duration // until its window is on the screen
	content time.Duration // until there is something in the middle of it: rows, or that there are none
	memory  float64       // resident, in MB, when it has come to rest; 0: it was not awaited
}

// BenchmarkStart measures the release binary's start from outside, in the real window.
func BenchmarkStart(b *testing.B) {
	binary, d := benchDesktop(b)
	for range b.N {
		b.StopTimer()
		measureStarts(b, d, binary)
	}
}

// measureStarts compares the start with rows, without, and of an empty window.
func measureStarts(b *testing.B, d *desktop, binary string) {
	empty := filepath.Join(d.home, "emptywindow")
	said, err := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w", "-tags", "bench migrated_fynedo", "-o", empty, "./emptywindow").CombinedOutput()
	require.NoError(b, err, string(said))

	var toolkit, none, few []start
	noRows, fewFolder := fill(b, d, 0), fill(b, d, fewRows)
	for i := range starts { // in turns, so that the machine's moods hit all alike
		toolkit = append(toolkit, d.measureStart(b, i < rests, "Empty window", false, empty))
		none = append(none, d.measureStart(b, i < rests, "Tokenwell", true, binary, "--data-dir", noRows))
		few = append(few, d.measureStart(b, i < rests, "Tokenwell", true, binary, "--data-dir", fewFolder))
	}
	t, n, f := median(toolkit), median(none), median(few)
	fmt.Printf("start to first frame: %s empty window, %s no rows, %s with %d rows: %.2f times (bar %.1f)\n",
		t.frame, n.frame, f.frame, fewRows, float64(f.frame)/float64(n.frame), startBar)
	fmt.Printf("start to what is stored: %s that there are no rows, %s the first of %d: %.2f times\n",
		n.content, f.content, fewRows, float64(f.content)/float64(n.content))
	fmt.Printf("resident memory: %.0f MB empty window, %.0f MB no rows, %.0f MB with %d rows: %.2f times (bar %.1f)\n",
		t.memory, n.memory, f.memory, fewRows, f.memory/n.memory, startBar)
	b.ReportMetric(float64(f.frame)/float64(n.frame), "start-ratio")
	b.ReportMetric(f.memory/n.memory, "memory-ratio")
	if float64(f.frame) > startBar*float64(n.frame) || f.memory > startBar*n.memory {
		b.Errorf("starting with %d rows takes more than %.1f times what it takes with none", fewRows, startBar)
	}
}

// measureStart starts a program and watches the screen, from outside.
func (d *desktop) measureStart(b *testing.B, rest bool, title string, filled bool, binary string, args ...string) start {
	b.Helper()
	eye := newPeephole(b, d)
	defer eye.file.Close()
	before := eye.line(b, screenHeight/4)
	for still := 0; still < 10; still++ { // the last window may still be on its way out
		pause(20 * time.Millisecond)
		if now := eye.line(b, screenHeight/4); !slices.Equal(before, now) {
			before, still = now, 0
		}
	}
	command := d.command(context.Background(), binary, args...)
	begun := time.Now()
	wait := func(what string, seen func() bool) time.Duration {
		for !seen() {
			require.Less(b, time.Since(begun), benchPatience, what)
			pause(time.Millisecond)
		}
		return time.Since(begun).Round(time.Millisecond)
	}
	require.NoError(b, d.start(command))
	var s start
	s.frame = wait("the first frame", func() bool { return !slices.Equal(before, eye.line(b, screenHeight/4)) })
	if filled {
		s.content = wait("the rows", func() bool { return eye.filled(b) })
	}
	require.NoError(b, d.waitWindow(title, benchPatience))
	if rest {
		pause(4 * time.Second) // what the start leaves behind is given back
		s.memory = resident(b, command.Process.Pid)
	}
	d.closeWindow(b, title)
	return s
}

// peephole reads lines of the screen, which takes much less than a picture.
type peephole struct {
	file *os.File
	at   int64 // where the picture begins
}

func newPeephole(b *testing.B, d *desktop) *peephole {
	b.Helper()
	file, err := os.Open(filepath.Join(d.home, screenFile))
	require.NoError(b, err)
	head := make([]byte, 100)
	_, err = file.ReadAt(head, 0)
	require.NoError(b, err)
	return &peephole{file: file, at: int64(pixelsFrom(head))}
}

// line returns the pixels of a line, of 4 bytes.
func (p *peephole) line(b *testing.B, y int) []uint32 {
	b.Helper()
	raw := make([]byte, screenWidth*4)
	_, err := p.file.ReadAt(raw, p.at+int64(y*len(raw)))
	require.NoError(b, err)
	pixels := make([]uint32, screenWidth)
	for x := range pixels {
		pixels[x] = binary.LittleEndian.Uint32(raw[4*x:])
	}
	return pixels
}

// filled tells whether there is more than an empty table: hairlines alone are a few
// pixels of a line.
func (p *peephole) filled(b *testing.B) bool {
	b.Helper()
	const left, top, right, bottom, hairlines, enough = 200, 180, 1140, 720, 20, 3
	lines := 0
	for y := top; y < bottom; y += 6 {
		line := p.line(b, y)[left:right]
		inked := 0
		for _, pixel := range line {
			if pixel != line[0] {
				inked++
			}
		}
		if inked > hairlines {
			lines++
		}
	}
	return lines >= enough
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

// median takes the middle of each figure.
func median(starts []start) start {
	var frames, contents []time.Duration
	var memory []float64
	for _, s := range starts {
		frames, contents = append(frames, s.frame), append(contents, s.content)
		if s.memory > 0 {
			memory = append(memory, s.memory)
		}
	}
	slices.Sort(frames)
	slices.Sort(contents)
	slices.Sort(memory)
	return start{frame: frames[len(frames)/2], content: contents[len(contents)/2], memory: memory[len(memory)/2]}
}
