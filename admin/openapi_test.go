package admin

import (
	"bytes"
	"encoding/json"
	"flag"
	"net/http"
	"net/http/httptest"
	"os"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

var update = flag.Bool("update", false, "write docs/admin-api.json and docs/admin-api.md anew")

// TestDocumentAndReferenceAreUpToDate holds that the pages are made from the
// code as it is.
func TestDocumentAndReferenceAreUpToDate(t *testing.T) {
	for path, want := range map[string]string{"../docs/admin-api.json": string(Document()), "../docs/admin-api.md": Reference()} {
		if *update {
			if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if got, err := os.ReadFile(path); err != nil || string(got) != want {
			t.Errorf("%s is out of date (%v); run: go test ./admin -run Document -update", path, err)
		}
	}
}

// TestEveryOperationAndEveryFieldIsDescribed holds that nothing of a body or
// an answer is without a meaning.
func TestEveryOperationAndEveryFieldIsDescribed(t *testing.T) {
	ids := map[string]bool{}
	for _, o := range operations() {
		where := o.method + " " + o.path
		if !strings.HasSuffix(o.summary, ".") || o.id == "" || ids[o.id] || o.permission == "" || o.out == nil {
			t.Errorf("%s lacks a summary, an id of its own, a permission or an answer", where)
		}
		ids[o.id] = true
		for _, name := range pathParameter.FindAllStringSubmatch(o.path, -1) {
			if docOfID(name[1]) == "" {
				t.Errorf("%s: nothing says what %s is", where, name[1])
			}
		}
		checkFields(t, where, o.out, map[reflect.Type]bool{})
		if o.in != nil {
			checkFields(t, where, o.in, map[reflect.Type]bool{})
		}
	}
}

func checkFields(t *testing.T, where string, of reflect.Type, seen map[reflect.Type]bool) {
	for of.Kind() == reflect.Pointer || of.Kind() == reflect.Slice || of.Kind() == reflect.Map {
		of = of.Elem()
	}
	if of.Kind() == reflect.Interface {
		t.Errorf("%s: %s says nothing about what is in it", where, of)
	}
	if of.Kind() != reflect.Struct || seen[of] {
		return
	}
	seen[of] = true
	for i := range of.NumField() {
		f := of.Field(i)
		if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); name == "" || !strings.HasSuffix(f.Tag.Get("doc"), ".") {
			t.Errorf("%s: %s.%s lacks a name or a sentence that describes it", where, of, f.Name)
		}
		checkFields(t, where, f.Type, seen)
	}
}

// checker validates answers with the description, by a JSON Schema library
// that knows nothing of this package.
type checker struct {
	compiler *jsonschema.Compiler
	paths    map[*regexp.Regexp]map[string]bool // path to methods
	names    map[*regexp.Regexp]string
	mu       sync.Mutex
	covered  map[string]bool
}

const documentURL = "https://tandem.invalid/openapi.json"

var checks = sync.OnceValue(func() *checker {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(Document()))
	if err != nil {
		panic(err)
	}
	c := &checker{compiler: jsonschema.NewCompiler(), paths: map[*regexp.Regexp]map[string]bool{}, names: map[*regexp.Regexp]string{}, covered: map[string]bool{}}
	c.compiler.DefaultDraft(jsonschema.Draft2020)
	if err := c.compiler.AddResource(documentURL, doc); err != nil {
		panic(err)
	}
	for path, methods := range doc.(map[string]any)["paths"].(map[string]any) {
		pattern := regexp.MustCompile("^" + pathParameter.ReplaceAllString(path, "[^/]+") + "$")
		c.names[pattern], c.paths[pattern] = path, map[string]bool{}
		for method := range methods.(map[string]any) {
			c.paths[pattern][method] = true
		}
	}
	return c
})

