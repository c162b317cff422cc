package house

import (
	"go/ast"
	"go/types"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/packages"
)

// pure are the rooms whose behaviour depends on nothing but their input.
var pure = []string{"tandem", "tandem/event", "tandem/voice", "tandem/flow", "tandem/flow/block", "tandem/flow/legacy", "tandem/flow/flowtest", "tandem/route", "tandem/metric", "tandem/center", "tandem/presence", "tandem/presence/rule", "tandem/directory", "tandem/instance"}

// impure are imports that bring in the world, and why a pure room must not.
var impure = map[string]string{
	"os": "reads the machine", "net": "reads the network", "net/http": "reads the network", "sync": "means there are goroutines",
	"sync/atomic": "means there are goroutines", "context": "means there is waiting", "log": "writes", "log/slog": "writes",
	"math/rand": "is not the same twice", "math/rand/v2": "is not the same twice", "crypto/rand": "is not the same twice", "io/fs": "reads files",
	"runtime": "reads the machine", "unsafe": "reads memory", "reflect": "makes decisions hard to see",
}

// TestPurity holds that floors 0 to 4 (but for journal) are pure: no world, no
// clock, no goroutine, no decision by the order of a map, no float.
func TestPurity(t *testing.T) {
	cfg := &packages.Config{Dir: root, Mode: packages.NeedName | packages.NeedFiles | packages.NeedSyntax | packages.NeedTypes | packages.NeedTypesInfo | packages.NeedImports | packages.NeedDeps}
	loaded, err := packages.Load(cfg, pure...)
	if err != nil {
		t.Fatal(err)
	}
	if len(loaded) != len(pure) {
		t.Fatalf("loaded %d packages, want %d", len(loaded), len(pure))
	}
	for _, p := range loaded {
		if len(p.Errors) > 0 {
			t.Fatalf("%s: %v", p.PkgPath, p.Errors[0])
		}
		for _, f := range p.Syntax {
			checkPure(t, p, f)
		}
	}
}

func checkPure(t *testing.T, p *packages.Package, f *ast.File) {
	at := func(n ast.Node) string {
		pos := p.Fset.Position(n.Pos())
		return pos.Filename[strings.LastIndex(pos.Filename, "/main/")+1:] + ":" + itoa(pos.Line)
	}
	for _, i := range f.Imports {
		if why := impure[strings.Trim(i.Path.Value, `"`)]; why != "" {
			t.Errorf("%s: a pure room imports %s, which %s", at(i), i.Path.Value, why)
		}
	}
	calm := calmLines(p, f)
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.GoStmt:
			t.Errorf("%s: a pure room starts a goroutine", at(n))
		case *ast.SelectorExpr:
			if obj, ok := p.TypesInfo.Uses[n.Sel]; ok && obj.Pkg() != nil && obj.Pkg().Path() == "time" {
				if slices.Contains([]string{"Now", "Since", "Until", "Sleep", "After", "NewTimer", "NewTicker", "LoadLocation", "Local"}, obj.Name()) {
					t.Errorf("%s: a pure room reads the clock or the machine's zones (time.%s); time comes in with the command", at(n), obj.Name())
				}
			}
		case *ast.RangeStmt:
			if _, ok := p.TypesInfo.TypeOf(n.X).Underlying().(*types.Map); ok && !calm[p.Fset.Position(n.Pos()).Line] {
				t.Errorf("%s: ranges over a map; walk tandem.SortedIDs or SortedKeys, or say why the order does not matter: // any order: ...", at(n))
			}
		case *ast.Ident:
			if obj, ok := p.TypesInfo.Defs[n]; ok && obj != nil && isFloat(obj.Type()) {
				t.Errorf("%s: %s is a float; machines may round differently, so count in whole numbers", at(n), n.Name)
			}
		}
		return true
	})
}

// calmLines are the lines with, or right after, an "any order" comment.
func calmLines(p *packages.Package, f *ast.File) map[int]bool {
	calm := map[int]bool{}
	for _, g := range f.Comments {
		for _, c := range g.List {
			if strings.Contains(c.Text, "any order:") {
				calm[p.Fset.Position(c.Pos()).Line] = true
				calm[p.Fset.Position(g.End()).Line+1] = true
			}
		}
	}
	return calm
}

func isFloat(t types.Type) bool {
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Info()&types.IsFloat != 0
}
