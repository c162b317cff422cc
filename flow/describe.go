package flow

import (
	"encoding/json"
	"strconv"
)

// A LogEntry is what the flow log tells of a block that runs (Amazon Connect
// Administrator Guide: Data in flow logs).
type LogEntry struct {
	ModuleType string // ContactFlowModuleType: the designer's first name of the block, such as "PlayPrompt"
	Parameters string // a JSON object; personal data
	Results    string // what came of what this entry tells; empty: the outcome of the step
}

// Describe says what the flow log tells of the block that the flow stands at, with
// the values that its parameters have now: before the block runs. Mostly that is
// one entry; a block that sets or compares several values has one for each. There
// is none for a position that the flow does not have. What would make it larger than
// 128 KB is left out.
func (p *Program) Describe(at Position, env Env) []LogEntry {
	i, ok := p.index[at.ActionID]
	if !ok {
		return nil
	}
	n := &p.nodes[i]
	left := maxRenderedTreeBytes
	l := Logged{Name: n.logName, Env: env, node: n, left: &left, tree: parseTree(n.parameters, "", func(string, Template) {})}
	if n.log != nil {
		return n.log(l)
	}
	return []LogEntry{l.Entry(l.All())}
}

// Logged is what a block knows when it describes itself for the flow log.
type Logged struct {
	Name string // the block's LogName
	Env  Env

	node *node
	tree Tree
	left *int // how many bytes of text there may be yet
}

// All are the parameters as the flow has them, their references filled in.
func (l Logged) All() map[string]any {
	values := make(map[string]any, len(l.tree.members))
	for _, m := range l.tree.members {
		values[m.name.Source()] = l.read(m.value)
	}
	return values
}

func (l Logged) read(t Tree) any { return t.value(l.Env, l.left) }

// Value is a parameter, or a member of one, with its references filled in: text is
// a string, an object or a list is of the types of encoding/json. It is nil if there is
// none.
func (l Logged) Value(path ...string) any {
	t, ok := l.tree.at(path)
	if !ok {
		return nil
	}
	return l.read(t)
}

// Text is a parameter that is text, or a number, as text; empty if there is none.
func (l Logged) Text(path ...string) string {
	switch value := l.Value(path...).(type) {
	case string:
		return value
	case json.Number:
		return value.String()
	case bool:
		return strconv.FormatBool(value)
	}
	return ""
}

// Members are the names and values of the members of an object, in order of the
// names.
func (l Logged) Members(path ...string) (names []string, values []any) {
	t, ok := l.tree.at(path)
	if !ok {
		return nil, nil
	}
	for _, m := range t.members {
		names, values = append(names, m.name.Render(l.Env)), append(values, l.read(m.value))
	}
	return names, values
}

// Comparison is one condition of a block, and whether it holds.
type Comparison struct {
	Operator, Operand string
	Holds             bool
}

// Compared are the conditions that are looked at for a value: those up to the
// first that holds.
func (l Logged) Compared(value string) []Comparison {
	var compared []Comparison
	for _, c := range l.node.conditions {
		operand := c.operand.Render(l.Env)
		compared = append(compared, Comparison{Operator: c.operator, Operand: operand, Holds: holds(c.operator, value, operand)})
		if compared[len(compared)-1].Holds {
			break
		}
	}
	return compared
}

// Entry is an entry with some values, of which those that are empty are left out.
func (l Logged) Entry(values map[string]any) LogEntry {
	for name, value := range values { // any order: each value for itself
		if value == nil || value == "" {
			delete(values, name)
		}
	}
	written, err := encodeJSON(values)
	if err != nil {
		written = []byte("{}") // cannot be: the values were JSON
	}
	return LogEntry{ModuleType: l.Name, Parameters: string(written)}
}
