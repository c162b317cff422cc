package flow_test

import (
	"strings"
	"testing"

	"tandem/flow"
	"tandem/flow/block"

	"github.com/google/go-cmp/cmp"
)

// identifySettings are those of a module with an input, a result and two branches.
const identifySettings = `{
	"input": {"schema": {"type": "object", "required": ["number"], "properties": {
		"number": {"type": "string"}, "tries": {"type": "integer"}, "deep": {"type": "object", "properties": {"list": {"type": "array", "items": {"type": "boolean"}}}}}}},
	"resultData": {"schema": {"type": "object", "properties": {"name": {"type": "string"}, "score": {"type": ["number", "null"]}}}},
	"transitions": {"results": [{"name": "known", "description": "The customer is known"}, {"name": "stranger"}]}
}`

func TestModuleSettingsAreReadInBothForms(t *testing.T) {
	settings, err := flow.ParseModuleSettings(identifySettings)
	if err != nil {
		t.Fatal(err)
	}
	want := []flow.ModuleBranch{{Name: "known", Description: "The customer is known"}, {Name: "stranger"}}
	if diff := cmp.Diff(want, settings.Branches); diff != "" || settings.Input == nil || settings.Result == nil {
		t.Errorf("input %v, result %v, branches (-want +got):\n%s", settings.Input, settings.Result, diff)
	}
	doc, err := flow.Parse([]byte(`{"Settings":{"InputParameters":[],"OutputParameters":[],"Transitions":[
		{"DisplayName":"Success","ReferenceName":"Success","Description":""},{"DisplayName":"Error","ReferenceName":"Error"},{"DisplayName":"A known one","ReferenceName":"known"}]}}`))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(flow.ModuleSettings{Branches: []flow.ModuleBranch{{Name: "known"}}}, doc.Module); diff != "" {
		t.Errorf("content (-want +got):\n%s", diff)
	}
	for _, nothing := range []string{"", "{}"} {
		if settings, err := flow.ParseModuleSettings(nothing); err != nil || settings.Input != nil || len(settings.Branches) > 0 {
			t.Errorf("%q: %+v, %v", nothing, settings, err)
		}
	}
}

func TestModuleSettingsThatAreWrongAreNamed(t *testing.T) {
	many := strings.TrimSuffix(strings.Repeat(`{"name":"x"},`, 3), ",")
	nine := `{"name":"1"},{"name":"2"},{"name":"3"},{"name":"4"},{"name":"5"},{"name":"6"},{"name":"7"},{"name":"8"},{"name":"9"}`
	deep := strings.Repeat(`{"items":`, 40) + "{}" + strings.Repeat("}", 40)
	for _, c := range []struct{ settings, want string }{
		{`[]`, "Settings. Expected an object"},
		{`{"input":{"schema":{"type":"float","properties":{"a":7},"required":[{}],"items":[]}}}`,
			"Settings.input.schema.type. Expected one of string, number, integer, boolean, object, array, null"},
		{`{"input":{"schema":` + deep + `}}`, "Expected a schema that is less deep"},
		{`{"transitions":{"results":[` + many + `]}}`, "Settings.transitions.results[1]. Expected a name that no other branch has"},
		{`{"transitions":{"results":[{}]}}`, "Settings.transitions.results[0]. Expected a name"},
		{`{"transitions":{"results":[` + nine + `]}}`, "Settings. Expected at most 8 branches, not 9"},
	} {
		if _, err := flow.ParseModuleSettings(c.settings); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %s", c.settings, err, c.want)
		}
	}
}

// modules is an instance with one module.
type modules struct{ settings flow.ModuleSettings }

func (modules) Known(kind flow.ResourceKind, id string) bool {
	return kind != flow.ResourceModule || id == "identify:live"
}

func (modules) InstanceID() string                { return "i" }
func (modules) FlowType(string) (flow.Type, bool) { return "", false }
func (m modules) ModuleSettings(id string) (flow.ModuleSettings, bool) {
	return m.settings, id == "identify:live"
}

