package connect

import (
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// enum is implemented by every generated enumeration.
type enum interface {
	Valid() bool
	Values() []string
}

// union is implemented by every generated union.
type union interface{ isUnion() }

// mostValuesNamed is how many values of an enumeration a message lists.
const mostValuesNamed = 20

// checkFields checks the members of a structure against the model. Messages
// name the member and the limit, never the value, which may be personal.
func checkFields(v reflect.Value, path string) *fault {
	members := 0
	for i := range v.NumField() {
		field := v.Type().Field(i)
		name := path + field.Name
		if v.Field(i).IsZero() {
			if field.Tag.Get("required") != "" {
				return malformed("%s is required.", name)
			}
			continue
		}
		members++
		if f := checkValue(v.Field(i), limitsByShape[field.Tag.Get("limit")], name); f != nil {
			return f
		}
	}
	if _, ok := v.Interface().(union); ok && members != 1 {
		return malformed("%s must have exactly one of its members.", strings.TrimSuffix(path, "."))
	}
	return nil
}

func checkValue(v reflect.Value, l limit, name string) *fault {
	switch v.Kind() {
	case reflect.Pointer:
		return checkValue(v.Elem(), l, name)
	case reflect.String:
		return checkText(v, l, name)
	case reflect.Int32, reflect.Int64:
		return l.checkRange(float64(v.Int()), name, "be", "")
	case reflect.Float64:
		return l.checkRange(v.Float(), name, "be", "")
	case reflect.Slice:
		return checkList(v, l, name)
	case reflect.Map:
		return checkMap(v, l, name)
	case reflect.Struct:
		switch v.Interface().(type) {
		case EpochTime, ISOTime:
			return nil
		}
		return checkFields(v, name+".")
	}
	return nil
}

func checkText(v reflect.Value, l limit, name string) *fault {
	if e, ok := v.Interface().(enum); ok && !e.Valid() {
		values := e.Values()
		if len(values) > mostValuesNamed {
			return outOfRange("%s must be a value of %s.", name, v.Type().Name())
		}
		return outOfRange("%s must be one of %s.", name, strings.Join(values, ", "))
	}
	n := utf8.RuneCountInString(v.String())
	if f := l.checkRange(float64(n), name, "have", " character"); f != nil {
		return f
	}
	if l.match != nil && !l.match(v.String()) {
		return outOfRange("%s has characters or a form that are not allowed.", name)
	}
	return nil
}

func checkList(v reflect.Value, l limit, name string) *fault {
	if f := l.checkRange(float64(v.Len()), name, "have", " item"); f != nil {
		return f
	}
	for i := range v.Len() {
		if f := checkValue(v.Index(i), limitsByShape[l.element], name+"["+strconv.Itoa(i)+"]"); f != nil {
			return f
		}
	}
	return nil
}

func checkMap(v reflect.Value, l limit, name string) *fault {
	if f := l.checkRange(float64(v.Len()), name, "have", " item"); f != nil {
		return f
	}
	keys := v.MapKeys()
	slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(a.String(), b.String()) })
	for _, key := range keys {
		if f := checkValue(key, limitsByShape[l.key], "A key of "+name); f != nil {
			return f
		}
		if f := checkValue(v.MapIndex(key), limitsByShape[l.element], "A value of "+name); f != nil {
			return f
		}
	}
	return nil
}

// checkRange checks a value or a length; verb and unit make the sentence.
func (l limit) checkRange(got float64, name, verb, unit string) *fault {
	if l.min != nil && got < *l.min {
		return outOfRange("%s must %s at least %s.", name, verb, quantity(*l.min, unit))
	}
	if l.max != nil && got > *l.max {
		return outOfRange("%s must %s at most %s.", name, verb, quantity(*l.max, unit))
	}
	return nil
}

// quantity is a number and its unit, which may be empty.
func quantity(n float64, unit string) string {
	if unit != "" && n != 1 {
		unit += "s"
	}
	return strconv.FormatFloat(n, 'f', -1, 64) + unit
}
