package flow

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// A Use is one place in a flow that names a resource. What a flow reads from an
// attribute while it runs is none: nobody knows it before.
type Use struct {
	Kind      ResourceKind
	ID        string // as [ResourceID]; of a module without version; of functions and bots whole
	Action    string // Identifier
	Parameter string // where in the action's parameters, such as "EventHooks.CustomerQueue"
}

// usesByParameter are the parameters that name a resource by id or ARN, in
// actions of any type.
var usesByParameter = map[string]ResourceKind{
	"QueueId": ResourceQueue, "AgentId": ResourceUser, "PromptId": ResourcePrompt, "HoursOfOperationId": ResourceHours,
	"ContactFlowId": ResourceFlow, "FlowModuleId": ResourceModule, "LambdaFunctionARN": ResourceFunction, "AliasArn": ResourceBot,
	"AgentHold": ResourceFlow, "AgentWhisper": ResourceFlow, "CustomerHold": ResourceFlow, "CustomerQueue": ResourceFlow,
	"CustomerRemaining": ResourceFlow, "CustomerWhisper": ResourceFlow, "DefaultAgentUI": ResourceFlow, "DisconnectAgentUI": ResourceFlow,
	"PauseContact": ResourceFlow, "ResumeContact": ResourceFlow,
}

// namedByAuthors are the parameters whose members an author names as they like;
// only an ARN tells a resource there.
var namedByAuthors = map[string]bool{"Attributes": true, "FlowAttributes": true, "LambdaInvocationAttributes": true,
	"LexSessionAttributes": true, "Tags": true, "References": true, "ViewData": true}

// usesByARN are the words for resources in Amazon Connect's ARNs, which name a
// resource wherever they stand.
var usesByARN = map[string]ResourceKind{
	"queue": ResourceQueue, "agent": ResourceUser, "prompt": ResourcePrompt, "operating-hours": ResourceHours,
	"contact-flow": ResourceFlow, "flow-module": ResourceModule,
}

// authors stands for any name that an author has given.
const authors = "*"

// lexBot is the parameter that names a bot by name, region and alias.
const lexBot = "LexBot"

// Uses lists the resources that a flow names, in the order of its actions. It
// takes any document, also one that Validate refuses, and actions of unknown
// types too.
func Uses(doc *Document) []Use {
	var all []Use
	for _, a := range doc.Actions {
		var parameters any
		if json.Unmarshal(a.Parameters, &parameters) == nil {
			u := usesOf{action: a.Identifier}
			u.walk(parameters, "", "")
			all = append(all, u.found...)
		}
	}
	return all
}

// usesOf collects the uses of one action.
type usesOf struct {
	action string
	found  []Use
}

// walk looks at a value at a path; name is the last member that led there.
func (u *usesOf) walk(value any, path, name string) {
	switch value := value.(type) {
	case string:
		u.text(value, path, name)
	case []any:
		for i, inner := range value {
			u.walk(inner, path+"["+strconv.Itoa(i)+"]", name)
		}
	case map[string]any:
		if name == lexBot {
			u.lexBot(value, path)
			return
		}
		for _, member := range slices.Sorted(maps.Keys(value)) {
			inner := member
			if namedByAuthors[name] || name == authors {
				inner = authors
			}
			u.walk(value[member], strings.TrimPrefix(path+"."+member, "."), inner)
		}
	}
}

// lexBot adds the bot that is named by its parts.
func (u *usesOf) lexBot(bot map[string]any, path string) {
	var parts []string
	for _, part := range []string{"Name", "Region", "Alias"} {
		text, _ := bot[part].(string)
		if text == "" || strings.HasPrefix(text, "$.") {
			return
		}
		parts = append(parts, text)
	}
	u.add(ResourceBot, strings.Join(parts, ":"), path)
}

func (u *usesOf) text(text, path, name string) {
	if text == "" || strings.HasPrefix(text, "$.") {
		return
	}
	if kind, ok := usesByParameter[name]; ok {
		u.add(kind, text, path)
		return
	}
	kind, id, ok := splitARN(text)
	if ok {
		u.add(kind, id, path)
	}
}

// splitARN reads the ARN of a resource of an instance, of a function or a bot.
func splitARN(text string) (kind ResourceKind, id string, ok bool) {
	parts := strings.SplitN(text, ":", 6)
	if len(parts) < 6 || parts[0] != "arn" || strings.ContainsAny(text, " \n") {
		return "", "", false
	}
	switch service, resource := parts[2], parts[5]; {
	case service == "lambda" && strings.HasPrefix(resource, "function:"):
		return ResourceFunction, text, true
	case service == "lex" && strings.HasPrefix(resource, "bot-alias/"):
		return ResourceBot, text, true
	case service == "connect":
		path := strings.Split(resource, "/") // instance/ID/KIND/ID
		if len(path) > 3 {
			kind, ok = usesByARN[path[2]]
			return kind, text, ok
		}
	}
	return "", "", false
}

func (u *usesOf) add(kind ResourceKind, text, path string) {
	id := text
	if kind != ResourceFunction && kind != ResourceBot {
		id = ResourceID(text)
	}
	if kind == ResourceModule {
		id, _, _ = strings.Cut(id, ":")
	}
	u.found = append(u.found, Use{Kind: kind, ID: id, Action: u.action, Parameter: path})
}
