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
	Log:       logAttributes,
	Compile: func(p *flow.Params) flow.Runner {
		p.Require("Attributes")
		var r setAttributes
		if object, ok := p.Object("Attributes"); ok {
			r.attributes = readAttributes(object)
		}
		onlyCurrent(p)
		return orWrong(p, r)
	},
}

// onlyCurrent refuses to change another contact than the flow's own.
func onlyCurrent(p *flow.Params) {
	if target, ok := p.Static("TargetContact"); ok && target != "Current" {
		p.Fail("TargetContact", "Only Current is supported")
	}
}

// attributes are names and values, sorted by name.
type attributes []attribute

type attribute struct {
	name  string
	value flow.Template
}

// readAttributes reads all members of an object as attributes.
func readAttributes(p *flow.Params) attributes {
	var as attributes
	for _, name := range p.Names() {
		checkAttributeName(p, name)
		value, _ := p.Text(name)
		as = append(as, attribute{name: name, value: value})
	}
	return as
}

func checkAttributeName(p *flow.Params, name string) {
	if name == "" || strings.ContainsAny(name, "$.") {
		p.Fail(name, "The name of an attribute may not be empty nor contain $ or a period")
	}
}

// render fills in the values; not ok if they are too large.
func (as attributes) render(env flow.Env) (values map[string]string, ok bool) {
	values = make(map[string]string, len(as))
	bytes := 0
	for _, a := range as {
		value := a.value.Render(env)
		values[a.name] = value
		bytes += len(a.name) + len(value)
	}
	return values, bytes <= maxAttributeBytes
}

type setAttributes struct{ attributes attributes }

// Enter sets the attributes.
func (r setAttributes) Enter(env flow.Env) flow.Move {
	values, ok := r.attributes.render(env)
	if !ok {
		return flow.Raise(flow.NoMatchingError)
	}
	return flow.Succeed(flow.SetAttributes{Attributes: values})
}
