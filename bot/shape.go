package bot

import (
	"encoding/json"
	"errors"
	"slices"

	"tandem/errand"
)

// The shape of an answer (Amazon Lex API: RecognizeText, response). Members
// that are not used here are left out; an answer of another bot goes to the
// core as it is.
type (
	answer struct {
		Messages          []message         `json:"messages,omitempty"`
		SessionState      sessionState      `json:"sessionState"`
		Interpretations   []interpretation  `json:"interpretations,omitempty"`
		RequestAttributes map[string]string `json:"requestAttributes,omitempty"`
		SessionID         string            `json:"sessionId,omitempty"`
	}
	message struct {
		Content     string `json:"content"`
		ContentType string `json:"contentType"`
	}
	sessionState struct {
		DialogAction      *dialogAction     `json:"dialogAction,omitempty"`
		Intent            *intent           `json:"intent,omitempty"`
		SessionAttributes map[string]string `json:"sessionAttributes,omitempty"`
	}
	dialogAction struct {
		Type         string `json:"type"`
		SlotToElicit string `json:"slotToElicit,omitempty"`
	}
	intent struct {
		Name              string               `json:"name"`
		Slots             map[string]*slotList `json:"slots,omitempty"`
		State             string               `json:"state"`
		ConfirmationState string               `json:"confirmationState"`
	}
	slotList struct {
		Value slotValue `json:"value"`
	}
	slotValue struct {
		OriginalValue    string   `json:"originalValue"`
		InterpretedValue string   `json:"interpretedValue"`
		ResolvedValues   []string `json:"resolvedValues,omitempty"`
	}
	interpretation struct {
		Intent        intent     `json:"intent"`
		NLUConfidence confidence `json:"nluConfidence"`
	}
	confidence struct {
		Score float64 `json:"score"`
	}
)

// The dialog actions (Amazon Lex API: DialogAction).
const (
	actionClose        = "Close"
	actionConfirm      = "ConfirmIntent"
	actionDelegate     = "Delegate"
	actionElicitIntent = "ElicitIntent"
	actionElicitSlot   = "ElicitSlot"
	actionNone         = "None"
)

// The states of an intent, and of its confirmation (Amazon Lex API: Intent).
const (
	stateInProgress = "InProgress"
	stateReady      = "ReadyForFulfillment"
	stateFailed     = "Failed"

	confirmationNone = "None"
	confirmationYes  = "Confirmed"
	confirmationNo   = "Denied"
)

const (
	maxAnswerBytes = 32 << 10
	maxInputBytes  = 1024 // Amazon Lex API: RecognizeText, text
)

var (
	errLong     = errors.New("the answer is longer than 32 KB")
	errShape    = errors.New("the answer is not the JSON of a RecognizeText response")
	errAction   = errors.New("sessionState.dialogAction.type is none of Close, ConfirmIntent, Delegate, ElicitIntent, ElicitSlot and None")
	errNoIntent = errors.New("the answer closes the dialogue, and sessionState.intent.name is missing")
)

// checked takes an answer that a flow can go on with.
func checked(raw []byte) (string, error) {
	wrong := func(err error) (string, error) {
		return "", &errand.Failure{Code: errand.CodeAnswer, Err: err}
	}
	var a answer
	switch {
	case len(raw) > maxAnswerBytes:
		return wrong(errLong)
	case json.Unmarshal(raw, &a) != nil:
		return wrong(errShape)
	case a.SessionState.DialogAction == nil || !slices.Contains([]string{actionClose, actionConfirm, actionDelegate, actionElicitIntent, actionElicitSlot, actionNone}, a.SessionState.DialogAction.Type):
		return wrong(errAction)
	case a.SessionState.DialogAction.Type == actionClose && (a.SessionState.Intent == nil || a.SessionState.Intent.Name == ""):
		return wrong(errNoIntent)
	}
	return string(raw), nil
}
