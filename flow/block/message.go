package block

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"tandem/flow"
)

// maxSpokenChars is the longest text to be spoken at once (Amazon Connect
// Administrator Guide: Play prompt).
const maxSpokenChars = 6000

// message is what a block says: text, text with markup, or a recorded prompt.
type message struct {
	kind   string // "Text", "SSML", "PromptId"; empty if the parameters are wrong
	text   flow.Template
	prompt flow.Reference
}

// readMessage reads the parameters that name a message, of which there must be
// exactly one.
func readMessage(p *flow.Params) message {
	kind, ok := p.OneOf("PromptId", "Text", "SSML", "Media")
	if !ok {
		return message{}
	}
	m := message{kind: kind}
	switch kind {
	case "PromptId":
		m.prompt, ok = p.Reference(kind, flow.ResourcePrompt)
	case "Media":
		p.Fail(kind, "Sound files outside the instance cannot be played; add the sound as a prompt and use PromptId")
		ok = false
	default:
		m.text, ok = p.Text(kind)
		checkSpoken(p, kind, m.text.Source())
	}
	if !ok {
		return message{}
	}
	return m
}

// checkSpoken reports text that no voice can speak.
func checkSpoken(p *flow.Params, name, text string) {
	if utf8.RuneCountInString(text) > maxSpokenChars {
		p.Fail(name, "It is too long to be spoken; at most 6000 characters are allowed")
	}
	if name == "SSML" && text != "" && !wellFormed(text) {
		p.Fail(name, "It is not well-formed SSML inside <speak> and </speak>")
	}
}

// wellFormed says whether text is one speak element (W3C Speech Synthesis Markup
// Language 1.1, section 2.1).
func wellFormed(text string) bool {
	text = strings.TrimSpace(text)
	if !strings.HasPrefix(text, "<speak") || !strings.HasSuffix(text, ">") {
		return false
	}
	decoder := xml.NewDecoder(strings.NewReader(text))
	for depth, closed := 0, false; ; {
		token, err := decoder.Token()
		if err != nil {
			return errors.Is(err, io.EOF) && closed
		}
		switch token.(type) {
		case xml.StartElement:
			if closed {
				return false
			}
			depth++
		case xml.EndElement:
			depth--
			closed = depth == 0
		}
	}
}

// render makes a prompt of the message. Of a text in which nothing is left to
// say it makes the zero Prompt; ok is false if the message cannot be played.
func (m message) render(env flow.Env) (prompt flow.Prompt, ok bool) {
	switch m.kind {
	case "PromptId":
		id := m.prompt.ID(env)
		return flow.Prompt{PromptID: id}, id != ""
	case "Text":
		prompt.Text = m.text.Render(env)
	case "SSML":
		prompt.SSML = m.text.RenderSSML(env)
	default:
		return flow.Prompt{}, false
	}
	spoken := prompt.Text + prompt.SSML
	if strings.TrimSpace(spoken) == "" {
		return flow.Prompt{}, true
	}
	return prompt, utf8.RuneCountInString(spoken) <= maxSpokenChars
}
