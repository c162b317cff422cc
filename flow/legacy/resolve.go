package legacy

import "tandem/flow"

// A Resolver finds the resources of the instance that a flow is imported into.
type Resolver interface {
	flow.Resources
	// Find finds a resource by its name, as it is written. The answer is an id or
	// an ARN.
	Find(kind flow.ResourceKind, name string) (id string, ok bool)
}

// An Unresolved is a reference to a resource that the instance does not have.
type Unresolved struct {
	ActionID string // the action in the flow
	Kind     flow.ResourceKind
	ARN      string // as the file has it; may be empty
	Name     string // as the file has it; may be empty
}

// resolver resolves references and remembers those that it could not. Without an
// instance what has an ARN stays as it is.
type resolver struct {
	instance   Resolver
	unresolved []Unresolved
}

// resolve answers what the flow is to hold for a reference: empty if the file
// names nothing.
func (r *resolver) resolve(ref Unresolved) string {
	switch {
	case ref.ARN == "" && ref.Name == "":
		return ""
	case ref.ARN != "" && (r.instance == nil || r.instance.Known(ref.Kind, flow.ResourceID(ref.ARN))):
		return ref.ARN
	}
	if r.instance != nil && ref.Name != "" {
		if id, ok := r.instance.Find(ref.Kind, ref.Name); ok {
			return id
		}
	}
	r.unresolved = append(r.unresolved, ref)
	if ref.Name == "" {
		return flow.UnresolvedReference(ref.Kind, ref.ARN)
	}
	return flow.UnresolvedReference(ref.Kind, ref.Name)
}
