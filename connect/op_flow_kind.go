package connect

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"tandem"
	"tandem/center"
	"tandem/event"
	"tandem/flow"
)

// Aliases behind an id of a flow or module: what was saved last, and what was
// published last.
const (
	aliasSaved  = "$SAVED"
	aliasLatest = "$LATEST"
)

// kindOfFlow tells flows from modules, which the center keeps together.
type kindOfFlow struct {
	resource Resource
	member   string // where requests name one
	module   bool
}

var (
	flowKind   = kindOfFlow{ResourceFlow, "ContactFlowId", false}
	moduleKind = kindOfFlow{ResourceFlowModule, "ContactFlowModuleId", true}
)

// has reports whether f is of the kind.
func (k kindOfFlow) has(f *center.Flow) bool {
	return (f.Saved.Type == string(flow.TypeModule)) == k.module
}

// flowReference names a flow or module, and which of its contents: without
// qualifier what is published.
type flowReference struct {
	kind    kindOfFlow
	id      tandem.ID
	saved   bool   // what was saved last
	version uint64 // a numbered version; 0: none
	alias   string // an alias of a module; empty: none
}

// reference reads the id or ARN of a flow or module and what stands behind it.
func (sc *scope) reference(kind kindOfFlow, idOrARN *string) (flowReference, error) {
	r := flowReference{kind: kind}
	id, err := sc.ref(kind.resource, kind.member, idOrARN)
	if err != nil || idOrARN == nil {
		return r, err
	}
	r.id = id
	_, qualifier := sc.s.arns.ID(sc.id.String(), kind.resource, *idOrARN)
	switch version, err := strconv.ParseUint(qualifier, 10, 63); {
	case qualifier == "" || qualifier == aliasLatest:
	case qualifier == aliasSaved:
		r.saved = true
	case err == nil:
		r.version = version
	case kind.module:
		r.alias = qualifier
	default:
		return r, tandem.Errorf(tandem.NotFound, kind.member, "%q is no version; use the id alone, or with :%s or a number behind it", qualifier, aliasSaved)
	}
	return r, nil
}

// unnumbered refuses a version or an alias, where only the thing itself can be
// meant.
func (r flowReference) unnumbered() error {
	if r.version != 0 || r.alias != "" {
		return tandem.Errorf(tandem.NotFound, r.kind.member, "a version cannot be used here; use the id alone or with :%s", aliasSaved)
	}
	return nil
}

// find is the flow or module in the state.
func (r flowReference) find(st *center.State) (*center.Flow, error) {
	f := st.Flows[r.id]
	if f == nil || !r.kind.has(f) {
		return nil, namesNothing(r.kind.member)
	}
	return f, nil
}

// shownFlow is a flow or module with one of its contents.
type shownFlow struct {
	saved   *event.FlowSaved // as it was saved last
	content *event.FlowSaved // the content that was asked for; nil: it is not published
	pointer *event.ModulePointerSaved
	status  ContactFlowStatus
}

// look reads what the reference names.
func (r flowReference) look(st *center.State) (s shownFlow, err error) {
	f, err := r.find(st)
	if err != nil {
		return s, err
	}
	s.saved, s.status = new(f.Saved), ContactFlowStatusPublished
	switch {
	case r.saved:
		s.content, s.status = s.saved, ContactFlowStatusSaved
	case r.version == 0 && r.alias == "":
		s.content = f.Published
	default:
		if s.pointer = r.pointer(st); s.pointer == nil {
			return s, tandem.Errorf(tandem.NotFound, r.kind.member, "there is no such version or alias; list what there is")
		}
		s.content = versionOf(f, s.pointer.Saved)
	}
	return s, nil
}

// pointer is the version or alias of the reference, or nil.
func (r flowReference) pointer(st *center.State) *event.ModulePointerSaved {
	for _, p := range st.ModulePointers[r.id] {
		switch {
		case p.Gone:
		case r.alias != "" && p.Name == r.alias, r.alias == "" && p.PointerID.IsZero() && p.Version == r.version:
			return &p
		}
	}
	return nil
}

// versionOf is a published content by the number of its saving.
func versionOf(f *center.Flow, saved uint64) *event.FlowSaved {
	if f.Published != nil && f.Published.Version == saved {
		return f.Published
	}
	return f.Running[saved]
}

// pointers lists the versions of the reference, or the aliases, in the order of
// their numbers or names.
func (r flowReference) pointers(st *center.State, aliases bool) []event.ModulePointerSaved {
	var all []event.ModulePointerSaved
	for _, p := range st.ModulePointers[r.id] {
		if !p.Gone && p.PointerID.IsZero() != aliases {
			all = append(all, p)
		}
	}
	slices.SortFunc(all, func(a, b event.ModulePointerSaved) int { return strings.Compare(pointerKey(a), pointerKey(b)) })
	return all
}

// pointerKey orders the versions of a flow by number and its aliases by name.
func pointerKey(p event.ModulePointerSaved) string {
	if !p.PointerID.IsZero() {
		return p.Name
	}
	return fmt.Sprintf("%020d", p.Version)
}
