package block

import (
	"tandem/flow"
)

const (
	minBotTextSeconds     = 60
	maxBotTextSeconds     = 7 * 24 * 60 * 60
	defaultBotTextSeconds = 300
	maxBotAnswerBytes     = 64 * 1024

	// How long a bot may take to answer: in a chat the customer is told sooner.
	botVoiceMillis = 30_000
	botChatMillis  = 6_000

	modeText   = "Text"
	modeSpeech = "Speech"
	modeKeys   = "DTMF"
)

// connectParticipantWithLexBot lets the customer talk with a bot, by speech and
// keys in a call and by text in a chat, until the bot has an intent; then it takes
// the branch of the intent's name. The bot's latest answer is $.Lex. It says a
// message first, or hands the bot what LexInitializationData holds, such as the first
// message of a chat. Session attributes that the block sets stand until the bot sets
// others; those of Amazon Lex that begin with x-amz-lex: say how long to listen and
// which key ends the input. No word, no key and, in a chat, no text within
// LexTimeoutSeconds is InputTimeLimitExceeded. A bot that the instance does not know,
// or that fails, is an error, and so are other channels.
//
//	{
//	  "Identifier": "talk",
//	  "Type": "ConnectParticipantWithLexBot",
//	  "Parameters": {
//	    "Text": "How can I help?",
//	    "LexV2Bot": {"AliasArn": "arn:aws:lex:eu-central-1:123456789012:bot-alias/ABCDEFGHIJ/TSTALIASID"},
//	    "LexSessionAttributes": {"caller": "$.CustomerEndpoint.Address"},
//	    "LexTimeoutSeconds": {"Text": "300"}
//	  },
//	  "Transitions": {
//	    "NextAction": "next",
//	    "Errors": [
//	      {"NextAction": "next", "ErrorType": "InputTimeLimitExceeded"},
//	      {"NextAction": "next", "ErrorType": "NoMatchingCondition"},
//	      {"NextAction": "next", "ErrorType": "NoMatchingError"}
//	    ],
//	    "Conditions": [
//	      {"NextAction": "next", "Condition": {"Operator": "Equals", "Operands": ["BookRoom"]}}
//	    ]
//	  }
//	}
//
// Amazon Connect Flow language: ConnectParticipantWithLexBot.
var connectParticipantWithLexBot = flow.Block{
	Type:      "ConnectParticipantWithLexBot",
	Title:     "Get customer input (Amazon Lex)",
	LogName:   "GetUserInput",
	Aliases:   []string{"ConnectToLexBot", "LexBot", "GetLexInput", "ConnectLex"},
	Group:     flow.GroupInteract,
	FlowTypes: getParticipantInput.FlowTypes,
	Rules: flow.Rules{
		Next:           flow.NextOptional,
		RequiredErrors: []string{flow.NoMatchingError},
		OptionalErrors: []string{flow.NoMatchingCondition, flow.InputTimeLimitExceeded},
		Conditions:     flow.ConditionRules{Operators: []string{flow.Equals}},
	},
	Log: logBot,
	Compile: func(p *flow.Params) flow.Runner {
		var r talkToBot
		r.bot = readBot(p)
		if start, ok := p.Object("LexInitializationData"); ok {
			r.starts = true
			start.Require("InitialMessage")
			r.initial, _ = start.Text("InitialMessage")
		}
		if r.message = readOptionalMessage(p); r.message.kind == silence && !r.starts {
			readMessage(p) // one of the two must be there
		}
		if object, ok := p.Object("LexSessionAttributes"); ok {
			r.attributes = readSessionAttributes(object)
		}
		r.textSeconds = readTextSeconds(p)
		return orWrong(p, r)
	},
}

// readBot reads which bot it is: one of Lex V2 by its alias, or one of Lex by name.
func readBot(p *flow.Params) (bot flow.Reference) {
	kind, _ := p.OneOf("LexV2Bot", "LexBot")
	object, ok := p.Object(kind)
	switch {
	case !ok:
	case kind == "LexV2Bot":
		object.Require("AliasArn")
		bot, _ = object.OpenReference("AliasArn", flow.ResourceBot)
	default:
		object.Require("Name", "Region", "Alias")
		name, okName := object.Text("Name")
		region, okRegion := object.Text("Region")
		alias, okAlias := object.Text("Alias")
		if okName && okRegion && okAlias {
			bot = p.Refer(kind, flow.ResourceBot, flow.ParseTemplate(name.Source()+":"+region.Source()+":"+alias.Source()))
		}
	}
	return bot
}

// readSessionAttributes reads attributes of a bot's session, whose names may be any.
func readSessionAttributes(p *flow.Params) attributes {
	var as attributes
	for _, name := range p.Names() {
		value, _ := p.Text(name)
		as = append(as, attribute{name: name, value: value})
	}
	return as
}

