package main

import (
	"go/ast"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// bypasses are the files that may start a goroutine by themselves, and why.
var bypasses = map[string]string{
	"whmcs/goroutine.go": "it is the helper",
}

// fakes may start goroutines as they like: a panic there is a fault of the test.
var fakes = []string{"bot/slackfake/", "whmcs/whmcsfake/", "whmcs/cassette/"}

// TestGoroutinesFailAlone holds that every goroutine starts in whmcs.Go, and that what a
// timer does, if more than a cancel, is done in whmcs.Recovered: a panic there must not
// end the process.
func TestGoroutinesFailAlone(t *testing.T) {
	t.Parallel()
	for _, path := range sources(t, "", false) {
		if ofFake(path) {
			continue
		}
		file, set := parsed(t, path)
		var found []string
		ast.Inspect(file, func(n ast.Node) bool {
			if startsByItself(n) {
				found = append(found, set.Position(n.Pos()).String())
			}
			return true
		})
		if name := within(path); bypasses[name] == "" {
			for _, at := range found {
				t.Errorf("%s starts a goroutine that can end the process: use whmcs.Go, or whmcs.Recovered in a timer", at)
			}
		} else if len(found) == 0 {
			t.Errorf("%s starts no goroutine by itself any more: take it off the list", path)
		}
	}
}

// within is the place of a file in the repository.
func within(path string) string {
	return filepath.ToSlash(strings.TrimPrefix(path, filepath.FromSlash(root)+string(filepath.Separator)))
}

// ofFake reports whether a file belongs to a fake.
func ofFake(path string) bool {
	return slices.ContainsFunc(fakes, func(fake string) bool { return strings.HasPrefix(within(path), fake) })
}

// startsByItself reports whether n starts a goroutine without the helper.
func startsByItself(n ast.Node) bool {
	if _, ok := n.(*ast.GoStmt); ok {
		return true
	}
	call, ok := n.(*ast.CallExpr)
	if !ok {
		return false
	}
	f, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return false
	}
	switch f.Sel.Name {
	case "Go": // of a WaitGroup, an errgroup …
		return nameOf(f.X) != "whmcs"
	case "AfterFunc":
		return !harmless(call.Args[len(call.Args)-1])
	}
	return false
}

// harmless reports whether a timer's function only cancels, or recovers.
func harmless(f ast.Expr) bool {
	cancels := []string{"cancel", "stop"}
	literal, ok := f.(*ast.FuncLit)
	if !ok {
		return slices.Contains(cancels, nameOf(f))
	}
	if len(literal.Body.List) != 1 {
		return false
	}
	statement, ok := literal.Body.List[0].(*ast.ExprStmt)
	if !ok {
		return false
	}
	call, ok := statement.X.(*ast.CallExpr)
	return ok && slices.Contains(append(cancels, "Recovered"), nameOf(call.Fun))
}

// nameOf is the last part of a name: Recovered of whmcs.Recovered.
func nameOf(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return e.Sel.Name
	}
	return ""
}
