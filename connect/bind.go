package connect

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"reflect"
	"strconv"
	"strings"
)

// readRequest fills the request structure in points to from body, labels,
// query and headers, and checks it.
func readRequest(in any, body []byte, labels map[string]string, r *http.Request) *fault {
	if f := readBody(in, body); f != nil {
		return f
	}
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return malformed("The query string is malformed: escape special characters with %%XX.")
	}
	v := reflect.ValueOf(in).Elem()
	for i := range v.NumField() {
		field := v.Type().Field(i)
		if f := readField(v.Field(i), field, sources(field.Tag, labels, query, r.Header)); f != nil {
			return f
		}
	}
	return checkFields(v, "")
}

// sources are the texts that the request has for a member outside the body.
func sources(tag reflect.StructTag, labels map[string]string, query url.Values, header http.Header) []string {
	if name := tag.Get("uri"); name != "" {
		return []string{labels[name]}
	}
	if name := tag.Get("query"); name != "" {
		return query[name]
	}
	if name := tag.Get("header"); name != "" {
		return header.Values(name)
	}
	return nil
}

// readField sets a member from texts. A member that is not a list takes one.
func readField(v reflect.Value, field reflect.StructField, texts []string) *fault {
	if len(texts) == 0 {
		return nil
	}
	if v.Kind() != reflect.Slice {
		if len(texts) > 1 {
			return malformed("%s must be given once.", field.Name)
		}
		v.Set(reflect.New(v.Type().Elem()))
		return readText(v.Elem(), field.Name, texts[0])
	}
	v.Set(reflect.MakeSlice(v.Type(), len(texts), len(texts)))
	for i, text := range texts {
		if f := readText(v.Index(i), field.Name, text); f != nil {
			return f
		}
	}
	return nil
}

func readText(v reflect.Value, name, text string) *fault {
	if t, ok := v.Addr().Interface().(*EpochTime); ok {
		at, err := http.ParseTime(text)
		if err != nil {
			return malformed("%s must be a date such as %q.", name, http.TimeFormat)
		}
		t.Time = at.UTC()
		return nil
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(text)
	case reflect.Int32, reflect.Int64:
		n, err := strconv.ParseInt(text, 10, v.Type().Bits())
		if err != nil {
			return malformed("%s must be a whole number of at most %d bits.", name, v.Type().Bits())
		}
		v.SetInt(n)
	case reflect.Bool:
		if text != "true" && text != "false" {
			return malformed("%s must be true or false.", name)
		}
		v.SetBool(text == "true")
	default:
		return malformed("%s cannot be given outside the body.", name)
	}
	return nil
}

// readBody reads the members that travel in the body. Members that the model
// does not have are passed over.
func readBody(in any, body []byte) *fault {
	if len(body) == 0 {
		return nil
	}
	err := json.Unmarshal(body, in)
	if err == nil {
		return nil
	}
	if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		if wrong.Field == "" {
			return malformed("The body must be a JSON object.")
		}
		got, _, _ := strings.Cut(wrong.Value, " ") // "number 1.5": leave the value out
		return malformed("%s must be %s, not a JSON %s.", wrong.Field, jsonKind(wrong.Type), got)
	}
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		return malformed("The body is not valid JSON at byte %d.", syntax.Offset)
	}
	return malformed("The body cannot be read: %v.", err)
}

// jsonKind is what JSON calls the values of a Go type.
func jsonKind(t reflect.Type) string {
	switch t.Kind() {
	case reflect.String:
		return "a string"
	case reflect.Int32, reflect.Int64:
		return "a whole number of at most " + strconv.Itoa(t.Bits()) + " bits"
	case reflect.Float64:
		return "a number"
	case reflect.Bool:
		return "true or false"
	case reflect.Slice:
		return "an array"
	}
	return "an object"
}
