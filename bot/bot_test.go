package bot

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"tandem"
	"tandem/auth/sigv4"
	"tandem/center"
	"tandem/errand"
	"tandem/event"
)

func id(name string) tandem.ID { return tandem.NameID("test", name) }

func orders(t testing.TB) *Script {
	t.Helper()
	s, err := ReadScript("testdata/orders.toml")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// talk has a dialogue, turn after turn, and shows each answer as its action,
// intent with state, and messages.
func talk(t *testing.T, s *Script, locale string, said ...string) []string {
	t.Helper()
	var shown []string
	var session []byte
	for _, text := range said {
		raw, err := s.answer(turn{sessionID: "s", locale: locale, text: text, session: session})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := checked(raw); err != nil {
			t.Errorf("%q is answered with what no flow can use: %v", text, err)
		}
		shown = append(shown, show(t, raw))
		session = raw
	}
	return shown
}

func show(t *testing.T, raw []byte) string {
	t.Helper()
	var a answer
	if err := json.Unmarshal(raw, &a); err != nil {
		t.Fatal(err)
	}
	out := a.SessionState.DialogAction.Type
	if slot := a.SessionState.DialogAction.SlotToElicit; slot != "" {
		out += " " + slot
	}
	if in := a.SessionState.Intent; in != nil {
		out += " | " + in.Name + " " + in.State + " " + in.ConfirmationState
		for _, name := range sorted(in.Slots) {
			out += " " + name + "=" + in.Slots[name].Value.InterpretedValue
		}
	}
	for _, m := range a.Messages {
		out += " | " + m.Content
	}
	return out
}

func TestDialoguesWithAScript(t *testing.T) {
	const (
		ask      = "ElicitSlot Number | OrderStatus InProgress None | What is the order number?"
		confirm  = "ConfirmIntent | OrderStatus InProgress None Number=1234 | Order 1234, is that right?"
		fallback = "Close | FallbackIntent ReadyForFulfillment None"
	)
	for name, tt := range map[string]struct {
		locale string
		said   []string
		want   []string
	}{
		"to its end": {"en_US", []string{"", "Where's my order?", "one two 3-4", "Yes!"}, []string{
			"ElicitIntent | How can I help?", ask, confirm, "Close | OrderStatus ReadyForFulfillment Confirmed Number=1234 | Order 1234 is on its way.",
		}},
		"with the keypad": {"en_US", []string{"1", "1234", "1"}, []string{
			ask, confirm, "Close | OrderStatus ReadyForFulfillment Confirmed Number=1234 | Order 1234 is on its way.",
		}},
		"the customer denies": {"en_US", []string{"order", "1234", "no, that is not right"}, []string{
			ask, confirm, "Close | OrderStatus Failed Denied Number=1234 | All right, nothing was done.",
		}},
		"a word of its own for yes": {"en_US", []string{"order", "1234", "go ahead"}, []string{
			ask, confirm, "Close | OrderStatus ReadyForFulfillment Confirmed Number=1234 | Order 1234 is on its way.",
		}},
		"asked again, then understood": {"en_US", []string{"order", "12", "1234", "hm", "1"}, []string{
			ask, "ElicitSlot Number | OrderStatus InProgress None | It has four to six digits. | What is the order number?", confirm,
			"ConfirmIntent | OrderStatus InProgress None Number=1234 | Sorry, say that again. | Order 1234, is that right?",
			"Close | OrderStatus ReadyForFulfillment Confirmed Number=1234 | Order 1234 is on its way.",
		}},
		"a slot that is not understood twice": {"en_US", []string{"order", "x", "y"}, []string{
			ask, "ElicitSlot Number | OrderStatus InProgress None | It has four to six digits. | What is the order number?",
			"Close | OrderStatus Failed None | I could not understand that.",
		}},
		"no intent": {"en_US", []string{"pizza", "pasta"}, []string{"ElicitIntent | Sorry, say that again.", fallback}},
		"the longest phrase wins": {"en_US", []string{"please cancel my order", "it took too long"}, []string{
			"ElicitSlot Reason | CancelOrder InProgress None | Late or wrong?", "Close | CancelOrder ReadyForFulfillment None Reason=late",
		}},
		"digits alone":               {"en_US", []string{"zero"}, []string{"Close | Agent ReadyForFulfillment None"}},
		"digits that mean nothing":   {"en_US", []string{"9", "9"}, []string{"ElicitIntent | Sorry, say that again.", fallback}},
		"another language":           {"de_DE", []string{"", "meine Bestellung", "eins zwei drei vier"}, []string{"ElicitIntent | Womit kann ich helfen?", "ElicitSlot Number | OrderStatus InProgress None | Wie ist die Nummer?", confirm}},
		"its neighbour":              {"de_AT", []string{"Bestellung"}, []string{"ElicitSlot Number | OrderStatus InProgress None | Wie ist die Nummer?"}},
		"a language it has not":      {"fr_FR", []string{"order"}, []string{ask}},
		"a new wish after the end":   {"en_US", []string{"0", "order"}, []string{"Close | Agent ReadyForFulfillment None", ask}},
		"a word that contains order": {"en_US", []string{"disorderly", "disorderly"}, []string{"ElicitIntent | Sorry, say that again.", fallback}},
	} {
		t.Run(name, func(t *testing.T) {
			got := talk(t, orders(t), tt.locale, tt.said...)
			for i := range tt.want {
				if got[i] != tt.want[i] {
					t.Errorf("%q is answered with\n%s, want\n%s", tt.said[i], got[i], tt.want[i])
				}
			}
		})
	}
}

func TestSlotsAreReadByType(t *testing.T) {
	colours := []Choice{{Value: "Red", Digits: "1"}, {Value: "Dark red"}, {Value: "Blue", Words: map[string][]string{"en_US": {"navy"}}}}
	for _, tt := range []struct {
		slot Slot
		said string
		want string // empty: not understood
	}{
		{Slot{Type: "number", Min: 1, Max: 9}, "make it two please", "2"},
		{Slot{Type: "number", Min: 1, Max: 9}, "10", ""},
		{Slot{Type: "number"}, "two or 3", ""},
		{Slot{Type: "number"}, "99999999999999999999", ""},
		{Slot{Type: "digits"}, "0 0 7", "007"},
		{Slot{Type: "digits"}, "seven and 8", ""},
		{Slot{Type: "digits", Max: 2}, "123", ""},
		{Slot{Type: "yes_no"}, "yeah", "yes"},
		{Slot{Type: "yes_no"}, "2", "no"},
		{Slot{Type: "yes_no"}, "perhaps", ""},
		{Slot{Type: "choice", Choices: colours}, "the dark red one", "Dark red"},
		{Slot{Type: "choice", Choices: colours}, "Navy", "Blue"},
		{Slot{Type: "choice", Choices: colours}, "1", "Red"},
		{Slot{Type: "choice", Choices: colours}, "reddish", ""},
		{Slot{Type: "date"}, "2026-02-28", "2026-02-28"},
		{Slot{Type: "date"}, "20260228", "2026-02-28"},
		{Slot{Type: "date"}, "2026-02-30", ""},
		{Slot{Type: "text"}, " Any words. ", "Any words."},
		{Slot{Type: "text"}, " ... ", ""},
	} {
		got, understood := orders(t).value(&tt.slot, tt.said, "en_US")
		if understood != (tt.want != "") || understood && got != tt.want {
			t.Errorf("%s %q is read as %q, %t; want %q", tt.slot.Type, tt.said, got, understood, tt.want)
		}
	}
}

func TestSessionAttributesOfTheFlowAreKept(t *testing.T) {
	raw, err := orders(t).answer(turn{locale: "en_US", text: "order", session: []byte(`{"sessionState":{"sessionAttributes":{"vip":"yes"}}}`)})
	var a answer
	if err != nil || json.Unmarshal(raw, &a) != nil || a.SessionState.SessionAttributes["vip"] != "yes" || a.Interpretations[0].NLUConfidence.Score != 1 {
		t.Errorf("answered %s, %v", raw, err)
	}
}

func TestWrongScriptIsNamed(t *testing.T) {
	const head = "default_locale = \"en_US\"\n"
	const slot = "[[intent]]\nname = \"A\"\ndigits = \"1\"\n[[intent.slot]]\nname = \"S\"\n"
	for name, tt := range map[string]struct{ script, want string }{
		"no locale":         {"[[intent]]\nname = \"A\"\n", "default_locale"},
		"no intent":         {head, "0 intents"},
		"no words":          {head + "[[intent]]\nname = \"A\"\n", "phrases or digits"},
		"a name":            {head + "[[intent]]\nname = \"A B\"\ndigits = \"1\"\n", "\"A B\""},
		"twice":             {head + strings.Repeat("[[intent]]\nname = \"A\"\nphrases = { en_US = [\"a\"] }\n", 2), "twice"},
		"one key twice":     {head + "[[intent]]\nname = \"A\"\ndigits = \"1\"\n[[intent]]\nname = \"B\"\ndigits = \"1\"\n", "another intent"},
		"an empty phrase":   {head + "[[intent]]\nname = \"A\"\nphrases = { en_US = [\"?\"] }\n", "no words"},
		"a key that is no":  {head + "[[intent]]\nname = \"A\"\ndigits = \"x\"\n", "0-9"},
		"an unknown key":    {head + "greting = {}\n", "greting"},
		"a slot's type":     {head + slot + "type = \"colour\"\n", "none of digits"},
		"no prompt":         {head + slot + "type = \"text\"\nprompt = { de_DE = \"?\" }\n", "no text for en_US"},
		"no choices":        {head + slot + "type = \"choice\"\nprompt = { en_US = \"?\" }\n", "has choices"},
		"max below min":     {head + slot + "type = \"number\"\nmin = 3\nmax = 2\nprompt = { en_US = \"?\" }\n", "less than min"},
		"too many retries":  {head + "max_retries = 11\n[[intent]]\nname = \"A\"\ndigits = \"1\"\n", "max_retries"},
		"larger than 1 MiB": {strings.Repeat(" ", 1<<20+1), "larger"},
	} {
		if _, err := ParseScript([]byte(tt.script)); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzScriptThatIsTakenAnswersEverything(f *testing.F) {
	// Small, since finding the smallest input that does the same takes long.
	const script = "default_locale=\"en_US\"\nmax_retries=1\n[[intent]]\nname=\"A\"\nphrases={en_US=[\"a\"]}\nconfirm={en_US=\"{S}?\"}\n" +
		"[[intent.slot]]\nname=\"S\"\ntype=\"number\"\nprompt={en_US=\"?\"}\n"
	f.Add([]byte(script), "1", `{"sessionState":{"dialogAction":{"type":"ElicitSlot","slotToElicit":"S"},"intent":{"name":"A"}}}`)
	f.Add([]byte(script), "yes", `{"sessionState":{"dialogAction":{"type":"ConfirmIntent"},"intent":{"name":"A","slots":{"S":null}}}}`)
	f.Add([]byte("default_locale = \"\"\n"), "", `{`)
	f.Fuzz(func(t *testing.T, script []byte, text, session string) {
		s, err := ParseScript(script)
		if err != nil {
			return
		}
		first, err1 := s.answer(turn{locale: "en_US", text: text, session: []byte(session)})
		again, err2 := s.answer(turn{locale: "en_US", text: text, session: []byte(session)})
		if err1 != nil || err2 != nil || string(first) != string(again) {
			t.Fatalf("%q is answered with %s (%v), then with %s (%v)", text, first, err1, again, err2)
		}
		if _, err := checked(first); err != nil && len(first) <= maxAnswerBytes {
			t.Errorf("the answer %s is of no use: %v", first, err)
		}
	})
}

func FuzzCheckedAnswersHaveAnAction(f *testing.F) {
	f.Add([]byte(`{"sessionState":{"dialogAction":{"type":"Close"},"intent":{"name":"A"}}}`))
	f.Add([]byte(`{"sessionState":{"dialogAction":{"type":"Close"}}}`))
	f.Add([]byte(`{"messages":1}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		out, err := checked(raw)
		if err != nil {
			return
		}
		var a answer
		if json.Unmarshal([]byte(out), &a) != nil || a.SessionState.DialogAction.Type == "" || a.SessionState.DialogAction.Type == actionClose && a.SessionState.Intent.Name == "" {
			t.Errorf("%q was taken", raw)
		}
	})
}

// core takes the commands of a runner.
type core struct {
	t    *testing.T
	run  *Runner
	told chan center.BotAnswered
}

func newCore(t *testing.T, bots ...Bot) *core {
	t.Helper()
	c := &core{t: t, told: make(chan center.BotAnswered, 10)}
	var err error
	c.run, err = New(Config{Bots: bots, Log: slog.New(slog.DiscardHandler), Do: func(_ context.Context, _ tandem.ID, command any) (any, error) {
		c.told <- command.(center.BotAnswered)
		return nil, nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.run.Close)
	return c
}

func (c *core) ask(bot, text, session string) center.BotAnswered {
	c.t.Helper()
	wish := center.AskBot{
		ContactID: id("contact"), TurnID: id(text + session), Bot: bot, Locale: "en_US", Mode: event.BotSpeech,
		Input: tandem.Personal(text), Session: tandem.Personal(session), Deadline: tandem.At(time.Now().Add(3 * time.Second)),
	}
	c.run.Effect(id("instance"), wish)
	select {
	case told := <-c.told:
		if told.TurnID != wish.TurnID || told.ContactID != wish.ContactID {
			c.t.Errorf("another turn was told: %+v", told)
		}
		return told
	case <-time.After(10 * time.Second):
		c.t.Fatal("nothing was told")
	}
	return center.BotAnswered{}
}

func serve(t *testing.T, h http.HandlerFunc) string {
	web := httptest.NewServer(h)
	t.Cleanup(web.Close)
	return web.URL
}

func TestScriptIsAskedByNameRegionAndAlias(t *testing.T) {
	c := newCore(t, Bot{Name: "orders", File: "testdata/orders.toml"})
	told := c.ask("orders:us-east-1:live", "my order", "")
	if told.Failure != "" || !strings.HasPrefix(show(t, []byte(told.Answer)), "ElicitSlot Number") {
		t.Errorf("told %+v", told)
	}
	if told := c.ask("payments", "hello", ""); told.Failure != "Status Code: 404; Error Code: ResourceNotFoundException" {
		t.Errorf("an unknown bot: told %+v", told)
	}
	if f := c.run.Figures(); f["orders"].Done != 1 || f[unknownLane].Failed != 1 {
		t.Errorf("the figures are %+v", f)
	}
}

func TestBotBehindAURLGetsTheWholeTurn(t *testing.T) {
	var got question
	var signature, want string
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		raw, _ := io.ReadAll(r.Body)
		_ = json.Unmarshal(raw, &got)
		signature, want = r.Header.Get(errand.HeaderSignature), errand.Sign([]byte("key"), r.Header.Get(errand.HeaderTimestamp), raw)
		fmt.Fprint(w, `{"sessionState":{"dialogAction":{"type":"Close"},"intent":{"name":"A","state":"Fulfilled"}},"more":[1]}`)
	})
	c := newCore(t, Bot{Name: "a:b:c", URL: url, Loopback: true, Secret: []byte("key")})
	told := c.ask("a:b:c", "hello", `{"sessionState":{"intent":{"name":"B"}}}`)
	if told.Failure != "" || !strings.Contains(string(told.Answer), `"more":[1]`) {
		t.Errorf("told %+v", told)
	}
	if got.Bot != "a:b:c" || got.LocaleID != "en_US" || got.SessionID != id("contact").String() || got.Text != "hello" || got.InputMode != "Speech" || string(got.SessionState) != `{"intent":{"name":"B"}}` {
		t.Errorf("it got %+v", got)
	}
	if signature != want {
		t.Errorf("the signature is %s, want %s", signature, want)
	}
}

func TestAnswersThatNoFlowCanUseFail(t *testing.T) {
	var mu sync.Mutex
	var answer string
	url := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		io.WriteString(w, answer)
	})
	c := newCore(t, Bot{Name: "web", URL: url, Loopback: true})
	for name, a := range map[string]string{
		"not JSON": "<html>", "no action": `{"sessionState":{}}`, "an unknown action": `{"sessionState":{"dialogAction":{"type":"Dance"}}}`,
		"closed without intent": `{"sessionState":{"dialogAction":{"type":"Close"}}}`, "a wrong type": `{"messages":"x","sessionState":{"dialogAction":{"type":"None"}}}`,
		"33 KB": `{"sessionState":{"dialogAction":{"type":"None"}},"x":"` + strings.Repeat("x", 33<<10) + `"}`,
	} {
		mu.Lock()
		answer = a
		mu.Unlock()
		if told := c.ask("web", name, ""); !strings.HasSuffix(told.Failure, "Error Code: InvalidResponse") || told.Answer != "" {
			t.Errorf("%s: told %+v", name, told)
		}
	}
}

func TestSlowBotFailsAtTheDeadline(t *testing.T) {
	url := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // only then does the server see the caller go
		<-r.Context().Done()
	})
	if told := newCore(t, Bot{Name: "web", URL: url, Loopback: true}).ask("web", "hello", ""); told.Failure != "Error Code: TimeLimitExceeded" {
		t.Errorf("told %+v", told)
	}
}

// lexKeys is the one access key of a stand-in of Amazon Lex.
type lexKeys struct{}

func (lexKeys) Secret(id string) (secret, principal string, ok bool) {
	return "secret", "", id == "AKID"
}

func TestAmazonLexIsAskedWithASignature(t *testing.T) {
	const arn = "arn:aws:lex:eu-central-1:123456789012:bot-alias/BOTID/ALIASID"
	verifier := sigv4.Verifier{Keys: lexKeys{}, Services: []string{"lex"}, Now: time.Now}
	var path, body string
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		raw, _ := io.ReadAll(r.Body)
		path, body = r.URL.Path, string(raw)
		if who, err := verifier.Verify(r, raw); err != nil || who.Region != "eu-central-1" {
			w.Header().Set("X-Amzn-ErrorType", "AccessDeniedException:http://internal.amazon.com/")
			w.WriteHeader(http.StatusForbidden)
			return
		}
		fmt.Fprint(w, `{"sessionState":{"dialogAction":{"type":"ElicitIntent"}},"sessionId":"x"}`)
	})
	c := newCore(t, Bot{Name: arn, Loopback: true, Lex: &Lex{Endpoint: url, AccessKeyID: "AKID", SecretKey: "secret"}})
	if told := c.ask(arn, "", ""); told.Failure != "" || path != "" {
		t.Errorf("a beginning without words: told %+v, and %s was asked", told, path)
	}
	told := c.ask(arn, "hello", `{"sessionState":{"dialogAction":{"type":"Close"},"sessionAttributes":{"vip":"yes"}}}`)
	if told.Failure != "" || path != "/bots/BOTID/botAliases/ALIASID/botLocales/en_US/sessions/"+id("contact").String()+"/text" {
		t.Errorf("told %+v by %s", told, path)
	}
	if body != `{"sessionState":{"sessionAttributes":{"vip":"yes"}},"text":"hello"}` {
		t.Errorf("it got %s", body)
	}
	c = newCore(t, Bot{Name: arn, Loopback: true, Lex: &Lex{Endpoint: url, AccessKeyID: "AKID", SecretKey: "wrong"}})
	if told := c.ask(arn, "hello", ""); told.Failure != "Status Code: 403; Error Code: AccessDeniedException" {
		t.Errorf("with a wrong secret: told %+v", told)
	}
}

func TestBotThatCannotWorkIsRefused(t *testing.T) {
	key := &Lex{AccessKeyID: "a", SecretKey: "s"}
	for name, tt := range map[string]struct {
		bot  Bot
		want string
	}{
		"no name":       {Bot{URL: "https://x.example"}, "name is missing"},
		"no way":        {Bot{Name: "b"}, "exactly one of"},
		"no file":       {Bot{Name: "b", File: "testdata/none.toml"}, "none.toml"},
		"plain http":    {Bot{Name: "b", URL: "http://x.example"}, "https only"},
		"lex, no key":   {Bot{Name: "b", Lex: &Lex{}}, "access key"},
		"lex, no ARN":   {Bot{Name: "b", Lex: key}, "alias ARN"},
		"lex, half ARN": {Bot{Name: "arn:aws:lex:eu-central-1:1:bot/B", Lex: key}, "bot-alias/BOTID/ALIASID"},
	} {
		if _, err := New(Config{Bots: []Bot{tt.bot}}); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func BenchmarkTurn(b *testing.B) {
	s := orders(b)
	session := []byte(`{"sessionState":{"dialogAction":{"type":"ElicitSlot","slotToElicit":"Number"},"intent":{"name":"OrderStatus"}}}`)
	for b.Loop() {
		if _, err := s.answer(turn{locale: "en_US", text: "one two three four", session: session}); err != nil {
			b.Fatal(err)
		}
	}
}
