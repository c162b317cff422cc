package admin

import (
	"encoding/json"
	"reflect"
	"strings"

	"tandem"
	"tandem/auth"
)

// object is a JSON object of the description.
type object = map[string]any

// idPattern is the form of an id; the zero id is empty.
const idPattern = "^([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})?$"

// schemas makes JSON Schemas (draft 2020-12, as OpenAPI 3.1 has them) of the
// types of bodies and answers. A field's tags say what it is: doc, what it
// means; enum, its values; need, that a body must have it.
type schemas struct {
	known   object
	visited map[string]bool
}

// of is the schema of a type, in a body or in an answer. Structs become
// components, and are referred to.
func (s *schemas) of(t reflect.Type, body bool) object {
	switch t {
	case reflect.TypeFor[tandem.ID]():
		return object{"type": "string", "pattern": idPattern}
	case reflect.TypeFor[json.RawMessage]():
		return object{"type": "object"}
	case reflect.TypeFor[auth.Role]():
		return object{"type": "string", "enum": auth.Roles}
	case reflect.TypeFor[auth.Permission]():
		return object{"type": "string", "enum": auth.Administrator.Permissions()}
	}
	switch t.Kind() {
	case reflect.Pointer:
		return s.of(t.Elem(), body)
	case reflect.Struct:
		name := schemaName(t, body)
		if !s.visited[name] {
			s.visited[name] = true
			s.known[name] = s.structure(t, body)
		}
		return object{"$ref": "#/components/schemas/" + name}
	case reflect.Slice:
		return object{"type": "array", "items": s.of(t.Elem(), body)}
	case reflect.Map:
		return object{"type": "object", "additionalProperties": s.of(t.Elem(), body)}
	case reflect.Bool:
		return object{"type": "boolean"}
	case reflect.String:
		return object{"type": "string"}
	case reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uint:
		return object{"type": "integer", "minimum": 0}
	}
	return object{"type": "integer"}
}

// structure describes the fields of a struct. Nothing else may be in it.
func (s *schemas) structure(t reflect.Type, body bool) object {
	properties, required := object{}, []string{}
	for i := range t.NumField() {
		f := t.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		p := s.of(f.Type, body)
		p["description"] = f.Tag.Get("doc")
		if values, ok := f.Tag.Lookup("enum"); ok {
			p["enum"] = strings.Split(values, ",")
		}
		properties[name] = p
		if body && f.Tag.Get("need") == "true" || !body && options != "omitempty" {
			required = append(required, name)
		}
	}
	o := object{"type": "object", "properties": properties, "additionalProperties": false}
	if len(required) > 0 {
		o["required"] = required
	}
	return o
}

// schemaName is a type's name in the description: systemJSON is System, and
// SystemInput in a body.
func schemaName(t reflect.Type, body bool) string {
	name := strings.TrimSuffix(strings.TrimSuffix(t.Name(), "JSON"), "Input")
	name = strings.ToUpper(name[:1]) + name[1:]
	if body {
		name += "Input"
	}
	return name
}
