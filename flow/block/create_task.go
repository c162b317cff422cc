package block

import (
	"unicode/utf8"

	"tandem/flow"
)

// maxTaskDelaySeconds is six days.
const maxTaskDelaySeconds = 6 * 24 * 60 * 60

// createTask begins a task that belongs to the contact, at once or after up to six
// days. The task runs a published inbound or transfer flow. Task templates and a
// date instead of a delay are not supported.
//
//	{
//	  "Identifier": "task",
//	  "Type": "CreateTask",
//	  "Parameters": {
//	    "ContactFlowId": "tasks",
//	    "Name": "Call $.Attributes.name back",
//	    "Attributes": {"number": "$.CustomerEndpoint.Address"},
//	    "References": {"order": {"Type": "URL", "Value": "https://example.com/order"}},
//	    "DelaySeconds": "600"
//	  },
//	  "Transitions": {
//	    "NextAction": "next",
//	    "Errors": [{"NextAction": "next", "ErrorType": "NoMatchingError"}]
//	  }
//	}
//
// Amazon Connect Flow language: CreateTask.
var createTask = flow.Block{
	Type:      "CreateTask",
	Title:     "Create task",
	LogName:   "CreateTask",
	Aliases:   []string{"StartTask", "StartTaskContact", "MakeTask"},
	Group:     flow.GroupInteract,
	FlowTypes: flow.AllTypes(),
	Rules:     flow.Rules{OptionalErrors: []string{flow.NoMatchingError}},
	Compile: func(p *flow.Params) flow.Runner {
		p.Require("ContactFlowId", "Name")
		for _, unsupported := range []string{"TaskTemplateId", "ScheduledTime"} {
			if p.Has(unsupported) {
				p.Fail(unsupported, "It is not supported; use ContactFlowId and DelaySeconds")
			}
		}
		var r startTask
		r.flow, _ = p.FlowReference("ContactFlowId", inboundTypes...)
		r.name, _ = p.Text("Name")
		r.description, _ = p.Text("Description")
		if object, ok := p.Object("Attributes"); ok {
			r.attributes = readAttributes(object)
		}
		r.references = readReferences(p)
		if r.delayed = p.Has("DelaySeconds"); r.delayed {
			r.delay, _ = readQuantity(p, "DelaySeconds", 1, maxTaskDelaySeconds)
		}
		return orWrong(p, r)
	},
}

type startTask struct {
	flow              flow.Reference
	name, description flow.Template
	attributes        attributes
	references        []reference
	delay             quantity
	delayed           bool // the task begins later
}

// Enter begins the task.
func (r startTask) Enter(env flow.Env) flow.Move {
	task := flow.StartTask{FlowID: r.flow.ID(env), Name: r.name.Render(env), Description: r.description.Render(env),
		References: renderReferences(r.references, env)}
	ok, inTime, delay := true, true, 0
	if len(r.attributes) > 0 {
		task.Attributes, ok = r.attributes.render(env)
	}
	if r.delayed {
		delay, inTime = r.delay.value(env)
		task.DelaySeconds = int64(delay)
	}
	if !ok || !inTime || !isTaskText(task.Name, task.Description) || !env.FlowKnown(task.FlowID, inboundTypes...) {
		return flow.Raise(flow.NoMatchingError)
	}
	return flow.Succeed(task)
}

func isTaskText(name, description string) bool {
	return name != "" && utf8.RuneCountInString(name) <= maxNameChars && utf8.RuneCountInString(description) <= maxDescriptionChars
}