// readTextSeconds reads how long a chat waits for the customer.
func readTextSeconds(p *flow.Params) quantity {
	usual := fixedQuantity(defaultBotTextSeconds)
	object, ok := p.Object("LexTimeoutSeconds")
	if !ok || !object.Has("Text") {
		return usual
	}
	seconds, _ := readQuantity(object, "Text", minBotTextSeconds, maxBotTextSeconds)
	return seconds
}

type talkToBot struct {
	bot         flow.Reference
	message     message
	initial     flow.Template // what the bot gets first
	starts      bool          // the bot gets initial, even if it is empty
	attributes  attributes
	textSeconds quantity
}

// Enter begins the bot's session.
func (r talkToBot) Enter(env flow.Env) flow.Move {
	bot := r.bot.ID(env)
	attributes, ok := r.attributes.render(env)
	if _, inTime := r.textSeconds.value(env); !ok || !inTime || !canTalk(env) || bot == "" || !env.BotKnown(bot) {
		return flow.Raise(flow.NoMatchingError)
	}
	begin := flow.SetBotSession{Session: sessionWith(env, attributes)}
	if initial := r.initial.Render(env); r.message.kind == silence || initial != "" {
		return flow.Await(begin, r.ask(env, initial, modeText, attributes))
	}
	prompt, ok := r.message.render(env)
	if !ok {
		return flow.Raise(flow.NoMatchingError)
	}
	play := flow.Play{Collect: collectFor(env, botAnswer{attributes: attributes})}
	if prompt != (flow.Prompt{}) {
		play.Items = []flow.Prompt{prompt}
	}
	return flow.Await(begin, play)
}

// canTalk says whether somebody can talk on the contact's channel.
func canTalk(env flow.Env) bool { return isVoice(env) || env.Channel() == flow.ChannelChat }

func (r talkToBot) ask(env flow.Env, text, mode string, attributes map[string]string) flow.AskBot {
	millis := botChatMillis
	if isVoice(env) {
		millis = botVoiceMillis
	}
	return flow.AskBot{Bot: r.bot.ID(env), Text: text, Mode: mode, Attributes: attributes, TimeoutMillis: millis}
}

// Wait is for the customer and the bot in turn. A call's input has the deadlines of
// its play; a chat waits for text.
func (r talkToBot) Wait(env flow.Env) flow.Wait {
	if isVoice(env) {
		return flow.Wait{Inputs: []flow.InputKind{flow.InputDigits, flow.InputUtterance, flow.InputTimeout, flow.InputPlayDone,
			flow.InputPlayFailed, flow.InputBotAnswered, flow.InputBotFailed}}
	}
	seconds, _ := r.textSeconds.value(env)
	return flow.Wait{Inputs: []flow.InputKind{flow.InputUtterance, flow.InputTimeout, flow.InputBotAnswered, flow.InputBotFailed,
		flow.InputInterrupted}, DeadlineMillis: seconds * millisPerSecond}
}

// Resume goes on with the dialogue.
func (r talkToBot) Resume(in flow.Input, env flow.Env) flow.Move {
	switch in.Kind {
	case flow.InputDigits:
		return flow.Await(r.ask(env, in.Digits, modeKeys, r.session(env)))
	case flow.InputUtterance:
		mode := modeText
		if in.Speech {
			mode = modeSpeech
		}
		return flow.Await(r.ask(env, in.Text, mode, r.session(env)))
	case flow.InputBotAnswered:
		return r.answered(in.Result, env)
	case flow.InputPlayDone: // the bot's last word, for after any other the customer is heard
		intent, _ := env.Value("Lex", "IntentName")
		return flow.Branch(intent)
	case flow.InputTimeout, flow.InputInterrupted:
		return flow.Raise(flow.InputTimeLimitExceeded).As(flow.OutcomeTimeout)
	}
	return flow.Raise(flow.NoMatchingError)
}

// session is what the block's session attributes are now: those that the bot has
// not changed or taken away.
func (r talkToBot) session(env flow.Env) map[string]string {
	now := make(map[string]string, len(r.attributes))
	for _, a := range r.attributes {
		if value, ok := env.Value("Lex", "SessionAttributes", a.name); ok {
			now[a.name] = value
		}
	}
	return now
}

// answered says what the bot answers, and listens on unless the dialogue is over.
// The bot's last word is heard out; in a chat it is there at once.
func (talkToBot) answered(result string, env flow.Env) flow.Move {
	answer, ok := readBotAnswer(result)
	items, sayable := answer.prompts(isVoice(env))
	if !ok || !sayable {
		return flow.Raise(flow.NoMatchingError)
	}
	session := flow.SetBotSession{Session: result}
	switch {
	case !answer.over():
		return flow.Await(session, flow.Play{Items: items, Collect: collectFor(env, answer)})
	case len(items) == 0:
		return flow.Branch(answer.intent, session)
	case isVoice(env):
		return flow.Await(session, flow.Play{Items: items})
	}
	return flow.Branch(answer.intent, session, flow.Play{Items: items}, flow.StopPlay{})
}
