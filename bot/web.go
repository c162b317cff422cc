package bot

import (
	"context"
	"encoding/json"
	"net/http"

	"tandem"
	"tandem/errand"
)

// question is the body of a turn for a bot behind a URL: the members of a
// RecognizeText request, with what Amazon Lex has in the path (Amazon Lex API:
// RecognizeText), and the input mode.
type question struct {
	Bot          string          `json:"bot"`
	LocaleID     string          `json:"localeId"`
	SessionID    string          `json:"sessionId"`
	Text         string          `json:"text"`
	InputMode    string          `json:"inputMode"`
	SessionState json.RawMessage `json:"sessionState,omitempty"`
}

// web is a bot behind a URL. It may forget everything between two turns: each
// has the session's state.
type web struct {
	url    string
	secret []byte
	client *http.Client
}

func (w web) ask(ctx context.Context, id tandem.ID, t turn) ([]byte, error) {
	var before struct {
		SessionState json.RawMessage `json:"sessionState"`
	}
	_ = json.Unmarshal(t.session, &before) // without one the session begins
	body, err := json.Marshal(question{Bot: t.bot, LocaleID: t.locale, SessionID: t.sessionID, Text: t.text, InputMode: t.mode, SessionState: before.SessionState})
	if err != nil {
		return nil, &errand.Failure{Code: errand.CodeAnswer, Err: err}
	}
	return errand.Post{URL: w.url, Secret: w.secret, ID: id, Body: body, MaxBytes: maxAnswerBytes}.Send(ctx, w.client)
}
