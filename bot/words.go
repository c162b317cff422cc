package bot

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// words are the words of a text in lower case, without punctuation.
func words(text string) []string {
	return strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsNumber(r) && !unicode.IsMark(r) && r != '*' && r != '#'
	})
}

// contains reports whether the words of a phrase follow each other in said.
func contains(said, phrase []string) bool {
	for i := 0; i+len(phrase) <= len(said); i++ {
		if slices.Equal(said[i:i+len(phrase)], phrase) {
			return len(phrase) > 0
		}
	}
	return false
}

// pick is the entry of a locale: its own, else one of the same language, the
// first by name, else the default's.
func pick[T any](by map[string]T, locale, fallback string) T {
	if v, ok := by[locale]; ok {
		return v
	}
	language, _, _ := strings.Cut(locale, "_")
	for _, name := range sorted(by) {
		if strings.HasPrefix(name, language+"_") {
			return by[name]
		}
	}
	return by[fallback]
}

func sorted[T any](by map[string]T) []string {
	names := make([]string, 0, len(by))
	for name := range by {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// The usual words of some languages.
var (
	yesWords = map[string][]string{
		"en": {"yes", "yeah", "yep", "correct", "right", "sure"}, "de": {"ja", "jawohl", "genau", "richtig", "stimmt"},
		"es": {"sí", "si", "correcto", "claro"}, "fr": {"oui", "exact", "correct"},
	}
	noWords = map[string][]string{
		"en": {"no", "nope", "not", "wrong"}, "de": {"nein", "nicht", "falsch"}, "es": {"no", "incorrecto"}, "fr": {"non", "pas", "faux"},
	}
	numberWords = map[string][]string{ // from zero
		"en": {"zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"},
		"de": {"null", "eins", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun", "zehn", "elf", "zwölf"},
		"es": {"cero", "uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve", "diez", "once", "doce"},
		"fr": {"zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix", "onze", "douze"},
	}
)

// yesOrNo reads a yes (1 on the keypad) or a no (2). A no wins: "no, that is
// not right".
func (s *Script) yesOrNo(said []string, locale string) (yes, understood bool) {
	language, _, _ := strings.Cut(locale, "_")
	hears := func(usual, own []string, key string) bool {
		return slices.Equal(said, []string{key}) || slices.ContainsFunc(slices.Concat(usual, own), func(w string) bool { return contains(said, words(w)) })
	}
	if hears(noWords[language], pick(s.No, locale, s.DefaultLocale), "2") {
		return false, true
	}
	yes = hears(yesWords[language], pick(s.Yes, locale, s.DefaultLocale), "1")
	return yes, yes
}

// value reads what was said as the slot's value, in its plain form.
func (s *Script) value(slot *Slot, text, locale string) (string, bool) {
	said := words(text)
	switch slot.Type {
	case "digits":
		digits := strings.Join(inDigits(said, locale), "")
		return digits, onlyDigits(digits) && len(digits) >= max(1, slot.Min) && (slot.Max == 0 || len(digits) <= slot.Max)
	case "number":
		return number(slot, inDigits(said, locale))
	case "yes_no":
		yes, understood := s.yesOrNo(said, locale)
		return map[bool]string{true: "yes", false: "no"}[yes], understood
	case "choice":
		return s.choice(slot, said, locale)
	case "date":
		at, err := time.Parse("20060102", strings.Join(said, ""))
		return at.Format(time.DateOnly), err == nil
	}
	return strings.TrimSpace(text), len(said) > 0
}

// inDigits writes number words as digits.
func inDigits(said []string, locale string) []string {
	language, _, _ := strings.Cut(locale, "_")
	out := slices.Clone(said)
	for i, w := range out {
		if n := slices.Index(numberWords[language], w); n >= 0 {
			out[i] = strconv.Itoa(n)
		}
	}
	return out
}

func onlyDigits(text string) bool { return text != "" && strings.Trim(text, "0123456789") == "" }

// number finds the one number that was said.
func number(slot *Slot, said []string) (string, bool) {
	found := slices.DeleteFunc(said, func(w string) bool { return !onlyDigits(w) })
	if len(found) != 1 {
		return "", false
	}
	n, err := strconv.Atoi(found[0])
	return strconv.Itoa(n), err == nil && n >= slot.Min && (slot.Max == 0 || n <= slot.Max)
}

// choice finds the value with the longest words that were said.
func (s *Script) choice(slot *Slot, said []string, locale string) (value string, understood bool) {
	longest := 0
	for _, c := range slot.Choices {
		if c.Digits != "" && slices.Equal(said, []string{c.Digits}) {
			return c.Value, true
		}
		for _, w := range append([]string{c.Value}, pick(c.Words, locale, s.DefaultLocale)...) {
			if phrase := words(w); len(phrase) > longest && contains(said, phrase) {
				value, longest = c.Value, len(phrase)
			}
		}
	}
	return value, longest > 0
}
