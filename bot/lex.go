package bot

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"tandem"
	"tandem/errand"
)

// Lex is how a bot in Amazon Lex V2 is reached.
type Lex struct {
	Endpoint     string // empty: the region's public one
	AccessKeyID  string
	SecretKey    string
	SessionToken string // empty for keys that do not expire
}

// lexBot is a bot in Amazon Lex V2 (Amazon Lex API: RecognizeText). Lex keeps
// the session itself, by the contact's id; it is told the attributes only.
type lexBot struct {
	Lex
	region, botID, aliasID string
	client                 *http.Client
}

// newLexBot reads the bot's place from its alias ARN, such as
// arn:aws:lex:us-east-1:123456789012:bot-alias/BOTID/ALIASID.
func newLexBot(arn string, l Lex, client *http.Client) (*lexBot, error) {
	parts := strings.Split(arn, ":")
	if len(parts) != 6 || parts[0] != "arn" || parts[3] == "" {
		return nil, fmt.Errorf("bot %s: a bot in Amazon Lex is named by its alias ARN, such as arn:aws:lex:us-east-1:123456789012:bot-alias/BOTID/ALIASID", arn)
	}
	place := strings.Split(parts[5], "/")
	if len(place) != 3 || place[0] != "bot-alias" || place[1] == "" || place[2] == "" {
		return nil, fmt.Errorf("bot %s: the ARN does not end with bot-alias/BOTID/ALIASID", arn)
	}
	if l.Endpoint == "" {
		l.Endpoint = "https://runtime-v2-lex." + parts[3] + ".amazonaws.com"
	}
	return &lexBot{Lex: l, region: parts[3], botID: place[1], aliasID: place[2], client: client}, nil
}

// elicit is the answer to a session's beginning without words, which Amazon Lex
// does not take.
const elicit = `{"sessionState":{"dialogAction":{"type":"ElicitIntent"}}}`

func (l *lexBot) ask(ctx context.Context, _ tandem.ID, t turn) ([]byte, error) {
	if t.text == "" {
		return []byte(elicit), nil
	}
	var before answer
	_ = json.Unmarshal(t.session, &before) // without one there are no attributes
	body, err := json.Marshal(map[string]any{
		"text": t.text, "sessionState": sessionState{SessionAttributes: before.SessionState.SessionAttributes},
	})
	if err != nil {
		return nil, &errand.Failure{Code: errand.CodeAnswer, Err: err}
	}
	address, err := url.JoinPath(l.Endpoint, "bots", l.botID, "botAliases", l.aliasID, "botLocales", t.locale, "sessions", t.sessionID, "text")
	if err != nil {
		return nil, &errand.Failure{Code: errand.CodeConnection, Err: err}
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return nil, &errand.Failure{Code: errand.CodeConnection, Err: err}
	}
	r.Header.Set("Content-Type", "application/json")
	hash := sha256.Sum256(body)
	key := aws.Credentials{AccessKeyID: l.AccessKeyID, SecretAccessKey: l.SecretKey, SessionToken: l.SessionToken}
	if err := v4.NewSigner().SignHTTP(ctx, key, r, hex.EncodeToString(hash[:]), "lex", l.region, time.Now()); err != nil {
		return nil, &errand.Failure{Code: errand.CodeConnection, Err: err}
	}
	return errand.Exchange(l.client, r, maxAnswerBytes)
}
