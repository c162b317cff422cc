package block

import "tandem/flow"

const noStyle = "None"

var (
	voiceEngines = []string{"standard", "neural", "generative"}
	voiceStyles  = []string{noStyle, "Conversational", "Newscaster"}
)

// updateContactTextToSpeechVoice chooses the voice that speaks texts from now on.
// It does nothing where nobody listens. An engine or a style that does not exist
// takes the error branch, and without one goes on, as flows made before that
// branch existed expect.
//
//	{
//	  "Identifier": "voice",
//	  "Type": "UpdateContactTextToSpeechVoice",
//	  "Parameters": {"TextToSpeechVoice": "Joanna", "TextToSpeechEngine": "Neural"},
//	  "Transitions": {
//	    "NextAction": "next",
//	    "Errors": [{"NextAction": "next", "ErrorType": "NoMatchingError"}]
//	  }
//	}
//
// Amazon Connect Flow language: UpdateContactTextToSpeechVoice.
var updateContactTextToSpeechVoice = flow.Block{
	Type:      "UpdateContactTextToSpeechVoice",
	Title:     "Set voice",
	LogName:   "SetVoice",
	Aliases:   []string{"SetVoice", "UpdateVoice"},
	Group:     flow.GroupSet,
	FlowTypes: flow.AllTypes(),
	Rules:     flow.Rules{OptionalErrors: []string{flow.NoMatchingError}},
	Log:       logRenamed("TextToSpeechVoice", "GlobalVoice", "TextToSpeechEngine", "GlobalEngine", "TextToSpeechStyle", "SpeakingStyle"),
	Compile: func(p *flow.Params) flow.Runner {
		p.Require("TextToSpeechVoice")
		var r setVoice
		r.voice, _ = p.Whole("TextToSpeechVoice")
		if p.Has("TextToSpeechEngine") {
			r.engine = readOpenChoice(p, "TextToSpeechEngine", voiceEngines...)
		}
		if p.Has("TextToSpeechStyle") {
			r.style = readOpenChoice(p, "TextToSpeechStyle", voiceStyles...)
		}
		return orWrong(p, r)
	},
}

type setVoice struct{ voice, engine, style flow.Template }

// Enter sets the voice.
func (r setVoice) Enter(env flow.Env) flow.Move {
	if !isVoice(env) {
		return flow.Succeed()
	}
	voice, engine, style := r.voice.Render(env), r.engine.Render(env), r.style.Render(env)
	engine, engineOK := chooseOrNone(engine, voiceEngines)
	style, styleOK := chooseOrNone(style, voiceStyles)
	if voice == "" || !engineOK || !styleOK {
		return flow.Raise(flow.NoMatchingError).OrNext()
	}
	if style == noStyle {
		style = ""
	}
	return flow.Succeed(flow.SetVoice{Voice: voice, Engine: engine, Style: style})
}

// chooseOrNone is choose, but takes empty text for what was not said.
func chooseOrNone(text string, words []string) (string, bool) {
	if text == "" {
		return "", true
	}
	return choose(text, words)
}
