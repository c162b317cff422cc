package block

import (
	"strings"
	"unicode/utf8"

	"tandem/flow"
)

// The limits of tags (Amazon Connect API: TagContact).
const (
	maxTags          = 6
	maxTagNameChars  = 128
	maxTagValueChars = 256
	systemTag        = "aws:"
)

// tagContact adds up to six tags to the contact, all of them or none. Names and
// values may refer to attributes. Names that begin with aws: belong to the system.
//
//	{
//	  "Identifier": "tag",
//	  "Type": "TagContact",
//	  "Parameters": {"Tags": {"department": "sales"}},
//	  "Transitions": {
//	    "NextAction": "next",
//	    "Errors": [{"NextAction": "next", "ErrorType": "NoMatchingError"}]
//	  }
//	}
//
// Amazon Connect Flow language: TagContact.
var tagContact = flow.Block{
	Type:      "TagContact",
	Title:     "Contact tags: add",
	LogName:   "TagContact",
	Aliases:   []string{"SetTags", "AddTags", "ContactTags"},
	Group:     flow.GroupSet,
	FlowTypes: flow.AllTypes(),
	Rules:     flow.Rules{RequiredErrors: []string{flow.NoMatchingError}},
	Compile: func(p *flow.Params) flow.Runner {
		p.Require("Tags")
		var r addTags
		object, ok := p.Object("Tags")
		if !ok {
			return wrong{}
		}
		names := object.Names()
		if len(names) == 0 || len(names) > maxTags {
			p.Fail("Tags", "There must be 1 to 6 tags")
		}
		for _, name := range names {
			if strings.HasPrefix(name, systemTag) {
				object.Fail(name, "The names of tags may not begin with "+systemTag)
			}
			value, _ := object.Text(name)
			r.tags = append(r.tags, tag{name: flow.ParseTemplate(name), value: value})
		}
		return orWrong(p, r)
	},
}

// tag is a name and a value.
type tag struct{ name, value flow.Template }

type addTags struct{ tags []tag }

// Enter adds the tags.
func (r addTags) Enter(env flow.Env) flow.Move {
	add := make(map[string]string, len(r.tags))
	for _, t := range r.tags {
		name, value := t.name.Render(env), t.value.Render(env)
		if !isTagName(name) || utf8.RuneCountInString(value) > maxTagValueChars {
			return flow.Raise(flow.NoMatchingError)
		}
		add[name] = value
	}
	return flow.Succeed(flow.SetTags{Add: add})
}

func isTagName(name string) bool {
	return name != "" && utf8.RuneCountInString(name) <= maxTagNameChars && !strings.HasPrefix(name, systemTag)
}
