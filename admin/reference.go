package admin

import (
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"tandem/auth"
)

// Reference is the API's description as a page in Markdown.
func Reference() string {
	var b strings.Builder
	fmt.Fprintf(&b, "# The admin API\n\n%s\n\n", description)
	b.WriteString("This page is made from the code: `go test ./admin -run Document -update` makes it again. The same as OpenAPI 3.1 is served at `" + DocumentPath +
		"` and stands in [admin-api.json](admin-api.json).\n\n")
	b.WriteString("Requests carry `Authorization: Bearer` with the admin token, or with the token of a key. A refusal is\n" +
		"`{\"error\":{\"field\":\"name\",\"message\":\"...\"}}`. Bodies are JSON objects without unknown fields. Times are RFC 3339, ids are UUIDs; an empty id is none.\n\n")
	writeRoles(&b)
	all := operations()
	b.WriteString("## Errors\n\n| status | meaning |\n|---|---|\n")
	for status := http.StatusBadRequest; status < 600; status++ {
		if text := errorTexts[status]; text != "" {
			fmt.Fprintf(&b, "| %d | %s |\n", status, text)
		}
	}
	var tags []string
	for i := range all {
		if tag := all[i].tag(); !slices.Contains(tags, tag) {
			tags = append(tags, tag)
		}
	}
	types := &typeTables{}
	for _, tag := range tags {
		fmt.Fprintf(&b, "\n## %s\n", tag)
		for i := range all {
			if all[i].tag() == tag {
				types.writeOperation(&b, &all[i])
			}
		}
	}
	b.WriteString("\n## Bodies and answers\n\nIn a body only fields marked with * are needed. In an answer those marked with ? may be left out.\n")
	for i := 0; i < len(types.order); i++ { // grows while it is written
		types.write(&b, types.order[i])
	}
	return b.String()
}

func writeRoles(b *strings.Builder) {
	b.WriteString("## Roles\n\nThe admin token is an administrator.\n\n| role | permissions |\n|---|---|\n")
	for _, r := range auth.Roles {
		var names []string
		for _, p := range r.Permissions() {
			names = append(names, "`"+string(p)+"`")
		}
		fmt.Fprintf(b, "| `%s` | %s |\n", r, strings.Join(names, " "))
	}
	b.WriteString("\n")
}

// typeTables are the types that the page describes.
type typeTables struct{ order []typeTable }

type typeTable struct {
	of   reflect.Type
	body bool
}

func (t *typeTables) writeOperation(b *strings.Builder, o *operation) {
	fmt.Fprintf(b, "\n### %s %s\n\n%s", o.method, o.path, o.summary)
	if o.details != "" {
		b.WriteString(" " + o.details)
	}
	fmt.Fprintf(b, "\n\nPermission `%s`.", o.permission)
	for _, p := range o.parameters {
		fmt.Fprintf(b, " `?%s=` %s", p.name, p.doc)
	}
	if o.in != nil {
		b.WriteString(" Body: " + t.name(o.in, true) + ".")
	}
	if len(o.accepts) > 0 {
		b.WriteString(" Body: a file as " + strings.Join(o.accepts, " or ") + ".")
	}
	var errors []string
	for _, status := range o.errors() {
		errors = append(errors, strconv.Itoa(status))
	}
	slices.Sort(errors)
	fmt.Fprintf(b, " Answer: %s. Errors: %s.\n", t.name(o.out, false), strings.Join(errors, ", "))
}

// name is what a type is called, and makes sure that it is described.
func (t *typeTables) name(of reflect.Type, body bool) string {
	switch of.Kind() {
	case reflect.Pointer:
		return t.name(of.Elem(), body)
	case reflect.Struct:
		if table := (typeTable{of, body}); !slices.Contains(t.order, table) {
			t.order = append(t.order, table)
		}
		name := schemaName(of, body)
		return "[" + name + "](#" + strings.ToLower(name) + ")"
	}
	schema := (&schemas{known: object{}, visited: map[string]bool{}}).of(of, body)
	switch {
	case schema["pattern"] != nil:
		return "id"
	case of.Kind() == reflect.Slice && schema["type"] == "array":
		return "list of " + t.name(of.Elem(), body)
	case of.Kind() == reflect.Map:
		return "object of " + t.name(of.Elem(), body)
	case of.Kind() == reflect.String:
		return "text"
	}
	return fmt.Sprint(schema["type"])
}

func (t *typeTables) write(b *strings.Builder, table typeTable) {
	fmt.Fprintf(b, "\n### %s\n\n| field | type | meaning |\n|---|---|---|\n", schemaName(table.of, table.body))
	for i := range table.of.NumField() {
		f := table.of.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		mark := ""
		switch {
		case table.body && f.Tag.Get("need") == "true":
			mark = "*"
		case !table.body && options == "omitempty":
			mark = "?"
		}
		doc := f.Tag.Get("doc")
		if values := f.Tag.Get("enum"); values != "" {
			doc += " One of: " + strings.Join(strings.Split(strings.TrimPrefix(values, ","), ","), ", ") + "."
		}
		fmt.Fprintf(b, "| `%s`%s | %s | %s |\n", name, mark, t.name(f.Type, table.body), doc)
	}
}