func TestFlowThatInvokesAModuleIsCheckedAgainstItsSettings(t *testing.T) {
	settings, err := flow.ParseModuleSettings(identifySettings)
	if err != nil {
		t.Fatal(err)
	}
	problems := func(module, input, branch string) string {
		doc, err := flow.Parse([]byte(`{"Version":"2019-10-30","StartAction":"a","Actions":[{"Identifier":"a","Type":"InvokeFlowModule",
			"Parameters":{"FlowModuleId":"` + module + `"` + input + `},"Transitions":{"NextAction":"a","Errors":[{"ErrorType":"NoMatchingError","NextAction":"a"}],
			"Conditions":[{"NextAction":"a","Condition":{"Operator":"Equals","Operands":["` + branch + `"]}}]}}]}`))
		if err != nil {
			t.Fatal(err)
		}
		return flow.Validate(doc, flow.TypeContactFlow, block.Registry(), modules{settings}).Error()
	}
	good := `,"Input":{"number":"$.CustomerEndpoint.Address","tries":3,"deep":{"list":[true]}}`
	for _, c := range []struct{ name, module, input, branch, want string }{
		{"good", "arn:aws:connect:eu:1:instance/i/flow-module/identify:live", good, "known", ""},
		{"an attribute names the module", "$.Attributes.module", `,"Input":{"odd":1}`, "odd", ""},
		{"no such branch", "identify:live", good, "famous", "Actions[0].Transitions.Conditions[0].Condition.Operands[0]. It must be one of known, stranger"},
		{"nothing of what it requires", "identify:live", "", "known", "Actions[0].Parameters.Input.number. The module's settings require it"},
		{"what it does not know", "identify:live", `,"Input":{"number":"1","colour":"red"}`, "known", "Actions[0].Parameters.Input.colour. The module's settings have no such member"},
		{"an attribute where a number must be", "identify:live", `,"Input":{"number":"1","tries":"$.Attributes.n"}`, "known", "Actions[0].Parameters.Input.tries. The module expects a value of type integer"},
		{"a fraction where a whole number must be", "identify:live", `,"Input":{"number":"1","tries":1.5}`, "known", "Actions[0].Parameters.Input.tries. The module expects a value of type integer"},
		{"deep inside", "identify:live", `,"Input":{"number":"1","deep":{"list":[true,null]}}`, "known", "Actions[0].Parameters.Input.deep.list[1]. The module expects a value of type boolean"},
	} {
		got := problems(c.module, c.input, c.branch)
		if c.want == "" && got != "" || !strings.Contains(got, c.want) || strings.Count(got, "\n") > 0 {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

func TestModuleIsCheckedAgainstItsOwnSettings(t *testing.T) {
	problems := func(settings, parameters string) string {
		doc, err := flow.Parse([]byte(`{"Version":"2019-10-30","StartAction":"a","Settings":` + settings + `,"Actions":[{"Identifier":"a","Type":"EndFlowModuleExecution","Parameters":` + parameters + `}]}`))
		if err != nil {
			t.Fatal(err)
		}
		return flow.Validate(doc, flow.TypeModule, block.Registry(), nil).Error()
	}
	for _, c := range []struct{ name, settings, parameters, want string }{
		{"as described", identifySettings, `{"Result":"known","ResultData":{"name":"$.Attributes.name","score":0.5}}`, ""},
		{"without a branch", identifySettings, `{}`, ""},
		{"nothing described", `{}`, `{"Result":"odd","ResultData":{"odd":[]}}`, ""},
		{"another branch", identifySettings, `{"Result":"famous"}`, "Actions[0].Parameters.Result. It must be one of the module's branches: known, stranger"},
		{"other data", identifySettings, `{"ResultData":{"odd":1}}`, "Actions[0].Parameters.ResultData.odd. The module's settings have no such member"},
		{"wrong settings", `[]`, `{}`, "Path: Settings. Expected an object"},
	} {
		got := problems(c.settings, c.parameters)
		if c.want == "" && got != "" || !strings.Contains(got, c.want) {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

// FuzzParseModuleSettings reads any text: it is read or named as wrong, and a module
// with it can be checked.
func FuzzParseModuleSettings(f *testing.F) {
	f.Add(identifySettings)
	f.Add("{}")
	f.Add(`{"Transitions":[{"ReferenceName":"known"}],"input":{"schema":{"items":{}}}}`)
	f.Fuzz(func(t *testing.T, text string) {
		settings, err := flow.ParseModuleSettings(text)
		if err != nil && (len(settings.Branches) > 0 || settings.Input != nil || settings.Result != nil) {
			t.Fatalf("read %+v and failed: %v", settings, err)
		}
		doc, err := flow.Parse([]byte(`{"StartAction":"a","Actions":[{"Identifier":"a","Type":"EndFlowModuleExecution","Parameters":{"Result":"known","ResultData":{"a":[{"b":1}]}}}]}`))
		if err != nil {
			t.Fatal(err)
		}
		doc.Module = settings
		flow.Validate(doc, flow.TypeModule, block.Registry(), modules{settings})
	})
}
