package block

import (
	"strconv"
	"strings"

	"tandem/flow"
)

// wrong stands in for a block whose parameters are wrong.
type wrong struct{}

// Enter takes the error branch.
func (wrong) Enter(flow.Env) flow.Move { return flow.Raise(flow.NoMatchingError) }

// orWrong is the runner, unless its parameters are wrong.
func orWrong(p *flow.Params, r flow.Runner) flow.Runner {
	if !p.OK() {
		return wrong{}
	}
	return r
}

// quantity is a whole number written in the flow, or one reference to an attribute
// that holds it.
type quantity struct {
	text        flow.Template
	least, most int
}

// readQuantity reads a number within limits.
func readQuantity(p *flow.Params, name string, least, most int) (quantity, bool) {
	text, ok := p.Whole(name)
	if ok && text.Static() {
		_, ok = p.Int(name, least, most)
	}
	return quantity{text: text, least: least, most: most}, ok
}

// fixedQuantity is a number that does not depend on the flow.
func fixedQuantity(n int) quantity {
	return quantity{text: flow.ParseTemplate(strconv.Itoa(n)), least: n, most: n}
}

// value is the number now; not ok if it is none, or beyond the limits.
func (q quantity) value(env flow.Env) (value int, ok bool) {
	value, err := strconv.Atoi(q.text.Render(env))
	return value, err == nil && value >= q.least && value <= q.most
}

// readChoice reads one of some words, without regard to case, and returns it as
// it is listed.
func readChoice(p *flow.Params, name string, words ...string) (string, bool) {
	text, ok := p.Static(name)
	if !ok {
		return "", false
	}
	word, ok := choose(text, words)
	if !ok {
		p.Fail(name, "It must be one of "+strings.Join(words, ", "))
	}
	return word, ok
}

// readOpenChoice is readChoice for a value that may come from an attribute too.
func readOpenChoice(p *flow.Params, name string, words ...string) flow.Template {
	text, ok := p.Whole(name)
	if ok && text.Static() {
		readChoice(p, name, words...)
	}
	return text
}

func choose(text string, words []string) (string, bool) {
	for _, word := range words {
		if strings.EqualFold(text, word) {
			return word, true
		}
	}
	return "", false
}

// readPhoneNumber reads a telephone number, or one reference to an attribute that
// holds it.
func readPhoneNumber(p *flow.Params, name string) flow.Template {
	text, ok := p.Whole(name)
	if ok && text.Static() && !isE164(text.Source()) {
		p.Fail(name, "It must be a number in E.164 form, such as +4930123456")
	}
	return text
}

// maxE164Digits is the length of the longest telephone number (ITU-T E.164,
// section 6).
const maxE164Digits = 15

func isE164(text string) bool {
	digits, ok := strings.CutPrefix(text, "+")
	return ok && len(digits) > 1 && len(digits) <= maxE164Digits && digits[0] != '0' && strings.Trim(digits, "0123456789") == ""
}

// callerID is the number to show; empty, for the usual one, if the text is none.
func callerID(text flow.Template, env flow.Env) string {
	if number := text.Render(env); isE164(number) {
		return number
	}
	return ""
}

// readCallerID reads an object that names the number to show. The name to show is
// accepted without effect: the network shows its own.
func readCallerID(p *flow.Params) flow.Template {
	object, ok := p.Object("CallerId")
	if !ok {
		return flow.Template{}
	}
	object.Accept("Name")
	return readPhoneNumber(object, "Number")
}

// isVoice says whether the contact is a call.
func isVoice(env flow.Env) bool { return env.Channel() == flow.ChannelVoice }
