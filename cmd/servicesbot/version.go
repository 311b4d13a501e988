package main

import (
	"cmp"
	"fmt"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// The version and commit of a release, set by the linker (-X main.version=v1.2.3 -X
// main.commit=...). Other builds have what the Go toolchain recorded.
var version, commit string

func (p *process) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version, the commit and Go's version",
		Long: `Prints one line: the version, the commit that it was built from, and Go's version. A
build that is not a release shows what the Go toolchain recorded.`,
		Example: "  servicesbot version",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			info, _ := debug.ReadBuildInfo()
			_, err := fmt.Fprintln(p.stdout, versionLine(info))
			return err
		},
	}
}

// versionLine is the build as the linker describes it, or else info, which may be nil.
func versionLine(info *debug.BuildInfo) string {
	if info == nil {
		info = &debug.BuildInfo{GoVersion: "unknown Go"}
	}
	revision, dirty := "", ""
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision":
			revision = s.Value
		case s.Key == "vcs.modified" && s.Value == "true":
			dirty = ", modified"
		}
	}
	if commit != "" {
		revision, dirty = commit, ""
	}
	return fmt.Sprintf("servicesbot %s (commit %s%s), %s", cmp.Or(version, info.Main.Version, "unknown version"), cmp.Or(revision, "unknown"), dirty, info.GoVersion)
}
