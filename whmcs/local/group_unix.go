//go:build unix

package local

import (
	"os/exec"
	"syscall"
)

// ownGroup lets the process lead a group, in which all that it starts is.
func ownGroup(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

// killGroup ends the process and its group. That they are gone already is no matter.
func killGroup(cmd *exec.Cmd) { syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
