package block

import (
	"fmt"

	"tandem/flow"
)

// untagContact takes tags away from the contact, by their names. One that the
// contact does not have is no error.
//
//	{
//	  "Identifier": "untag",
//	  "Type": "UntagContact",
//	  "Parameters": {"TagKeys": ["department"]},
//	  "Transitions": {
//	    "NextAction": "next",
//	    "Errors": [{"NextAction": "next", "ErrorType": "NoMatchingError"}]
//	  }
//	}
//
// Amazon Connect Flow language: UntagContact.
var untagContact = flow.Block{
	Type:      "UntagContact",
	Title:     "Contact tags: remove",
	LogName:   "UntagContact",
	Aliases:   []string{"RemoveTags", "DeleteTags"},
	Group:     flow.GroupSet,
	FlowTypes: flow.AllTypes(),
	Rules:     flow.Rules{RequiredErrors: []string{flow.NoMatchingError}},
	Compile: func(p *flow.Params) flow.Runner {
		p.Require("TagKeys")
		names, ok := p.Strings("TagKeys")
		if ok && (len(names) == 0 || len(names) > maxTags) {
			p.Fail("TagKeys", "There must be 1 to 6 tags")
		}
		for i, name := range names {
			if !isTagName(name) {
				p.Fail(fmt.Sprintf("TagKeys[%d]", i), "It must be the name of a tag, which does not begin with "+systemTag)
			}
		}
		if !ok {
			return wrong{}
		}
		return orWrong(p, removeTags{names: names})
	},
}

// untagContactAsDocumented is the same block under the name that its documentation
// has, which the service itself does not write.
func untagContactAsDocumented() flow.Block {
	b := untagContact
	b.Type = "UnTagContact"
	return b
}

type removeTags struct{ names []string }

// Enter takes the tags away.
func (r removeTags) Enter(flow.Env) flow.Move { return flow.Succeed(flow.SetTags{Remove: r.names}) }
