package auth

import (
	"os/exec"
	"syscall"
)

// ownSession frees the browser from this program's console and its end.
func ownSession(cmd *exec.Cmd) {
	const detachedProcess = 0x00000008 // DETACHED_PROCESS of winbase.h
	cmd.SysProcAttr = &syscall.SysProcAttr{CreationFlags: detachedProcess | syscall.CREATE_NEW_PROCESS_GROUP}
}
