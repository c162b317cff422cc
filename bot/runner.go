package bot

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"tandem"
	"tandem/center"
	"tandem/errand"
)

const (
	maxAttempts = 3                // a turn that met a passing failure
	turnLimit   = 10 * time.Second // of a turn without a deadline
	unknownLane = "unknown"        // of bots that are not configured
)

// Bot is where a bot lives. Exactly one of File, URL and Lex is set.
type Bot struct {
	Name string // its alias ARN, or name:region:alias, or its name alone

	File string // a [Script]

	URL      string // gets each turn as the body of a POST
	Loopback bool   // the URL may be http, to this machine
	Secret   []byte // with which requests are signed; see [errand.Sign]

	Lex *Lex

	Limits errand.Limits
}

// Config is what a runner needs from outside.
type Config struct {
	Bots []Bot
	// Do hands a command to an instance and returns once it is durable.
	Do  func(ctx context.Context, instance tandem.ID, command any) (any, error)
	Log *slog.Logger // nil: the default
}

// Runner asks bots. It is safe for many goroutines.
type Runner struct {
	desk *errand.Desk
	bots map[string]asker
}

// asker is one way to have a turn with a bot. The error should be an
// [*errand.Failure].
type asker interface {
	ask(ctx context.Context, id tandem.ID, t turn) ([]byte, error)
}

// New makes a runner; Close ends it. It reads the bots' files and goes to no
// network yet; it fails on a bot that can never work.
func New(cfg Config) (*Runner, error) {
	r := &Runner{bots: map[string]asker{}}
	client := errand.NewClient()
	for _, b := range cfg.Bots {
		a, err := newAsker(b, client)
		if err != nil {
			return nil, err
		}
		if r.bots[b.Name] != nil {
			return nil, fmt.Errorf("bot %s is configured twice", b.Name)
		}
		r.bots[b.Name] = a
	}
	r.desk = errand.New(errand.Config{Do: cfg.Do, Log: cfg.Log})
	r.desk.Open(unknownLane, errand.Limits{})
	for _, b := range cfg.Bots {
		r.desk.Open(b.Name, b.Limits)
	}
	return r, nil
}

// Check finds what cannot work, but for what is in a file.
func (b Bot) Check() error {
	ways := 0
	for _, set := range []bool{b.File != "", b.URL != "", b.Lex != nil} {
		if set {
			ways++
		}
	}
	switch {
	case b.Name == "":
		return errors.New("a bot's name is missing: give its alias ARN, or name:region:alias")
	case ways != 1:
		return fmt.Errorf("bot %s: give exactly one of file, url and lex", b.Name)
	case b.Limits.Running < 0 || b.Limits.Waiting < 0:
		return fmt.Errorf("bot %s: concurrency and queue must not be negative", b.Name)
	case b.URL != "":
		if err := errand.CheckURL(b.URL, b.Loopback); err != nil {
			return fmt.Errorf("bot %s: %w", b.Name, err)
		}
	case b.Lex != nil:
		return b.checkLex()
	}
	return nil
}

func (b Bot) checkLex() error {
	if b.Lex.AccessKeyID == "" || b.Lex.SecretKey == "" {
		return fmt.Errorf("bot %s: Amazon Lex needs an access key and its secret", b.Name)
	}
	if b.Lex.Endpoint != "" {
		if err := errand.CheckURL(b.Lex.Endpoint, b.Loopback); err != nil {
			return fmt.Errorf("bot %s: endpoint: %w", b.Name, err)
		}
	}
	_, err := newLexBot(b.Name, *b.Lex, nil)
	return err
}

func newAsker(b Bot, client *http.Client) (asker, error) {
	if err := b.Check(); err != nil {
		return nil, err
	}
	switch {
	case b.File != "":
		s, err := ReadScript(b.File)
		return scripted{s}, err
	case b.URL != "":
		return web{url: b.URL, secret: b.Secret, client: client}, nil
	}
	return newLexBot(b.Name, *b.Lex, client)
}

// scripted is a bot that is decided here.
type scripted struct{ script *Script }

func (s scripted) ask(_ context.Context, _ tandem.ID, t turn) ([]byte, error) {
	return s.script.answer(t)
}

// find looks for the whole name, then for the name without region and alias.
func (r *Runner) find(name string) (lane string, b asker) {
	short := name
	if !strings.HasPrefix(name, "arn:") {
		short, _, _ = strings.Cut(name, ":")
	}
	for _, name := range []string{name, short} {
		if b := r.bots[name]; b != nil {
			return name, b
		}
	}
	return unknownLane, nil
}

// Effect begins to carry out a wish of an instance, and never blocks. One that
// is under way already is ignored.
func (r *Runner) Effect(instance tandem.ID, wish center.AskBot) {
	lane, b := r.find(wish.Bot)
	deadline := time.Now().Add(turnLimit)
	if !wish.Deadline.IsZero() {
		deadline = wish.Deadline.Std()
	}
	t := turn{
		bot: wish.Bot, sessionID: wish.ContactID.String(), locale: wish.Locale, mode: wish.Mode.String(),
		text: string(wish.Input), session: []byte(wish.Session),
	}
	r.desk.Take(errand.Errand{
		ID: wish.TurnID, Instance: instance, Target: lane, Deadline: deadline, Attempts: maxAttempts,
		Work: func(ctx context.Context) (string, error) { return have(ctx, b, wish.TurnID, t) },
		Answer: func(result string, failure *errand.Failure) any {
			out := center.BotAnswered{ContactID: wish.ContactID, TurnID: wish.TurnID, Answer: tandem.Personal(result)}
			if failure != nil {
				out.Failure = failure.Error()
			}
			return out
		},
	})
}

// have asks a bot once and checks its answer.
func have(ctx context.Context, b asker, id tandem.ID, t turn) (string, error) {
	switch {
	case b == nil:
		return "", &errand.Failure{Status: 404, Code: errand.CodeUnknown, Err: fmt.Errorf("bot %s is not configured: add a [[bot]] of that name", t.bot)}
	case len(t.text) > maxInputBytes:
		t.text = strings.ToValidUTF8(t.text[:maxInputBytes], "")
	}
	raw, err := b.ask(ctx, id, t)
	if err != nil {
		return "", err
	}
	return checked(raw)
}

// Figures are the counts so far, by bot.
func (r *Runner) Figures() map[string]errand.Figures { return r.desk.Figures() }

// Close ends all turns and waits for their end.
func (r *Runner) Close() { r.desk.Close() }
