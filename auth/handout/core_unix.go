//go:build unix

package handout

import "golang.org/x/sys/unix"

// leaveNoCore keeps the memory out of core files. Programs that this one starts,
// which may hold a token too, leave none either, unless they raise the limit
// again: that is theirs to decide, so the hard limit stays.
func leaveNoCore() {
	var core unix.Rlimit
	if unix.Getrlimit(unix.RLIMIT_CORE, &core) == nil {
		core.Cur = 0
		_ = unix.Setrlimit(unix.RLIMIT_CORE, &core)
	}
}
