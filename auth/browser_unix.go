//go:build !windows

package auth

import (
	"os/exec"
	"syscall"
)

// ownSession frees the browser from this program's terminal and its end.
func ownSession(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true} }
