package flow

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Params reads the parameters of one action, or of an object in them, and notes
// what is wrong. Each method names one parameter; the ones never named are
// reported as unknown. A parameter that is missing or wrong reads as the zero
// value and false.
type Params struct {
	// Rules are the block's own at first; a Compile whose parameters decide them
	// changes them here.
	Rules Rules

	path    string // such as "Actions[1].Parameters"
	members map[string]json.RawMessage
	named   map[string]bool
	inner   []*Params
	report  *report
	before  int // problems that were reported before these parameters were read
}

// report collects the problems of a flow, and knows the instance's resources if
// there are any to check against.
type report struct {
	problems  Problems
	resources Resources
	module    ModuleSettings // of the module that is read, if it is one
}

func (r *report) add(p Problem) { r.problems = append(r.problems, p) }

func newParams(raw json.RawMessage, path string, rules Rules, r *report) *Params {
	p := &Params{Rules: rules, path: path, named: map[string]bool{}, report: r, before: len(r.problems)}
	if raw != nil && json.Unmarshal(raw, &p.members) != nil {
		p.members = nil
	}
	return p
}

// OK says that nothing was reported since reading began.
func (p *Params) OK() bool { return len(p.report.problems) == p.before }

// Fail reports a parameter's value as wrong.
func (p *Params) Fail(name, hint string) {
	p.report.add(Problem{Message: msgPropertyValue, Path: p.path + "." + name, Hint: hint})
}

// Require reports those of the parameters that are missing.
func (p *Params) Require(names ...string) {
	for _, name := range names {
		if !p.Has(name) {
			p.report.add(Problem{Message: msgMissing, Path: p.path + "." + name})
		}
	}
}

// Has says whether a parameter is there.
func (p *Params) Has(name string) bool {
	p.named[name] = true
	raw, ok := p.members[name]
	return ok && string(raw) != "null"
}

// Accept lets parameters stand that have no effect here.
func (p *Params) Accept(names ...string) {
	for _, name := range names {
		p.named[name] = true
	}
}

// OneOf returns the one of several parameters that is there, and reports it when
// there is none or more than one.
func (p *Params) OneOf(names ...string) (string, bool) {
	name, ok := p.AtMostOne(names...)
	if ok && name == "" {
		p.fail("Action is missing a property. One of these is required", names)
	}
	return name, name != ""
}

// AtMostOne returns the one of several parameters that is there, if any, and
// reports it when there is more than one.
func (p *Params) AtMostOne(names ...string) (name string, ok bool) {
	var present []string
	for _, name := range names {
		if p.Has(name) {
			present = append(present, name)
		}
	}
	switch len(present) {
	case 0:
		return "", true
	case 1:
		return present[0], true
	}
	p.fail("Only one of these properties may be defined", names)
	return "", false
}

// fail reports several parameters together.
func (p *Params) fail(message string, names []string) {
	p.report.add(Problem{Message: message + ". Properties: [" + strings.Join(names, ", ") + "]", Path: p.path})
}

const msgNotDynamic = "It cannot come from an attribute"

// Static reads a value that may not come from an attribute.
func (p *Params) Static(name string) (string, bool) {
	text, ok := p.scalar(name)
	if ok && !ParseTemplate(text).Static() {
		p.Fail(name, msgNotDynamic)
		return "", false
	}
	return text, ok
}

// Text reads text that may hold references to attributes.
func (p *Params) Text(name string) (Template, bool) {
	text, ok := p.scalar(name)
	if !ok {
		return Template{}, false
	}
	t := ParseTemplate(text)
	p.checkRoots(name, t)
	return t, !p.unresolved(name, text)
}

// Whole reads text without references, or one reference and nothing else.
func (p *Params) Whole(name string) (Template, bool) {
	return p.whole(name, "It must be without references to attributes, or be one reference and nothing else")
}

func (p *Params) whole(name, hint string) (Template, bool) {
	t, ok := p.Text(name)
	if ok && !t.Static() && !t.Single() {
		p.Fail(name, hint)
		return Template{}, false
	}
	return t, ok
}

// Path reads a value that is one reference to an attribute.
func (p *Params) Path(name string) (Template, bool) {
	t, ok := p.Text(name)
	if ok && !t.Single() {
		p.Fail(name, "It must be one reference to an attribute, such as $.Attributes.language")
		return Template{}, false
	}
	return t, ok
}

