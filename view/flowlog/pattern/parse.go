package pattern

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// reader reads a pattern from left to right.
type reader struct {
	text  string
	at    int // in bytes
	depth int
}

// character is the reader's place, counted from 1 as people do.
func (r *reader) character() int { return utf8.RuneCountInString(r.text[:r.at]) + 1 }

func (r *reader) rest() string { return r.text[r.at:] }

func (r *reader) space() {
	r.at = len(r.text) - len(strings.TrimLeftFunc(r.rest(), unicode.IsSpace))
}

// next goes over a byte, if it is the next one.
func (r *reader) next(b byte) bool {
	if strings.HasPrefix(r.rest(), string(b)) {
		r.at++
		return true
	}
	return false
}

// over goes over text and the space behind it, if it is the next.
func (r *reader) over(text string) bool {
	if !strings.HasPrefix(r.rest(), text) {
		return false
	}
	r.at += len(text)
	r.space()
	return true
}

// word goes over a key word, which ends where letters end.
func (r *reader) word(word string) bool {
	after, is := strings.CutPrefix(r.rest(), word)
	if next, _ := utf8.DecodeRuneInString(after); !is || unicode.IsLetter(next) {
		return false
	}
	return r.over(word)
}

// terms reads a pattern of terms up to the end.
func (r *reader) terms() ([]term, error) {
	var all []term
	for r.space(); r.at < len(r.text); r.space() {
		var t term
		if c := r.text[r.at]; c == '?' || c == '-' {
			t.kind = c
			r.at++
		}
		var err error
		if t.wanted, err = r.operand(isTermEnd); err != nil {
			return nil, err
		}
		all = append(all, t)
	}
	return all, nil
}

func isTermEnd(r rune) bool { return unicode.IsSpace(r) || r == '"' }

// braces reads a condition up to the closing brace, the first one being read.
func (r *reader) braces() (condition, error) {
	c, err := r.either()
	if err != nil {
		return nil, err
	}
	if !r.next('}') {
		return nil, errors.New("&&, || or the closing } is missing")
	}
	if r.space(); r.at < len(r.text) {
		return nil, errors.New("nothing can stand behind the closing }")
	}
	return c, nil
}

func (r *reader) either() (condition, error) {
	var list anyOf
	for {
		c, err := r.both()
		if err != nil {
			return nil, err
		}
		if list = append(list, c); !r.over("||") {
			return list, nil
		}
	}
}

func (r *reader) both() (condition, error) {
	var list all
	for {
		c, err := r.one()
		if err != nil {
			return nil, err
		}
		if list = append(list, c); !r.over("&&") {
			return list, nil
		}
	}
}

// one reads a test, or a condition in parentheses.
func (r *reader) one() (condition, error) {
	r.space()
	if !r.over("(") {
		return r.test()
	}
	if r.depth++; r.depth > maxDepth {
		return nil, fmt.Errorf("parentheses may be %d deep", maxDepth)
	}
	c, err := r.either()
	if err != nil {
		return nil, err
	}
	if !r.over(")") {
		return nil, errors.New("&&, || or the closing ) is missing")
	}
	r.depth--
	return c, nil
}

func (r *reader) test() (condition, error) {
	path, err := r.selector()
	if err != nil {
		return nil, err
	}
	r.space()
	t := test{path: path}
	switch {
	case r.word("NOT"):
		if !r.word("EXISTS") {
			return nil, errors.New("NOT is followed by EXISTS")
		}
		t.absent = true
		return t, nil
	case r.word("EXISTS"):
		t.fits = func(any) bool { return true }
		return t, nil
	case r.word("IS"):
		t.fits, err = r.is()
		return t, err
	}
	t.fits, err = r.comparison()
	return t, err
}

func (r *reader) is() (func(any) bool, error) {
	switch {
	case r.word("NULL"):
		return func(v any) bool { return v == nil }, nil
	case r.word("TRUE"):
		return func(v any) bool { return v == true }, nil
	case r.word("FALSE"):
		return func(v any) bool { return v == false }, nil
	}
	return nil, errors.New("IS is followed by NULL, TRUE or FALSE")
}

