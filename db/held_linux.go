package db

import (
	"bufio"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"syscall"
	"unicode"
)

// writeLock is the byte of the -shm file that whoever writes has locked
// (SQLite, walformat.html section 2.3.1).
const writeLock = "120"

// holderOf names the process that holds the write lock of a database; "" when
// it is not known, as that of a lock which belongs to no process. The kernel's
// list is read: a look at the file itself could drop locks of our own.
func holderOf(path string) string {
	info, err := os.Lstat(path + "-shm")
	if err != nil {
		return ""
	}
	if pid := lockHolder(info, "POSIX", writeLock, writeLock); pid > 0 && pid != os.Getpid() {
		return processName(pid)
	}
	return ""
}

// flockHolder is the process that has the lock of tryLock on a file; 0: not known.
func flockHolder(f *os.File) int {
	info, err := f.Stat()
	if err != nil {
		return 0
	}
	return lockHolder(info, "FLOCK", "0", "EOF")
}

// lockHolder looks in the kernel's list of locks for one for writing, of a kind
// and over a part of the file; 0: it is not there, or belongs to no process.
func lockHolder(info fs.FileInfo, kind, first, last string) (pid int) {
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return 0
	}
	list, err := os.Open("/proc/locks")
	if err != nil {
		return 0
	}
	defer func() { _ = list.Close() }()
	inode := ":" + strconv.FormatUint(stat.Ino, 10)
	for lines := bufio.NewScanner(list); lines.Scan(); {
		// 1: POSIX ADVISORY WRITE <process> <device>:<inode> <first> <last>
		f := strings.Fields(lines.Text())
		if len(f) != 8 || f[1] != kind || f[3] != "WRITE" || !strings.HasSuffix(f[5], inode) || f[6] != first || f[7] != last {
			continue
		}
		if pid, err := strconv.Atoi(f[4]); err == nil && pid > 0 {
			return pid
		}
	}
	return 0
}

// processName is how the user finds a process in a list of them.
func processName(pid int) string {
	name, err := os.ReadFile(fmt.Sprintf("/proc/%d/comm", pid))
	printable := func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return -1
	}
	if text := strings.TrimSpace(strings.Map(printable, string(name))); err == nil && text != "" {
		return fmt.Sprintf("%s (process %d)", text, pid)
	}
	return fmt.Sprintf("process %d", pid)
}
