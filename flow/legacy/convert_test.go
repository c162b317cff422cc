package legacy

import (
	"bytes"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tandem/flow"
	"tandem/flow/block"
)

var update = flag.Bool("update", false, "write the golden files anew")

// instance is a Resolver with a few resources, by id and by name.
type instance map[flow.ResourceKind]map[string]string

func (i instance) Known(kind flow.ResourceKind, id string) bool {
	_, known := i[kind][id]
	return known
}

func (i instance) Find(kind flow.ResourceKind, name string) (string, bool) {
	for _, id := range slices.Sorted(maps.Keys(i[kind])) {
		if i[kind][id] == name {
			return id, true
		}
	}
	return "", false
}

// here knows the queue by its old id, another queue, a prompt and the flows by
// name only, and nothing else.
var here = instance{
	flow.ResourceQueue:  {"support": "Support", "q2": "BasicQueue"},
	flow.ResourcePrompt: {"p1": "Beep.wav", "music": "Music.wav"},
	flow.ResourceFlow:   {"f1": "The CustomerQueue", "f2": "The AgentWhisper", "f3": "Next"},
}

// show writes a conversion with a line for each action and each block.
func show(i *Imported) string {
	content, _ := i.Document.Encode()
	members := object(content)
	var out strings.Builder
	fmt.Fprintf(&out, "%s %s starts at %q\n", i.Type, i.Name, i.Document.StartAction)
	for _, item := range list(members["Actions"]) {
		fmt.Fprintf(&out, "%s\n", item)
	}
	fmt.Fprintf(&out, "%s\n", members["Metadata"])
	for _, b := range i.Blocks {
		fmt.Fprintf(&out, "%s %s known=%t: %s\n", b.ID, b.Module, b.Known, strings.Join(b.Actions, ", "))
		for _, note := range b.Notes {
			fmt.Fprintf(&out, "  %s\n", note)
		}
	}
	for _, u := range i.Unresolved {
		fmt.Fprintf(&out, "unresolved: %s %s %q %q\n", u.ActionID, u.Kind, u.ARN, u.Name)
	}
	return out.String()
}

// TestEachModuleBecomesTheActionsOfTheLanguage converts an export of the older
// form for each module, with what was found in exports: texts for numbers,
// numbers for texts, repeated parameters, attributes, deprecated names.
func TestEachModuleBecomesTheActionsOfTheLanguage(t *testing.T) {
	for _, path := range exports(t) {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".json"), func(t *testing.T) {
			imported, err := Import(read(t, path), here)
			if err != nil {
				t.Fatal(err)
			}
			got := show(imported)
			file := strings.TrimSuffix(path, ".json") + ".golden"
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if want := string(read(t, file)); want != got {
				t.Errorf("the conversion has changed; it is now\n%s", got)
			}
		})
	}
}

func exports(t *testing.T) []string {
	t.Helper()
	paths, err := filepath.Glob("testdata/convert/*.json")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no exports: %v", err)
	}
	return paths
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// TestEveryConverterHasAnExport holds that no module is converted untested.
func TestEveryConverterHasAnExport(t *testing.T) {
	seen := map[string]bool{"GetUserInput": true, "InvokeExternalResource": true} // without a target: as with the usual one
	for _, path := range exports(t) {
		for _, m := range readModules(object(read(t, path))["modules"]) {
			seen[m.name()], seen[m.kind] = true, true
		}
	}
	for _, name := range slices.Sorted(maps.Keys(converters)) {
		if !seen[name] {
			t.Errorf("no export in testdata/convert has the module %s", name)
		}
	}
}

// TestNoModuleIsLost holds that each module, known or not, is an action with its
// id, and that the ways between modules are kept.
func TestNoModuleIsLost(t *testing.T) {
	for _, path := range exports(t) {
		imported, err := Import(read(t, path), nil)
		if err != nil {
			t.Fatal(err)
		}
		ids := map[string]flow.Transitions{}
		for _, a := range imported.Document.Actions {
			ids[a.Identifier] = a.Transitions
		}
		for _, m := range readModules(object(read(t, path))["modules"]) {
			transitions, kept := ids[m.id]
			if !kept && m.id != "" {
				t.Errorf("%s: the module %q is lost", path, m.id)
			}
			if ways := targets(transitions); len(m.branches) > 0 && slices.Equal(ways, []string{""}) {
				t.Errorf("%s: the ways out of %q are lost", path, m.id)
			}
		}
	}
}

