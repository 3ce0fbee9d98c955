package handout

import (
	"os"
	"time"
	"unsafe"

	"golang.org/x/sys/windows"
)

// lookUp finds out about a process; ok is false when there is none. Its
// arguments can be had only from its memory: they are left out.
func lookUp(pid int) (p process, ok bool) {
	if p, ok = lookUpName(pid); !ok || p.path == "" {
		return p, ok
	}
	if info, err := os.Stat(p.path); err == nil {
		p.file = info
	}
	p.parent, p.name = parentOf(uint32(pid)) //nolint:gosec // was one
	return p, true
}

// lookUpName finds out what a process is called and when it started.
func lookUpName(pid int) (p process, ok bool) {
	if pid <= 0 {
		return process{}, false
	}
	handle, err := windows.OpenProcess(windows.PROCESS_QUERY_LIMITED_INFORMATION, false, uint32(pid)) //nolint:gosec // positive
	if err != nil {
		return process{}, false
	}
	defer func() { _ = windows.CloseHandle(handle) }()
	p.pid = pid
	var created, exited, kernel, user windows.Filetime
	if windows.GetProcessTimes(handle, &created, &exited, &kernel, &user) == nil {
		p.started = uint64(max(0, created.Nanoseconds()))
	}
	buf := make([]uint16, windows.MAX_LONG_PATH)
	size := uint32(len(buf)) //nolint:gosec // a constant
	if windows.QueryFullProcessImageName(handle, 0, &buf[0], &size) == nil {
		p.path = windows.UTF16ToString(buf[:size])
	}
	return p, true
}

// parentOf is the process that started one, and the name of its file.
func parentOf(pid uint32) (parent int, name string) {
	all, err := windows.CreateToolhelp32Snapshot(windows.TH32CS_SNAPPROCESS, 0)
	if err != nil {
		return 0, ""
	}
	defer func() { _ = windows.CloseHandle(all) }()
	entry := windows.ProcessEntry32{Size: uint32(unsafe.Sizeof(windows.ProcessEntry32{}))}
	for err = windows.Process32First(all, &entry); err == nil; err = windows.Process32Next(all, &entry) {
		if entry.ProcessID == pid {
			return int(entry.ParentProcessID), windows.UTF16ToString(entry.ExeFile[:])
		}
	}
	return 0, ""
}

// bootTime is now as process.started counts.
func bootTime() uint64 { return uint64(max(0, time.Now().UnixNano())) }
