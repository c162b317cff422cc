package stream

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"gocloud.dev/pubsub"

	"tandem"
	"tandem/engine"
	"tandem/event"
	"tandem/view/flowlog"
	"tandem/view/flowlog/pattern"
	"tandem/view/viewtest"
)

const patience = 20 * time.Second

// stage is a log that is told, and what streams it.
type stage struct {
	*viewtest.Story
	t      *testing.T
	view   *flowlog.View
	folder string
	said   int
	stream *Stream
}

func begin(t *testing.T) *stage {
	s := &stage{t: t, folder: t.TempDir()}
	s.Story = viewtest.Begin(t, filepath.Join(t.TempDir(), "views.db"), func() []engine.View {
		s.view = flowlog.New(0)
		return []engine.View{s.view}
	})
	s.TellAll(viewtest.Setup("agent1"))
	t.Cleanup(s.end)
	return s
}

// open starts streaming to workers.
func (s *stage) open(workers ...Worker) {
	s.t.Helper()
	var err error
	s.stream, err = Open(Config{
		Instances: func(context.Context) ([]tandem.ID, error) { return []tandem.ID{viewtest.InstanceID}, nil },
		Tables:    s.DB(), Told: s.view.Told(), Folder: s.folder, Log: slog.New(slog.DiscardHandler), pause: time.Millisecond,
	}, workers...)
	if err != nil {
		s.t.Fatal(err)
	}
}

func (s *stage) end() {
	if s.stream == nil {
		return
	}
	if err := s.stream.Close(); err != nil {
		s.t.Error(err)
	}
	s.stream = nil
}

// say logs an entry of a contact for each text, a second after the one before.
func (s *stage) say(contact tandem.ID, texts ...string) {
	s.t.Helper()
	for _, text := range texts {
		s.said++
		at := viewtest.Start.Add(int64(s.said) * 1000)
		s.Tell(at, &event.FlowBlockLogged{ContactID: contact, InitialContactID: contact, FlowID: viewtest.FlowID,
			ModuleType: "PlayPrompt", Parameters: "{}", Results: tandem.Personal(text), At: at})
	}
}

// soon waits until it is so.
func soon(t *testing.T, what string, so func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !so(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%s: not after %s", what, patience)
		}
	}
}

// kept is a destination that keeps what it takes.
type kept struct {
	mu     sync.Mutex
	texts  []string
	erased []tandem.ID
	fail   int // so many times
	closed bool
}

func (k *kept) Take(_ context.Context, _ tandem.ID, batch []flowlog.Row) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.fail != 0 {
		k.fail--
		return errors.New("out of order")
	}
	for _, r := range batch {
		k.texts = append(k.texts, textOf(r.Line))
	}
	return nil
}

func (k *kept) Erase(_ context.Context, _ tandem.ID, contacts []tandem.ID) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.erased = append(k.erased, contacts...)
	return nil
}

func (k *kept) Close() error {
	k.closed = true
	return nil
}

func (k *kept) has() string {
	k.mu.Lock()
	defer k.mu.Unlock()
	return strings.Join(k.texts, " ")
}

func textOf(line []byte) string {
	var e flowlog.Entry
	if err := json.Unmarshal(line, &e); err != nil {
		return "no JSON: " + string(line)
	}
	return e.Results
}

func TestEntriesGoOnInOrderOverFailuresAndRestarts(t *testing.T) {
	s := begin(t)
	c := viewtest.ContactID(1)
	s.say(c, "a", "b")
	one := &kept{fail: 3}
	s.open(Worker{Name: "one", Destination: one})
	soon(t, "what was there", func() bool { return one.has() == "a b" })
	s.say(c, "c")
	soon(t, "what came", func() bool { return one.has() == "a b c" })
	soon(t, "no lag", func() bool {
		lags, err := s.stream.Lags(t.Context(), viewtest.Start.Add(60_000).Std())
		return err == nil && len(lags) == 1 && lags[0] == Lag{Name: "one", Taken: 3, Failures: 3}
	})
	s.end()
	if !one.closed {
		t.Error("the destination was not closed")
	}
	s.say(c, "d")
	two := &kept{}
	s.open(Worker{Name: "one", Destination: two})
	soon(t, "what came meanwhile", func() bool { return two.has() == "d" })
}

