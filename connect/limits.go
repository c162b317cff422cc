package connect

import (
	"regexp"
	"sync"
)

// limit is what the API's model says about the values of a shape.
type limit struct {
	min, max *float64          // of the value, the characters of a text, or the entries of a list or map
	match    func(string) bool // nil, or what the text must satisfy
	key      string            // the shape of a map's keys, if that has limits
	element  string            // the shape of a list's or map's values, if that has limits
}

func at(bound float64) *float64 { return &bound }

// pattern is a check by regular expression, compiled when first used.
func pattern(expr string) func(string) bool {
	compiled := sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expr) })
	return func(s string) bool { return compiled().MatchString(s) }
}
