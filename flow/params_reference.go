package flow

import (
	"fmt"
	"slices"
	"strings"
)

// Reference reads the id or ARN of a resource, or one reference to an attribute
// that holds it. It reports a resource that the instance does not have.
func (p *Params) Reference(name string, kind ResourceKind) (Reference, bool) {
	t, ok := p.whole(name, "It must be an id, an ARN, or one reference to an attribute")
	return p.reference(name, kind, t, ok)
}

// OpenReference is Reference for a parameter that may also be put together from
// text and references to attributes.
func (p *Params) OpenReference(name string, kind ResourceKind) (Reference, bool) {
	t, ok := p.Text(name)
	return p.reference(name, kind, t, ok)
}

// FlowReference is Reference for a flow. It reports one that is of none of the types.
func (p *Params) FlowReference(name string, types ...Type) (Reference, bool) {
	r, ok := p.Reference(name, ResourceFlow)
	details, tells := p.report.resources.(Details)
	if !ok || !tells || !r.template.Static() {
		return r, ok
	}
	t, known := details.FlowType(r.kind.id(r.template.Source()))
	if known && !slices.Contains(types, t) {
		p.Fail(name, fmt.Sprintf("The flow is of type %s; it must be of type %s", t, joinTypes(types)))
	}
	return r, ok
}

func joinTypes(types []Type) string {
	names := make([]string, len(types))
	for i, t := range types {
		names[i] = string(t)
	}
	return strings.Join(names, " or ")
}

// Refer makes a reference of what one or more parameters say together. It reports
// a resource that the instance does not have.
func (p *Params) Refer(name string, kind ResourceKind, t Template) Reference {
	r, _ := p.reference(name, kind, t, true)
	return r
}

func (p *Params) reference(name string, kind ResourceKind, t Template, ok bool) (Reference, bool) {
	if !ok {
		return Reference{}, false
	}
	if p.report.resources != nil && t.Static() {
		p.checkReference(name, kind, t.Source())
	}
	return Reference{template: t, kind: kind}, true
}

func (p *Params) checkReference(name string, kind ResourceKind, text string) {
	details, tells := p.report.resources.(Details)
	instance, belongs := instanceOf(text)
	switch {
	case tells && belongs && instance != details.InstanceID():
		p.Fail(name, "The ARN is of another instance")
	case !p.report.resources.Known(kind, kind.id(text)):
		p.Fail(name, fmt.Sprintf("The instance has no such %s", kind))
	}
}
