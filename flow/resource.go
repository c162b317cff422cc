package flow

import "strings"

// ResourceKind is a kind of thing that flows refer to.
type ResourceKind string

// The kinds of resource.
const (
	ResourceQueue  ResourceKind = "queue"
	ResourceHours  ResourceKind = "hours of operation"
	ResourcePrompt ResourceKind = "prompt"
	ResourceFlow   ResourceKind = "contact flow"
	ResourceUser   ResourceKind = "user"

	ResourceModule   ResourceKind = "flow module" // the id may end with a colon and a version or alias
	ResourceFunction ResourceKind = "function"    // by its ARN, which flows of the instance may invoke
	ResourceBot      ResourceKind = "bot"         // by the ARN of its alias, or name:region:alias, which flows of the instance may use
)

// Resources knows which resources an instance has.
type Resources interface {
	Known(kind ResourceKind, id string) bool
}

// ResourceID takes the id from an ARN or from a bare id: what stands behind the
// last slash.
func ResourceID(arnOrID string) string {
	return arnOrID[strings.LastIndexByte(arnOrID, '/')+1:]
}

// A Reference names a resource: by id or ARN, written in the flow or read from an
// attribute. The zero value names none.
type Reference struct{ template Template }

// ID is the resource's id; empty if the reference names none.
func (r Reference) ID(env Env) string { return ResourceID(r.template.Render(env)) }
