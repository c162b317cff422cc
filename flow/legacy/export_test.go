package legacy

import (
	"bytes"
	"encoding/json"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tandem/flow"
	"tandem/flow/block"
)

// languageFiles are flows in the shapes that exports and hands write.
func languageFiles(t *testing.T) []string {
	t.Helper()
	paths, err := filepath.Glob("testdata/language/*.json")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no flows: %v", err)
	}
	return paths
}

func importFile(t *testing.T, path string, r Resolver) *Imported {
	t.Helper()
	imported, err := Import(read(t, path), r)
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return imported
}

// TestImportOfAnExportIsTheSameFlow holds that name, description, type and status
// come back, and every action byte for byte, whatever shape the flow has.
func TestImportOfAnExportIsTheSameFlow(t *testing.T) {
	for _, path := range append(languageFiles(t), exports(t)...) {
		before := importFile(t, path, nil)
		after, err := Import(export(t, before.File), nil)
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		if after.Name != before.Name || after.Description != before.Description || after.Type != before.Type || after.Published != before.Published {
			t.Errorf("%s: exported %+v, imported %+v", path, before.File, after.File)
		}
		was, is := encoded(t, before.Document), encoded(t, after.Document)
		for _, name := range []string{"Version", "StartAction", "Actions", "Settings", "Comment"} {
			if !bytes.Equal(was[name], is[name]) {
				t.Errorf("%s: %s was\n%s\nis\n%s", path, name, was[name], is[name])
			}
		}
		if again := export(t, after.File); !bytes.Equal(again, export(t, before.File)) {
			t.Errorf("%s: the second export differs", path)
		}
	}
}

func encoded(t *testing.T, doc *flow.Document) map[string]json.RawMessage {
	t.Helper()
	content, err := doc.Encode()
	if err != nil {
		t.Fatal(err)
	}
	return object(content)
}

// TestExportHasWhatTheConsoleWrites holds that an export names the flow, keeps
// the places of blocks and notes, and gives a place to what has none.
func TestExportHasWhatTheConsoleWrites(t *testing.T) {
	f := importFile(t, "testdata/language/console.json", nil).File
	f.Name, f.Type, f.Published = "Renamed", flow.TypeQueueTransfer, false
	metadata := object(object(export(t, f))["Metadata"])
	for name, want := range map[string]string{"name": `"Renamed"`, "type": `"queueTransfer"`, "status": `"saved"`, "snapToGrid": "true",
		"entryPointPosition": `{"x":20.5,"y":-40}`} {
		if got := string(metadata[name]); got != want {
			t.Errorf("%s is %s, want %s", name, got, want)
		}
	}
	if !strings.Contains(string(metadata["Annotations"]), "Ask the night shift") {
		t.Error("the notes are lost")
	}
	places := object(metadata["ActionMetadata"])
	for id, want := range map[string]string{"1": `{"x":160.8,"y":44}`, "3": `{"x":660,"y":20}`, "4": `{"x":660,"y":260}`} {
		got := object(places["3f0b6c1e-0000-4000-8000-00000000000"+id])["position"]
		if string(got) != want {
			t.Errorf("block %s stands at %s, want %s", id, got, want)
		}
	}
}

// TestReferencesAreResolvedByARNThenByName holds that the language's form is
// resolved as the older one, and that what needs no change keeps its bytes.
func TestReferencesAreResolvedByARNThenByName(t *testing.T) {
	path := "testdata/language/console.json"
	if i := importFile(t, path, here); len(i.Unresolved) > 0 || !strings.Contains(string(i.Document.Actions[1].Parameters), `"QueueId":"support"`) {
		t.Errorf("by name: %s, unresolved %v", i.Document.Actions[1].Parameters, i.Unresolved)
	}
	known := instance{flow.ResourceQueue: {"elsewhere": "Renamed since"}}
	byARN := importFile(t, path, known)
	if was := encoded(t, importFile(t, path, nil).Document); len(byARN.Unresolved) > 0 || !bytes.Equal(was["Actions"], encoded(t, byARN.Document)["Actions"]) {
		t.Errorf("by ARN the flow changes; unresolved %v", byARN.Unresolved)
	}
	nowhere := importFile(t, path, instance{})
	if len(nowhere.Unresolved) != 1 || nowhere.Unresolved[0].Name != "Support" {
		t.Errorf("unresolved: %+v", nowhere.Unresolved)
	}
	problems := flow.Validate(nowhere.Document, flow.TypeContactFlow, block.Registry(), nil)
	if !strings.Contains(problems.Error(), `The instance has no queue "Support"`) {
		t.Errorf("the problems are: %v", problems)
	}
}

