// Package pattern matches log entries by filter patterns as they are written for
// Amazon CloudWatch Logs (Amazon CloudWatch Logs User Guide: Filter pattern
// syntax). There are two forms.
//
// Terms are looked for in the entry's text, with regard to case. Each must be
// there; of those with a question mark at least one; none of those with a minus
// sign. A term that has anything but letters, digits and underscores is quoted.
//
//	Lambda ?Timeout ?"Status Code: 500" -test
//
// A condition in braces looks at the members of the entry, which is a JSON
// object:
//
//	{ $.ContactFlowModuleType = "InvokeExternalResource" && $.Results != "Success" }
//	{ ($.Parameters.Timeout >= 5 || $.ExternalResults.level = gold*) && $.Results NOT EXISTS }
//
// A selector names a member by $.name or $['any name'], an element of a list by
// [0], and any element or member by [*]; then it is enough that one fits. Text is
// compared with = and !=, where * stands for any characters; numbers also with
// <, <=, > and >=, where text that reads as a number counts as one. A member can
// be tested with IS NULL, IS TRUE, IS FALSE, EXISTS and NOT EXISTS. A comparison
// with a member that is not there fails, != too. %...% is a regular expression,
// in both forms. An empty pattern matches everything.
//
// The package is pure: the same pattern and entry always give the same answer.
package pattern

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// MaxChars is the longest pattern (Amazon CloudWatch Logs API: PutMetricFilter,
// member filterPattern).
const MaxChars = 1024

// maxDepth bounds the parentheses around a condition.
const maxDepth = 16

// Pattern is a pattern that was read. It never changes and may be shared.
type Pattern struct {
	text      string
	condition condition // nil: terms
	terms     []term
}

// Parse reads a pattern. Its error says what is wrong and at which character.
func Parse(text string) (*Pattern, error) {
	if n := len([]rune(text)); n > MaxChars {
		return nil, fmt.Errorf("the pattern has %d characters; at most %d are allowed", n, MaxChars)
	}
	p := &Pattern{text: text}
	r := &reader{text: text}
	r.space()
	var err error
	if r.next('{') {
		p.condition, err = r.braces()
	} else {
		p.terms, err = r.terms()
	}
	if err != nil {
		return nil, fmt.Errorf("pattern, character %d: %w", r.character(), err)
	}
	return p, nil
}

// String is the pattern as it was written.
func (p *Pattern) String() string { return p.text }

// Match reports whether the entry, a JSON object, fits the pattern. An entry that
// is no JSON fits no condition.
func (p *Pattern) Match(entry []byte) bool {
	if p.condition == nil {
		return matchTerms(p.terms, string(entry))
	}
	d := json.NewDecoder(bytes.NewReader(entry))
	d.UseNumber()
	var root any
	return d.Decode(&root) == nil && p.condition.holds(root)
}

// term is one word of a pattern of terms.
type term struct {
	kind   byte // '?', '-' or 0
	wanted matcher
}

func matchTerms(terms []term, text string) bool {
	optional, found := false, false
	for _, t := range terms {
		has := t.wanted.within(text)
		switch {
		case t.kind == '?':
			optional, found = true, found || has
		case has == (t.kind == '-'):
			return false
		}
	}
	return found || !optional
}

// condition is a test of a JSON value.
type condition interface{ holds(root any) bool }

// all holds when each of its conditions does.
type all []condition

func (c all) holds(root any) bool {
	for _, one := range c {
		if !one.holds(root) {
			return false
		}
	}
	return true
}

// anyOf holds when one of its conditions does.
type anyOf []condition

func (c anyOf) holds(root any) bool {
	for _, one := range c {
		if one.holds(root) {
			return true
		}
	}
	return false
}

// test looks at what a selector names.
type test struct {
	path   []step
	fits   func(value any) bool
	absent bool // holds when the selector names nothing
}

func (c test) holds(root any) bool {
	found, fits := false, false
	walk(root, c.path, func(value any) {
		found = true
		fits = fits || c.fits != nil && c.fits(value)
	})
	if c.absent {
		return !found
	}
	return fits
}

// step is one step of a selector: a member, an element, or each of them.
type step struct {
	name  string
	index int // where isIndex
	kind  stepKind
}

type stepKind uint8

const (
	member stepKind = iota
	element
	each
)

// walk visits what the path leads to.
func walk(value any, path []step, visit func(any)) {
	if len(path) == 0 {
		visit(value)
		return
	}
	s, rest := path[0], path[1:]
	switch v := value.(type) {
	case map[string]any:
		if s.kind == each {
			for _, inner := range v { // any order: visit only asks whether one fits
				walk(inner, rest, visit)
			}
		} else if inner, ok := v[s.name]; ok && s.kind == member {
			walk(inner, rest, visit)
		}
	case []any:
		if s.kind == each {
			for _, inner := range v {
				walk(inner, rest, visit)
			}
		} else if s.kind == element && s.index < len(v) {
			walk(v[s.index], rest, visit)
		}
	}
}

// scalarText is a value as text; ok is false for lists, objects and null.
func scalarText(value any) (text string, ok bool) {
	switch v := value.(type) {
	case string:
		return v, true
	case json.Number:
		return v.String(), true
	case bool:
		return fmt.Sprint(v), true
	}
	return "", false
}

// number reads a value that is a number, or text that reads as one.
func number(value any) (float64, bool) {
	var n json.Number
	switch v := value.(type) {
	case json.Number:
		n = v
	case string:
		n = json.Number(strings.TrimSpace(v))
	}
	if n == "" || strings.ContainsAny(string(n), "xXpP_iInN") { // Go's own forms are none here
		return 0, false
	}
	f, err := n.Float64()
	return f, err == nil
}
