package flow

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// values is an Env of attribute values by dotted path, and nothing else.
type values map[string]string

func (values) Channel() string { return ChannelVoice }
func (v values) Value(path ...string) (string, bool) {
	value, ok := v[strings.Join(path, ".")]
	return value, ok
}
func (values) HoursOpen(string) (open, known bool) { return false, false }
func (values) QueueKnown(string) bool              { return false }
func (values) QueueHasRoom() (room, known bool)    { return false, false }
func (values) HasRoom(string) (room, known bool)   { return false, false }
func (values) AgentKnown(string) bool              { return false }
func (values) FlowKnown(string, ...Type) bool      { return false }
func (values) Percent() int                        { return 1 }
func (values) Dialable(string) (ok, allowed bool)  { return false, false }

func (values) Metric(MetricName, string, string) (n int64, known bool) { return 0, false }

func TestTemplateFindsReferences(t *testing.T) {
	cases := []struct {
		text string
		want [][]string
	}{
		{"no reference", nil},
		{"$.Attributes.name", [][]string{{"Attributes", "name"}}},
		{"Hi $.Attributes.first_name-2, on $.Channel!", [][]string{{"Attributes", "first_name-2"}, {"Channel"}}},
		{"$.External.n. Thank you.", [][]string{{"External", "n"}}},
		{"$.['Attributes']", [][]string{{"Attributes"}}},
		{"$['Attributes']['Language']", [][]string{{"Attributes", "Language"}}},
		{"$.Attributes.['user name']x", [][]string{{"Attributes", "user name"}}},
		{"$.External.list[0].name", [][]string{{"External", "list", "0", "name"}}},
		{"$.Queue.Name$.Channel", [][]string{{"Queue", "Name"}, {"Channel"}}},
		{"$$.Channel", [][]string{{"Channel"}}},
		{"it costs $1000, or $.50, or $ 5, or $.", nil},
		{"$.['", nil},
		{"$.['']", nil},
		{"$[0]", nil},
		{"$.Attributes[", [][]string{{"Attributes"}}},
		{"$.Attributes[12", [][]string{{"Attributes"}}},
		{"$.External.a.b.c and $.External.list[12].b", [][]string{{"External", "a", "b", "c"}, {"External", "list", "12", "b"}}},
		{"$.External['a b'][0].['c.d']", [][]string{{"External", "a b", "0", "c.d"}}},
		{"$.Media.Sip.Headers.P-Asserted-Identity;", [][]string{{"Media", "Sip", "Headers", "P-Asserted-Identity"}}},
		{"$.MediaStreams.Customer.Audio.StreamARN", [][]string{{"MediaStreams", "Customer", "Audio", "StreamARN"}}},
		{"$.Views.ViewResultData.Table.0.id", [][]string{{"Views", "ViewResultData", "Table", "0", "id"}}},
		{"$.Lex.sessionAttributes.city", [][]string{{"Lex", "sessionAttributes", "city"}}},
		{"$.Customer.Attributes.tier, $.Case.status", [][]string{{"Customer", "Attributes", "tier"}, {"Case", "status"}}},
		{"$.Metrics.Agents.Online.Count", [][]string{{"Metrics", "Agents", "Online", "Count"}}},
		{"$.Modules.ResultData.name", [][]string{{"Modules", "ResultData", "name"}}},
		{"$.LambdaInvocation.ResultData.tier", [][]string{{"External", "tier"}}},
		{"$.LambdaInvocation.Other", [][]string{{"LambdaInvocation", "Other"}}},
		{"id:$LATEST", nil},
		{"$.Attributes.名前", [][]string{{"Attributes"}}},
		{"", nil},
	}
	for _, c := range cases {
		if diff := cmp.Diff(c.want, ParseTemplate(c.text).References()); diff != "" {
			t.Errorf("%q (-want +got):\n%s", c.text, diff)
		}
	}
}

func TestTemplateRendersValues(t *testing.T) {
	env := values{"Attributes.name": `<Bo> & "Co"`, "External.n": "7", "Attributes.user name": "bo"}
	cases := []struct{ text, want, wantSSML string }{
		{"plain $5", "plain $5", "plain $5"},
		{"You are $.External.n.", "You are 7.", "You are 7."},
		{"Hi $.Attributes.name!", `Hi <Bo> & "Co"!`, "Hi &lt;Bo&gt; &amp; &quot;Co&quot;!"},
		{"<b>$.Attributes.['user name']</b>", "<b>bo</b>", "<b>bo</b>"},
		{"[$.Attributes.none]", "[]", "[]"},
	}
	for _, c := range cases {
		template := ParseTemplate(c.text)
		if got := template.Render(env); got != c.want {
			t.Errorf("%q: got %q, want %q", c.text, got, c.want)
		}
		if got := template.RenderSSML(env); got != c.wantSSML {
			t.Errorf("%q in SSML: got %q, want %q", c.text, got, c.wantSSML)
		}
	}
}

func TestTemplateKeepsEveryByteOutsideReferences(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`([a-z \x{80}-\x{ff}]|\$|\.|\['|'\]|\$\.A|[0-9\[\]]){0,20}`).Draw(t, "text")
		template := ParseTemplate(text)
		if template.Source() != text {
			t.Fatalf("source %q", template.Source())
		}
		if template.Static() && template.Render(values{}) != text {
			t.Fatalf("rendered %q", template.Render(values{}))
		}
		if template.Single() && len(template.References()) != 1 {
			t.Fatalf("single with references %v", template.References())
		}
	})
}

func TestResourceIDIsTheLastSegment(t *testing.T) {
	for given, want := range map[string]string{
		"":     "",
		"q1":   "q1",
		"a/q1": "q1",
		"arn:aws:connect:eu-west-1:1:instance/i/queue/q1": "q1",
	} {
		if got := ResourceID(given); got != want {
			t.Errorf("%q: got %q, want %q", given, got, want)
		}
	}
}

func (values) PhoneNumber(digits, _ string, _ bool) (e164 string, ok bool) {
	return "+" + digits, digits != ""
}
func (values) FunctionKnown(arn string) bool { return arn != "" }
func (values) BotKnown(bot string) bool      { return bot != "" }
func (values) ModuleKnown(id string) bool    { return id != "" }
func (values) BotPresent() bool              { return false }

// What customers say is data: it never becomes markup, a reference or a template.
func TestValuesThatLookLikeReferencesOrMarkupStayText(t *testing.T) {
	env := values{"Attributes.a": "$.Attributes.b", "Attributes.b": "secret", "Attributes.tag": `<break time="9s"/><b>&amp;</b>`}
	if got := ParseTemplate("[$.Attributes.a]").Render(env); got != "[$.Attributes.b]" {
		t.Errorf("a reference in a value: got %q", got)
	}
	if got := ParseTemplate("<speak>$.Attributes.a $.Attributes.tag</speak>").RenderSSML(env); got != "<speak>$.Attributes.b &lt;break time=&quot;9s&quot;/&gt;&lt;b&gt;&amp;amp;&lt;/b&gt;</speak>" {
		t.Errorf("markup in a value: got %q", got)
	}
	tree := parseTree([]byte(`{"x":"$.Attributes.tag","$.Attributes.a":["$.Attributes.a"]}`), "", func(string, Template) {})
	got, ok := tree.Render(env)
	if want := `{"$.Attributes.b":["$.Attributes.b"],"x":"<break time=\"9s\"/><b>&amp;</b>"}`; got != want || !ok {
		t.Errorf("in a tree: got %s, want %s", got, want)
	}
}
