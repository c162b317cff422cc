package flow_test

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"

	"tandem/flow"
	"tandem/flow/block"

	"github.com/google/go-cmp/cmp"
)

// unknownAction has a type, members and white space of its own.
const unknownAction = `{ "Type":"ShowView",  "Identifier":"A", "Extra" : [1, 2.50e1, "\u00e9<"],
	"Parameters":{"z":1,"a":{"b":null}},"Transitions":{"NextAction":"A","Odd":true,
	"Conditions":[{"NextAction":"A","Condition":{"Operator":"And","Operands":[{"Operator":"Equals"}]}}]} }`

func TestUnknownActionRoundTripsByteForByte(t *testing.T) {
	content := `{"Metadata":{"name":"x"},"Version":"2019-10-30","Settings":{"a": 1},"StartAction":"A","Actions":[` + unknownAction + `]}`
	doc, err := flow.Parse([]byte(content))
	if err != nil {
		t.Fatal(err)
	}
	encoded, err := doc.Encode()
	if err != nil {
		t.Fatal(err)
	}
	if string(encoded) != content {
		t.Errorf("got\n%s\nwant\n%s", encoded, content)
	}
}

func TestBuiltDocumentCanBeReadAgain(t *testing.T) {
	doc := &flow.Document{Version: flow.Version, StartAction: "A", Actions: []flow.Action{{
		Identifier: "A", Type: "MessageParticipant", Parameters: []byte(`{"SSML":"<speak>&amp;</speak>"}`),
		Transitions: flow.Transitions{NextAction: "A", Errors: []flow.ErrorBranch{{NextAction: "A", ErrorType: flow.NoMatchingError}}},
	}}}
	encoded, err := doc.Encode()
	if err != nil {
		t.Fatal(err)
	}
	want := `{"Version":"2019-10-30","StartAction":"A","Actions":[{"Identifier":"A","Type":"MessageParticipant",` +
		`"Parameters":{"SSML":"<speak>&amp;</speak>"},"Transitions":{"NextAction":"A","Errors":[{"NextAction":"A","ErrorType":"NoMatchingError"}]}}]}`
	if string(encoded) != want {
		t.Errorf("got\n%s\nwant\n%s", encoded, want)
	}
	if _, err := flow.Parse(encoded); err != nil {
		t.Error(err)
	}
}

func TestParseNamesEveryPlaceOfAWrongShape(t *testing.T) {
	cases := []struct{ name, content, want string }{
		{"not JSON", `{`, "Invalid flow content. It is not a JSON object: unexpected end of JSON input"},
		{"a list", `[]`, "Invalid flow content. It is not a JSON object: json: cannot unmarshal array into Go value of type map[string]json.RawMessage"},
		{"too large", `"` + strings.Repeat("é", 256_000) + `"`, "Invalid flow content. It has 256002 characters; at most 256000 are allowed"},
		{"actions not a list", `{"Actions":{}}`, "Invalid Action property value. Path: Actions. Expected a list"},
		{"several places", `{"StartAction":1,"Actions":[7,{"Identifier":[],"Parameters":"x","Transitions":{"NextAction":2,"Errors":[{"ErrorType":{}}],"Conditions":[{"Condition":[]}]}}]}`,
			"Invalid Action property value. Path: StartAction. Expected text\n" +
				"Invalid Action property value. Path: Actions[0]. Expected an object\n" +
				"Invalid Action property value. Path: Actions[1].Parameters. Expected an object\n" +
				"Invalid Action property value. Path: Actions[1].Identifier. Expected text\n" +
				"Invalid Action property value. Path: Actions[1].Transitions.NextAction. Expected text\n" +
				"Invalid Action property value. Path: Actions[1].Transitions.Errors[0].ErrorType. Expected text\n" +
				"Invalid Action property value. Path: Actions[1].Transitions.Conditions[0].Condition. Expected an object"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			doc, err := flow.Parse([]byte(c.content))
			if err == nil {
				t.Fatalf("read %+v", doc)
			}
			if err.Error() != c.want {
				t.Errorf("got\n%s\nwant\n%s", err, c.want)
			}
		})
	}
}

func TestParseTakesWhatPeopleLeaveOut(t *testing.T) {
	doc, err := flow.Parse([]byte(` {"Actions":[{"Identifier":"A"}, {"Transitions":null,"Parameters":null}], "Actions":[{"Identifier":"B"}]} `))
	if err != nil {
		t.Fatal(err)
	}
	if len(doc.Actions) != 1 || doc.Actions[0].Identifier != "B" {
		t.Errorf("actions %+v, want B of the last member alone", doc.Actions)
	}
	encoded, err := doc.Encode()
	if want := `{"Actions":[{"Identifier":"B"}],"Version":"","StartAction":""}`; err != nil || string(encoded) != want {
		t.Errorf("written as %s (%v), want %s", encoded, err, want)
	}
}

// FuzzParse reads any bytes. What can be read survives writing and reading again,
// and can be validated, compiled and stepped.
func FuzzParse(f *testing.F) {
	for _, s := range flow.Samples() {
		f.Add([]byte(s.Content))
	}
	f.Add([]byte(`{"Version":"2019-10-30","StartAction":"A","Actions":[` + unknownAction + `]}`))
	registry := block.Registry()
	f.Fuzz(func(t *testing.T, content []byte) {
		doc, err := flow.Parse(content)
		if err != nil {
			return
		}
		encoded, err := doc.Encode()
		if err != nil {
			t.Fatalf("cannot be written: %v", err)
		}
		if utf8.RuneCount(encoded) > flow.MaxContentChars {
			return
		}
		again, err := flow.Parse(encoded)
		if err != nil {
			t.Fatalf("cannot be read again: %v\n%s", err, encoded)
		}
		if twice, err := again.Encode(); err != nil || !bytes.Equal(twice, encoded) {
			t.Fatalf("written twice: %v\n%s\n%s", err, encoded, twice)
		}
		first := flow.Validate(doc, flow.TypeContactFlow, registry, nil)
		if diff := cmp.Diff(first, flow.Validate(again, flow.TypeContactFlow, registry, nil)); diff != "" {
			t.Fatalf("problems differ:\n%s", diff)
		}
		program := flow.Compile(doc, registry)
		for _, a := range doc.Actions {
			checkStep(t, program, flow.Position{ActionID: a.Identifier}, flow.Input{Kind: flow.InputStart}, &center{channel: flow.ChannelVoice})
		}
	})
}