func TestDestinationThatFailsDoesNotHoldUpAnother(t *testing.T) {
	s := begin(t)
	bad, good := &kept{fail: -1}, &kept{}
	s.open(Worker{Name: "bad", Destination: bad}, Worker{Name: "good", Destination: good})
	s.say(viewtest.ContactID(1), "a", "b")
	soon(t, "the good one", func() bool { return good.has() == "a b" })
	lags, err := s.stream.Lags(t.Context(), viewtest.Start.Add(11_000).Std())
	if err != nil || len(lags) != 2 || lags[0].Entries != 2 || lags[0].Age != 10*time.Second || lags[1].Entries != 0 {
		t.Errorf("the lags are %+v, %v", lags, err)
	}
	soon(t, "failures", func() bool {
		lags, err := s.stream.Lags(t.Context(), time.Now())
		return err == nil && lags[0].Failures > 1
	})
}

func TestLongLogGoesInBatches(t *testing.T) {
	s := begin(t)
	var events []tandem.Event
	for i := range 2*batchEntries + 1 {
		events = append(events, &event.FlowBlockLogged{ContactID: viewtest.ContactID(1), InitialContactID: viewtest.ContactID(1), FlowID: viewtest.FlowID,
			ModuleType: "Loop", Parameters: "{}", Results: tandem.Personal(fmt.Sprint(i)), At: viewtest.Start})
	}
	s.Tell(viewtest.Start, events...)
	one := &kept{}
	s.open(Worker{Name: "one", Destination: one})
	soon(t, "all", func() bool { return strings.HasSuffix(one.has(), fmt.Sprint(" ", 2*batchEntries)) })
	for i, text := range one.texts {
		if text != fmt.Sprint(i) {
			t.Fatalf("entry %d is %s", i, text)
		}
	}
}

func TestPlaceThatCannotBeReadIsToldWithItsFile(t *testing.T) {
	s := begin(t)
	path := filepath.Join(s.folder, "flow-log-one.json")
	if err := os.WriteFile(path, []byte("broken"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(Config{Folder: s.folder}, Worker{Name: "one"}); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("the error is %v", err)
	}
	if _, err := Open(Config{Folder: t.TempDir()}, Worker{Name: "one"}, Worker{Name: "one"}); err == nil {
		t.Error("two destinations have one name")
	}
}

func lines(t *testing.T, path string) (texts []string) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	for line := range bytes.Lines(b) {
		texts = append(texts, textOf(line))
	}
	return texts
}

func rows(texts ...string) (batch []flowlog.Row) {
	for _, text := range texts {
		e := flowlog.Entry{ContactID: viewtest.ContactID(len(text)).String(), Parameters: json.RawMessage("{}"), Results: text}
		batch = append(batch, flowlog.Row{Line: e.Line()})
	}
	return batch
}

func TestFileIsPutAsideWhenItIsFull(t *testing.T) {
	path := filepath.Join(t.TempDir(), "flow [log].jsonl")
	f := NewFile(path, 400, 2)
	for i := range 10 {
		if err := f.Take(t.Context(), viewtest.InstanceID, rows(fmt.Sprint("a", i), fmt.Sprint("b", i))); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	for suffix, want := range map[string][]string{"": {"a9", "b9"}, ".1": {"a8", "b8"}, ".2": {"a7", "b7"}, ".3": nil} {
		if diff := cmp.Diff(want, lines(t, path+suffix)); diff != "" {
			t.Errorf("%s: %s", suffix, diff)
		}
	}
}

func TestHalfALineIsWrittenOverAfterACrash(t *testing.T) {
	path := filepath.Join(t.TempDir(), "flow-log.jsonl")
	whole := append(rows("a")[0].Line, '\n')
	if err := os.WriteFile(path, append(whole, `{"ContactId":"`+strings.Repeat("x", 1000)...), 0o600); err != nil {
		t.Fatal(err)
	}
	f := NewFile(path, 1<<20, 1)
	defer f.Close()
	if err := f.Take(t.Context(), viewtest.InstanceID, rows("b")); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"a", "b"}, lines(t, path)); diff != "" {
		t.Error(diff)
	}
}

