package house

import (
	"go/ast"
	"strconv"
	"strings"
	"testing"
)

const (
	maxFileLines     = 500
	maxFunctionLines = 70
)

func itoa(n int) string { return strconv.Itoa(n) }

// TestSizes holds that files and functions stay small enough to be read at a
// sitting.
func TestSizes(t *testing.T) {
	for _, f := range load(t) {
		if f.gen {
			continue
		}
		if n := lines(t, f.path); n > maxFileLines {
			t.Errorf("%s has %d lines; %d at most: split it by what changes together", f.path, n, maxFileLines)
		}
		for _, d := range f.ast.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok || fn.Body == nil {
				continue
			}
			if n := f.set.Position(fn.End()).Line - f.line(fn) + 1; n > maxFunctionLines {
				t.Errorf("%s:%d: function %s has %d lines; %d at most", f.path, f.line(fn), fn.Name.Name, n, maxFunctionLines)
			}
		}
	}
}

// TestPackageDocs holds that every package says what it is.
func TestPackageDocs(t *testing.T) {
	documented := map[string]bool{}
	rooms := map[string]bool{}
	for _, f := range load(t) {
		if f.test && strings.HasSuffix(f.ast.Name.Name, "_test") {
			continue
		}
		rooms[f.room] = rooms[f.room] || !f.test
		if f.ast.Doc != nil && len(f.ast.Doc.Text()) > 40 {
			documented[f.room] = true
		}
	}
	for room, code := range rooms {
		if code && !documented[room] {
			t.Errorf("package %q has no package comment; say what the room is for", "tandem/"+room)
		}
	}
}

// TestExportedDocs holds that every exported name is documented.
func TestExportedDocs(t *testing.T) {
	for _, f := range load(t) {
		if f.test || f.gen || f.ast.Name.Name == "main" {
			continue
		}
		for _, d := range f.ast.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if d.Name.IsExported() && receiverExported(d) && d.Doc == nil {
					t.Errorf("%s:%d: %s is not documented", f.path, f.line(d), d.Name.Name)
				}
			case *ast.GenDecl:
				for _, s := range d.Specs {
					if name := undocumented(d, s); name != "" {
						t.Errorf("%s:%d: %s is not documented", f.path, f.line(s), name)
					}
				}
			}
		}
	}
}

func receiverExported(d *ast.FuncDecl) bool {
	if d.Recv == nil {
		return true
	}
	typ := d.Recv.List[0].Type
	if star, ok := typ.(*ast.StarExpr); ok {
		typ = star.X
	}
	if index, ok := typ.(*ast.IndexExpr); ok {
		typ = index.X
	}
	name, ok := typ.(*ast.Ident)
	return !ok || name.IsExported()
}

// undocumented names an exported type, constant or variable without a comment
// of its own or of its group.
func undocumented(d *ast.GenDecl, s ast.Spec) string {
	switch s := s.(type) {
	case *ast.TypeSpec:
		if s.Name.IsExported() && s.Doc == nil && d.Doc == nil {
			return s.Name.Name
		}
	case *ast.ValueSpec:
		for _, n := range s.Names {
			if n.IsExported() && s.Doc == nil && s.Comment == nil && d.Doc == nil {
				return n.Name
			}
		}
	}
	return ""
}
