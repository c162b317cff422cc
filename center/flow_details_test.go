package center

import (
	"strings"
	"testing"

	"tandem/flow"
)

// describedModule returns a name, and knows one branch.
const describedModule = `{"Version":"2019-10-30","StartAction":"a","Settings":{"input":{"schema":{"type":"object","properties":{"number":{"type":"string"}}}},
	"transitions":{"results":[{"name":"known"}]}},"Actions":[{"Identifier":"a","Type":"EndFlowModuleExecution","Parameters":{"Result":"known"}}]}`

func TestFlowIsPublishedOnlyIfItFitsTheFlowsAndModulesItNames(t *testing.T) {
	w := created(t)
	module := w.flow("described", flow.TypeModule, describedModule)
	w.must(SaveFlow{module, true})
	w.saveFlow("waiting", flow.TypeCustomerQueue, end)
	id := func(name string) string { return w.id(name).String() }
	call := func(input, branch string) act {
		return act{id: "call", kind: "InvokeFlowModule", params: `"FlowModuleId":"` + id("described") + `","Input":` + input, to: map[string]string{"NoMatchingError": "bye", "Equals " + branch: "bye"}}
	}
	for _, c := range []struct {
		name string
		act  act
		want string
	}{
		{"a hook of the wrong type", act{id: "hook", kind: "UpdateContactEventHooks", params: `"EventHooks":{"CustomerHold":"` + id("waiting") + `"}`}, "The flow is of type CUSTOMER_QUEUE"},
		{"a hook of the right type", act{id: "hook", kind: "UpdateContactEventHooks", params: `"EventHooks":{"CustomerQueue":"` + id("waiting") + `"}`}, ""},
		{"a flow of another instance", act{id: "hook", kind: "UpdateContactEventHooks",
			params: `"EventHooks":{"CustomerQueue":"arn:aws:connect:eu-central-1:012345678901:instance/` + id("elsewhere") + `/contact-flow/` + id("waiting") + `"}`}, "The ARN is of another instance"},
		{"a module with its input and branch", call(`{"number":"1"}`, "known"), ""},
		{"an input that the module does not have", call(`{"colour":"red"}`, "known"), "settings have no such member"},
		{"a branch that the module does not have", call(`{}`, "famous"), "It must be one of known"},
	} {
		f := w.flow(c.name, flow.TypeContactFlow, script(c.act, bye))
		_, _, err := w.step(SaveFlow{f, true})
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %q", c.name, err, c.want)
		}
	}
	if _, known := w.m.ModuleSettings(id("waiting")); known {
		t.Error("a flow that is no module has settings of one")
	}
	if _, known := w.m.FlowType("none"); known {
		t.Error("what is no flow has a type")
	}
}
