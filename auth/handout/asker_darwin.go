package handout

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"
)

// lookUp finds out about a process; ok is false when there is none.
func lookUp(pid int) (p process, ok bool) {
	if p, ok = lookUpName(pid); !ok {
		return process{}, false
	}
	path, args := arguments(pid)
	if !filepath.IsAbs(path) { // what it is relative to can't be known
		return p, true
	}
	if info, err := os.Stat(path); err == nil {
		p.path, p.file, p.args = path, info, args
	}
	again, ok := lookUpName(pid)
	return p, ok && again.started == p.started
}

// lookUpName finds out what a process is called and when it started.
func lookUpName(pid int) (p process, ok bool) {
	if pid <= 0 {
		return process{}, false
	}
	info, err := unix.SysctlKinfoProc("kern.proc.pid", pid)
	if err != nil || int(info.Proc.P_pid) != pid {
		return process{}, false
	}
	name, _, _ := bytes.Cut(info.Proc.P_comm[:], []byte{0})
	return process{
		pid: pid, parent: int(info.Eproc.Ppid), name: string(name), started: micros(info.Proc.P_starttime),
	}, true
}

// arguments reads the file and the arguments that a process was started with
// from KERN_PROCARGS2: a count, the file, zeros, the arguments.
func arguments(pid int) (path string, args []string) {
	data, err := unix.SysctlRaw("kern.procargs2", pid)
	const word = 4
	if err != nil || len(data) < word {
		return "", nil
	}
	count := binary.NativeEndian.Uint32(data)
	file, rest, _ := bytes.Cut(data[word:], []byte{0})
	rest = bytes.TrimLeft(rest, "\x00")
	for range count {
		arg, after, found := bytes.Cut(rest, []byte{0})
		if !found {
			break
		}
		args, rest = append(args, string(arg)), after
	}
	return string(file), args
}

func micros(t unix.Timeval) uint64 {
	if t.Sec < 0 {
		return 0
	}
	return uint64(t.Sec)*1e6 + uint64(t.Usec)
}

// bootTime is now as process.started counts.
func bootTime() uint64 { return uint64(max(0, time.Now().UnixMicro())) }