// schema is the schema of an answer; nil where the operation is not described.
func (c *checker) schema(method, path string, status int) (*jsonschema.Schema, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	path, _, _ = strings.Cut(path, "?")
	method = strings.ToLower(method)
	for pattern, methods := range c.paths {
		if !pattern.MatchString(path) || !methods[method] || strings.Contains(path, "/auto") && !strings.Contains(pattern.String(), "/auto") {
			continue
		}
		pointer := strings.ReplaceAll(c.names[pattern], "/", "~1")
		pointer = strings.NewReplacer("{", "%7B", "}", "%7D").Replace(pointer)
		c.covered[method+" "+c.names[pattern]] = true
		where := documentURL + "#/paths/" + pointer + "/" + method + "/responses/200/content/application~1json/schema"
		if status != http.StatusOK {
			where = documentURL + "#/components/responses/" + strconv.Itoa(status) + "/content/application~1json/schema"
		}
		return c.compiler.Compile(where)
	}
	return nil, nil
}

// conforms holds an answer of a real handler to the description.
func (w *world) conforms(t *testing.T, method, path string, status int, body []byte) {
	t.Helper()
	s, err := checks().schema(method, path, status)
	if err != nil {
		t.Fatalf("%s %s, %d: %v", method, path, status, err)
	}
	if s == nil {
		return
	}
	answer, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
	if err == nil {
		err = s.Validate(answer)
	}
	if err != nil {
		t.Errorf("%s %s answered %d, not as it is described: %v\n%s", method, path, status, err, body)
	}
}

// TestDocumentIsServedToAnybodyAndNamesEveryRoute holds that the description
// and what is served agree both ways.
func TestDocumentIsServedToAnybodyAndNamesEveryRoute(t *testing.T) {
	w := newWorld()
	get := func(method string) *httptest.ResponseRecorder {
		a := httptest.NewRecorder()
		w.handler.ServeHTTP(a, httptest.NewRequest(method, DocumentPath, nil))
		return a
	}
	var doc struct {
		OpenAPI string
		Paths   map[string]map[string]struct {
			OperationID string
			Permission  string `json:"x-permission"`
			Responses   map[string]any
		}
	}
	if a := get("GET"); a.Code != 200 || json.Unmarshal(a.Body.Bytes(), &doc) != nil || doc.OpenAPI != "3.1.0" {
		t.Fatalf("the description is answered %d", a.Code)
	}
	if a := get("POST"); a.Code != http.StatusMethodNotAllowed {
		t.Errorf("POST is answered %d", a.Code)
	}
	described := 0
	for path, methods := range doc.Paths {
		for method, o := range methods {
			described++
			r := httptest.NewRequest(strings.ToUpper(method), pathParameter.ReplaceAllString(path, instanceID.String()), nil)
			if _, pattern := w.handler.mux.Handler(r); pattern != strings.ToUpper(method)+" "+path {
				t.Errorf("%s %s is described and not served", method, path)
			}
			if o.OperationID == "" || o.Permission == "" || o.Responses["200"] == nil || o.Responses["403"] == nil {
				t.Errorf("%s %s is described as %+v", method, path, o)
			}
		}
	}
	if n := len(operations()); described != n {
		t.Errorf("%d operations are described, %d served", described, n)
	}
}

// TestCheckerFindsWhatIsNotDescribed holds that the check of answers can fail.
func TestCheckerFindsWhatIsNotDescribed(t *testing.T) {
	s, err := checks().schema("GET", "/admin/instances", 200)
	if err != nil {
		t.Fatal(err)
	}
	for text, ok := range map[string]bool{
		`{"instances":[]}`: true, `{}`: false, `{"instances":[],"more":1}`: false, `{"instances":[{"id":"x","alias":"a"}]}`: false,
		`{"instances":[{"id":"` + instanceID.String() + `","alias":"a"}]}`: true, `{"instances":[{"alias":"a"}]}`: false, `{"instances":null}`: false,
	} {
		answer, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Validate(answer); (err == nil) != ok {
			t.Errorf("%s: %v", text, err)
		}
	}
}
