package legacy

import (
	"bytes"
	"encoding/json"
	"strings"

	"tandem/flow"
)

// module is one block of the older form. Exports are loosely typed: a number may
// be a number or text, a truth value too; what has another shape reads as absent.
type module struct {
	id, kind, target string
	branches         []branch
	parameters       []parameter
	metadata         map[string]json.RawMessage
	raw              json.RawMessage
}

// branch is a way out of a module. Operator and value are set where the condition
// compares something.
type branch struct {
	condition, operator, value, transition string
}

// parameter is a setting of a module. A name may stand several times.
type parameter struct {
	name, key, namespace, resourceName string
	value                              string
}

// name is how the module is called in reports, such as "GetUserInput[Digits]".
func (m module) name() string {
	if m.target == "" {
		return m.kind
	}
	return m.kind + "[" + m.target + "]"
}

// resourceText is the name of a resource that the designer showed on the block.
func (m module) resourceText(member string) string {
	return text(object(m.metadata[member])["text"])
}

// isOlderForm says whether an object lists modules rather than actions.
func isOlderForm(members map[string]json.RawMessage) bool {
	var modules []json.RawMessage
	_, language := members["Actions"]
	return !language && members["modules"] != nil && json.Unmarshal(members["modules"], &modules) == nil
}

func readModules(raw json.RawMessage) []module {
	var modules []module
	for _, item := range list(raw) {
		o := object(item)
		m := module{id: text(o["id"]), kind: text(o["type"]), target: text(o["target"]), metadata: object(o["metadata"]), raw: item}
		for _, b := range list(o["branches"]) {
			m.branches = append(m.branches, readBranch(object(b)))
		}
		for _, p := range list(o["parameters"]) {
			m.parameters = append(m.parameters, readParameter(object(p)))
		}
		modules = append(modules, m)
	}
	return modules
}

func readBranch(o map[string]json.RawMessage) branch {
	return branch{condition: text(o["condition"]), operator: text(o["conditionType"]),
		value: text(o["conditionValue"]), transition: text(o["transition"])}
}

func readParameter(o map[string]json.RawMessage) parameter {
	return parameter{name: text(o["name"]), key: text(o["key"]), namespace: text(o["namespace"]),
		resourceName: text(o["resourceName"]), value: text(o["value"])}
}

// object reads a JSON object; nil if it is none.
func object(raw json.RawMessage) map[string]json.RawMessage {
	var members map[string]json.RawMessage
	if raw == nil || json.Unmarshal(raw, &members) != nil {
		return nil
	}
	return members
}

// list reads a JSON list; nil if it is none.
func list(raw json.RawMessage) []json.RawMessage {
	var items []json.RawMessage
	if raw == nil || json.Unmarshal(raw, &items) != nil {
		return nil
	}
	return items
}

// text reads text, a number or a truth value as the flow language writes it;
// empty if it is none of them.
func text(raw json.RawMessage) string {
	var value any
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	if raw == nil || decoder.Decode(&value) != nil {
		return ""
	}
	switch value := value.(type) {
	case string:
		return value
	case json.Number:
		return value.String()
	case bool:
		return truthText(value)
	}
	return ""
}

func truthText(value bool) string {
	if value {
		return "True"
	}
	return "False"
}

// consoleTypes are the names of flow types in exports.
var consoleTypes = map[flow.Type]string{
	flow.TypeContactFlow: "contactFlow", flow.TypeCustomerQueue: "customerQueue", flow.TypeCustomerHold: "customerHold",
	flow.TypeCustomerWhisper: "customerWhisper", flow.TypeAgentHold: "agentHold", flow.TypeAgentWhisper: "agentWhisper",
	flow.TypeOutboundWhisper: "outboundWhisper", flow.TypeAgentTransfer: "agentTransfer", flow.TypeQueueTransfer: "queueTransfer",
	flow.TypeModule: "module",
}

// typeNamed finds a flow type by its name in exports, or in the API; empty if
// there is none.
func typeNamed(name string) flow.Type {
	for _, t := range append(flow.AllTypes(), flow.TypeModule) {
		if strings.EqualFold(consoleTypes[t], name) || strings.EqualFold(string(t), name) {
			return t
		}
	}
	return ""
}
