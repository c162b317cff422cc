package main

import (
	"fmt"
	"strings"
	"unicode"
)

// enums writes a string type for each enumeration, with its values.
func (m *model) enums() string {
	var b strings.Builder
	for _, name := range sortedKeys(m.Shapes) {
		s := m.Shapes[name]
		if len(s.Enum) == 0 {
			continue
		}
		g := exported(name)
		fmt.Fprintf(&b, "// %s is an enumeration of the API.\ntype %s string\n\n", g, g)
		fmt.Fprintf(&b, "// The values of %s.\nconst (\n", g)
		var list []string
		for _, value := range s.Enum {
			c := m.constName(g, value)
			list = append(list, fmt.Sprintf("%q", value))
			fmt.Fprintf(&b, "%s %s = %q\n", c, g, value)
		}
		b.WriteString(")\n\n")
		fmt.Fprintf(&b, "// Values lists what the API knows.\nfunc (%s) Values() []string {\nreturn []string{%s}\n}\n\n", g, strings.Join(list, ", "))
		fmt.Fprintf(&b, "// Valid reports whether v is one of Values.\nfunc (v %s) Valid() bool { return slices.Contains(v.Values(), string(v)) }\n\n", g)
	}
	return b.String()
}

// constName is the enumeration's name followed by the value in camel case; a
// name that a type already has gets "Value" after it.
func (m *model) constName(enum, value string) string {
	words := strings.FieldsFunc(value, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
	name := enum
	for _, w := range words {
		if w == strings.ToUpper(w) {
			w = strings.ToLower(w)
		}
		name += exported(w)
	}
	if s, taken := m.Shapes[name]; taken && (s.Type == "structure" || len(s.Enum) > 0) {
		name += "Value"
	}
	return name
}