// TestReferencesInsideParametersAreResolved holds that lists, event hooks and
// references from attributes are looked at too.
func TestReferencesInsideParametersAreResolved(t *testing.T) {
	content := `{"Version":"2019-10-30","StartAction":"loop","Metadata":{"ActionMetadata":{
		"hook":{"contactFlow":{"text":"The AgentWhisper"}},"loop":{"queue":null}}},"Actions":[
		{"Identifier":"loop","Type":"MessageParticipantIteratively","Parameters":{"Messages":[{"PromptId":"music"},{"PromptId":"lost"},{"Text":"Hi"}]}},
		{"Identifier":"hook","Type":"UpdateContactEventHooks","Parameters":{"EventHooks":{"AgentWhisper":"old"}}},
		{"Identifier":"dynamic","Type":"UpdateContactTargetQueue","Parameters":{"QueueId":"$.Attributes.queue"}}]}`
	i, err := Import([]byte(content), here)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		`{"Messages":[{"PromptId":"music"},{"PromptId":"unresolved:prompt:lost"},{"Text":"Hi"}]}`,
		`{"EventHooks":{"AgentWhisper":"f2"}}`, `{"QueueId":"$.Attributes.queue"}`,
	}
	for n, a := range i.Document.Actions {
		if string(a.Parameters) != want[n] {
			t.Errorf("%s has %s, want %s", a.Identifier, a.Parameters, want[n])
		}
	}
	if !slices.Equal(i.Unresolved, []Unresolved{{ActionID: "loop", Kind: flow.ResourcePrompt, ARN: "lost"}}) {
		t.Errorf("unresolved: %+v", i.Unresolved)
	}
}

// TestShapesOfRealFlowsAreTaken holds that numbers for text, missing members,
// placeholders of deployment tools, unknown members and invented blocks can be
// read and compiled; publishing says what is wrong.
func TestShapesOfRealFlowsAreTaken(t *testing.T) {
	for _, path := range languageFiles(t) {
		i := importFile(t, path, nil)
		flow.Compile(i.Document, block.Registry())
		problems := flow.Validate(i.Document, flow.TypeContactFlow, block.Registry(), nil)
		switch filepath.Base(path) {
		case "console.json", "by_hand.json":
			if len(problems) > 0 {
				t.Errorf("%s: %v", path, problems)
			}
		case "ill_formed.json":
			for _, want := range []string{"Did you mean MessageParticipant?", "Did you mean TransferContactToQueue?", "Did you mean GetParticipantInput?"} {
				if !strings.Contains(problems.Error(), want) {
					t.Errorf("%s: no %q in\n%v", path, want, problems)
				}
			}
		}
	}
}

// TestFileThatIsNoFlowIsRefused holds that the error says so.
func TestFileThatIsNoFlowIsRefused(t *testing.T) {
	var problems flow.Problems
	for content, want := range map[string]error{`{"a":1}`: ErrNotAFlow, `{"modules":7}`: ErrNotAFlow, `{"modules":[]}`: errNoModules} {
		if _, err := Import([]byte(content), nil); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", content, err, want)
		}
	}
	for _, content := range []string{"", "[]", "{", `{"Actions":7}`} {
		if _, err := Import([]byte(content), nil); !errors.As(err, &problems) {
			t.Errorf("%q: %v", content, err)
		}
	}
	if _, err := Import([]byte("\xef\xbb\xbf"+`{"Version":"2019-10-30","StartAction":"a","Actions":[]}`), nil); err != nil {
		t.Errorf("with a byte order mark: %v", err)
	}
}
