package flow

import "strings"

// The operators of conditions (Amazon Connect Flow language: Actions).
const (
	Equals                 = "Equals"
	TextStartsWith         = "TextStartsWith"
	TextEndsWith           = "TextEndsWith"
	TextContains           = "TextContains"
	NumberGreaterThan      = "NumberGreaterThan"
	NumberGreaterOrEqualTo = "NumberGreaterOrEqualTo"
	NumberLessThan         = "NumberLessThan"
	NumberLessOrEqualTo    = "NumberLessOrEqualTo"
)

const (
	numberOperatorPrefix   = "Number"
	maxComparedNumberBytes = 64
)

// Operators lists every operator.
func Operators() []string {
	return []string{Equals, TextStartsWith, TextEndsWith, TextContains,
		NumberGreaterThan, NumberGreaterOrEqualTo, NumberLessThan, NumberLessOrEqualTo}
}

// Holds says whether value stands in the operator's relation to operand, as in the
// conditions of flows. An unknown operator never holds.
func Holds(operator, value, operand string) bool { return holds(operator, value, operand) }

// holds says whether value stands in the operator's relation to operand. Text is
// compared with regard to case. A number operator never holds for what is not a number.
func holds(operator, value, operand string) bool {
	switch operator {
	case Equals:
		return value == operand
	case TextStartsWith:
		return strings.HasPrefix(value, operand)
	case TextEndsWith:
		return strings.HasSuffix(value, operand)
	case TextContains:
		return strings.Contains(value, operand)
	}
	order, ok := compareNumbers(value, operand)
	if !ok {
		return false
	}
	switch operator {
	case NumberGreaterThan:
		return order > 0
	case NumberGreaterOrEqualTo:
		return order >= 0
	case NumberLessThan:
		return order < 0
	case NumberLessOrEqualTo:
		return order <= 0
	}
	return false
}

// decimal is a number as its digits, so that comparing is exact.
type decimal struct {
	negative        bool
	whole, fraction string // without leading and trailing zeros
}

// readDecimal reads an optional sign, digits and an optional fraction, at most
// maxComparedNumberBytes.
func readDecimal(text string) (decimal, bool) {
	text = strings.TrimSpace(text)
	if len(text) > maxComparedNumberBytes {
		return decimal{}, false
	}
	unsigned := strings.TrimPrefix(text, "-")
	d := decimal{negative: unsigned != text}
	if !d.negative {
		unsigned = strings.TrimPrefix(text, "+")
	}
	whole, fraction, _ := strings.Cut(unsigned, ".")
	if whole+fraction == "" || !allDigits(whole) || !allDigits(fraction) {
		return decimal{}, false
	}
	d.whole, d.fraction = strings.TrimLeft(whole, "0"), strings.TrimRight(fraction, "0")
	if d.whole == "" && d.fraction == "" {
		d.negative = false
	}
	return d, true
}

func allDigits(text string) bool {
	for i := range len(text) {
		if !isDigit(text[i]) {
			return false
		}
	}
	return true
}

// compareNumbers orders two decimal numbers; ok is false if one is not a number.
func compareNumbers(a, b string) (order int, ok bool) {
	x, okX := readDecimal(a)
	y, okY := readDecimal(b)
	if !okX || !okY {
		return 0, false
	}
	if x.negative != y.negative {
		if x.negative {
			return -1, true
		}
		return 1, true
	}
	order = x.compareMagnitude(y)
	if x.negative {
		order = -order
	}
	return order, true
}

func (d decimal) compareMagnitude(other decimal) int {
	if len(d.whole) != len(other.whole) {
		if len(d.whole) < len(other.whole) {
			return -1
		}
		return 1
	}
	if order := strings.Compare(d.whole, other.whole); order != 0 {
		return order
	}
	return strings.Compare(d.fraction, other.fraction)
}
