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
	kind   string // "Text", "SSML", "PromptId", or silence; empty if the parameters are wrong
	text   flow.Template
	prompt flow.Reference
}

// messageNames are the parameters that name a message.
var messageNames = []string{"PromptId", "Text", "SSML", "Media"}

// readMessage reads the parameters that name a message, of which there must be
// exactly one.
func readMessage(p *flow.Params) message {
	kind, ok := p.OneOf(messageNames...)
	if !ok {
		p.Text("Text") // for what is wrong in them besides
		p.Text("SSML")
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

// ofPlaying is what can come of playing something; nobody changes it.
var ofPlaying = []flow.InputKind{flow.InputPlayDone, flow.InputPlayFailed}

// silence is the message that says nothing.
const silence = "Silence"

// readOptionalMessage is readMessage where nothing has to be said.
func readOptionalMessage(p *flow.Params) message {
	if name, ok := p.AtMostOne(messageNames...); ok && name == "" {
		return message{kind: silence}
	}
	return readMessage(p)
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
	case silence:
		return flow.Prompt{}, true
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
