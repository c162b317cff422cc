package block

import (
	"fmt"

	"tandem/flow"
)

// maxViewSeconds is a week.
const maxViewSeconds = 7 * 24 * 60 * 60

// defaultViewSeconds is how long a view is shown where the flow does not say.
const defaultViewSeconds = 400

// showView shows a view, which is a form or a page of a guide, and takes the
// branch of the action that was chosen in it. The choice is $.Views.Action afterwards
// and what was entered is $.Views.ViewResultData. It is shown in a chat; other channels
// take the error branch. Nothing here writes a transcript of views, so
// SensitiveDataConfiguration is accepted without effect.
//
//	{
//	  "Identifier": "form",
//	  "Type": "ShowView",
//	  "Parameters": {
//	    "ViewResource": {"Id": "form", "Version": "$LATEST"},
//	    "InvocationTimeLimitSeconds": "400",
//	    "ViewData": {"Heading": "Hello $.Attributes.name", "Items": ["one", "two"]},
//	    "SensitiveDataConfiguration": {"HideResponseOn": ["TRANSCRIPT"]}
//	  },
//	  "Transitions": {
//	    "NextAction": "next",
//	    "Errors": [
//	      {"NextAction": "next", "ErrorType": "NoMatchingCondition"},
//	      {"NextAction": "next", "ErrorType": "NoMatchingError"},
//	      {"NextAction": "next", "ErrorType": "TimeLimitExceeded"}
//	    ],
//	    "Conditions": [
//	      {"NextAction": "next", "Condition": {"Operator": "Equals", "Operands": ["Submit"]}}
//	    ]
//	  }
//	}
//
// Amazon Connect Flow language: ShowView.
var showView = flow.Block{
	Type:      "ShowView",
	Title:     "Show view",
	LogName:   "ShowView",
	Aliases:   []string{"DisplayView", "ShowGuide", "ShowForm"},
	Group:     flow.GroupInteract,
	FlowTypes: []flow.Type{flow.TypeContactFlow, flow.TypeCustomerQueue},
	Rules: flow.Rules{
		Next:           flow.NextOptional,
		RequiredErrors: []string{flow.NoMatchingCondition, flow.NoMatchingError, flow.TimeLimitExceeded},
		Conditions:     flow.ConditionRules{Operators: []string{flow.Equals}},
	},
	Compile: func(p *flow.Params) flow.Runner {
		r := viewShown{seconds: defaultViewSeconds}
		p.Require("ViewResource")
		if resource, ok := p.Object("ViewResource"); ok {
			resource.Require("Id")
			r.view, _ = resource.Text("Id")
			r.version, _ = resource.Text("Version")
		}
		if p.Has("InvocationTimeLimitSeconds") {
			r.seconds, _ = p.Int("InvocationTimeLimitSeconds", 1, maxViewSeconds)
		}
		r.data, _ = p.Tree("ViewData")
		if privacy, ok := p.Object("SensitiveDataConfiguration"); ok {
			places, _ := privacy.Strings("HideResponseOn")
			for i, place := range places {
				if place != "TRANSCRIPT" {
					privacy.Fail(fmt.Sprintf("HideResponseOn[%d]", i), "It must be TRANSCRIPT")
				}
			}
		}
		return orWrong(p, r)
	},
}

type viewShown struct {
	view, version flow.Template
	data          flow.Tree
	seconds       int
}

// Enter shows the view.
func (r viewShown) Enter(env flow.Env) flow.Move {
	view, version := r.view.Render(env), r.version.Render(env)
	data, ok := r.data.Render(env)
	if view == "" || !ok || env.Channel() != flow.ChannelChat {
		return flow.Raise(flow.NoMatchingError)
	}
	if version != "" {
		view += ":" + version
	}
	return flow.Await(flow.ShowView{View: view, Data: data})
}

// Wait is for somebody to choose.
func (r viewShown) Wait(flow.Env) flow.Wait {
	return flow.Wait{Inputs: []flow.InputKind{flow.InputViewAnswered, flow.InputInterrupted}, DeadlineMillis: r.seconds * millisPerSecond}
}

// Resume takes the branch of what was chosen.
func (viewShown) Resume(in flow.Input, _ flow.Env) flow.Move {
	if in.Kind == flow.InputInterrupted {
		return flow.Raise(flow.TimeLimitExceeded)
	}
	return flow.Branch(in.Text)
}
