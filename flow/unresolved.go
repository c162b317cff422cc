package flow

import "strings"

const (
	unresolvedPrefix    = "unresolved:"
	unresolvedSeparator = ":"
	msgUnresolved       = "Unresolved reference"
)

// UnresolvedReference is what an imported flow holds in place of a resource that
// the instance does not have. A flow with one can be saved, not published; at run
// time its block takes the error branch. Name is the resource's name or ARN where
// the flow comes from.
func UnresolvedReference(kind ResourceKind, name string) string {
	return unresolvedPrefix + string(kind) + unresolvedSeparator + name
}

// IsUnresolved reads what UnresolvedReference has written.
func IsUnresolved(text string) (kind ResourceKind, name string, ok bool) {
	rest, ok := strings.CutPrefix(text, unresolvedPrefix)
	if !ok {
		return "", "", false
	}
	before, name, ok := strings.Cut(rest, unresolvedSeparator)
	return ResourceKind(before), name, ok
}

// unresolved reports a reference that an import could not resolve.
func (p *Params) unresolved(name, text string) bool {
	kind, resource, ok := IsUnresolved(text)
	if ok {
		p.report.add(Problem{Message: msgUnresolved, Path: p.path + "." + name,
			Hint: "The instance has no " + string(kind) + " \"" + resource + "\"; choose another, or add it and import again"})
	}
	return ok
}
