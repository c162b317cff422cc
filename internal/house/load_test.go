package house

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const root = "../.."

// file is one Go file of the house.
type file struct {
	path string // relative to the root
	room string // the package's folder, "" for the root package
	test bool
	gen  bool
	ast  *ast.File
	set  *token.FileSet
}

// line is where a node stands, for messages.
func (f *file) line(n ast.Node) int { return f.set.Position(n.Pos()).Line }

// load parses every Go file of the module.
func load(t *testing.T) []*file {
	t.Helper()
	var files []*file
	set := token.NewFileSet()
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := d.Name()
		if d.IsDir() && (name == "testdata" || name == "node_modules" || strings.HasPrefix(name, ".") && path != root) {
			return filepath.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(name, ".go") {
			return nil
		}
		parsed, err := parser.ParseFile(set, path, nil, parser.ParseComments)
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel(root, path)
		room := filepath.ToSlash(filepath.Dir(rel))
		if room == "." {
			room = ""
		}
		files = append(files, &file{
			path: filepath.ToSlash(rel), room: room, ast: parsed, set: set,
			test: strings.HasSuffix(name, "_test.go"), gen: strings.HasSuffix(name, "_gen.go"),
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(files) < 50 {
		t.Fatalf("found only %d files: the walk is wrong", len(files))
	}
	return files
}

// imports lists the rooms of this module that a file imports.
func (f *file) imports() []string {
	var rooms []string
	for _, i := range f.ast.Imports {
		path := strings.Trim(i.Path.Value, `"`)
		if path == "tandem" {
			rooms = append(rooms, "")
		} else if room, ok := strings.CutPrefix(path, "tandem/"); ok {
			rooms = append(rooms, room)
		}
	}
	return rooms
}

func lines(t *testing.T, path string) int {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(root, path))
	if err != nil {
		t.Fatal(err)
	}
	return strings.Count(string(b), "\n")
}
