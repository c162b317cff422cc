package flow

import (
	"strconv"
	"testing"

	"pgregory.net/rapid"
)

func TestConditionsHold(t *testing.T) {
	cases := []struct {
		operator, value, operand string
		want                     bool
	}{
		{Equals, "a", "a", true},
		{Equals, "a", "A", false},
		{Equals, "1", "1.0", false},
		{TextStartsWith, "+4930", "+49", true},
		{TextStartsWith, "+49", "+4930", false},
		{TextEndsWith, "abc", "bc", true},
		{TextEndsWith, "abc", "ab", false},
		{TextContains, "abc", "b", true},
		{TextContains, "abc", "d", false},
		{NumberGreaterThan, "10", "9", true},
		{NumberGreaterThan, "9", "9", false},
		{NumberGreaterOrEqualTo, "9.0", "9", true},
		{NumberGreaterOrEqualTo, "8.99", "9", false},
		{NumberLessThan, "-10", "-9", true},
		{NumberLessThan, "-0", "0", false},
		{NumberLessOrEqualTo, "007", "7", true},
		{NumberLessOrEqualTo, "0.30", "0.3", true},
		{NumberLessOrEqualTo, "0.31", "0.3", false},
		{NumberLessThan, "", "1", false},
		{NumberLessThan, "few", "1", false},
		{NumberLessThan, "1e3", "5000", false},
		{NumberLessThan, "-", "1", false},
		{NumberLessThan, ".", "1", false},
		{NumberLessThan, "--1", "1", false},
		{NumberLessThan, "-+1", "1", false},
		{NumberGreaterThan, "99999999999999999999999999999999", "1", true},
		{"Like", "a", "a", false},
	}
	for _, c := range cases {
		if got := holds(c.operator, c.value, c.operand); got != c.want {
			t.Errorf("%s %q %q: got %v", c.operator, c.value, c.operand, got)
		}
	}
}

func TestNumbersCompareLikeIntegers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.Int64().Draw(t, "a"), rapid.Int64().Draw(t, "b")
		order, ok := compareNumbers(strconv.FormatInt(a, 10), strconv.FormatInt(b, 10))
		if !ok || (order < 0) != (a < b) || (order > 0) != (a > b) {
			t.Fatalf("%d and %d: order %d, %v", a, b, order, ok)
		}
	})
}
