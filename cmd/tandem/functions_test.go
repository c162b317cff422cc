package main

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"tandem"
	"tandem/bot"
	"tandem/center"
	"tandem/event"
	"tandem/function"
)

// outsideCollector shows the figures of functions and bots alone.
type outsideCollector struct{ o *outside }

func (c outsideCollector) Describe(ch chan<- *prometheus.Desc) {
	prometheus.DescribeByCollect(c, ch)
}

func (c outsideCollector) Collect(ch chan<- prometheus.Metric) {
	functionFigures.collect(ch, c.o.functions.Figures())
	botFigures.collect(ch, c.o.bots.Figures())
}

func TestEffectsForFunctionsAndBotsAreCarriedOutAndCounted(t *testing.T) {
	script := filepath.Join(t.TempDir(), "desk.toml")
	if err := os.WriteFile(script, []byte("default_locale = \"en_US\"\n[[intent]]\nname = \"Agent\"\ndigits = \"0\"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	told := make(chan any, 2)
	do := func(_ context.Context, _ tandem.ID, command any) (any, error) { told <- command; return nil, nil }
	quiet := slog.New(slog.DiscardHandler)
	var o outside
	var err error
	if o.functions, err = function.New(function.Config{Targets: []function.Target{{Name: "echo", Command: []string{"cat"}}}, Do: do, Log: quiet}); err != nil {
		t.Fatal(err)
	}
	if o.bots, err = bot.New(bot.Config{Bots: []bot.Bot{{Name: "desk", File: script}}, Do: do, Log: quiet}); err != nil {
		t.Fatal(err)
	}
	defer o.close()
	id, deadline := tandem.NameID("test", "x"), tandem.At(time.Now().Add(10*time.Second))
	if !o.effect(id, center.InvokeFunction{ContactID: id, InvocationID: id, FunctionARN: "echo", Request: `{"a":1}`, TimeoutMillis: 8000, Deadline: deadline}) {
		t.Error("the wish for a function is not taken")
	}
	if got, ok := (<-told).(center.FunctionReturned); !ok || got.Result != `{"a":1}` {
		t.Errorf("told %+v", got)
	}
	if !o.effect(id, center.AskBot{ContactID: id, TurnID: id, Bot: "desk", Locale: "en_US", Mode: event.BotDTMF, Input: "0", Deadline: deadline}) {
		t.Error("the wish for a bot is not taken")
	}
	if got, ok := (<-told).(center.BotAnswered); !ok || !strings.Contains(string(got.Answer), `"Agent"`) {
		t.Errorf("told %+v", got)
	}
	if o.effect(id, other{}) {
		t.Error("an effect of somebody else is taken")
	}
	figures := gathered(t, outsideCollector{&o})
	for name, want := range map[string]float64{
		"tandem_function_total echo done": 1, "tandem_function_total echo failed": 0, "tandem_function_total unknown done": 0,
		"tandem_bot_total desk done": 1, "tandem_function_seconds echo": 1, "tandem_bot_seconds unknown": 0,
	} {
		if got, ok := figures[name]; !ok || got != want {
			t.Errorf("%s is %v (%t), want %v", name, got, ok, want)
		}
	}
}

// gathered are a collector's figures by name and labels; of histograms the
// count.
func gathered(t *testing.T, c prometheus.Collector) map[string]float64 {
	t.Helper()
	r := prometheus.NewPedanticRegistry()
	r.MustRegister(c)
	families, err := r.Gather()
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]float64{}
	for _, f := range families {
		for _, m := range f.GetMetric() {
			name := f.GetName()
			for _, l := range m.GetLabel() {
				name += " " + l.GetValue()
			}
			out[name] = m.GetCounter().GetValue() + m.GetGauge().GetValue() + float64(m.GetHistogram().GetSampleCount())
		}
	}
	return out
}

// other is an effect that is for somebody else.
type other struct{}

func (other) EffectName() string { return "test.Other" }
