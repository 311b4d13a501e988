package main

import (
	"bytes"
	"context"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/sethvargo/go-envconfig"

	"servicesbot/whmcs/query"
)

// TestCompleteQuestion completes what somebody has typed so far.
func TestCompleteQuestion(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		typed string
		want  []string
	}{
		{"sta", []string{"status:"}},
		{"Sta", []string{"status:"}},
		{"client:1 dom", []string{"client:1 domain:"}},
		{"client:1 -stat", []string{"client:1 -status:"}},
		{"status:s", []string{"status:suspended"}},
		{"client:1 status:active,te", []string{"client:1 status:active,terminated"}},
		{"as:t", []string{"as:table"}},
		{"client:", nil},
		{"nonsense", nil},
		{"nonsense:", nil},
	} {
		all, _ := completeQuestion(nil, nil, tt.typed)
		var got []string
		for _, c := range all {
			choice, _, _ := strings.Cut(c, "\t")
			got = append(got, choice)
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%q completes to %q, want %q", tt.typed, got, tt.want)
		}
	}
	if all, _ := completeQuestion(nil, nil, ""); len(all) != len(query.Keys()) {
		t.Errorf("nothing typed completes to %d keys of %d", len(all), len(query.Keys()))
	}
	var out bytes.Buffer
	p := &process{env: envconfig.MapLookuper(nil), stdout: &out, stderr: io.Discard}
	if p.run(context.Background(), []string{"__completeNoDesc", "ask", "cli"}); !strings.HasPrefix(out.String(), "client:\n") {
		t.Errorf("the shell gets %q", out.String())
	}
}
