package admin

import (
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"tandem/auth"
)

// DocumentPath is where the API's description is served, to anybody.
const DocumentPath = "/admin/openapi.json"

const description = "What Amazon Connect has no operation for: connected systems with their mappings and rules, who an agent is in them, what each of them shows, " +
	"notices, who changed what, health, and erasure. Secrets go in and never come out."

// errorTexts say what a status of a refusal means.
var errorTexts = map[int]string{
	http.StatusBadRequest:          "Something in the request is wrong; the field says what.",
	http.StatusUnauthorized:        "The token is missing, or is none (any more).",
	http.StatusForbidden:           "The key's role does not have the permission.",
	http.StatusNotFound:            "What the path names is not there.",
	http.StatusConflict:            "It disagrees with what is there.",
	http.StatusInternalServerError: "Something went wrong here; the server's log says what.",
	http.StatusServiceUnavailable:  "The server or the connected system is busy; try again after Retry-After.",
}

var documentOnce = sync.OnceValue(func() []byte {
	b, err := json.MarshalIndent(describe(operations()), "", "  ")
	if err != nil {
		panic("the description of the admin API: " + err.Error()) // only texts, lists and objects
	}
	return append(b, '\n')
})

// Document is the API's description (OpenAPI 3.1), as JSON.
func Document() []byte { return documentOnce() }

func serveDocument(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-cache")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		writeError(w, http.StatusMethodNotAllowed, "", "use GET")
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(Document()) // a caller who has gone is not our concern
}

// describe makes the description of operations.
func describe(all []operation) object {
	s := &schemas{known: object{}, visited: map[string]bool{}}
	paths := map[string]object{}
	for i := range all {
		o := &all[i]
		if paths[o.path] == nil {
			paths[o.path] = object{}
		}
		paths[o.path][strings.ToLower(o.method)] = o.describe(s)
	}
	refusal := s.of(reflect.TypeFor[refusalJSON](), false)
	responses := object{}
	for status, text := range errorTexts {
		responses[strconv.Itoa(status)] = object{"description": text, "content": object{"application/json": object{"schema": refusal}}}
	}
	return object{
		"openapi": "3.1.0", "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
		"info":     object{"title": "Tandem admin API", "version": "1", "description": description},
		"servers":  []object{{"url": "/", "description": "The server that this description comes from."}},
		"paths":    paths,
		"security": []object{{"token": []string{}}},
		"components": object{
			"schemas": s.known, "responses": responses,
			"securitySchemes": object{"token": object{"type": "http", "scheme": "bearer", "description": "The admin token, or the token of a key."}},
		},
	}
}

var pathParameter = regexp.MustCompile(`\{(\w+)\}`)

func (o *operation) describe(s *schemas) object {
	parameters := []object{}
	for _, name := range pathParameter.FindAllStringSubmatch(o.path, -1) {
		parameters = append(parameters, object{
			"name": name[1], "in": "path", "required": true, "description": docOfID(name[1]), "schema": object{"type": "string", "format": "uuid"},
		})
	}
	for _, p := range o.parameters {
		kind := object{"type": "string"}
		if p.integer {
			kind = object{"type": "integer", "minimum": 1}
		}
		parameters = append(parameters, object{"name": p.name, "in": "query", "description": p.doc, "schema": kind})
	}
	responses := object{"200": object{"description": "It was done.", "content": object{"application/json": object{"schema": s.of(o.out, false)}}}}
	for _, status := range o.errors() {
		responses[strconv.Itoa(status)] = object{"$ref": "#/components/responses/" + strconv.Itoa(status)}
	}
	needs := fmt.Sprintf("Needs the permission %s (%s).", o.permission, anyOf(auth.WhoMay(o.permission)))
	d := object{
		"operationId": o.id, "summary": o.summary, "description": strings.TrimSpace(o.details + " " + needs), "x-permission": o.permission,
		"parameters": parameters, "responses": responses, "tags": []string{o.tag()},
	}
	content := object{}
	if o.in != nil {
		content["application/json"] = object{"schema": s.of(o.in, true)}
	}
	for _, kind := range o.accepts {
		content[kind] = object{}
	}
	if len(content) > 0 {
		d["requestBody"] = object{"required": true, "content": content}
	}
	return d
}

// docOfID says what an id of a path is.
func docOfID(name string) string {
	for _, id := range (&request{}).pathIDs() {
		if id.name == name {
			return id.doc
		}
	}
	return ""
}

// tag groups operations by what they are about.
func (o *operation) tag() string {
	for _, group := range []struct{ part, tag string }{
		{"/rules", "Rules"}, {"/links", "Agents"}, {"/agents", "Agents"}, {"/systems", "Systems"}, {"/keys", "Keys and audit"}, {"/audit", "Keys and audit"},
		{"/notices", "Notices"}, {"/erase", "Erasure"}, {"/presence", "Presence"}, {"/why", "Presence"}, {"{instanceId}", "Contact center"},
	} {
		if strings.Contains(o.path, group.part) {
			return group.tag
		}
	}
	return "Server"
}
