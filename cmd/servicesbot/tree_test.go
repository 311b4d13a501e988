package main

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"
)

const root = "../.."

// sources are the Go files below a folder, tests or not.
func sources(t *testing.T, folder string, tests bool) []string {
	t.Helper()
	var files []string
	err := filepath.WalkDir(filepath.Join(root, folder), func(path string, d fs.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(path, ".go") && strings.HasSuffix(path, "_test.go") == tests {
			files = append(files, path)
		}
		return err
	})
	if err != nil || len(files) == 0 {
		t.Fatalf("no sources below %s: %v", folder, err)
	}
	return files
}

// parsed reads a Go file.
func parsed(t *testing.T, path string) (*ast.File, *token.FileSet) {
	t.Helper()
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, path, nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	return file, set
}

// TestShortFunctionsAndFiles holds what is no test to at most 60 lines a function and 400
// a file.
func TestShortFunctionsAndFiles(t *testing.T) {
	t.Parallel()
	for _, path := range sources(t, "", false) {
		file, set := parsed(t, path)
		if lines := set.File(file.Pos()).LineCount(); lines > 400 {
			t.Errorf("%s has %d lines", path, lines)
		}
		for _, d := range file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok {
				if lines := set.Position(f.End()).Line - set.Position(f.Pos()).Line + 1; lines > 60 {
					t.Errorf("%s: %s has %d lines", path, f.Name.Name, lines)
				}
			}
		}
	}
}

// TestPublicNamesAreDocumented holds that every public name has a comment, but for
// constants and variables that share their group's.
func TestPublicNamesAreDocumented(t *testing.T) {
	t.Parallel()
	for _, path := range sources(t, "", false) {
		file, set := parsed(t, path)
		for _, d := range file.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if d.Name.IsExported() && d.Doc == nil && !ofPrivate(d) {
					t.Errorf("%s: %s has no comment", set.Position(d.Pos()), d.Name.Name)
				}
			case *ast.GenDecl:
				for _, s := range d.Specs {
					if s, ok := s.(*ast.TypeSpec); ok && s.Name.IsExported() && d.Doc == nil && s.Doc == nil {
						t.Errorf("%s: %s has no comment", set.Position(s.Pos()), s.Name.Name)
					}
				}
			}
		}
	}
}

// ofPrivate reports whether a method belongs to a type that nobody outside sees.
func ofPrivate(f *ast.FuncDecl) bool {
	if f.Recv == nil {
		return false
	}
	of := f.Recv.List[0].Type
	if star, ok := of.(*ast.StarExpr); ok {
		of = star.X
	}
	if generic, ok := of.(*ast.IndexListExpr); ok {
		of = generic.X
	}
	if generic, ok := of.(*ast.IndexExpr); ok {
		of = generic.X
	}
	name, ok := of.(*ast.Ident)
	return ok && !name.IsExported()
}

