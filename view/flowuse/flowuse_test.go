package flowuse

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tandem"
	"tandem/center"
	"tandem/event"
	"tandem/flow"
)

const function = "arn:aws:lambda:eu-central-1:1:function:lookup"

func id(name string) tandem.ID { return tandem.NameID("flowuse", name) }

// using is a flow whose blocks have the parameters.
func using(name, kind string, parameters ...string) *event.FlowSaved {
	actions := ""
	for i, p := range parameters {
		actions += fmt.Sprintf(`,{"Identifier":"b%d","Type":"Any","Parameters":{%s}}`, i, p)
	}
	return &event.FlowSaved{FlowID: id(name), Name: name, Type: kind,
		Content: tandem.Blob(`{"Version":"2019-10-30","StartAction":"b0","Actions":[` + actions[1:] + `]}`)}
}

func sampleState() *center.State {
	queue, module := `"QueueId":"`+id("Support").String()+`"`, `"FlowModuleId":"`+id("Greeting").String()+`:live"`
	inbound := using("Inbound", "CONTACT_FLOW", queue, module, `"LambdaFunctionARN":"`+function+`:prod"`)
	draft := *using("Inbound", "CONTACT_FLOW", `"LexBot":{"Name":"Orders","Region":"x","Alias":"live"}`)
	draft.Name = "Inbound calls"
	old := using("Inbound", "CONTACT_FLOW", `"HoursOfOperationId":"`+id("Office").String()+`"`)
	greeting := using("Greeting", string(flow.TypeModule), `"PromptId":"arn:aws:connect:x:1:instance/i/prompt/music"`)
	return &center.State{
		Queues: map[tandem.ID]*event.QueueSaved{id("Support"): {QueueID: id("Support"), Name: "Support"}, id("Idle"): {QueueID: id("Idle"), Name: "Idle"}},
		Hours:  map[tandem.ID]*event.HoursSaved{id("Office"): {HoursID: id("Office"), Name: "Office"}},
		Flows: map[tandem.ID]*center.Flow{
			id("Inbound"):  {Saved: draft, Published: inbound, Running: map[uint64]*event.FlowSaved{1: old}},
			id("Greeting"): {Saved: *greeting, Published: greeting},
			id("Broken"):   {Saved: event.FlowSaved{FlowID: id("Broken"), Name: "Broken", Content: "no JSON"}},
		},
		Functions: map[string]*event.FunctionAssociated{function: {FunctionARN: function}},
		Bots:      map[string]*event.BotAssociated{"Orders:x": {Bot: "Orders:x"}},
	}
}

func TestResourceIsFoundByNameIDAndARN(t *testing.T) {
	x := New(sampleState())
	arn := "arn:aws:connect:x:1:instance/i/queue/" + id("Support").String()
	for what, want := range map[string]string{
		"Support":              "queue Support: Inbound calls published b0 QueueId",
		id("Support").String(): "queue Support: Inbound calls published b0 QueueId",
		arn:                    "queue Support: Inbound calls published b0 QueueId",
		"Greeting":             "flow module Greeting: Inbound calls published b1 FlowModuleId",
		function:               "function lookup: Inbound calls published b2 LambdaFunctionARN",
		"lookup":               "function lookup: Inbound calls published b2 LambdaFunctionARN",
		"Orders":               "bot Orders: Inbound calls saved b0 LexBot",
		"Office":               "hours of operation Office: Inbound calls version b0 HoursOfOperationId",
		"music":                "prompt : Greeting published b0 PromptId",
		"Idle":                 "",
		"Nothing":              "",
	} {
		got := ""
		for _, u := range x.Find(what).Uses {
			got += fmt.Sprintf("%s %s: %s %s %s %s", u.Resource.Kind, u.Resource.Name, u.FlowName, u.Content, u.Action, u.Parameter)
		}
		if got != want {
			t.Errorf("%s is used by %q, want %q", what, got, want)
		}
	}
	if diff := cmp.Diff([]Resource{{flow.ResourceQueue, id("Idle").String(), "Idle"}}, x.Find("Idle").Resources); diff != "" {
		t.Error(diff)
	}
}
