package flow

import (
	"strconv"
	"strings"
)

// The messages of Amazon Connect's InvalidContactFlowException.
const (
	msgActionType    = "Invalid Action type"
	msgPropertyValue = "Invalid Action property value"
	msgPropertyName  = "Invalid Action property"
	msgMissing       = "Action is missing required property"
	msgMissingError  = "Action is missing required error"
	msgActionError   = "Invalid Action error"
	msgMissingBranch = "Action is missing required condition"
	msgCondition     = "Invalid Action condition"
)

// A Problem is one reason why a flow cannot be published.
type Problem struct {
	Message   string // what is wrong, in Amazon Connect's words
	ErrorType string // the error branch it is about, if any
	Path      string // where, such as "Actions[1].Transitions.NextAction"
	Hint      string // what to do about it, if there is more to say
	Action    string // the Identifier of the action it is about, if any
}

// String gives the message that API callers see (Amazon Connect API: ProblemDetail).
func (p Problem) String() string {
	var where []string
	if p.ErrorType != "" {
		where = append(where, "Error: "+p.ErrorType)
	}
	if p.Path != "" {
		where = append(where, "Path: "+p.Path)
	}
	text := p.Message
	if len(where) > 0 {
		text += ". " + strings.Join(where, ", ")
	}
	if p.Hint != "" {
		text += ". " + p.Hint
	}
	if p.Action != "" {
		if !strings.HasSuffix(text, "?") {
			text += "."
		}
		text += " In the block " + strconv.Quote(p.Action)
	}
	return text
}

// Problems are all the problems of one flow, in the order of its text.
type Problems []Problem

// Error joins the problems, one on a line.
func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n")
}