// TestToursNameEveryFile holds the tours of the larger packages to their files.
func TestToursNameEveryFile(t *testing.T) {
	t.Parallel()
	fileName := regexp.MustCompile(`\b\w+\.go\b`)
	for _, folder := range []string{"bot", "whmcs", "whmcs/query"} {
		tour, err := os.ReadFile(filepath.Join(root, folder, "doc.go"))
		if err != nil {
			t.Fatal(err)
		}
		named := fileName.FindAllString(string(tour), -1)
		there, err := filepath.Glob(filepath.Join(root, folder, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		var files []string
		for _, path := range there {
			if name := filepath.Base(path); !strings.HasSuffix(name, "_test.go") && name != "doc.go" {
				files = append(files, name)
			}
		}
		for _, name := range files {
			if !slices.Contains(named, name) {
				t.Errorf("the tour of %s leaves out %s", folder, name)
			}
		}
		for _, name := range named {
			if !slices.Contains(files, name) {
				t.Errorf("the tour of %s names %s, which is not there", folder, name)
			}
		}
	}
}

// readText reads a file of the repository.
func readText(t *testing.T, path string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(root, path))
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// TestFiguresCanBeMeasured holds that each command beside a figure runs
// something that is there.
func TestFiguresCanBeMeasured(t *testing.T) {
	t.Parallel()
	_, figures, _ := strings.Cut(readText(t, ".github/FIGURES.md"), "<!-- figures -->")
	figures, _, _ = strings.Cut(figures, "<!-- end of figures -->")
	command := regexp.MustCompile("go test (\\./\\S+)[^`]*? (-bench|-run) (\\w+)")
	found := command.FindAllStringSubmatch(strings.ReplaceAll(figures, "-run '^$' ", ""), -1)
	if len(found) < 5 {
		t.Fatalf("%d commands in the table of figures", len(found))
	}
	for _, c := range found {
		kind := map[string]string{"-bench": "Benchmark", "-run": "Test"}[c[2]]
		function := regexp.MustCompile(`(?m)^func ` + kind + `\w*` + c[3])
		there := false
		for _, path := range sources(t, c[1], true) {
			there = there || function.MatchString(readText(t, strings.TrimPrefix(path, root)))
		}
		if !there {
			t.Errorf("%s measures nothing", c[0])
		}
	}
}

// TestPicturesAreShown holds that every picture of the repository is shown in a document.
// That those are there which the documents show, TestLinks holds.
func TestPicturesAreShown(t *testing.T) {
	t.Parallel()
	text := readText(t, "README.md") + readText(t, ".github/LANGUAGE.md")
	there, err := filepath.Glob(filepath.Join(root, ".github/pictures/*"))
	if err != nil || len(there) == 0 {
		t.Fatalf("no pictures: %v", err)
	}
	for _, path := range there {
		if !strings.Contains(text, filepath.Base(path)) {
			t.Errorf("%s is not shown", filepath.Base(path))
		}
	}
}

// TestPackagesAndVerbsAreNamed holds the table of packages to what is there.
func TestPackagesAndVerbsAreNamed(t *testing.T) {
	t.Parallel()
	text := readText(t, ".github/CONTRIBUTING.md")
	out, err := exec.Command("go", "list", "servicesbot/...").Output()
	if err != nil {
		t.Fatal(err)
	}
	for name := range strings.FieldsSeq(string(out)) {
		if name = strings.TrimPrefix(name, "servicesbot/"); !strings.Contains(text, "| `"+name+"` |") {
			t.Errorf("CONTRIBUTING.md does not name the package %s", name)
		}
	}
	for _, c := range (&process{}).root().Commands() {
		if !strings.Contains(text, "`"+c.Name()+"`") {
			t.Errorf("CONTRIBUTING.md does not name the verb %s", c.Name())
		}
	}
}

// TestEveryVerbIsExplained holds that each verb says at length what it does, with an
// example that calls it.
func TestEveryVerbIsExplained(t *testing.T) {
	t.Parallel()
	for _, c := range (&process{}).root().Commands() {
		if !strings.Contains(c.Example, "servicesbot") && !strings.Contains(c.Example, c.Name()) {
			t.Errorf("%s has no example", c.Name())
		}
		if len(c.Short) == 0 || len(c.Long) == 0 {
			t.Errorf("%s is not explained", c.Name())
		}
	}
}

// TestOneGoVersion holds the image to the toolchain of go.mod, which the workflows read.
func TestOneGoVersion(t *testing.T) {
	t.Parallel()
	toolchain := regexp.MustCompile(`(?m)^toolchain go(\S+)$`).FindStringSubmatch(readText(t, "go.mod"))
	if toolchain == nil {
		t.Fatal("go.mod names no toolchain")
	}
	if !strings.Contains(readText(t, "Dockerfile"), " golang:"+toolchain[1]+"-") {
		t.Errorf("the Dockerfile does not build with Go %s", toolchain[1])
	}
	for _, file := range []string{"test.yml", "release.yml"} {
		text := readText(t, ".github/workflows/"+file)
		if setups := strings.Count(text, "actions/setup-go@"); setups == 0 || setups != strings.Count(text, "go-version-file: go.mod") {
			t.Errorf("%s takes another Go", file)
		}
	}
}

// TestBuildsAreTheSame holds what is released, what is imaged and what CI weighs to the
// same flags.
func TestBuildsAreTheSame(t *testing.T) {
	t.Parallel()
	for _, file := range []string{"Dockerfile", ".github/build-release", ".ci/run"} {
		text := readText(t, file)
		for _, flag := range []string{"CGO_ENABLED=0", "-trimpath -buildvcs=false -tags timetzdata", "-s -w -buildid="} {
			if !strings.Contains(text, flag) {
				t.Errorf("%s builds without %s", file, flag)
			}
		}
	}
}

// TestWorkflowsKeepTheirPromises holds that what is said to run on every change and at
// every release does.
func TestWorkflowsKeepTheirPromises(t *testing.T) {
	t.Parallel()
	for file, promises := range map[string][]string{
		".github/workflows/test.yml": {
			"run: .ci/run\n", "run: go vet ./...\n", "staticcheck ./...\n", "-run Browser ", "run: .github/fuzz 1m\n", "govulncheck@v", "run: .github/build-release v0",
		},
		".github/workflows/release.yml": {
			"uses: ./.github/workflows/test.yml\n", "needs: test\n", `run: .github/build-release "$TAG" --images`, `.github/image "$TAG" amd64`, `.github/image "$TAG" arm64`, "dist/*\n", "linux/amd64,linux/arm64",
		},
		".github/build-release": {
			"linux/amd64 linux/arm64 darwin/amd64 darwin/arm64 windows/amd64", "sha256sum", "25 * 1000 * 1000",
		},
		".github/image": {
			"buildah bud", "most=25000000", "= 65532:65532", "-- demo", "-- health", `"servicesbot $version "`,
		},
		".github/fuzz": {"go test", "Fuzz", "-fuzztime"},
		".ci/run":      {"-race", "gofmt -l", "go mod tidy -diff", "staticcheck", "SERVICESBOT_BROWSER=required", "SERVICESBOT_PHP=required"},
	} {
		text := readText(t, file)
		for _, promise := range promises {
			if !strings.Contains(text, promise) {
				t.Errorf("%s: nothing does %q", file, promise)
			}
		}
	}
}

// TestSamplesLoad feeds the settings of each sample of OPERATING.md to the command.
func TestSamplesLoad(t *testing.T) {
	t.Parallel()
	text := readText(t, ".github/OPERATING.md")
	variable := regexp.MustCompile(`\b((?:SLACK|WHMCS|BOT|HTTP|REDIS)_[A-Z_]+|TZ)(?:[:=] ?|, value: "?)([^\s"` + "`" + `]+)`)
	for name, bounds := range map[string][2]string{
		"Compose": {"## Docker Compose", "## "}, "Kubernetes": {"## Kubernetes", "## "}, "systemd": {"[Unit]", "To check the settings"},
	} {
		_, sample, found := strings.Cut(text, bounds[0])
		sample, _, ended := strings.Cut(sample, bounds[1])
		if !found || !ended {
			t.Fatalf("there is no sample for %s", name)
		}
		values := map[string]string{}
		for _, v := range variable.FindAllStringSubmatch(sample, -1) {
			if file, ok := strings.CutSuffix(v[1], "_FILE"); ok {
				values[file] = map[string]string{"SLACK_APP_TOKEN": "xapp-1", "SLACK_BOT_TOKEN": "xoxb-1", "REDIS_URL": "redis://"}[file] + "secret"
				continue
			}
			values[v[1]] = strings.TrimSuffix(v[2], ";")
		}
		if _, err := loadFrom(values, needWHMCS|needSlack); err != nil {
			got, _ := json.Marshal(values)
			t.Errorf("the sample for %s does not load: %v\n%s", name, err, got)
		}
	}
	samples := regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllStringSubmatch(text, -1)
	if len(samples) != 3 {
		t.Errorf("%d samples in YAML, want those for Compose, for one process and for several, and for Kubernetes", len(samples))
	}
	for _, s := range samples {
		for document := range strings.SplitSeq(s[1], "\n---\n") {
			var any map[string]any
			if err := yaml.Load([]byte(document), &any); err != nil {
				t.Errorf("%v in\n%s", err, document)
			}
		}
	}
}

// TestErrorsNameNoPackage holds that no error begins with the name of one of our packages:
// whoever runs the command reads it, and can do nothing with the name.
func TestErrorsNameNoPackage(t *testing.T) {
	t.Parallel()
	prefix := regexp.MustCompile(`(?:fmt\.Errorf|errors\.New)\(["` + "`" + `](?:whmcs|query|local|formatting|bot|slackfake|whmcsfake|main): `)
	for _, path := range sources(t, "", false) {
		for _, found := range prefix.FindAllString(readText(t, strings.TrimPrefix(path, root)), -1) {
			t.Errorf("%s: %s", path, found)
		}
	}
}

// TestFewParameters holds what is no test and no fake to at most four values a function,
// beside the context.
func TestFewParameters(t *testing.T) {
	t.Parallel()
	for _, path := range sources(t, "", false) {
		if ofFake(path) {
			continue
		}
		file, set := parsed(t, path)
		ast.Inspect(file, func(n ast.Node) bool {
			if f, ok := n.(*ast.FuncType); ok && valuesOf(f) > 4 {
				t.Errorf("%s: a function of %d values", set.Position(f.Pos()), valuesOf(f))
			}
			return true
		})
	}
}

// valuesOf counts a function's parameters without its context.
func valuesOf(f *ast.FuncType) int {
	n := 0
	for _, p := range f.Params.List {
		if s, ok := p.Type.(*ast.SelectorExpr); ok && nameOf(s.X) == "context" && s.Sel.Name == "Context" {
			continue
		}
		n += max(1, len(p.Names))
	}
	return n
}
