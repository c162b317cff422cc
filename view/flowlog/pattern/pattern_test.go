package pattern

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"
)

const entry = `{"ContactId":"c1","ContactFlowName":"Main menu","ContactFlowModuleType":"InvokeExternalResource","Identifier":"look up",
	"Timestamp":"2026-03-02T10:00:00.000Z","Parameters":{"FunctionArn":"arn:aws:lambda:x:1:function:f","Timeout":8,"Retry":true,"Last":false,"None":null,
	"Level":"3","Big":1.5e3,"List":[{"name":"a"},{"name":"b"}],"odd name":"x"},"Results":"Status Code: 403; Error Code: AccessDeniedException"}`

// fits says which patterns fit the entry.
var fits = map[string]bool{
	"":                                   true,
	"   ":                                true,
	"AccessDeniedException":              true,
	"accessdeniedexception":              false,
	"Status AccessDeniedException":       true,
	"Status Success":                     false,
	`"Status Code: 403"`:                 true,
	`"Status Code: 500"`:                 false,
	`Status -"Main menu"`:                false,
	`Status -"Other menu"`:               true,
	"?Timeout ?Nothing":                  true,
	"?Nobody ?Nothing":                   false,
	`"Status Code" ?Nobody ?Denied`:      true,
	"%Code: [0-9]{3}%":                   true,
	"-%Code: 5[0-9]{2}%":                 true,
	"Access*Exception":                   true,
	`"Main menu" ?look ?"never" -Lambda`: true,

	`{ $.ContactId = "c1" }`:                              true,
	`{$.ContactId="c1"}`:                                  true,
	`{ $.ContactId = c1 }`:                                true,
	`{ $.ContactId = "c2" }`:                              false,
	`{ $.ContactId != "c2" }`:                             true,
	`{ $.ContactId = c* }`:                                true,
	`{ $.Results = "*AccessDenied*" }`:                    true,
	`{ $.Results = "Status*403*Exception" }`:              true,
	`{ $.Results = "Status*404*Exception" }`:              false,
	`{ $.Results = "Status Code: 403*Status Code: 403" }`: false,
	`{ $.Results = %Denied% }`:                            true,
	`{ $.Results = %^Denied% }`:                           false,
	`{ $.Results != "Success" && $.ContactFlowModuleType = "InvokeExternalResource" }`: true,
	`{ $.Results = "Success" || $.ContactFlowModuleType = "InvokeExternalResource" }`:  true,
	`{ $.Results = "Success" || $.Identifier = "x" && $.ContactId = "c1" }`:            false,
	`{ ($.Results = "Success" || $.Identifier = "look up") && ($.ContactId = "c1") }`:  true,
	`{ $.Parameters.Timeout = 8 }`:                            true,
	`{ $.Parameters.Timeout = 8.0 }`:                          true,
	`{ $.Parameters.Timeout >= 8 && $.Parameters.Timeout<9 }`: true,
	`{ $.Parameters.Timeout > 8 }`:                            false,
	`{ $.Parameters.Timeout <= 7.9 }`:                         false,
	`{ $.Parameters.Timeout != 8 }`:                           false,
	`{ $.Parameters.Level > 2 }`:                              true,
	`{ $.Parameters.Level = 3 }`:                              true,
	`{ $.Parameters.Big = 1500 }`:                             true,
	`{ $.Parameters.Big > 1e3 }`:                              true,
	`{ $.Identifier > 2 }`:                                    false,
	`{ $.Parameters.Retry IS TRUE }`:                          true,
	`{ $.Parameters.Retry = true }`:                           true,
	`{ $.Parameters.Last IS FALSE }`:                          true,
	`{ $.Parameters.Last IS TRUE }`:                           false,
	`{ $.Parameters.None IS NULL }`:                           true,
	`{ $.Parameters.Retry IS NULL }`:                          false,
	`{ $.Nothing IS NULL }`:                                   false,
	`{ $.Nothing NOT EXISTS }`:                                true,
	`{ $.Results NOT EXISTS }`:                                false,
	`{ $.Results EXISTS }`:                                    true,
	`{ $.Parameters.None EXISTS }`:                            true,
	`{ $.Nothing != "x" }`:                                    false,
	`{ $.Parameters.List[1].name = "b" }`:                     true,
	`{ $.Parameters.List[2].name = "b" }`:                     false,
	`{ $.Parameters.List[*].name = "a" }`:                     true,
	`{ $.Parameters.List[*].name = "c" }`:                     false,
	`{ $.Parameters.List = "a" }`:                             false,
	`{ $.Parameters.* = "x" }`:                                true,
	`{ $.Parameters['odd name'] = "x" }`:                      true,
	`{ $.Parameters.["odd name"] = "x" }`:                     true,
	`{ $['ContactId'] = "c1" }`:                               true,
}

