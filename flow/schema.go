package flow

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

// A Schema describes a JSON value: the part of JSON Schema, draft 4, that settings
// of modules are written in. Members that an object's schema does not list are
// refused, if it lists any.
type Schema struct {
	Type       string             // one of string, number, integer, boolean, object, array, null; empty: anything
	Properties map[string]*Schema // of an object
	Required   []string           // members that an object must have
	Items      *Schema            // of an array; nil: anything
}

var schemaTypes = []string{"string", "number", "integer", "boolean", "object", "array", "null"}

// maxSchemaDepth bounds how deep objects lie in each other.
const maxSchemaDepth = 32

// schemaOf reads a member that holds a schema as "schema".
func (s *shape) schemaOf(raw json.RawMessage, path string) *Schema {
	if raw == nil {
		return nil
	}
	inner, ok := s.object(raw, path)["schema"]
	if !ok {
		return nil
	}
	return s.schema(inner, path+".schema", 0)
}

func (s *shape) schema(raw json.RawMessage, path string, depth int) *Schema {
	if depth > maxSchemaDepth {
		s.wrong(path, "a schema that is less deep")
		return nil
	}
	members := s.object(raw, path)
	schema := &Schema{}
	if kindOf(members["type"]) != "array" { // several types are as good as any
		schema.Type = s.text(members["type"], path+".type")
	}
	if schema.Type != "" && !slices.Contains(schemaTypes, schema.Type) {
		s.wrong(path+".type", "one of "+strings.Join(schemaTypes, ", "))
	}
	properties := s.object(members["properties"], path+".properties")
	for _, name := range slices.Sorted(maps.Keys(properties)) {
		if schema.Properties == nil {
			schema.Properties = make(map[string]*Schema, len(properties))
		}
		schema.Properties[name] = s.schema(properties[name], path+".properties."+name, depth+1)
	}
	for i, item := range s.list(members["required"], path+".required") {
		schema.Required = append(schema.Required, s.text(item, indexed(path+".required", i)))
	}
	if items, ok := members["items"]; ok {
		schema.Items = s.schema(items, path+".items", depth+1)
	}
	return schema
}

// check reports where a value written in a flow is not as the schema says. Text that
// refers to an attribute is text, so it can only stand where text may.
func (s *Schema) check(raw json.RawMessage, path string, fail func(path, hint string)) {
	if s == nil {
		return
	}
	if kind := kindOf(raw); s.Type != "" && kind != s.Type && (s.Type != "number" || kind != "integer") {
		fail(path, "The module expects a value of type "+s.Type)
		return
	}
	var members map[string]json.RawMessage
	if json.Unmarshal(raw, &members) == nil && members != nil {
		s.checkMembers(members, path, fail)
	}
	var items []json.RawMessage
	if json.Unmarshal(raw, &items) == nil {
		for i, item := range items {
			s.Items.check(item, indexed(path, i), fail)
		}
	}
}

func (s *Schema) checkMembers(members map[string]json.RawMessage, path string, fail func(path, hint string)) {
	for _, name := range slices.Sorted(maps.Keys(members)) {
		property, ok := s.Properties[name]
		if !ok && s.Properties == nil {
			continue
		}
		if !ok {
			fail(path+"."+name, "The module's settings have no such member")
			continue
		}
		property.check(members[name], path+"."+name, fail)
	}
	for _, name := range s.Required {
		if _, ok := members[name]; !ok {
			fail(path+"."+name, "The module's settings require it")
		}
	}
}

// kindOf is the type of a JSON value, in the words of JSON Schema.
func kindOf(raw json.RawMessage) string {
	text := strings.TrimSpace(string(raw))
	switch {
	case text == "" || text == "null":
		return "null"
	case text[0] == '{':
		return "object"
	case text[0] == '[':
		return "array"
	case text[0] == '"':
		return "string"
	case text == "true" || text == "false":
		return "boolean"
	case strings.ContainsAny(text, ".eE"):
		return "number"
	}
	return "integer"
}