// Tree reads an object of any shape, whose texts may hold references to attributes.
func (p *Params) Tree(name string) (Tree, bool) {
	if !p.Has(name) {
		return Tree{}, false
	}
	if !p.IsObject(name) {
		p.Fail(name, "Expected an object")
		return Tree{}, false
	}
	return p.Any(name)
}

// Any reads a value of any shape, whose texts may hold references to attributes.
func (p *Params) Any(name string) (Tree, bool) {
	if !p.Has(name) {
		return Tree{}, false
	}
	return parseTree(p.members[name], name, p.checkRoots), true
}

// Int reads a whole number within limits.
func (p *Params) Int(name string, least, most int) (int, bool) {
	text, ok := p.Static(name)
	if !ok {
		return 0, false
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < least || n > most {
		p.Fail(name, fmt.Sprintf("It must be a whole number from %d to %d", least, most))
		return 0, false
	}
	return n, true
}

// Bool reads True or False.
func (p *Params) Bool(name string) (value, ok bool) {
	text, ok := p.Static(name)
	if !ok {
		return false, false
	}
	if value, ok = truth(text); !ok {
		p.Fail(name, "It must be True or False")
	}
	return value, ok
}

// Strings reads a list of texts without references.
func (p *Params) Strings(name string) ([]string, bool) {
	items, ok := p.list(name)
	texts := make([]string, len(items))
	for i, item := range items {
		text, isScalar := scalar(item)
		switch {
		case !isScalar:
			p.Fail(indexed(name, i), "Expected text")
		case !ParseTemplate(text).Static():
			p.Fail(indexed(name, i), msgNotDynamic)
		}
		texts[i] = text
	}
	return texts, ok
}

// IsObject says whether a parameter is there and is an object.
func (p *Params) IsObject(name string) bool {
	var members map[string]json.RawMessage
	return p.Has(name) && json.Unmarshal(p.members[name], &members) == nil
}

// Object reads an object as Params of its own.
func (p *Params) Object(name string) (*Params, bool) {
	if !p.Has(name) {
		return nil, false
	}
	return p.open(p.members[name], p.path+"."+name)
}

// Objects reads a list of objects.
func (p *Params) Objects(name string) ([]*Params, bool) {
	items, ok := p.list(name)
	if !ok {
		return nil, false
	}
	var objects []*Params
	for i, item := range items {
		if object, ok := p.open(item, indexed(p.path+"."+name, i)); ok {
			objects = append(objects, object)
		}
	}
	return objects, len(objects) == len(items)
}

// indexed is the path of an item of a list.
func indexed(path string, i int) string { return path + "[" + strconv.Itoa(i) + "]" }

// Names lists the names of all parameters, sorted.
func (p *Params) Names() []string { return slices.Sorted(maps.Keys(p.members)) }

func (p *Params) open(raw json.RawMessage, path string) (*Params, bool) {
	object := newParams(raw, path, Rules{}, p.report)
	if object.members == nil {
		p.report.add(Problem{Message: msgPropertyValue, Path: path, Hint: "Expected an object"})
		return nil, false
	}
	p.inner = append(p.inner, object)
	return object, true
}

func (p *Params) list(name string) ([]json.RawMessage, bool) {
	if !p.Has(name) {
		return nil, false
	}
	var items []json.RawMessage
	if json.Unmarshal(p.members[name], &items) != nil {
		p.Fail(name, "Expected a list")
		return nil, false
	}
	return items, true
}

// scalar reads a value as text. Empty text is left to the check of the whole
// action and reads as missing.
func (p *Params) scalar(name string) (string, bool) {
	if !p.Has(name) {
		return "", false
	}
	text, ok := scalar(p.members[name])
	if !ok {
		p.Fail(name, "Expected text")
	}
	return text, ok && text != ""
}

func (p *Params) checkRoots(name string, t Template) {
	for _, path := range t.References() {
		if !knownRoots[path[0]] {
			p.Fail(name, noSuchAttribute(path[0]))
		}
	}
}

func noSuchAttribute(root string) string { return "There is no attribute $." + root }

// finish reports the parameters that nobody named.
func (p *Params) finish() {
	for _, name := range p.Names() {
		if !p.named[name] {
			p.report.add(Problem{Message: msgPropertyName, Path: p.path + "." + name, Hint: "The block has no such parameter"})
		}
	}
	for _, inner := range p.inner {
		inner.finish()
	}
}
