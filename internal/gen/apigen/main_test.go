package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const (
	connectDir   = "../../../connect"
	connectModel = connectDir + "/model/connect-2017-08-08.json.gz"
)

func TestGeneratedCodeIsUpToDate(t *testing.T) {
	m, err := loadModel(connectModel)
	if err != nil {
		t.Fatal(err)
	}
	files, err := generate(m, "connect")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range sortedKeys(files) {
		got, err := os.ReadFile(filepath.Join(connectDir, name))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, files[name]) {
			t.Errorf("connect/%s is not what the model gives: run go generate ./connect", name)
		}
	}
	present, err := filepath.Glob(connectDir + "/*_gen.go")
	if err != nil {
		t.Fatal(err)
	}
	if len(present) != len(files) {
		t.Errorf("connect has generated files %v, want %v", present, sortedKeys(files))
	}
}

func TestRunWritesItsFiles(t *testing.T) {
	dir := t.TempDir()
	if err := run(connectModel, dir, "other"); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(filepath.Join(dir, "routes_gen.go"))
	if err != nil || !bytes.Contains(got, []byte("package other\n")) {
		t.Errorf("routes_gen.go: %v, want package other", err)
	}
	if err := run("nosuch.json", dir, "other"); err == nil {
		t.Error("a model that is not there was read")
	}
}

// small is a model with one of each thing that needs care.
const small = `{
 "operations": {
  "PutThing": {"name": "PutThing", "http": {"method": "PUT", "requestUri": "/things/{ThingId}"}, "input": {"shape": "PutThingRequest"}, "errors": [{"shape": "Oops"}]}
 },
 "shapes": {
  "PutThingRequest": {"type": "structure", "required": ["ThingId"], "members": {
    "ThingId": {"shape": "ThingId", "location": "uri", "locationName": "ThingId"},
    "maxSize": {"shape": "Size", "location": "querystring", "locationName": "max-size"},
    "colors": {"shape": "Colors"}, "Value": {"shape": "Value"}, "When": {"shape": "When"}}},
  "ThingId": {"type": "string", "min": 1, "pattern": "^\\\\d+\\u00e9$"},
  "Size": {"type": "integer", "max": 9},
  "Colors": {"type": "list", "member": {"shape": "Color"}},
  "Color": {"type": "string", "enum": ["DARK_RED", "light-blue"]},
  "ColorDarkRed": {"type": "structure", "members": {}},
  "Value": {"type": "structure", "union": true, "members": {"S": {"shape": "ThingId"}, "C": {"shape": "ColorDarkRed"}}},
  "When": {"type": "timestamp", "timestampFormat": "iso8601"},
  "Oops": {"type": "structure", "exception": true, "error": {"httpStatusCode": 410}, "members": {"Message": {"shape": "ThingId"}}},
  "NeverUsed": {"type": "structure", "members": {}}
 }}`

func generateFrom(t *testing.T, text string) (map[string][]byte, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "model.json")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	m, err := loadModel(path)
	if err != nil {
		t.Fatal(err)
	}
	return generate(m, "things")
}

func TestEachKindOfShapeBecomesItsGo(t *testing.T) {
	files, err := generateFrom(t, small)
	if err != nil {
		t.Fatal(err)
	}
	for file, lines := range map[string][]string{
		"requests_gen.go": {
			"ThingId *string `json:\"-\" uri:\"ThingId\" required:\"true\" limit:\"ThingId\"`",
			"MaxSize *int32 `json:\"-\" query:\"max-size\" limit:\"Size\"`",
			"Colors []Color `json:\"colors,omitzero\"`",
			"When *ISOTime `json:\"When,omitzero\"`",
			"// PutThingRequest is the input of PutThing.",
		},
		"types_gen.go":  {"func (Value) isUnion() {}", "C *ColorDarkRed"},
		"errors_gen.go": {"func (*Oops) HTTPStatus() int { return 410 }", `return &Oops{Message: &message}`},
		"enums_gen.go":  {`ColorDarkRedValue Color = "DARK_RED"`, `ColorLightBlue Color = "light-blue"`},
		"limits_gen.go": {`"Size": {max: at(9)},`, `"ThingId": {min: at(1), match: pattern("^\\d+\\x{00e9}$")},`},
		"routes_gen.go": {`Name: "PutThing", Method: "PUT", URI: "/things/{ThingId}",`, `in: reflect.TypeFor[PutThingRequest](), out: reflect.TypeFor[Empty](),`, `Errors: []string{"Oops"},`},
	} {
		got := strings.Join(strings.Fields(string(files[file])), " ")
		for _, want := range lines {
			if !strings.Contains(got, want) {
				t.Errorf("%s lacks %s:\n%s", file, want, files[file])
			}
		}
	}
	for name, content := range files {
		if bytes.Contains(content, []byte("NeverUsed")) {
			t.Errorf("%s has a type that no operation reaches", name)
		}
	}
}

func TestModelThatCannotBeServedIsRefused(t *testing.T) {
	for name, tt := range map[string]struct{ old, new, want string }{
		"greedy label": {"{ThingId}\"}", "{ThingId+}\"}", "neither a word nor a label"},
		"no input":     {`"input"`, `"inputs"`, "has no input"},
		"same Go name": {`"NeverUsed"`, `"color"`, `share the Go name Color`},
	} {
		changed := strings.Replace(small, tt.old, tt.new, 1)
		if _, err := generateFrom(t, changed); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: error = %v, want %q", name, err, tt.want)
		}
	}
}

func TestPatternThatGoLacksMustBeCheckedByHand(t *testing.T) {
	defer func() {
		if p := recover(); p == nil || !strings.Contains(p.(string), "check it by hand") {
			t.Errorf("panic = %v, want one that says to check by hand", p)
		}
	}()
	goPattern("NewShape", `^(?!a)b$`)
}