func TestErasedContactIsErasedInEveryFile(t *testing.T) {
	s := begin(t)
	path := filepath.Join(t.TempDir(), "flow-log.jsonl")
	first, other := viewtest.ContactID(1), viewtest.ContactID(2)
	s.open(Worker{Name: "file", Destination: NewFile(path, 100, 3)})
	for _, said := range []struct {
		contact tandem.ID
		text    string
	}{{first, "4929-1"}, {other, "kept"}, {first, "4929-2"}} {
		s.say(said.contact, said.text)
		soon(t, said.text, func() bool { return strings.Join(lines(t, path), "") == said.text })
	}
	if !viewtest.Holds(t, "4929-1", path+".2") {
		t.Fatal("the first entry should be in a file that was put aside")
	}
	s.Tell(viewtest.Start.Add(60_000), &event.SubjectErased{Subject: first})
	s.say(other, "more")
	soon(t, "the erasure", func() bool {
		paths, err := filepath.Glob(path + "*")
		return err == nil && len(paths) > 1 && !viewtest.Holds(t, "4929", paths...)
	})
	soon(t, "what goes on", func() bool { return viewtest.Holds(t, "more", path) })
	if !viewtest.Holds(t, "kept", path+".2") {
		t.Error("an entry of another contact is gone")
	}
}

var topics atomic.Int64

// topicName is the address of a new topic.
func topicName() string { return fmt.Sprint("mem://topic", topics.Add(1)) }

func TestTopicAndWebAddressGetEveryEntry(t *testing.T) {
	s := begin(t)
	name := topicName()
	topic, err := OpenPoster(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	sub, err := pubsub.OpenSubscription(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	defer sub.Shutdown(context.WithoutCancel(t.Context()))
	var mu sync.Mutex
	var posted []string
	refuse := true
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		mu.Lock()
		defer mu.Unlock()
		if refuse || err != nil {
			refuse = false
			http.Error(w, "not now", http.StatusServiceUnavailable)
			return
		}
		if r.Header.Get("Tandem-Instance") != viewtest.InstanceID.String() || r.Header.Get("Tandem-Kind") != "entry" {
			t.Errorf("the headers are %v", r.Header)
		}
		for line := range bytes.Lines(body) {
			posted = append(posted, textOf(line))
		}
	}))
	defer web.Close()
	address, err := OpenPoster(t.Context(), web.URL+"/logs?key=secret")
	if err != nil {
		t.Fatal(err)
	}
	s.open(Worker{Name: "topic", Destination: NewTopic(topic)}, Worker{Name: "web", Destination: NewTopic(address)})
	s.say(viewtest.ContactID(1), "a", "b")
	ctx, done := context.WithTimeout(t.Context(), patience)
	defer done()
	received := map[string]bool{} // a subscription may hand them out in another order
	for range 2 {
		m, err := sub.Receive(ctx)
		if err != nil {
			t.Fatal(err)
		}
		m.Ack()
		received[textOf(m.Body)] = true
		if m.Metadata["kind"] != "entry" || m.Metadata["instance"] != viewtest.InstanceID.String() {
			t.Errorf("the message has %v", m.Metadata)
		}
	}
	if !received["a"] || !received["b"] {
		t.Errorf("the topic has got %v", received)
	}
	soon(t, "the address", func() bool {
		mu.Lock()
		defer mu.Unlock()
		return cmp.Equal(posted, []string{"a", "b"})
	})
}

func TestErrorsOfAnAddressKeepItsSecret(t *testing.T) {
	p, err := OpenPoster(t.Context(), "http://127.0.0.1:1/logs?key=secret")
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	if err := p.Post(t.Context(), viewtest.InstanceID, "entry", [][]byte{[]byte("{}")}); err == nil || strings.Contains(err.Error(), "secret") {
		t.Errorf("the error is %v", err)
	}
	for _, bad := range []string{"://", "nothing://x"} {
		if _, err := OpenPoster(t.Context(), bad); err == nil {
			t.Errorf("%s was opened", bad)
		}
	}
}

