package block

import (
	"encoding/json"
	"maps"
	"strconv"
	"strings"
	"unicode/utf8"

	"tandem/flow"
)

// botAnswer is what a bot has answered (Amazon Lex API: RecognizeText, response).
type botAnswer struct {
	action, intent, state string // of the dialogue; intent is a name
	slot                  string // that the bot asks for now
	attributes            map[string]string
	messages              []botMessage
}

type botMessage struct {
	Content     string  `json:"content"`
	ContentType string  `json:"contentType"`
	Card        botCard `json:"imageResponseCard"`
}

type botCard struct {
	Title    string `json:"title"`
	Subtitle string `json:"subtitle"`
	Buttons  []struct {
		Text string `json:"text"`
	} `json:"buttons"`
}

// readBotAnswer reads an answer; not ok if it is none, or is too large.
func readBotAnswer(text string) (answer botAnswer, ok bool) {
	var read struct {
		Messages     []botMessage `json:"messages"`
		SessionState *struct {
			DialogAction struct {
				Type         string `json:"type"`
				SlotToElicit string `json:"slotToElicit"`
			} `json:"dialogAction"`
			Intent struct {
				Name  string `json:"name"`
				State string `json:"state"`
			} `json:"intent"`
			SessionAttributes map[string]string `json:"sessionAttributes"`
		} `json:"sessionState"`
	}
	if len(text) > maxBotAnswerBytes || json.Unmarshal([]byte(text), &read) != nil || read.SessionState == nil {
		return botAnswer{}, false
	}
	s := read.SessionState
	return botAnswer{action: s.DialogAction.Type, intent: s.Intent.Name, state: s.Intent.State, slot: s.DialogAction.SlotToElicit,
		attributes: s.SessionAttributes, messages: read.Messages}, true
}

// sessionWith is a session that begins with the attributes of the one before and
// those of a block, in the shape of an answer. Too many of them begin anew.
func sessionWith(env flow.Env, attributes map[string]string) string {
	all := map[string]string{}
	if before, ok := env.Value("Lex", "SessionAttributes"); ok && json.Unmarshal([]byte(before), &all) != nil {
		all = map[string]string{} // they were no attributes
	}
	maps.Copy(all, attributes)
	object := writeObject(all)
	if len(object) > maxBotAnswerBytes {
		object = writeObject(attributes)
	}
	return `{"sessionState":{"sessionAttributes":` + object + `}}`
}

// over says whether the bot is done: it says so, or asks for nothing more about an
// intent that is done.
func (a botAnswer) over() bool {
	switch a.action {
	case "Close":
		return true
	case "ElicitIntent", "ElicitSlot", "ConfirmIntent":
		return false
	}
	return a.state == "Fulfilled" || a.state == "Failed" || a.state == "ReadyForFulfillment"
}

// prompts are the bot's messages as something to hear, or to read in a chat; not ok
// if one is too long.
func (a botAnswer) prompts(voice bool) (items []flow.Prompt, ok bool) {
	for _, m := range a.messages {
		text := m.Content
		if m.ContentType == "ImageResponseCard" {
			text = m.Card.text()
		}
		switch {
		case utf8.RuneCountInString(text) > maxSpokenChars:
			return nil, false
		case strings.TrimSpace(text) == "" || voice && m.ContentType == "CustomPayload":
		case m.ContentType == "SSML":
			items = append(items, flow.Prompt{SSML: text})
		default:
			items = append(items, flow.Prompt{Text: text})
		}
	}
	return items, true
}

// text is the card without its picture, a line for each choice.
func (c botCard) text() string {
	lines := []string{c.Title}
	if c.Subtitle != "" {
		lines = append(lines, c.Subtitle)
	}
	for _, b := range c.Buttons {
		lines = append(lines, b.Text)
	}
	return strings.Join(lines, "\n")
}

// How input for a bot ends, unless session attributes say otherwise (Amazon Lex V2
// Developer Guide: Configuring timeouts for capturing user input).
const (
	botStartMillis   = 3000
	botEndMillis     = 600
	botSpeechMillis  = 12_000
	maxSpeechMillis  = 15_000
	botKeyMillis     = 5000
	maxBotKeys       = 255 // more than any number that a bot asks for
	maxTimingMillis  = 60_000
	timingAttributes = "x-amz-lex:"
)

// collectFor is how to listen for what the customer answers.
func collectFor(env flow.Env, to botAnswer) *flow.Collect {
	language, _ := env.Value("LanguageCode")
	if language == "" {
		language = "en-US"
	}
	start := to.number(botStartMillis, maxTimingMillis, "audio:start-timeout-ms", "start-silence-threshold-ms")
	return &flow.Collect{
		MaxDigits:               to.number(maxBotKeys, maxBotKeys, "dtmf:max-length"),
		FirstDigitTimeoutMillis: start,
		InterDigitTimeoutMillis: to.number(botKeyMillis, maxTimingMillis, "dtmf:end-timeout-ms"),
		Terminator:              to.key(defaultTerminator, "dtmf:end-character"),
		CancelKey:               to.key(cancelKey, "dtmf:deletion-character"),
		Listen: &flow.Listen{
			Locale:             strings.ReplaceAll(language, "-", "_"),
			StartTimeoutMillis: start,
			EndTimeoutMillis:   to.number(botEndMillis, maxTimingMillis, "audio:end-timeout-ms", "end-silence-threshold-ms"),
			MaxMillis:          to.number(botSpeechMillis, maxSpeechMillis, "audio:max-length-ms", "max-speech-duration-ms"),
		},
	}
}

// setting finds a session attribute for the slot that the bot asks for, for any
// slot of the intent, or for all, under one of its names.
func (a botAnswer) setting(names ...string) (string, bool) {
	for _, name := range names {
		for _, about := range []string{a.intent + ":" + a.slot, a.intent + ":*", "*:*"} {
			if value, ok := a.attributes[timingAttributes+name+":"+about]; ok {
				return value, true
			}
		}
	}
	return "", false
}

// number is a setting from 1 to most, or the usual one.
func (a botAnswer) number(usual, most int, names ...string) int {
	text, _ := a.setting(names...)
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > most {
		return usual
	}
	return n
}

// key is a setting that is one key, or the usual one.
func (a botAnswer) key(usual, name string) string {
	if text, _ := a.setting(name); len(text) == 1 && strings.Contains(keys, text) {
		return text
	}
	return usual
}
