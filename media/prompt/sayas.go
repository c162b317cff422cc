package prompt

import (
	"slices"
	"strconv"
	"strings"
)

// sayAs is a say-as tag (Amazon Polly Developer Guide: Controlling how special
// types of words are spoken).
type sayAs struct{ interpretAs, format string }

func (a sayAs) spells() bool { return a.interpretAs == "characters" || a.interpretAs == "spell-out" }

// words writes the text out so that any engine speaks it as meant. Words are
// English; in other languages the parts are spoken one after the other. A text
// that is not of the kind is spoken as it is.
func (a sayAs) words(text, lang string) string {
	english := lang == "" || strings.HasPrefix(strings.ToLower(lang), "en")
	switch a.interpretAs {
	case "cardinal", "number":
		return strings.ReplaceAll(text, ",", "")
	case "digits":
		return spaced(text)
	case "telephone":
		return telephone(text)
	case "ordinal":
		return ordinal(text, english)
	case "fraction":
		return fraction(text, english)
	case "unit":
		return unit(text, english)
	case "date":
		return date(text, a.format, english)
	case "time":
		return clock(text, english)
	case "expletive":
		return "beep"
	}
	return text
}

// spaced puts a space between all digits.
func spaced(text string) string {
	var parts []string
	for _, r := range text {
		if r >= '0' && r <= '9' {
			parts = append(parts, string(r))
		}
	}
	if len(parts) == 0 {
		return text
	}
	return strings.Join(parts, " ")
}

// telephone speaks digits one by one, with a short pause where they are grouped.
func telephone(text string) string {
	groups := strings.FieldsFunc(text, func(r rune) bool { return r < '0' || r > '9' })
	if len(groups) == 0 {
		return text
	}
	for i := range groups {
		groups[i] = spaced(groups[i])
	}
	return strings.Join(groups, ", ")
}

func ordinal(text string, english bool) string {
	n, err := strconv.Atoi(strings.TrimSpace(text))
	if err != nil || n < 0 || !english {
		return text
	}
	suffix := "th"
	if n%100 < 11 || n%100 > 13 {
		switch n % 10 {
		case 1:
			suffix = "st"
		case 2:
			suffix = "nd"
		case 3:
			suffix = "rd"
		}
	}
	return strconv.Itoa(n) + suffix
}

// fraction reads "3/8" and "1+1/2".
func fraction(text string, english bool) string {
	whole, part, mixed := strings.Cut(text, "+")
	if !mixed {
		whole, part = "", text
	}
	over, under, ok := strings.Cut(part, "/")
	if !ok || !isDigits(over) || !isDigits(under) || mixed && !isDigits(whole) {
		return text
	}
	and, spoken := " and ", over+" over "+under
	switch {
	case !english:
		and, spoken = " + ", over+" / "+under
	case over == "1" && under == "2":
		spoken = "a half"
	case under == "4" && over == "1":
		spoken = "a quarter"
	case under == "4":
		spoken = over + " quarters"
	}
	if mixed {
		return whole + and + spoken
	}
	return spoken
}

func isDigits(text string) bool { return text != "" && strings.Trim(text, "0123456789") == "" }

var unitWords = map[string]string{
	"mm": "millimeters", "cm": "centimeters", "m": "meters", "km": "kilometers", "in": "inches", "ft": "feet", "yd": "yards", "mi": "miles",
	"g": "grams", "kg": "kilograms", "lb": "pounds", "oz": "ounces", "ml": "milliliters", "l": "liters", "s": "seconds", "min": "minutes", "h": "hours",
	"mph": "miles per hour", "km/h": "kilometers per hour", "C": "degrees Celsius", "F": "degrees Fahrenheit", "%": "percent",
}

// unit reads "10kg" and "1/2inch".
func unit(text string, english bool) string {
	at := strings.IndexFunc(text, func(r rune) bool { return !strings.ContainsRune("0123456789./,+", r) })
	if at <= 0 {
		return text
	}
	number, name := text[:at], strings.TrimSpace(text[at:])
	if word := unitWords[name]; word != "" && english {
		name = word
		if number == "1" {
			name = strings.TrimSuffix(name, "s")
		}
	}
	if strings.Contains(number, "/") {
		number = fraction(number, english)
	}
	return number + " " + name
}

var monthNames = []string{"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"}

// date reads a date with any separator, or yyyymmdd, in which ? leaves out.
func date(text, format string, english bool) string {
	format = strings.ToLower(format)
	parts := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune("/-. ", r) })
	if (format == "yyyymmdd" || format == "") && len(parts) == 1 && len(text) == 8 {
		format, parts = "ymd", []string{text[:4], text[4:6], text[6:]}
	}
	if format == "" {
		format = "mdy"
	}
	known := strings.Trim(format, "ymd") == "" && len(format) == len(parts)
	for _, part := range parts {
		known = known && (isDigits(part) || strings.Trim(part, "?") == "")
	}
	if !known {
		return text
	}
	values := map[byte]string{}
	for i := range parts {
		if isDigits(parts[i]) {
			values[format[i]] = parts[i]
		}
	}
	return spokenDate(values['y'], values['m'], values['d'], english)
}

func spokenDate(year, month, day string, english bool) string {
	number, _ := strconv.Atoi(month)
	if !english || number > len(monthNames) {
		return strings.Join(slices.DeleteFunc([]string{day, month, year}, func(s string) bool { return s == "" }), " ")
	}
	var spoken []string
	if number > 0 {
		spoken = append(spoken, monthNames[number-1])
	}
	if day != "" {
		spoken = append(spoken, ordinal(day, true))
	}
	text := strings.Join(spoken, " ")
	switch {
	case year == "":
		return text
	case text == "":
		return year
	}
	return text + ", " + year
}

// clock reads a duration such as 1'21".
func clock(text string, english bool) string {
	minutes, rest, ok := strings.Cut(text, "'")
	seconds := strings.TrimSuffix(rest, `"`)
	if !ok || !isDigits(minutes) || seconds != "" && !isDigits(seconds) {
		return text
	}
	spoken := counted(minutes, "minute", english)
	if seconds != "" {
		spoken += " " + counted(seconds, "second", english)
	}
	return spoken
}

func counted(number, word string, english bool) string {
	switch {
	case !english:
		return number
	case number == "1":
		return number + " " + word
	}
	return number + " " + word + "s"
}
