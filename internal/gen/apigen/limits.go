package main

import (
	"fmt"
	"math"
	"regexp"
	"regexp/syntax"
	"strings"
)

// handChecked are the shapes whose pattern uses what Go's regular expressions
// lack (look-ahead), by the function of package connect that checks them.
var handChecked = map[string]string{
	"ContactTagKey":                  "isContactTagKey",
	"DirectoryAlias":                 "isDirectoryAlias",
	"Page":                           "isPage",
	"Password":                       "isPassword",
	"PrimaryAttributeContextKeyName": "isContextKeyName",
	"TagKey":                         "isTagKey",
}

// limited reports whether the limits table has an entry for the shape: it has
// limits itself, or what it holds has.
func (m *model) limited(name string) bool {
	s := m.Shapes[name]
	switch s.Type {
	case "structure", "boolean", "timestamp":
		return false
	case "list":
		return s.bounded() || m.limited(s.Member.Shape)
	case "map":
		return s.bounded() || m.limited(s.Key.Shape) || m.limited(s.Value.Shape)
	}
	return s.bounded() || s.Pattern != ""
}

func (s *shape) bounded() bool { return s.Min != nil || s.Max != nil }

// limits writes the table.
func (m *model) limits() string {
	var b strings.Builder
	b.WriteString("// limitsByShape holds the API's limits by the name of the shape that has them.\n")
	b.WriteString("var limitsByShape = map[string]limit{\n")
	for _, name := range sortedKeys(m.Shapes) {
		if m.limited(name) {
			fmt.Fprintf(&b, "%q: {%s},\n", name, strings.Join(m.limitFields(name), ", "))
		}
	}
	b.WriteString("}\n")
	return b.String()
}

func (m *model) limitFields(name string) []string {
	s := m.Shapes[name]
	var fields []string
	add := func(format string, args ...any) { fields = append(fields, fmt.Sprintf(format, args...)) }
	if s.Min != nil {
		add("min: at(%v)", *s.Min)
	}
	if s.Max != nil && *s.Max < math.MaxInt64 {
		add("max: at(%.0f)", *s.Max)
	}
	if check := handChecked[name]; check != "" {
		add("match: %s", check)
	} else if s.Pattern != "" {
		add("match: pattern(%q)", goPattern(name, s.Pattern))
	}
	if s.Member != nil && m.limited(s.Member.Shape) {
		add("element: %q", s.Member.Shape)
	}
	if s.Key != nil && m.limited(s.Key.Shape) {
		add("key: %q", s.Key.Shape)
	}
	if s.Value != nil && m.limited(s.Value.Shape) {
		add("element: %q", s.Value.Shape)
	}
	return fields
}

var unicodeEscape = regexp.MustCompile(`\\u([0-9A-Fa-f]{4})`)

// goPattern turns a pattern of the model into Go's syntax. Some patterns of
// the model are escaped twice (`\\d` where `\d` is meant). It panics if Go
// cannot compile the result: the shape then belongs into handChecked.
func goPattern(name, pattern string) string {
	p := strings.ReplaceAll(pattern, `\\`, `\`)
	p = unicodeEscape.ReplaceAllString(p, `\x{$1}`)
	if _, err := syntax.Parse(p, syntax.Perl); err != nil {
		panic(fmt.Sprintf("shape %s: pattern %q: %v: check it by hand", name, pattern, err))
	}
	return p
}
