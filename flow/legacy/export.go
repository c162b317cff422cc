package legacy

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"tandem/flow"
)

// The places that blocks get when nobody has put them anywhere, in the
// designer's units.
const (
	entryPlace  = 20
	firstColumn = 180
	columnWidth = 240
	rowHeight   = 240
)

// place is where a block stands in the designer.
type place struct {
	X int `json:"x"`
	Y int `json:"y"`
}

// Export writes a flow as the console does: the flow language, with name,
// description, type and status under Metadata, and a place for every block.
// Blocks keep the places that they have; the others are laid out from left to
// right. Nothing else of the flow changes: its actions are written as they were
// read, so that importing what was exported gives the same flow.
func Export(f File) ([]byte, error) {
	content, err := f.Document.Encode()
	if err != nil {
		return nil, fmt.Errorf("export the flow %q: %w", f.Name, err)
	}
	members, err := readInOrder(content)
	if err != nil {
		return nil, fmt.Errorf("export the flow %q: %w", f.Name, err)
	}
	for i := range members {
		if members[i].name == "Metadata" {
			members[i].value = metadataOf(f, object(members[i].value))
			return write(members), nil
		}
	}
	at := slices.IndexFunc(members, func(m member) bool { return m.name == "Actions" })
	return write(slices.Insert(members, at, member{"Metadata", metadataOf(f, nil)})), nil
}

// metadataOf completes what stands beside the content.
func metadataOf(f File, metadata map[string]json.RawMessage) json.RawMessage {
	if metadata == nil {
		metadata = map[string]json.RawMessage{}
	}
	status := statusSaved
	if f.Published {
		status = statusPublished
	}
	metadata["name"], metadata["description"], metadata["status"] = encode(f.Name), encode(f.Description), encode(status)
	if f.Type != "" {
		metadata["type"] = encode(orElse(consoleTypes[f.Type], string(f.Type)))
	}
	if metadata["entryPointPosition"] == nil && metadata["EntryPointPosition"] == nil {
		metadata["entryPointPosition"] = encode(place{X: entryPlace, Y: entryPlace})
	}
	if metadata["snapToGrid"] == nil {
		metadata["snapToGrid"] = encode(false)
	}
	metadata["ActionMetadata"] = encode(placeAll(f.Document, object(metadata["ActionMetadata"])))
	return encode(metadata)
}

// placeAll gives a place to each action that has none.
func placeAll(doc *flow.Document, metadata map[string]json.RawMessage) map[string]json.RawMessage {
	if metadata == nil {
		metadata = map[string]json.RawMessage{}
	}
	places := layOut(doc)
	for _, a := range doc.Actions {
		own := object(metadata[a.Identifier])
		if own == nil {
			own = map[string]json.RawMessage{}
		}
		if own["position"] == nil {
			own["position"] = encode(places[a.Identifier])
			metadata[a.Identifier] = encode(own)
		}
	}
	return metadata
}

// layOut puts each action one column to the right of the first that leads to
// it, and those of a column below each other. What nothing leads to stands in a
// column of its own, at the right.
func layOut(doc *flow.Document) map[string]place {
	next := map[string][]string{}
	for _, a := range doc.Actions {
		if _, twice := next[a.Identifier]; !twice {
			next[a.Identifier] = targets(a.Transitions)
		}
	}
	columns := map[string]int{}
	last := 0
	for queue := []string{doc.StartAction}; len(queue) > 0; queue = queue[1:] {
		id := queue[0]
		for _, target := range next[id] {
			if _, seen := columns[target]; !seen && target != doc.StartAction {
				columns[target] = columns[id] + 1
				last = max(last, columns[target])
				queue = append(queue, target)
			}
		}
	}
	columns[doc.StartAction] = 0
	rows, places := map[int]int{}, map[string]place{}
	for _, a := range doc.Actions {
		if _, placed := places[a.Identifier]; placed {
			continue
		}
		column, reached := columns[a.Identifier]
		if !reached {
			column = last + 1
		}
		places[a.Identifier] = place{X: firstColumn + column*columnWidth, Y: entryPlace + rows[column]*rowHeight}
		rows[column]++
	}
	return places
}

// targets lists where an action leads, the usual way first.
func targets(t flow.Transitions) []string {
	var ids []string
	for _, c := range t.Conditions {
		ids = append(ids, c.NextAction)
	}
	ids = append(ids, t.NextAction)
	for _, e := range t.Errors {
		ids = append(ids, e.NextAction)
	}
	return ids
}

// readInOrder lists the members of an object in their order.
func readInOrder(content []byte) ([]member, error) {
	values := object(content)
	decoder := json.NewDecoder(bytes.NewReader(content))
	if _, err := decoder.Token(); err != nil {
		return nil, err
	}
	var members []member
	for decoder.More() {
		name, err := decoder.Token()
		if err != nil {
			return nil, err
		}
		var skipped json.RawMessage
		if err := decoder.Decode(&skipped); err != nil {
			return nil, err
		}
		if text, ok := name.(string); ok && values[text] != nil {
			members = append(members, member{text, values[text]})
			delete(values, text)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		members = append(members, member{name, values[name]})
	}
	return members, nil
}
