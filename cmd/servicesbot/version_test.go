package main

import (
	"regexp"
	"runtime/debug"
	"testing"
)

func TestVersionLine(t *testing.T) {
	t.Parallel()
	built := &debug.BuildInfo{GoVersion: "go1.26.8", Main: debug.Module{Version: "(devel)"}, Settings: []debug.BuildSetting{
		{Key: "vcs.revision", Value: "0123abc"}, {Key: "vcs.modified", Value: "true"},
	}}
	for _, tt := range []struct {
		info *debug.BuildInfo
		want string
	}{
		{built, "servicesbot (devel) (commit 0123abc, modified), go1.26.8"},
		{&debug.BuildInfo{GoVersion: "go1.26.8"}, "servicesbot unknown version (commit unknown), go1.26.8"},
		{nil, "servicesbot unknown version (commit unknown), unknown Go"},
	} {
		if got := versionLine(tt.info); got != tt.want {
			t.Errorf("got %q, want %q", got, tt.want)
		}
	}
	if got := outputOf(t, nil, "version"); !regexp.MustCompile(`^servicesbot \S.* \(commit .+\), go1\.\d+`).MatchString(got) {
		t.Errorf("servicesbot version prints %q", got)
	}
}
