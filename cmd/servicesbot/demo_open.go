package main

import (
	"context"
	"os/exec"
	"runtime"

	"servicesbot/whmcs"
)

// openBrowser opens an address in the browser of the person who started the demo.
func openBrowser(ctx context.Context, address string) error {
	name, args := "xdg-open", []string{address}
	switch runtime.GOOS {
	case "darwin":
		name = "open"
	case "windows":
		name, args = "rundll32", []string{"url.dll,FileProtocolHandler", address}
	}
	c := exec.CommandContext(ctx, name, args...)
	if err := c.Start(); err != nil {
		return err
	}
	whmcs.Go(c.Wait) // so that it does not stay behind as a zombie; how it ends does not matter
	return nil
}
