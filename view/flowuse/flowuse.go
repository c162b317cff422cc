// Package flowuse tells which flows use a resource: a queue, hours of operation,
// a prompt, a flow, a module, a function, a bot or a user, in what is published
// and in what is only saved.
package flowuse

import (
	"slices"
	"strings"

	"tandem"
	"tandem/center"
	"tandem/event"
	"tandem/flow"
)

// Resource is something that flows can use.
type Resource struct {
	Kind flow.ResourceKind `json:"kind" doc:"What it is."`
	ID   string            `json:"id" doc:"Its id; of functions and bots the whole name."`
	Name string            `json:"name" doc:"Its name; empty if it is not known here."`
}

// Use is one place in a flow.
type Use struct {
	Resource  Resource  `json:"resource" doc:"What is used."`
	FlowID    tandem.ID `json:"flow_id" doc:"The flow."`
	FlowName  string    `json:"flow_name" doc:"What it is called."`
	FlowType  string    `json:"flow_type" doc:"Its type; MODULE for a module."`
	Content   Content   `json:"content" doc:"Which content of the flow it is in." enum:"published,saved,version"`
	Action    string    `json:"action" doc:"Identifier of the block."`
	Parameter string    `json:"parameter" doc:"Parameter of that block, such as EventHooks.CustomerQueue."`
}

// Content says which content of a flow a use is in.
type Content string

// The contents. One that is published and saved alike is told as published.
const (
	Published Content = "published"
	Saved     Content = "saved"   // and not published
	Version   Content = "version" // a numbered version that is not published any more
)

// Answer is what a search has found.
type Answer struct {
	Resources []Resource `json:"resources" doc:"What goes by the name, id or ARN."`
	Uses      []Use      `json:"uses" doc:"In the order of the flows' names."`
}

// Index is all uses of an instance at one moment. It never changes.
type Index struct {
	known []Resource
	flows []content
}

// content is one content of a flow, not yet read.
type content struct {
	of   event.FlowSaved
	kind Content
}

// New looks at the state. The contents are read by [Index.Find], where that holds
// up nobody.
func New(st *center.State) *Index {
	x := &Index{known: resources(st)}
	for _, id := range tandem.SortedIDs(st.Flows) {
		f := st.Flows[id]
		if f.Published != nil {
			x.flows = append(x.flows, content{*f.Published, Published})
		}
		if f.Published == nil || f.Published.Content != f.Saved.Content {
			x.flows = append(x.flows, content{f.Saved, Saved})
		}
		for _, version := range tandem.SortedKeys(f.Running) {
			x.flows = append(x.flows, content{*f.Running[version], Version})
		}
		for i := range x.flows {
			if x.flows[i].of.FlowID == id {
				x.flows[i].of.Name = f.Saved.Name // the name does not wait to be published
			}
		}
	}
	slices.SortStableFunc(x.flows, func(a, b content) int { return strings.Compare(a.of.Name, b.of.Name) })
	return x
}

// resources lists what has a name in the state.
func resources(st *center.State) (all []Resource) {
	for _, id := range tandem.SortedIDs(st.Queues) {
		all = append(all, Resource{flow.ResourceQueue, id.String(), st.Queues[id].Name})
	}
	for _, id := range tandem.SortedIDs(st.Hours) {
		all = append(all, Resource{flow.ResourceHours, id.String(), st.Hours[id].Name})
	}
	for _, id := range tandem.SortedIDs(st.Flows) {
		kind, saved := flow.ResourceFlow, &st.Flows[id].Saved
		if saved.Type == string(flow.TypeModule) {
			kind = flow.ResourceModule
		}
		all = append(all, Resource{kind, id.String(), saved.Name})
	}
	for _, arn := range tandem.SortedKeys(st.Functions) {
		all = append(all, Resource{flow.ResourceFunction, arn, arn[strings.LastIndexByte(arn, ':')+1:]})
	}
	for _, bot := range tandem.SortedKeys(st.Bots) {
		name, _, _ := strings.Cut(bot, ":")
		if name == "arn" {
			name = ""
		}
		all = append(all, Resource{flow.ResourceBot, bot, name})
	}
	return all
}

// Find tells who uses what goes by a name, an id or an ARN. A name may be that of
// several resources. What the instance does not know may be used all the same.
func (x *Index) Find(what string) Answer {
	a := Answer{Resources: []Resource{}, Uses: []Use{}}
	id := flow.ResourceID(what)
	for _, r := range x.known {
		if r.Name == what || r.ID == what || r.ID == id {
			a.Resources = append(a.Resources, r)
		}
	}
	for _, c := range x.flows {
		doc, err := flow.Parse([]byte(c.of.Content))
		if err != nil {
			continue // what is only saved may be anything
		}
		for _, u := range flow.Uses(doc) {
			r, ok := a.resource(u, what, id)
			if !ok {
				continue
			}
			a.Uses = append(a.Uses, Use{Resource: r, FlowID: c.of.FlowID, FlowName: c.of.Name, FlowType: c.of.Type,
				Content: c.kind, Action: u.Action, Parameter: u.Parameter})
		}
	}
	return a
}

// resource is the resource of a use, if it is asked for.
func (a *Answer) resource(u flow.Use, what, id string) (Resource, bool) {
	for _, r := range a.Resources {
		if r.Kind == u.Kind && (r.ID == u.ID || isAliasOf(u, r.ID)) {
			return r, true
		}
	}
	return Resource{Kind: u.Kind, ID: u.ID}, u.ID == what || u.ID == id
}

// isAliasOf reports whether a use names a bot of Lex with an alias, or a version
// of a function, which are associated without.
func isAliasOf(u flow.Use, resource string) bool {
	return (u.Kind == flow.ResourceBot || u.Kind == flow.ResourceFunction) && strings.HasPrefix(u.ID, resource+":")
}
