package block

import "tandem/flow"

// updateFlowAttributes sets attributes that only this flow knows, as
// $.FlowAttributes, all of them or none. They end with the flow and are in no
// record.
//
//	{
//	  "Identifier": "local",
//	  "Type": "UpdateFlowAttributes",
//	  "Parameters": {"FlowAttributes": {"tries": {"Value": "1"}}},
//	  "Transitions": {
//	    "NextAction": "next",
//	    "Errors": [{"NextAction": "next", "ErrorType": "NoMatchingError"}]
//	  }
//	}
//
// Amazon Connect Flow language: UpdateFlowAttributes.
var updateFlowAttributes = flow.Block{
	Type:      "UpdateFlowAttributes",
	Title:     "Set flow attributes",
	LogName:   "SetAttributes",
	Aliases:   []string{"SetFlowAttributes", "SetFlowAttribute"},
	Group:     flow.GroupSet,
	FlowTypes: flow.AllTypes(),
	Rules:     flow.Rules{RequiredErrors: []string{flow.NoMatchingError}},
	Log:       logFlowAttributes,
	Compile: func(p *flow.Params) flow.Runner {
		p.Require("FlowAttributes")
		var r setFlowAttributes
		if object, ok := p.Object("FlowAttributes"); ok {
			r.attributes = readFlowAttributes(object)
		}
		return orWrong(p, r)
	},
}

// readFlowAttributes reads attributes that are objects with a Value.
func readFlowAttributes(p *flow.Params) attributes {
	var as attributes
	for _, name := range p.Names() {
		checkAttributeName(p, name)
		object, ok := p.Object(name)
		if !ok {
			continue
		}
		object.Require("Value")
		value, _ := object.Text("Value")
		as = append(as, attribute{name: name, value: value})
	}
	return as
}

type setFlowAttributes struct{ attributes attributes }

// Enter sets the attributes.
func (r setFlowAttributes) Enter(env flow.Env) flow.Move {
	values, ok := r.attributes.render(env)
	if !ok {
		return flow.Raise(flow.NoMatchingError)
	}
	return flow.Succeed(flow.SetFlowAttributes{Attributes: values})
}
