package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestCommittedCodecsAreUpToDate(t *testing.T) {
	committed, err := filepath.Glob("../../../*/" + outName)
	if err != nil || len(committed) == 0 {
		t.Fatalf("found no %s, error %v", outName, err)
	}
	for _, path := range append(committed, filepath.Join("example", outName)) {
		want, err := generate(filepath.Dir(path))
		if err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(want, got) {
			t.Errorf("%s is not what wiregen writes now: run go generate ./...", path)
		}
	}
}

// rootSource stands for the root package.
const rootSource = `package tandem
type ID [16]byte
type Personal string
`

// generateSource runs the generator on a module of one file beside generated
// code that is stale.
func generateSource(t *testing.T, source string) (string, error) {
	t.Helper()
	root := t.TempDir()
	files := map[string]string{
		"go.mod":       "module tandem\n",
		"tandem.go":    rootSource,
		"p/" + outName: "stale, and not Go",
		"p/p.go":       "package p\nimport \"tandem\"\nvar _ tandem.ID\n" + source,
	}
	for name, content := range files {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	src, err := generate(filepath.Join(root, "p"))
	return string(src), err
}

func TestGeneratorRefusesWithReason(t *testing.T) {
	tests := map[string]struct{ source, want string }{
		"no marker":            {"type A struct{}", "marks no struct"},
		"misspelt marker":      {"//wire:evnt 1\ntype A struct{}", `"//wire:evnt 1" is no marker`},
		"marker at no type":    {"//wire:value\n\ntype A struct{}", "does not stand right before a type"},
		"two markers":          {"//wire:value\n//wire:state\ntype A struct{}", "A is marked twice"},
		"event without number": {"//wire:event\ntype A struct{}", "is no marker"},
		"number too large":     {"//wire:event 70000\ntype A struct{}", "want 1 to 65535"},
		"number 0":             {"//wire:event 0\ntype A struct{}", "want 1 to 65535"},
		"duplicate number":     {"//wire:event 1\ntype A struct{}\n//wire:event 1\ntype B struct{}", "B: number 1 belongs to A"},
		"retired number":       {"//wire:event 1\ntype A struct{}\n//wire:retired 1\n", "A: number 1 belongs to a retired event"},
		"not a struct":         {"//wire:value\ntype A int", "only a struct can be marked"},
		"float":                {"//wire:value\ntype A struct{ F float64 }", "A: field F: type float64 cannot be written"},
		"interface":            {"//wire:value\ntype A struct{ F []any }", "field F: type any cannot be written"},
		"unmarked struct":      {"type B struct{}\n//wire:value\ntype A struct{ F B }", "is a struct without a marker"},
		"pointer to number":    {"//wire:value\ntype A struct{ F *int }", "only a pointer to a struct marked"},
		"map key":              {"//wire:value\ntype A struct{ F map[bool]int }", "map key bool"},
		"no subject":           {"//wire:value\ntype A struct{ F tandem.Personal }", "field F is private, but no field is tagged"},
		"two subjects":         {"//wire:value\ntype A struct{ F, G tandem.ID `wire:\"subject\"` }", "F is the subject already"},
		"subject no id":        {"//wire:value\ntype A struct{ F int `wire:\"subject\"` }", "the subject is an exported field of type tandem.ID"},
		"unknown tag":          {"//wire:value\ntype A struct{ F int `wire:\"key\"` }", `unknown tag wire:"key"`},
		"method name":          {"//wire:event 1\ntype A struct{ Kind int }", "field Kind: the name belongs to a method"},
		"recursion":            {"//wire:value\ntype A struct{ B []B }\n//wire:value\ntype B struct{ A *A }", "it contains itself"},
		"unknown type":         {"//wire:value\ntype A struct{ F Missing }", "field F: type invalid type cannot be written"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := generateSource(t, tt.source)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want an error with %q", err, tt.want)
			}
		})
	}
}

func TestOnlyExportedUntaggedFieldsAreWritten(t *testing.T) {
	src, err := generateSource(t, "//wire:value\ntype A struct { ID tandem.ID; hidden, other int; Left float64 `wire:\"-\"` }")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(src, "e.ID(x.ID)") || strings.Contains(src, "hidden") || strings.Contains(src, "Left") {
		t.Errorf("generated:\n%s", src)
	}
}
