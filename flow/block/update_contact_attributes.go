package block

import (
	"strings"

	"tandem/flow"
)

// maxAttributeBytes is the most that the attributes of a contact may hold
// (Amazon Connect API: UpdateContactAttributes).
const maxAttributeBytes = 32 * 1024

// updateContactAttributes sets contact attributes, all of them or none. Values may
// refer to other attributes, as they were before this block.
//
//	{
//	  "Identifier": "note",
//	  "Type": "UpdateContactAttributes",
//	  "Parameters": {
//	    "Attributes": {"caller": "$.CustomerEndpoint.Address", "reason": "billing"},
//	    "TargetContact": "Current"
//	  },
//	  "Transitions": {
//	    "NextAction": "next",
//	    "Errors": [{"NextAction": "next", "ErrorType": "NoMatchingError"}]
//	  }
//	}
//
// Amazon Connect Flow language: UpdateContactAttributes.
var updateContactAttributes = flow.Block{
	Type:      "UpdateContactAttributes",
	Title:     "Set contact attributes",
	LogName:   "SetAttributes",
	Aliases:   []string{"SetAttributes", "SetContactAttributes", "SetAttribute"},
	Group:     flow.GroupSet,
	FlowTypes: flow.AllTypes(),
	Rules:     flow.Rules{RequiredErrors: []string{flow.NoMatchingError}},
	Compile: func(p *flow.Params) flow.Runner {
		p.Require("Attributes")
		var r setAttributes
		if attributes, ok := p.Object("Attributes"); ok {
			r = readAttributes(attributes)
		}
		if target, ok := p.Static("TargetContact"); ok && target != "Current" {
			p.Fail("TargetContact", "Only Current is supported")
			r.ok = false
		}
		return r
	},
}

func readAttributes(p *flow.Params) setAttributes {
	r := setAttributes{ok: true}
	for _, name := range p.Names() {
		value, ok := p.Text(name)
		if name == "" || strings.ContainsAny(name, "$.") {
			p.Fail(name, "The name of an attribute may not be empty nor contain $ or a period")
			ok = false
		}
		r.ok = r.ok && ok
		r.attributes = append(r.attributes, attribute{name: name, value: value})
	}
	return r
}

type attribute struct {
	name  string
	value flow.Template
}

type setAttributes struct {
	attributes []attribute // sorted by name
	ok         bool        // the parameters are right
}

// Enter sets the attributes.
func (r setAttributes) Enter(env flow.Env) flow.Move {
	values := make(map[string]string, len(r.attributes))
	bytes := 0
	for _, a := range r.attributes {
		value := a.value.Render(env)
		values[a.name] = value
		bytes += len(a.name) + len(value)
	}
	if !r.ok || bytes > maxAttributeBytes {
		return flow.Raise(flow.NoMatchingError)
	}
	return flow.Succeed(flow.SetAttributes{Attributes: values})
}
