package salesforce

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"strconv"
	"strings"
	"sync"
	"time"

	"tandem"
	"tandem/connector"
)

const (
	passLife     = 12 * time.Hour // a working day: then the agent signs in again
	maxPassBytes = 200
)

var passForm = base64.RawURLEncoding

// passes issues the tokens by which pages of consoles are known, and checks
// them. A pass names its agent and its end, signed with a key of this system
// (RFC 2104, HMAC with SHA-256), so that pages go on after a restart. The key
// is made when it is first needed; who deletes it ends every session.
type passes struct {
	clock   connector.Clock
	secrets connector.Secrets
	name    string // of the key

	mu  sync.Mutex
	key []byte
}

func newPasses(env connector.Env, system tandem.ID) *passes {
	return &passes{clock: env.Clock, secrets: env.Secrets, name: connector.SecretName(system, connector.ConsoleKey)}
}

// sign returns the signature of a pass's words.
func (p *passes) sign(ctx context.Context, words string) ([]byte, error) {
	key, err := p.load(ctx)
	if err != nil {
		return nil, err
	}
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(words))
	return mac.Sum(nil), nil
}

func (p *passes) load(ctx context.Context) ([]byte, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.key != nil {
		return p.key, nil
	}
	key, err := p.secrets.Secret(ctx, p.name)
	var absent *tandem.Error
	if errors.As(err, &absent) && absent.Kind == tandem.NotFound {
		key = []byte(rand.Text() + rand.Text())
		err = p.secrets.PutSecret(ctx, p.name, key)
	}
	if err != nil {
		return nil, err
	}
	p.key = key
	return key, nil
}

// issue makes a pass for an agent.
func (p *passes) issue(ctx context.Context, agent string) (string, error) {
	words := agent + " " + strconv.FormatInt(p.clock.Now().Add(passLife).Unix(), 10)
	signature, err := p.sign(ctx, words)
	if err != nil {
		return "", err
	}
	return passForm.EncodeToString([]byte(words)) + "." + passForm.EncodeToString(signature), nil
}

// check tells whose pass it is; the agent is empty when it is not, or no
// longer, valid. It fails when the key cannot be read.
func (p *passes) check(ctx context.Context, pass string) (agent string, err error) {
	first, second, found := strings.Cut(pass, ".")
	words, err := passForm.DecodeString(first)
	signature, err2 := passForm.DecodeString(second)
	if !found || len(pass) > maxPassBytes || err != nil || err2 != nil {
		return "", nil
	}
	want, err := p.sign(ctx, string(words))
	if err != nil {
		return "", err
	}
	agent, end, _ := strings.Cut(string(words), " ")
	until, err := strconv.ParseInt(end, 10, 64)
	if !hmac.Equal(signature, want) || err != nil || p.clock.Now().Unix() >= until {
		return "", nil
	}
	return agent, nil
}