func TestPatternFitsAsTheUserGuideSays(t *testing.T) {
	for text, want := range fits {
		p, err := Parse(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got := p.Match([]byte(entry)); got != want || p.String() != text {
			t.Errorf("%s fits: %v, want %v", text, got, want)
		}
	}
}

func TestPatternThatCannotBeReadNamesThePlace(t *testing.T) {
	for text, want := range map[string]string{
		`{ $.a }`:                 "character 7: an operator is missing",
		`{ a = 1 }`:               "character 3: a selector begins with $",
		`{ $.a = "x }`:            `the closing " is missing`,
		`{ $.a = "x" `:            "closing } is missing",
		`{ $.a = 1 } x`:           "nothing can stand behind",
		`{ ($.a = 1 }`:            "closing ) is missing",
		`{ $.a > x }`:             "a number is missing",
		`{ $.a IS GOOD }`:         "IS is followed by",
		`{ $.a NOT THERE }`:       "NOT is followed by EXISTS",
		`{ $.a[x] = 1 }`:          "stands in brackets",
		`{ $.a[1 = 1 }`:           "closing ] is missing",
		`{ $. = 1 }`:              "the name of a member is missing",
		`{ $.a = }`:               "something to look for is missing",
		`{ $.a = 1 && }`:          "a selector begins with $",
		`{}`:                      "a selector begins with $",
		`%[%`:                     "the regular expression cannot be read",
		`%a`:                      "the closing %",
		`?`:                       "something to look for is missing",
		strings.Repeat("x", 1025): "at most 1024",
		"{" + strings.Repeat("(", 20) + "$.a = 1": "16 deep",
	} {
		if _, err := Parse(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}

func TestEntryThatIsNoJSONFitsNoCondition(t *testing.T) {
	p, err := Parse(`{ $.a NOT EXISTS }`)
	if err != nil {
		t.Fatal(err)
	}
	if p.Match([]byte("not JSON")) || !p.Match([]byte("{}")) {
		t.Error("only JSON fits a condition")
	}
}

// FuzzParse holds that no pattern makes the parser or a match panic, and that a
// term which is an entry's own text is found in it.
func FuzzParse(f *testing.F) {
	for _, text := range []string{``, `a ?b -"c d"`, `{ $.a = "x*" && ($.b[0].c != 1 || $.d IS NULL) }`, `{ $['a'] NOT EXISTS }`, `%a+%`, `{ $.a >= 1e3 }`} {
		f.Add(text, entry)
	}
	f.Fuzz(func(t *testing.T, text, entry string) {
		if p, err := Parse(text); err == nil {
			p.Match([]byte(entry))
		} else if err.Error() == "" {
			t.Error("an error says nothing")
		}
		word := strings.Trim(text, `*`)
		if utf8.RuneCountInString(word) > MaxChars/3 || strings.Contains(word, "*") {
			return
		}
		quoted := `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(word) + `"`
		p, err := Parse(quoted)
		if err != nil {
			t.Fatalf("%s: %v", quoted, err)
		}
		body, err := json.Marshal(map[string]string{"a": entry})
		if err != nil {
			t.Fatal(err)
		}
		if p.Match(body) != strings.Contains(string(body), word) {
			t.Errorf("%s fits %s: %v", quoted, body, p.Match(body))
		}
	})
}
