package main

import (
	"fmt"
	"slices"
	"strings"
)

// goType is the Go type of a member of the shape: scalars are pointers, so
// that absent and zero differ; lists and maps are plain.
func (m *model) goType(name string) string {
	s := m.Shapes[name]
	switch s.Type {
	case "string":
		if len(s.Enum) > 0 {
			return "*" + exported(name)
		}
		return "*string"
	case "integer":
		return "*int32"
	case "long":
		return "*int64"
	case "boolean":
		return "*bool"
	case "float", "double":
		return "*float64"
	case "timestamp":
		if s.TimestampFormat == "iso8601" {
			return "*ISOTime"
		}
		return "*EpochTime"
	case "list":
		return "[]" + m.elementType(s.Member.Shape)
	case "map":
		return "map[string]" + m.elementType(s.Value.Shape)
	case "structure":
		return "*" + exported(name)
	}
	panic(fmt.Sprintf("shape %s: type %q is not known", name, s.Type))
}

func (m *model) elementType(name string) string {
	return strings.TrimPrefix(m.goType(name), "*")
}

// isOperationShape reports whether the shape is some operation's input or
// output.
func (m *model) isOperationShape(name string) bool { return m.roleOf(name) != "" }

// isNestedShape reports whether the shape is a structure inside others.
func (m *model) isNestedShape(name string) bool {
	return m.roleOf(name) == "" && !m.Shapes[name].Exception
}

// roleOf says which operation the shape serves, and how; "" if none.
func (m *model) roleOf(name string) string {
	for _, opName := range sortedKeys(m.Operations) {
		op := m.Operations[opName]
		if op.Input.Shape == name {
			return "input of " + opName
		}
		if op.Output != nil && op.Output.Shape == name {
			return "output of " + opName
		}
	}
	return ""
}

// structs writes the structures that keep holds of, in order of name.
func (m *model) structs(keep func(string) bool) string {
	var b strings.Builder
	for _, name := range sortedKeys(m.Shapes) {
		if m.Shapes[name].Type != "structure" || !keep(name) {
			continue
		}
		fmt.Fprintf(&b, "// %s is %s.\n", exported(name), m.describe(name))
		m.structBody(&b, name)
		if m.Shapes[name].Union {
			fmt.Fprintf(&b, "func (%s) isUnion() {}\n\n", exported(name))
		}
	}
	return b.String()
}

func (m *model) describe(name string) string {
	if role := m.roleOf(name); role != "" {
		return "the " + role
	}
	if m.Shapes[name].Union {
		return "a union of the API: exactly one member is set"
	}
	return "a structure of the API"
}

func (m *model) structBody(b *strings.Builder, name string) {
	s := m.Shapes[name]
	fmt.Fprintf(b, "type %s struct {\n", exported(name))
	for _, member := range sortedKeys(s.Members) {
		r := s.Members[member]
		fmt.Fprintf(b, "%s %s `%s`\n", exported(member), m.goType(r.Shape), m.tag(s, member, r))
	}
	b.WriteString("}\n\n")
}

// tag says where a member travels, whether it is required, and which entry of
// the limits table it must satisfy.
func (m *model) tag(s *shape, member string, r ref) string {
	wire := r.LocationName
	if wire == "" {
		wire = member
	}
	var t string
	switch r.Location {
	case "":
		t = fmt.Sprintf("json:%q", wire+",omitzero")
	case "querystring":
		t = fmt.Sprintf(`json:"-" query:%q`, wire)
	default:
		t = fmt.Sprintf(`json:"-" %s:%q`, r.Location, wire)
	}
	if slices.Contains(s.Required, member) {
		t += ` required:"true"`
	}
	if m.limited(r.Shape) {
		t += fmt.Sprintf(" limit:%q", r.Shape)
	}
	return t
}

// errors writes the exceptions, and the table that makes one from its code.
func (m *model) errors() string {
	var b, table strings.Builder
	for _, name := range sortedKeys(m.Shapes) {
		s := m.Shapes[name]
		if !s.Exception {
			continue
		}
		g := exported(name)
		fmt.Fprintf(&b, "// %s is an error of the API, HTTP status %d.\n", g, s.Error.HTTPStatusCode)
		m.structBody(&b, name)
		fmt.Fprintf(&b, "// ErrorCode is the error's name on the wire.\nfunc (*%s) ErrorCode() string { return %q }\n\n", g, name)
		fmt.Fprintf(&b, "// HTTPStatus is the status of a response that carries the error.\nfunc (*%s) HTTPStatus() int { return %d }\n\n", g, s.Error.HTTPStatusCode)
		fmt.Fprintf(&b, "// Error implements error.\nfunc (e *%s) Error() string { return errorText(e) }\n\n", g)
		if _, ok := s.Members["Message"]; ok {
			fmt.Fprintf(&table, "%q: func(message string) apiError { return &%s{Message: &message} },\n", name, g)
		}
	}
	b.WriteString("// errorByCode makes an error that has nothing but a message.\n")
	b.WriteString("var errorByCode = map[string]func(message string) apiError{\n" + table.String() + "}\n")
	return b.String()
}
