package connect

import (
	"slices"
	"strings"

	"tandem"
)

// Depth and breadth of search criteria.
const (
	maxCriteriaDepth = 5
	maxConditions    = 50
)

// criteria is what a search asks of things: all that it has must be met. The
// zero value asks nothing.
type criteria[T any] struct {
	own     []func(thing T) bool
	and, or []criteria[T]
}

// meets reports whether a thing meets the criteria.
func (c criteria[T]) meets(thing T) bool {
	lacks := func(condition func(T) bool) bool { return !condition(thing) }
	inner := func(c criteria[T]) bool { return c.meets(thing) }
	fails := func(c criteria[T]) bool { return !c.meets(thing) }
	return !slices.ContainsFunc(c.own, lacks) && !slices.ContainsFunc(c.and, fails) &&
		(len(c.or) == 0 || slices.ContainsFunc(c.or, inner))
}

// innerCriteria reads the criteria inside others, which stand at a depth.
func innerCriteria[C, T any](in []C, depth int, read func(in *C, depth int) (criteria[T], error)) (out []criteria[T], err error) {
	for i := range in {
		c, err := read(&in[i], depth+1)
		if err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, nil
}

// checkBreadth refuses criteria that are too deep or too many.
func checkBreadth(depth, conditions int) error {
	if depth > maxCriteriaDepth || conditions > maxConditions {
		return tandem.Errorf(tandem.Invalid, "SearchCriteria", "may be %d deep, with %d conditions at each place", maxCriteriaDepth, maxConditions)
	}
	return nil
}

// fields are the fields that a StringCondition can name, and what a thing has
// there.
type fields[T any] map[string]func(thing T) []string

// conditions is the test that a StringCondition asks for; none for nil. It
// compares without regard to case, as a search box does.
func (f fields[T]) conditions(c *StringCondition) ([]func(T) bool, error) {
	if c == nil {
		return nil, nil
	}
	read := f[text[string](c.FieldName)]
	if read == nil {
		return nil, tandem.Errorf(tandem.Invalid, "SearchCriteria.StringCondition.FieldName",
			"must be one of %s", strings.Join(tandem.SortedKeys(f), ", "))
	}
	want, compare := strings.ToLower(text[string](c.Value)), text[StringComparisonType]((*string)(c.ComparisonType))
	matches := func(got string) bool {
		got = strings.ToLower(got)
		switch compare {
		case StringComparisonTypeStartsWith:
			return strings.HasPrefix(got, want)
		case StringComparisonTypeContains:
			return strings.Contains(got, want)
		}
		return got == want
	}
	return []func(T) bool{func(thing T) bool { return slices.ContainsFunc(read(thing), matches) }}, nil
}

// passesTags reports whether tags pass a filter, which may be nil.
func passesTags(tags map[string]string, f *ControlPlaneTagFilter) bool {
	if f == nil {
		return true
	}
	lacks := func(c TagCondition) bool { return !hasTag(tags, &c) }
	all := func(and []TagCondition) bool { return !slices.ContainsFunc(and, lacks) }
	return (f.TagCondition == nil || hasTag(tags, f.TagCondition)) && all(f.AndConditions) &&
		(len(f.OrConditions) == 0 || slices.ContainsFunc(f.OrConditions, all))
}

// hasTag looks for a tag; a condition without a value is met by any.
func hasTag(tags map[string]string, c *TagCondition) bool {
	value, there := tags[text[string](c.TagKey)]
	return there && (c.TagValue == nil || value == *c.TagValue)
}
