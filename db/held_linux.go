package db

import (
	"bufio"
	"fmt"
	"os"
	"slices"
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
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return ""
	}
	list, err := os.Open("/proc/locks")
	if err != nil {
		return ""
	}
	defer func() { _ = list.Close() }()
	inode := ":" + strconv.FormatUint(stat.Ino, 10)
	for lines := bufio.NewScanner(list); lines.Scan(); {
		// 1: POSIX ADVISORY WRITE <process> <device>:<inode> <first> <last>
		f := strings.Fields(lines.Text())
		if len(f) != 8 || f[1] != "POSIX" || f[3] != "WRITE" || !strings.HasSuffix(f[5], inode) || !slices.Equal(f[6:], []string{writeLock, writeLock}) {
			continue
		}
		if pid, err := strconv.Atoi(f[4]); err == nil && pid > 0 && pid != os.Getpid() {
			return processName(pid)
		}
	}
	return ""
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
