//go:build e2e || bench

package robot

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// adoptOrphans makes the kernel hand us the processes that our children leave
// behind, so that none can slip away.
func adoptOrphans() error { return unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) }

// process is one entry of the process table.
type process struct {
	pid, parent int
	name        string
	zombie      bool
}

// descendants returns every living process that comes from this one.
func descendants() []process {
	table := map[int]process{}
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, file := range stats {
		if p, ok := readStat(file); ok {
			table[p.pid] = p
		}
	}
	var found []process
	for _, p := range table {
		for at, depth := p.parent, 0; at > 1 && depth < len(table); depth++ {
			if at == os.Getpid() {
				found = append(found, p)
				break
			}
			at = table[at].parent
		}
	}
	return found
}

// tellTales finds secrets in the command lines and environments of the
// processes that come from this one: every user can read the former.
func tellTales(secrets ...string) error {
	for _, p := range descendants() {
		for _, file := range []string{"cmdline", "environ"} {
			content, _ := os.ReadFile(fmt.Sprintf("/proc/%d/%s", p.pid, file)) // it may have ended meanwhile
			for _, secret := range secrets {
				if secret == "" || bytes.Contains(content, []byte(secret)) {
					return fmt.Errorf("the %s of %s holds a secret, or there is none to look for", file, p.name)
				}
			}
		}
	}
	return nil
}

// readStat reads /proc/PID/stat; the name in it may hold blanks and brackets.
func readStat(file string) (process, bool) {
	data, err := os.ReadFile(file)
	if err != nil { // it has ended meanwhile
		return process{}, false
	}
	open, shut := bytes.IndexByte(data, '('), bytes.LastIndexByte(data, ')')
	if open < 0 || shut < open {
		return process{}, false
	}
	fields := strings.Fields(string(data[shut+1:]))
	if len(fields) < 2 {
		return process{}, false
	}
	pid, errPid := strconv.Atoi(strings.TrimSpace(string(data[:open])))
	parent, errParent := strconv.Atoi(fields[1])
	return process{pid: pid, parent: parent, name: string(data[open+1 : shut]), zombie: fields[0] == "Z"}, errPid == nil && errParent == nil
}

// endDescendants ends everything that came from this process, first asking,
// then not, and returns what is still there.
func endDescendants(patience time.Duration) []process {
	signal := syscall.SIGTERM
	started := time.Now()
	for time.Since(started) < patience {
		left := 0
		for _, p := range descendants() {
			if p.zombie {
				var status unix.WaitStatus
				_, _ = unix.Wait4(p.pid, &status, unix.WNOHANG, nil)
				continue
			}
			left++
			_ = syscall.Kill(p.pid, signal)
		}
		if left == 0 {
			return nil
		}
		if time.Since(started) > patience/4 {
			signal = syscall.SIGKILL
		}
		pause(50 * time.Millisecond)
	}
	var alive []process
	for _, p := range descendants() {
		if !p.zombie {
			alive = append(alive, p)
		}
	}
	return alive
}

// pause waits for something outside this program that gives no sign.
func pause(d time.Duration) { <-time.After(d) }

func (p process) String() string { return fmt.Sprintf("%s (%d)", p.name, p.pid) }
