//go:build !unix

package local

import "os/exec"

// There are no process groups here: what a worker starts ends with its input.
func ownGroup(*exec.Cmd) {}

// killGroup ends the process. That it is gone already is no matter.
func killGroup(cmd *exec.Cmd) { cmd.Process.Kill() }