// TestUnknownModuleIsKeptWholeAndRefused holds that what is not known can be
// saved, read again, and is told by publishing.
func TestUnknownModuleIsKeptWholeAndRefused(t *testing.T) {
	imported, err := Import(read(t, "testdata/convert/unknown_module.json"), nil)
	if err != nil {
		t.Fatal(err)
	}
	parameters := string(imported.Document.Actions[0].Parameters)
	for _, part := range []string{`"Sugar"`, `"cup":"large"`, `"target":"Espresso"`} {
		if !strings.Contains(strings.ReplaceAll(parameters, `": `, `":`), part) {
			t.Errorf("%s is not kept in %s", part, parameters)
		}
	}
	problems := flow.Validate(imported.Document, flow.TypeContactFlow, block.Registry(), nil)
	if !strings.Contains(problems.Error(), "Invalid Action type. Path: Actions[0].Type") {
		t.Errorf("the problems are: %v", problems)
	}
}

// TestConvertedFlowCanBePublishedAndRuns converts a menu and calls it.
func TestConvertedFlowCanBePublishedAndRuns(t *testing.T) {
	imported, err := Import(read(t, "testdata/menu.json"), here)
	if err != nil {
		t.Fatal(err)
	}
	if imported.Name != "Front desk" || imported.Type != flow.TypeContactFlow || !imported.Published || !imported.Converted {
		t.Errorf("imported %+v", imported.File)
	}
	if problems := flow.Validate(imported.Document, imported.Type, block.Registry(), here); len(problems) > 0 {
		t.Errorf("it cannot be published: %v", problems)
	}
}

// TestUnresolvedReferenceCanBeSavedButNotPublished holds that what the instance
// does not have is listed, and named by publishing in words of its own.
func TestUnresolvedReferenceCanBeSavedButNotPublished(t *testing.T) {
	imported, err := Import(read(t, "testdata/menu.json"), instance{})
	if err != nil {
		t.Fatal(err)
	}
	want := []Unresolved{{ActionID: "queue", Kind: flow.ResourceQueue, ARN: "arn:aws:connect:eu-central-1:111122223333:instance/i/queue/elsewhere", Name: "Support"}}
	if !slices.Equal(imported.Unresolved, want) {
		t.Errorf("unresolved: %+v", imported.Unresolved)
	}
	problems := flow.Validate(imported.Document, imported.Type, block.Registry(), instance{})
	if len(problems) != 1 || !strings.HasPrefix(problems[0].String(), `Unresolved reference. Path: Actions[2].Parameters.QueueId. The instance has no queue "Support"`) {
		t.Errorf("the problems are: %v", problems)
	}
	if again, err := Import(export(t, imported.File), here); err != nil || len(again.Unresolved) > 0 {
		t.Errorf("where the queue is, the placeholder is not resolved: %+v, %v", again, err)
	}
}

// FuzzImport holds that no file makes the import panic, and that what it makes
// can be written and read again, and exported without change.
func FuzzImport(f *testing.F) {
	for _, pattern := range []string{"testdata/convert/*.json", "testdata/language/*.json", "testdata/*.json"} {
		paths, err := filepath.Glob(pattern)
		if err != nil {
			f.Fatal(err)
		}
		for _, path := range paths {
			content, err := os.ReadFile(path)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(content)
		}
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		imported, err := Import(content, here)
		if err != nil {
			return
		}
		flow.Compile(imported.Document, block.Registry())
		first := export(t, imported.File)
		again, err := Import(first, nil)
		if err != nil {
			return // it has grown beyond what a flow may have
		}
		if second := export(t, again.File); !bytes.Equal(first, second) {
			t.Errorf("exported\n%s\nthen\n%s", first, second)
		}
	})
}

func export(t *testing.T, f File) []byte {
	t.Helper()
	content, err := Export(f)
	if err != nil {
		t.Fatal(err)
	}
	return content
}
