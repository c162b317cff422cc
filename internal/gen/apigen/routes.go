package main

import (
	"fmt"
	"strings"
)

// routes writes the table of operations.
func (m *model) routes() string {
	var b strings.Builder
	b.WriteString("// operations is every operation of the API, in order of name.\n")
	b.WriteString("var operations = []Operation{\n")
	for _, name := range sortedKeys(m.Operations) {
		op := m.Operations[name]
		out := "Empty"
		if op.Output != nil {
			out = exported(op.Output.Shape)
		}
		var codes []string
		for _, e := range op.Errors {
			codes = append(codes, fmt.Sprintf("%q", e.Shape))
		}
		fmt.Fprintf(&b, "{\nName: %q, Method: %q, URI: %q,\n", name, op.HTTP.Method, op.HTTP.RequestURI)
		fmt.Fprintf(&b, "in: reflect.TypeFor[%s](), out: reflect.TypeFor[%s](),\n", exported(op.Input.Shape), out)
		fmt.Fprintf(&b, "Errors: []string{%s},\n},\n", strings.Join(codes, ", "))
	}
	b.WriteString("}\n")
	return b.String()
}
