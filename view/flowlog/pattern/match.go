package pattern

import (
	"regexp"
	"strings"
)

// matcher compares text: with wildcards, or with a regular expression.
type matcher struct {
	parts  []string // what stands between the wildcards
	regexp *regexp.Regexp
}

// whole reports whether all of the text fits.
func (m matcher) whole(text string) bool {
	if m.regexp != nil {
		return m.regexp.MatchString(text)
	}
	first, last := m.parts[0], m.parts[len(m.parts)-1]
	if len(m.parts) == 1 {
		return text == first
	}
	if len(text) < len(first)+len(last) || !strings.HasPrefix(text, first) || !strings.HasSuffix(text, last) {
		return false
	}
	return inOrder(text[len(first):len(text)-len(last)], m.parts[1:len(m.parts)-1])
}

// within reports whether the text has what fits.
func (m matcher) within(text string) bool {
	if m.regexp != nil {
		return m.regexp.MatchString(text)
	}
	return inOrder(text, m.parts)
}

// inOrder reports whether the parts stand in the text one after the other. To
// take each as early as it comes finds them whenever they are there.
func inOrder(text string, parts []string) bool {
	for _, part := range parts {
		i := strings.Index(text, part)
		if i < 0 {
			return false
		}
		text = text[i+len(part):]
	}
	return true
}
