package flow

import "strings"

// A Template is text with references to attributes, such as
// "Hello $.Attributes.name", taken apart once so that rendering is cheap.
//
// A reference is a dollar sign and one or more steps: ".name" with letters,
// digits, "_" and "-" of ASCII, "['any name']" or ".['any name']", and "[0]"
// into a list. The first step begins with a letter, so amounts such as "$1000"
// and "$.50" stay text. A dot that no name follows ends the reference
// (Amazon Connect Administrator Guide: How to reference contact attributes).
type Template struct {
	source string
	parts  []part
}

// part is literal text, or a reference where path is not nil.
type part struct {
	text string
	path []string
}

// ParseTemplate takes text apart. Every text is a template: what is not a
// reference is literal.
func ParseTemplate(text string) Template {
	t := Template{source: text}
	rest, literal := text, 0
	for literal < len(rest) {
		dollar := strings.IndexByte(rest[literal:], '$')
		if dollar < 0 {
			break
		}
		at := literal + dollar
		path, length := readReference(rest[at:])
		if length == 0 {
			literal = at + 1
			continue
		}
		if at > 0 {
			t.parts = append(t.parts, part{text: rest[:at]})
		}
		t.parts = append(t.parts, part{path: path})
		rest, literal = rest[at+length:], 0
	}
	if rest != "" {
		t.parts = append(t.parts, part{text: rest})
	}
	return t
}

// readReference reads a reference at the start of text. Length 0 says there is none.
func readReference(text string) (path []string, length int) {
	at := 1
	for at < len(text) {
		name, n := readName(text[at:])
		if n == 0 || len(path) == 0 && !isLetter(name[0]) {
			break
		}
		path = append(path, name)
		at += n
	}
	if len(path) == 0 {
		return nil, 0
	}
	return usualName(path), at
}

// usualName is the path by which an attribute is known that has two: what a function
// answered is also $.LambdaInvocation.ResultData.
func usualName(path []string) []string {
	if len(path) > 2 && path[0] == "LambdaInvocation" && path[1] == "ResultData" {
		path = path[1:]
		path[0] = "External"
	}
	return path
}

// readName reads one step of a reference and says how many bytes it took.
func readName(text string) (name string, length int) {
	bracket := strings.TrimPrefix(text, ".")
	dots := len(text) - len(bracket)
	switch {
	case strings.HasPrefix(bracket, "['"):
		end := strings.Index(bracket, "']")
		if end <= 2 {
			return "", 0
		}
		return bracket[2:end], dots + end + 2
	case strings.HasPrefix(text, "["):
		end := 1
		for end < len(text) && isDigit(text[end]) {
			end++
		}
		if end == 1 || end == len(text) || text[end] != ']' {
			return "", 0
		}
		return text[1:end], end + 1
	case dots == 1:
		end := 0
		for end < len(bracket) && isNameByte(bracket[end]) {
			end++
		}
		if end == 0 {
			return "", 0
		}
		return bracket[:end], end + 1
	}
	return "", 0
}

func isLetter(c byte) bool   { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }
func isDigit(c byte) bool    { return c >= '0' && c <= '9' }
func isNameByte(c byte) bool { return isLetter(c) || isDigit(c) || c == '_' || c == '-' }

// Source is the text the template was made from.
func (t Template) Source() string { return t.source }

// Static says that the text holds no reference.
func (t Template) Static() bool { return len(t.References()) == 0 }

// Single says that the text is one reference and nothing else.
func (t Template) Single() bool { return len(t.parts) == 1 && t.parts[0].path != nil }

// References lists the paths of all references, in the order of the text.
func (t Template) References() [][]string {
	var paths [][]string
	for _, p := range t.parts {
		if p.path != nil {
			paths = append(paths, p.path)
		}
	}
	return paths
}

// Render fills in the references. One without a value becomes empty text.
func (t Template) Render(env Env) string { return t.render(env, nil) }

// RenderSSML fills in the references and escapes their values, so that an
// attribute cannot break or extend the markup around it.
func (t Template) RenderSSML(env Env) string { return t.render(env, ssmlEscaper) }

var ssmlEscaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "'", "&apos;")

// usualValueBytes is how much longer than its source a text mostly becomes, at most.
const usualValueBytes = 32

func (t Template) render(env Env, escaper *strings.Replacer) string {
	if len(t.parts) == 1 && t.parts[0].path == nil {
		return t.parts[0].text // nearly every text is this, and needs no copy
	}
	if t.Single() && escaper == nil {
		value, _ := env.Value(t.parts[0].path...)
		return value
	}
	var out strings.Builder
	out.Grow(len(t.source) + usualValueBytes)
	for _, p := range t.parts {
		if p.path == nil {
			out.WriteString(p.text)
			continue
		}
		value, _ := env.Value(p.path...)
		if escaper != nil {
			value = escaper.Replace(value)
		}
		out.WriteString(value)
	}
	return out.String()
}

// knownRoots are the first steps a reference may have (Amazon Connect
// Administrator Guide: List of available contact attributes).
var knownRoots = map[string]bool{
	"Agent": true, "Attributes": true, "AwsRegion": true, "Case": true, "Channel": true, "ContactId": true,
	"Customer": true, "CustomerCallBackPhoneNumber": true, "CustomerEndpoint": true, "CustomerId": true,
	"DataTableList": true, "DataTables": true, "Description": true, "Email": true, "External": true,
	"FlowAttributes": true, "InitialContactId": true, "InitiationMethod": true, "InstanceARN": true,
	"LambdaInvocation": true, "LanguageCode": true, "Lex": true, "Loop": true, "Media": true, "MediaStreams": true,
	"Metrics": true, "Modules": true, "Name": true, "PreviousContactId": true, "Queue": true, "References": true,
	"SegmentAttributes": true, "StoredCustomerInput": true, "SystemEndpoint": true, "Tags": true, "Task": true,
	"TextToSpeechVoiceId": true, "Views": true, "Wisdom": true,
}
