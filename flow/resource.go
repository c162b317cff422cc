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

// Details is what Resources may tell besides.
type Details interface {
	// InstanceID is the id of the instance, as ARNs of its resources have it.
	InstanceID() string
	// FlowType is the type of a flow.
	FlowType(flowID string) (t Type, known bool)
	// ModuleSettings are the settings of a module, by its id with a version or an
	// alias after a colon, if any.
	ModuleSettings(moduleID string) (settings ModuleSettings, known bool)
}

// instanceOf is the instance that an ARN names, such as
// "arn:aws:connect:eu-central-1:123456789012:instance/ID/queue/ID".
func instanceOf(arn string) (instanceID string, ok bool) {
	_, resource, ok := strings.Cut(arn, ":instance/")
	if !ok || !strings.HasPrefix(arn, "arn:") {
		return "", false
	}
	instanceID, _, _ = strings.Cut(resource, "/")
	return instanceID, true
}

// id is what a reference of this kind names: functions and bots go by their
// whole ARN, for they do not belong to the instance.
func (k ResourceKind) id(reference string) string {
	if k == ResourceFunction || k == ResourceBot {
		return reference
	}
	return ResourceID(reference)
}

// ResourceID takes the id from an ARN or from a bare id: what stands behind the
// last slash.
func ResourceID(arnOrID string) string {
	return arnOrID[strings.LastIndexByte(arnOrID, '/')+1:]
}

// A Reference names a resource: by id or ARN, written in the flow or read from an
// attribute. The zero value names none.
type Reference struct {
	template Template
	kind     ResourceKind
}

// ID is the resource's id; empty if the reference names none.
func (r Reference) ID(env Env) string { return r.kind.id(r.template.Render(env)) }
