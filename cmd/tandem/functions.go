package main

import (
	"context"
	"fmt"
	"os"

	"github.com/prometheus/client_golang/prometheus"

	"tandem"
	"tandem/bot"
	"tandem/center"
	"tandem/cmd/tandem/config"
	"tandem/engine"
	"tandem/errand"
	"tandem/function"
	"tandem/vault"
)

// outside is what contact flows ask of functions and bots.
type outside struct {
	functions *function.Runner
	bots      *bot.Runner
}

func newOutside(ctx context.Context, c *core) (*outside, error) {
	targets, bots, err := askable(ctx, c.settings.Config, c.data.vault)
	if err != nil {
		return nil, refused{err}
	}
	do := func(ctx context.Context, instance tandem.ID, command any) (any, error) {
		return c.engine.Do(ctx, instance, engine.Request{Actor: tandem.Actor{Kind: tandem.ActorConnector}, Body: command})
	}
	o := &outside{}
	if o.functions, err = function.New(function.Config{Targets: targets, Do: do, Log: c.log}); err != nil {
		return nil, refused{err}
	}
	if o.bots, err = bot.New(bot.Config{Bots: bots, Do: do, Log: c.log}); err != nil {
		return nil, refused{err}
	}
	return o, nil
}

// effect takes an effect that is for a function or a bot, and reports whether it
// was. It does not block.
func (o *outside) effect(id tandem.ID, ef tandem.Effect) bool {
	switch ef := ef.(type) {
	case center.InvokeFunction:
		o.functions.Effect(id, ef)
	case center.AskBot:
		o.bots.Effect(id, ef)
	default:
		return false
	}
	return true
}

func (o *outside) close() {
	o.functions.Close()
	o.bots.Close()
}

// askable are the configured functions and bots, with their secrets.
func askable(ctx context.Context, cfg config.Config, v *vault.Vault) (targets []function.Target, bots []bot.Bot, err error) {
	look := func(of string, s config.Secret) (secret []byte) {
		if err != nil {
			return nil
		}
		if secret, err = findSecret(ctx, v, s); err != nil {
			err = fmt.Errorf("%s: %w", of, err)
		}
		return secret
	}
	for _, f := range cfg.Functions {
		t := f.Target()
		t.Secret = look("function "+f.ARN, f.Secret)
		if t.Lambda != nil {
			t.Lambda.SecretKey = string(look("function "+f.ARN, f.SecretAccessKey))
			t.Lambda.SessionToken = string(look("function "+f.ARN, f.SessionToken))
		}
		targets = append(targets, t)
	}
	for _, configured := range cfg.Bots {
		b := configured.Bot()
		b.Secret = look("bot "+b.Name, configured.Secret)
		if b.Lex != nil {
			b.Lex.SecretKey = string(look("bot "+b.Name, configured.SecretAccessKey))
			b.Lex.SessionToken = string(look("bot "+b.Name, configured.SessionToken))
		}
		bots = append(bots, b)
	}
	return targets, bots, err
}

// findSecret reads a secret from where the configuration says that it is.
func findSecret(ctx context.Context, v *vault.Vault, s config.Secret) ([]byte, error) {
	place, name := s.Place()
	if place != "vault" {
		return environmentSecret(s)
	}
	secret, err := v.Secret(ctx, secretPrefix+name)
	if err != nil {
		return nil, fmt.Errorf("the secret %s: %w; stop the server and keep it with: tandem secret set %s", s, err, name)
	}
	return secret, nil
}

// environmentSecret reads a secret from the environment; no secret is none.
func environmentSecret(s config.Secret) ([]byte, error) {
	if s == "" {
		return nil, nil
	}
	_, name := s.Place()
	value := os.Getenv(name)
	if value == "" {
		return nil, fmt.Errorf("the environment variable %s is not set", name)
	}
	return []byte(value), nil
}

// errandFigures are what is told of errands of one kind.
type errandFigures struct{ total, retried, running, waiting, seconds *prometheus.Desc }

func describeErrands(kind string) errandFigures {
	name := "tandem_" + kind
	return errandFigures{
		total:   describe(name+"_total", "Times that a "+kind+" was asked, by outcome.", kind, "outcome"),
		retried: describe(name+"_retries_total", "Second and further tries.", kind),
		running: describe(name+"_running", "Requests under way.", kind),
		waiting: describe(name+"_waiting", "Requests that wait for their turn or are being told.", kind),
		seconds: describe(name+"_seconds", "How long it took until an answer, waiting included.", kind),
	}
}

var (
	functionFigures = describeErrands("function")
	botFigures      = describeErrands("bot")
)

func (d errandFigures) collect(ch chan<- prometheus.Metric, all map[string]errand.Figures) {
	for target, f := range all {
		for outcome, n := range map[string]uint64{"done": f.Done, "failed": f.Failed, "late": f.Late, "refused": f.Refused, "repeated": f.Repeated} {
			ch <- prometheus.MustNewConstMetric(d.total, prometheus.CounterValue, float64(n), target, outcome)
		}
		ch <- prometheus.MustNewConstMetric(d.retried, prometheus.CounterValue, float64(f.Retried), target)
		ch <- prometheus.MustNewConstMetric(d.running, prometheus.GaugeValue, float64(f.Running), target)
		ch <- prometheus.MustNewConstMetric(d.waiting, prometheus.GaugeValue, float64(f.Waiting), target)
		buckets, below := map[float64]uint64{}, uint64(0)
		for i, bound := range errand.LatencyBounds {
			if i < len(f.Latency) {
				below += f.Latency[i]
			}
			buckets[bound.Seconds()] = below
		}
		ch <- prometheus.MustNewConstHistogram(d.seconds, f.Done+f.Failed+f.Late, f.LatencySum.Seconds(), buckets, target)
	}
}