// alarms is who is told.
type alarms struct {
	mu  sync.Mutex
	all []Alarm
}

func (a *alarms) raise(_ context.Context, alarm Alarm) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.all = append(a.all, alarm)
	return nil
}

func (a *alarms) count() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.all)
}

func TestAlarmIsRaisedAtTheThresholdAndThenIsQuietForAPeriod(t *testing.T) {
	fails, err := pattern.Parse(`{ $.Results = "*Exception" }`)
	if err != nil {
		t.Fatal(err)
	}
	var told alarms
	d, err := NewAlerts([]Alert{{Name: "functions fail", Pattern: fails, Threshold: 3, Period: 10 * time.Second}}, told.raise, nil)
	if err != nil {
		t.Fatal(err)
	}
	place := 0
	take := func(second int64, text string) {
		place++
		r := rows(text)[0]
		r.At, r.Cursor, r.ContactID = viewtest.Start.Add(second*1000), flowlog.Cursor{Seq: 1, Place: place}, viewtest.ContactID(1)
		for range 2 { // a batch may come twice
			if err := d.Take(t.Context(), viewtest.InstanceID, []flowlog.Row{r}); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, step := range []struct {
		second int64
		text   string
		alarms int
	}{
		{0, "XException", 0}, {1, "fine", 0}, {5, "XException", 0}, {12, "XException", 0}, // the first is too old by then
		{14, "YException", 1}, {15, "XException", 1}, {20, "XException", 1}, // quiet
		{24, "XException", 2}, {40, "XException", 2},
	} {
		if take(step.second, step.text); told.count() != step.alarms {
			t.Errorf("at %d s there are %d alarms, want %d", step.second, told.count(), step.alarms)
		}
	}
	want := Alarm{Alert: "functions fail", Pattern: fails.String(), InstanceID: viewtest.InstanceID, Entries: 3, Seconds: 10,
		At: "2026-03-02T10:00:14.000Z", ContactID: viewtest.ContactID(1), Cursor: "1.5"}
	if diff := cmp.Diff(want, told.all[0]); diff != "" {
		t.Error(diff)
	}
	for _, bad := range []Alert{{Threshold: 0, Period: time.Second}, {Threshold: MaxThreshold + 1, Period: time.Second}, {Threshold: 1}} {
		if _, err := NewAlerts([]Alert{bad}, told.raise, nil); err == nil {
			t.Errorf("%+v was taken", bad)
		}
	}
}

func TestAlarmAlsoGoesToTheTopicAndOnlyForWhatComes(t *testing.T) {
	s := begin(t)
	s.say(viewtest.ContactID(1), "old bang")
	bang, err := pattern.Parse("bang")
	if err != nil {
		t.Fatal(err)
	}
	name := topicName()
	topic, err := OpenPoster(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	sub, err := pubsub.OpenSubscription(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	defer sub.Shutdown(context.WithoutCancel(t.Context()))
	var told alarms
	d, err := NewAlerts([]Alert{{Name: "bangs", Pattern: bang, Threshold: 1, Period: time.Second}}, told.raise, topic)
	if err != nil {
		t.Fatal(err)
	}
	s.open(Worker{Name: "alerts", Destination: d, FromNow: true})
	soon(t, "the place", func() bool { return s.stream.workers[0].places.has(viewtest.InstanceID) })
	s.say(viewtest.ContactID(1), "nothing", "new bang")
	ctx, done := context.WithTimeout(t.Context(), patience)
	defer done()
	m, err := sub.Receive(ctx)
	if err != nil {
		t.Fatal(err)
	}
	m.Ack()
	var a Alarm
	if err := json.Unmarshal(m.Body, &a); err != nil || a.Alert != "bangs" || m.Metadata["kind"] != "alert" || told.count() != 1 {
		t.Errorf("the message is %s, %v; %d alarms", m.Body, m.Metadata, told.count())
	}
}