// selector reads what a test looks at.
func (r *reader) selector() ([]step, error) {
	if !r.next('$') {
		return nil, errors.New("a selector begins with $, such as $.Results")
	}
	var path []step
	for {
		dot := r.next('.')
		switch {
		case r.next('['):
			s, err := r.bracket()
			if err != nil {
				return nil, err
			}
			path = append(path, s)
		case dot && r.next('*'):
			path = append(path, step{kind: each})
		case dot:
			name := r.until(func(c rune) bool { return unicode.IsSpace(c) || strings.ContainsRune(`.[]=!<>&|(){}"'*%`, c) })
			if name == "" {
				return nil, errors.New("the name of a member is missing behind the dot")
			}
			path = append(path, step{name: name})
		default:
			return path, nil
		}
	}
}

// bracket reads a step in brackets, the first one being read.
func (r *reader) bracket() (s step, err error) {
	switch {
	case r.next('*'):
		s.kind = each
	case r.next('\''):
		s.name = r.until(func(c rune) bool { return c == '\'' })
		if !r.next('\'') {
			return s, errors.New("the closing ' is missing")
		}
	case r.next('"'):
		s.name, err = r.quoted()
	default:
		s.kind = element
		digits := r.until(func(c rune) bool { return c < '0' || c > '9' })
		if s.index, err = strconv.Atoi(digits); err != nil {
			return s, errors.New("a number, a name in quotes or * stands in brackets")
		}
	}
	if err == nil && !r.next(']') {
		err = errors.New("the closing ] is missing")
	}
	return s, err
}

// until goes on to the first character that ends says, and answers what it went
// over.
func (r *reader) until(ends func(rune) bool) string {
	rest := r.rest()
	n := strings.IndexFunc(rest, ends)
	if n < 0 {
		n = len(rest)
	}
	r.at += n
	return rest[:n]
}

// quoted reads text up to its closing quotation mark, the first one being read.
// A backslash stands before a quotation mark or a backslash that is meant.
func (r *reader) quoted() (string, error) {
	var text strings.Builder
	for r.at < len(r.text) {
		c := r.text[r.at]
		r.at++
		if c == '"' {
			return text.String(), nil
		}
		if c == '\\' && r.at < len(r.text) && strings.IndexByte(`"\`, r.text[r.at]) >= 0 {
			c = r.text[r.at]
			r.at++
		}
		text.WriteByte(c)
	}
	return "", errors.New(`the closing " is missing`)
}

// operand reads what is looked for: quoted, bare, or a regular expression.
func (r *reader) operand(ends func(rune) bool) (matcher, error) {
	switch {
	case r.next('%'):
		text := r.until(func(c rune) bool { return c == '%' })
		if !r.next('%') {
			return matcher{}, errors.New("the closing % of the regular expression is missing")
		}
		re, err := regexp.Compile(text)
		if err != nil {
			return matcher{}, fmt.Errorf("the regular expression cannot be read: %w", err)
		}
		return matcher{regexp: re}, nil
	case r.next('"'):
		text, err := r.quoted()
		return matcher{parts: strings.Split(text, "*")}, err
	}
	text := r.until(ends)
	if text == "" {
		return matcher{}, errors.New("something to look for is missing")
	}
	return matcher{parts: strings.Split(text, "*")}, nil
}

// comparison reads an operator and what is compared with.
func (r *reader) comparison() (func(any) bool, error) {
	for _, operator := range []string{"<=", ">=", "<", ">"} {
		if r.over(operator) {
			return r.numeric(operator)
		}
	}
	negate := r.over("!=")
	if !negate && !r.over("=") {
		return nil, errors.New("an operator is missing: =, !=, <, <=, >, >=, IS, EXISTS or NOT EXISTS")
	}
	begin := r.at
	m, err := r.operand(isOperandEnd)
	if err != nil {
		return nil, err
	}
	want, isNumber := number(r.text[begin:r.at])
	r.space()
	return func(v any) bool {
		text, ok := scalarText(v)
		if !ok {
			return false
		}
		same := m.whole(text)
		if got, both := number(v); isNumber && both {
			same = same || got == want
		}
		return same != negate
	}, nil
}

func isOperandEnd(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(`(){}&|="<>`, r) }

func (r *reader) numeric(operator string) (func(any) bool, error) {
	want, ok := number(r.until(isOperandEnd))
	if !ok {
		return nil, fmt.Errorf("%s compares numbers; a number is missing", operator)
	}
	r.space()
	return func(v any) bool {
		got, ok := number(v)
		switch {
		case !ok:
			return false
		case operator == "<=":
			return got <= want
		case operator == ">=":
			return got >= want
		case operator == "<":
			return got < want
		}
		return got > want
	}, nil
}
