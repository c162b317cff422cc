package block

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"tandem/flow"
)

// blockComments reads the doc comment of every flow.Block in this folder, by its type.
func blockComments(t *testing.T) map[string]string {
	t.Helper()
	comments := map[string]string{}
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	typeField := regexp.MustCompile(`(?m)^\tType:\s+"(\w+)"`)
	for _, entry := range entries {
		name := entry.Name()
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			continue
		}
		source, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, source, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		match := typeField.FindSubmatch(source)
		if match == nil {
			continue
		}
		for _, decl := range file.Decls {
			if general, ok := decl.(*ast.GenDecl); ok && general.Tok == token.VAR {
				comments[string(match[1])] = general.Doc.Text()
			}
		}
	}
	return comments
}

func TestEveryBlocksDocumentedSampleCanBePublished(t *testing.T) {
	comments := blockComments(t)
	for _, b := range ownBlocks() {
		if b.Type == "UnTagContact" {
			continue // UntagContact by another name
		}
		t.Run(b.Type, func(t *testing.T) {
			comment := comments[b.Type]
			start, end := strings.Index(comment, "{\n"), strings.LastIndex(comment, "}\n")
			if start < 0 || end < start {
				t.Fatalf("the comment above %s holds no sample", b.Type)
			}
			var action struct{ Identifier, Type string }
			sample := comment[start : end+1]
			if err := json.Unmarshal([]byte(sample), &action); err != nil {
				t.Fatal(err)
			}
			if action.Type != b.Type {
				t.Errorf("the sample is a %s", action.Type)
			}
			last := `{"Identifier":"next","Type":"UpdateContactAttributes","Parameters":{"Attributes":{"a":"b"}},` +
				`"Transitions":{"NextAction":"next","Errors":[{"ErrorType":"NoMatchingError","NextAction":"next"}]}}`
			content := `{"Version":"2019-10-30","StartAction":"` + action.Identifier + `","Actions":[` + sample + "," + last + `]}`
			doc, err := flow.Parse([]byte(content))
			if err != nil {
				t.Fatal(err)
			}
			if problems := flow.Validate(doc, b.FlowTypes[0], Registry(), nil); len(problems) > 0 {
				t.Error(problems)
			}
		})
	}
}

func TestEveryBlockIsDescribedForPaletteAndLog(t *testing.T) {
	seen := map[string]bool{}
	for _, b := range All() {
		if b.Title == "" || b.LogName == "" || b.Group == "" || len(b.FlowTypes) == 0 || b.Compile == nil {
			t.Errorf("%s lacks a part of its description", b.Type)
		}
		if seen[b.Type] {
			t.Errorf("%s is listed twice", b.Type)
		}
		seen[b.Type] = true
		if b.Rules.Next != flow.NextForbidden && !slices.Contains(b.FlowTypes, flow.TypeContactFlow) &&
			!slices.Contains(b.FlowTypes, flow.TypeCustomerQueue) && !slices.Contains(b.FlowTypes, flow.TypeOutboundWhisper) {
			t.Errorf("%s can stand in no flow that customers enter", b.Type)
		}
	}
}
