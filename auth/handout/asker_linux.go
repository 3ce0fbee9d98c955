package handout

import (
	"bytes"
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// maxArguments is how much of a command line is read; the script comes early.
const maxArguments = 16 << 10

// procFolder is the folder of one process in /proc, held open: when the process
// has ended it is empty, also when another one has got its number.
type procFolder int

func openProc(pid int) (procFolder, bool) {
	if pid <= 0 {
		return -1, false
	}
	fd, err := unix.Open("/proc/"+strconv.Itoa(pid), unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	return procFolder(fd), err == nil
}

func (f procFolder) close() { _ = unix.Close(int(f)) }

// read returns the beginning of a file in the folder, at most size bytes.
func (f procFolder) read(name string, size int) []byte {
	fd, err := unix.Openat(int(f), name, unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil
	}
	defer func() { _ = unix.Close(fd) }()
	data := make([]byte, size)
	n, err := unix.Read(fd, data)
	if err != nil {
		return nil
	}
	return data[:n]
}

// link returns where a link in the folder leads; "" when it can't be read, or
// when what it named is gone.
func (f procFolder) link(name string) string {
	buf := make([]byte, 512) // most paths fit
	n, err := unix.Readlinkat(int(f), name, buf)
	if n == len(buf) {
		buf = make([]byte, maxShown+1)
		n, err = unix.Readlinkat(int(f), name, buf)
	}
	if err != nil || n == len(buf) || n == 0 || buf[0] != '/' || bytes.HasSuffix(buf[:n], []byte(" (deleted)")) {
		return ""
	}
	return string(buf[:n])
}

// program is the program's file. A path that leads to another file from here is
// not its path: the process sees other folders than we do.
func (f procFolder) program(pid int) (string, os.FileInfo) {
	path := f.link("exe")
	if path == "" {
		return "", nil
	}
	theirs, err := os.Stat("/proc/" + strconv.Itoa(pid) + "/exe")
	if err != nil {
		return "", nil
	}
	if ours, err := os.Stat(path); err != nil || !os.SameFile(ours, theirs) {
		return "", theirs
	}
	return path, theirs
}

// status reads name, parent and start from proc_pid_stat(5).
func (f procFolder) status() (name string, parent int, started uint64, ok bool) {
	name, fields, ok := statFields(string(f.read("stat", 1024)))
	if !ok {
		return "", 0, 0, false
	}
	parent, err := strconv.Atoi(fields[statParent])
	if err != nil {
		return "", 0, 0, false
	}
	started, err = strconv.ParseUint(fields[statStarted], 10, 64)
	return name, parent, started, err == nil
}

// Fields of proc_pid_stat(5), counted from the one after the name.
const (
	statParent   = 1
	statStarted  = 19
	statStack    = 25
	statArgStart = 45
	statFieldsIn = 50
)

// statFields splits a line of proc_pid_stat(5).
func statFields(data string) (name string, fields []string, ok bool) {
	begin, end := strings.IndexByte(data, '('), strings.LastIndexByte(data, ')') // the name may hold anything
	if begin < 0 || end < begin {
		return "", nil, false
	}
	fields = strings.Fields(data[end+1:])
	return data[begin+1 : end], fields, len(fields) >= statFieldsIn
}

// lookUp finds out about a process; ok is false when there is none.
func lookUp(pid int) (p process, ok bool) {
	f, ok := openProc(pid)
	if !ok {
		return process{}, false
	}
	defer f.close()
	p.pid = pid
	if p.name, p.parent, p.started, ok = f.status(); !ok {
		return process{}, false
	}
	p.path, p.file = f.program(pid)
	if p.path != "" && mayInterpret(p.path) {
		if line := f.read("cmdline", maxArguments); len(line) > 0 {
			p.args = strings.Split(strings.TrimSuffix(string(line), "\x00"), "\x00")
		}
		p.dir = f.link("cwd")
	}
	if f.read("stat", 1) == nil { // it ended meanwhile: what was read by number may be another's
		return process{}, false
	}
	return p, true
}

// lookUpName finds out what a process is called and when it started.
func lookUpName(pid int) (p process, ok bool) {
	f, ok := openProc(pid)
	if !ok {
		return process{}, false
	}
	defer f.close()
	p.pid = pid
	p.name, p.parent, p.started, ok = f.status()
	p.path = f.link("exe")
	return p, ok
}

// ticks is USER_HZ, in which /proc counts time on every architecture.
const ticks = 100

// bootTime is now as process.started counts; 0: not known.
func bootTime() uint64 {
	var now unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_BOOTTIME, &now); err != nil {
		return 0
	}
	return uint64(max(0, now.Nano()/(1e9/ticks)))
}
