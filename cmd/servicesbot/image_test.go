package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestImage holds the Dockerfile to what is promised of the image, as far as that
// can be seen without building it.
func TestImage(t *testing.T) {
	t.Parallel()
	content, err := os.ReadFile("../../Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	text := string(content)
	for promise, pattern := range map[string]string{
		"the base is pinned":        `(?m)^FROM --platform=\$BUILDPLATFORM golang:1\.\d+\.\d+-\w+@sha256:[0-9a-f]{64} AS build$`,
		"the image is empty":        `(?m)^FROM scratch$`,
		"static":                    `CGO_ENABLED=0`,
		"reproducible":              `-trimpath -buildvcs=false`,
		"time zones":                `-tags timetzdata`,
		"certificates":              `/etc/ssl/certs/ca-certificates\.crt`,
		"a user by number, no root": `(?m)^USER [1-9]\d*:[1-9]\d*$`,
		"health without a shell":    `(?m)^HEALTHCHECK .*CMD \["/servicesbot", "health"\]$`,
		"the address of health":     `(?m)^ENV HTTP_ADDR=127\.0\.0\.1:\d+$`,
		"the version":               `-X main\.version=\$VERSION -X main\.commit=\$COMMIT`,
		"both architectures":        `GOOS=\$TARGETOS GOARCH=\$TARGETARCH`,
	} {
		if !regexp.MustCompile(pattern).MatchString(text) {
			t.Errorf("%s: nothing in the Dockerfile matches %s", promise, pattern)
		}
	}
}

// TestImageContext holds .dockerignore to let in every file that the build reads.
func TestImageContext(t *testing.T) {
	t.Parallel()
	content, err := os.ReadFile("../../.dockerignore")
	if err != nil {
		t.Fatal(err)
	}
	var allowed []string
	for line := range strings.Lines(string(content)) {
		if name, ok := strings.CutPrefix(strings.TrimSpace(line), "!"); ok {
			allowed = append(allowed, name)
		}
	}
	out, err := exec.Command("go", "list", "-deps", "-f", `{{if not .Standard}}{{if .Module.Main}}{{$d := .Dir}}{{range .GoFiles}}{{$d}}/{{.}}{{"\n"}}{{end}}{{range .EmbedFiles}}{{$d}}/{{.}}{{"\n"}}{{end}}{{end}}{{end}}`, ".").Output()
	if err != nil {
		t.Fatal(err)
	}
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	files := strings.Fields(string(out))
	if len(files) < 50 {
		t.Fatalf("the build reads %d files only: the test looks at the wrong place", len(files))
	}
	for _, file := range files {
		name, err := filepath.Rel(root, file)
		if err != nil {
			t.Fatal(err)
		}
		top, _, _ := strings.Cut(filepath.ToSlash(name), "/")
		if !slices.Contains(allowed, top) || strings.HasSuffix(name, "_test.go") || slices.Contains(strings.Split(name, "/"), "testdata") {
			t.Errorf(".dockerignore keeps %s out of the build", name)
		}
	}
}

// TestWorkflows holds actions to one commit each, and jobs to the least that they
// may do. Expressions in scripts are refused: what people name their branches and
// tags would be run.
func TestWorkflows(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../../.github/workflows/*.yml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no workflows: %v", err)
	}
	pinned := regexp.MustCompile(`^(\./\S+|[\w.-]+/[\w.-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+)$`)
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(content), "\npermissions:\n  contents: read\n") {
			t.Errorf("%s: jobs may do more than read", file)
		}
		block := false // in a script of several lines
		for line := range strings.Lines(string(content)) {
			line = strings.TrimRight(line, "\n")
			key, value, _ := strings.Cut(strings.TrimPrefix(strings.TrimSpace(line), "- "), ": ")
			if key == "uses" && !pinned.MatchString(value) {
				t.Errorf("%s: %s is not pinned", file, value)
			}
			block = key == "run" && value == "|" || block && (line == "" || strings.HasPrefix(line, "          "))
			if (key == "run" || block) && strings.Contains(line, "${{") {
				t.Errorf("%s: an expression in a script: %s", file, line)
			}
		}
	}
}
