package flow

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
)

// A Tree is a JSON value whose texts may hold references to attributes, as the
// input of a function or a module: everywhere in it, also in the names of members.
// The zero value is an object without members.
type Tree struct {
	members []treeMember
	items   []Tree
	text    Template
	literal any // a json.Number, a truth value or nil
	kind    treeKind
}

type treeMember struct {
	name  Template
	value Tree
}

type treeKind int

const (
	treeObject treeKind = iota
	treeList
	treeText
	treeLiteral
)

// parseTree reads JSON, and reports each template in it.
func parseTree(raw json.RawMessage, path string, found func(path string, t Template)) Tree {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	var value any
	if decoder.Decode(&value) != nil {
		return Tree{}
	}
	return newTree(value, path, found)
}

func newTree(value any, path string, found func(path string, t Template)) Tree {
	switch value := value.(type) {
	case map[string]any:
		t := Tree{kind: treeObject}
		for _, name := range slices.Sorted(maps.Keys(value)) {
			at, label := path+"."+name, ParseTemplate(name)
			found(at, label)
			t.members = append(t.members, treeMember{name: label, value: newTree(value[name], at, found)})
		}
		return t
	case []any:
		t := Tree{kind: treeList}
		for i, item := range value {
			t.items = append(t.items, newTree(item, indexed(path, i), found))
		}
		return t
	case string:
		t := ParseTemplate(value)
		found(path, t)
		return Tree{kind: treeText, text: t}
	default:
		return Tree{kind: treeLiteral, literal: value}
	}
}

// Empty says that the tree is an object without members.
func (t Tree) Empty() bool { return t.kind == treeObject && len(t.members) == 0 }

// maxRenderedTreeBytes is how much the texts of a tree may come to once their
// references are filled in.
const maxRenderedTreeBytes = 128 * 1024

// Render writes the value as JSON, its references filled in. A reference without
// a value becomes empty text. Of two members of one name the later one holds. Not
// ok if it becomes too large.
func (t Tree) Render(env Env) (object string, ok bool) {
	left := maxRenderedTreeBytes
	written, err := encodeJSON(t.value(env, &left))
	return string(written), err == nil && left >= 0
}

// value is the tree as encoding/json writes it; left is how many bytes of text
// there may be yet. What follows once there are none is left out.
func (t Tree) value(env Env, left *int) any {
	switch t.kind {
	case treeList:
		items := make([]any, 0, len(t.items))
		for _, item := range t.items {
			items = append(items, item.value(env, left))
		}
		return items
	case treeText:
		return renderWithin(t.text, env, left)
	case treeLiteral:
		return t.literal
	default:
		members := make(map[string]any, len(t.members))
		for _, m := range t.members {
			members[renderWithin(m.name, env, left)] = m.value.value(env, left)
		}
		return members
	}
}

// at finds the value at a path of members, by the names that are written.
func (t Tree) at(path []string) (Tree, bool) {
	for _, name := range path {
		i := slices.IndexFunc(t.members, func(m treeMember) bool { return m.name.Source() == name })
		if i < 0 {
			return Tree{}, false
		}
		t = t.members[i].value
	}
	return t, true
}

func renderWithin(t Template, env Env, left *int) string {
	if *left < 0 {
		return ""
	}
	text := t.Render(env)
	*left -= len(text)
	return text
}
