package prompt

import (
	"encoding/xml"
	"strings"
)

// ssmlTags are the tags that Amazon Connect lists for SSML, with the
// attributes that are handed on. Everything else is dropped and its text kept;
// above all audio, with which the text could read a file of this machine.
var ssmlTags = map[string][]string{
	"speak":    nil,
	"break":    {"strength", "time"},
	"emphasis": {"level"},
	"lang":     {"lang"},
	"p":        nil,
	"prosody":  {"volume", "rate", "pitch"},
	"s":        nil,
	"say-as":   {"interpret-as"},
	"sub":      {"alias"},
}

// cleanSSML rewrites SSML with the known tags only. Broken markup is read as
// far as it makes sense, and what follows is spoken as text.
func cleanSSML(text string) string {
	var out strings.Builder
	d := xml.NewDecoder(strings.NewReader(text))
	d.Strict = false
	for {
		token, err := d.Token()
		if err != nil {
			break
		}
		switch t := token.(type) {
		case xml.StartElement:
			openTag(&out, t)
		case xml.EndElement:
			if _, ok := ssmlTags[t.Name.Local]; ok {
				out.WriteString("</" + outputTag(t.Name.Local) + ">")
			}
		case xml.CharData:
			_ = xml.EscapeText(&out, t)
		}
	}
	return out.String()
}

func openTag(out *strings.Builder, t xml.StartElement) {
	allowed, ok := ssmlTags[t.Name.Local]
	if !ok {
		return
	}
	out.WriteString("<" + outputTag(t.Name.Local))
	for _, a := range t.Attr {
		for _, name := range allowed {
			if a.Name.Local == name {
				writeAttribute(out, name, a.Value)
			}
		}
	}
	out.WriteString(">")
}

// outputTag names languages as espeak-ng knows them: a voice with xml:lang.
func outputTag(name string) string {
	if name == "lang" {
		return "voice"
	}
	return name
}

func writeAttribute(out *strings.Builder, name, value string) {
	switch {
	case name == "lang":
		name = "xml:lang"
	case name == "interpret-as" && (value == "spell-out" || value == "digits" || value == "telephone"):
		value = "characters"
	}
	out.WriteString(" " + name + `="`)
	_ = xml.EscapeText(out, []byte(value))
	out.WriteString(`"`)
}
