package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// loader reads packages of this module from source. Function bodies and
// packages of other modules are left out: field types need neither. Generated
// codecs are left out too, so that a stale one is no obstacle.
type loader struct {
	fset     *token.FileSet
	root     string // the folder of go.mod
	module   string // the module's path
	packages map[string]*pkg
	markers  map[*types.TypeName]marker
}

// pkg is one package read from source.
type pkg struct {
	types   *types.Package
	files   []*ast.File
	retired []retired
}

// marker is what a comment line says about a struct.
type marker struct {
	word   string // event, value or state
	number string // of an event
	pos    token.Position
}

// retired is the number of an event that is no more.
type retired struct {
	number string
	pos    token.Position
}

func newLoader(dir string) (*loader, error) {
	root, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	for {
		b, err := os.ReadFile(filepath.Join(root, "go.mod"))
		if err == nil {
			module, _, _ := strings.Cut(strings.TrimPrefix(string(b), "module "), "\n")
			return &loader{
				fset: token.NewFileSet(), root: root, module: strings.TrimSpace(module),
				packages: map[string]*pkg{}, markers: map[*types.TypeName]marker{},
			}, nil
		}
		parent := filepath.Dir(root)
		if parent == root {
			return nil, fmt.Errorf("no go.mod in %s or above it", dir)
		}
		root = parent
	}
}

// load reads the package in dir.
func (l *loader) load(dir string) (*pkg, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	rel, err := filepath.Rel(l.root, abs)
	if err != nil {
		return nil, err
	}
	importPath := path.Join(l.module, filepath.ToSlash(rel))
	if p := l.packages[importPath]; p != nil {
		return p, nil
	}
	p := &pkg{}
	if p.files, err = l.parse(abs); err != nil {
		return nil, err
	}
	conf := types.Config{Importer: l, IgnoreFuncBodies: true, Error: func(error) {}}
	// Errors are expected: what other modules define is unknown here. A field
	// of such a type is refused later.
	p.types, _ = conf.Check(importPath, l.fset, p.files, nil)
	l.packages[importPath] = p
	for _, f := range p.files {
		if err := l.mark(p, f); err != nil {
			return nil, err
		}
	}
	return p, nil
}

func (l *loader) parse(dir string) ([]*ast.File, error) {
	names, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return nil, err
	}
	var files []*ast.File
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") || filepath.Base(name) == outName {
			continue
		}
		f, err := parser.ParseFile(l.fset, name, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		files = append(files, f)
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("no Go files in %s", dir)
	}
	return files, nil
}

// Import implements types.Importer. A package that is not of this module is
// taken to be empty.
func (l *loader) Import(importPath string) (*types.Package, error) {
	if importPath == l.module || strings.HasPrefix(importPath, l.module+"/") {
		rel := strings.TrimPrefix(strings.TrimPrefix(importPath, l.module), "/")
		p, err := l.load(filepath.Join(l.root, filepath.FromSlash(rel)))
		if err != nil {
			return nil, err
		}
		return p.types, nil
	}
	empty := types.NewPackage(importPath, path.Base(importPath))
	empty.MarkComplete()
	return empty, nil
}

// mark collects the markers of a file.
func (l *loader) mark(p *pkg, f *ast.File) error {
	used := map[*ast.Comment]bool{}
	for _, decl := range f.Decls {
		gen, ok := decl.(*ast.GenDecl)
		if !ok || gen.Tok != token.TYPE {
			continue
		}
		for _, spec := range gen.Specs {
			spec := spec.(*ast.TypeSpec)
			doc := spec.Doc
			if doc == nil && !gen.Lparen.IsValid() {
				doc = gen.Doc
			}
			if err := l.markType(p, spec, doc, used); err != nil {
				return err
			}
		}
	}
	return l.markRetired(p, f, used)
}

func (l *loader) markType(p *pkg, spec *ast.TypeSpec, doc *ast.CommentGroup, used map[*ast.Comment]bool) error {
	if doc == nil {
		return nil
	}
	for _, c := range doc.List {
		words, ok := markerWords(c)
		if !ok || words[0] == "retired" {
			continue
		}
		used[c] = true
		m := marker{word: words[0], pos: l.fset.Position(c.Pos())}
		switch {
		case words[0] == "event" && len(words) == 2:
			m.number = words[1]
		case slices.Contains([]string{"value", "state"}, words[0]) && len(words) == 1:
		default:
			return fmt.Errorf("%s: %q is no marker: want //wire:event N, //wire:value or //wire:state", m.pos, c.Text)
		}
		name := p.types.Scope().Lookup(spec.Name.Name).(*types.TypeName)
		if _, twice := l.markers[name]; twice {
			return fmt.Errorf("%s: %s is marked twice", m.pos, spec.Name.Name)
		}
		l.markers[name] = m
	}
	return nil
}

// markRetired collects the retired numbers, and refuses a marker that stands
// at no type.
func (l *loader) markRetired(p *pkg, f *ast.File, used map[*ast.Comment]bool) error {
	for _, group := range f.Comments {
		for _, c := range group.List {
			words, ok := markerWords(c)
			if !ok || used[c] {
				continue
			}
			pos := l.fset.Position(c.Pos())
			if words[0] != "retired" || len(words) == 1 {
				return fmt.Errorf("%s: %q does not stand right before a type", pos, c.Text)
			}
			for _, n := range words[1:] {
				p.retired = append(p.retired, retired{n, pos})
			}
		}
	}
	return nil
}

func markerWords(c *ast.Comment) ([]string, bool) {
	text, ok := strings.CutPrefix(c.Text, "//wire:")
	words := strings.Fields(text)
	return words, ok && len(words) > 0
}
