package erase

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"gocloud.dev/blob"
	"gocloud.dev/blob/memblob"

	"tandem"
	"tandem/center"
	"tandem/engine"
	"tandem/event"
	"tandem/view/viewtest"
	"tandem/voice"
)

// moody is a bucket that refuses, or does not answer, when told to.
type moody struct {
	*blob.Bucket
	refuses, hangs atomic.Bool
}

func (m *moody) Delete(ctx context.Context, key string) error {
	if m.refuses.Load() {
		return errors.New("the bucket is read only")
	}
	if m.hangs.Load() {
		<-ctx.Done()
		return ctx.Err()
	}
	return m.Bucket.Delete(ctx, key)
}

type stage struct {
	*viewtest.Story
	bucket *moody
	clock  atomic.Int64

	timeout time.Duration
}

func begin(t *testing.T, timeout time.Duration) *stage {
	s := &stage{bucket: &moody{Bucket: memblob.OpenBucket(nil)}, timeout: timeout}
	t.Cleanup(func() { s.bucket.Close() })
	s.clock.Store(time.Now().UnixMilli())
	s.Story = viewtest.Begin(t, filepath.Join(t.TempDir(), "views.db"), func() []engine.View {
		v := New(s.bucket, slog.New(slog.DiscardHandler))
		v.now = func() time.Time { return time.UnixMilli(s.clock.Load()) }
		v.timeout = s.timeout
		return []engine.View{v}
	})
	s.TellAll(viewtest.Setup("agent1"), viewtest.LogIn("agent1", 0))
	return s
}

func (s *stage) put(t *testing.T, key string) string {
	t.Helper()
	if err := s.bucket.WriteAll(t.Context(), key, []byte("RIFF"), nil); err != nil {
		t.Fatal(err)
	}
	return key
}

func (s *stage) want(t *testing.T, there bool, keys ...string) {
	t.Helper()
	for _, key := range keys {
		if got, err := s.bucket.Exists(t.Context(), key); err != nil || got != there {
			t.Errorf("%s: there is %v, want %v (%v)", key, got, there, err)
		}
	}
}

func (s *stage) erase(ms int64, subject tandem.ID, contacts ...tandem.ID) {
	s.Tell(viewtest.Start.Add(ms), &event.SubjectErased{Subject: subject, Contacts: contacts})
}

func (s *stage) tellAnything(ms int64) { s.TellAll(viewtest.LogIn("agent1", ms)) }

// TestRecordingsVanishWithTheirSubject holds that all recordings of a chain go,
// also of contacts that are no longer in memory, and nobody else's.
func TestRecordingsVanishWithTheirSubject(t *testing.T) {
	s := begin(t, attemptTimeout)
	first, second, other := viewtest.ContactID(1), viewtest.ContactID(2), viewtest.ContactID(3)
	s.TellAll(viewtest.Answered(first, "agent1", 0)...)
	at := viewtest.Start.Add(200_000)
	s.Tell(at, &event.ContactInitiated{ContactID: second, InitialContactID: first, PreviousID: first, Channel: event.Voice, Method: event.Transfer, At: at})
	s.TellAll(viewtest.Abandon(second, 210_000, event.CustomerDisconnect))
	mine := []string{s.put(t, Prefix(first)+"a.wav"), s.put(t, Prefix(first)+"b.wav"), s.put(t, Prefix(second)+"c.wav")}
	theirs := []string{s.put(t, Prefix(other)+"d.wav"), s.put(t, "prompts/e.wav")}
	s.Tell(viewtest.Start.Add(900_000), &event.ContactForgotten{ContactID: first}, &event.ContactForgotten{ContactID: second})
	s.erase(910_000, first)
	s.want(t, false, mine...)
	s.want(t, true, theirs...)
	s.erase(920_000, first, first, second) // once more does no harm
}

func TestARecordingStoredAfterTheErasureVanishesToo(t *testing.T) {
	s := begin(t, attemptTimeout)
	c := viewtest.ContactID(1)
	s.TellAll(viewtest.Answered(c, "agent1", 0)...)
	s.erase(200_000, c, c)
	key := s.put(t, Prefix(c)+"late.wav")
	s.Tell(viewtest.Start.Add(210_000), &event.RecordingFinished{ContactID: c, RecordingID: c.Derive(1), Location: key})
	s.want(t, false, key)
}

// TestWhatTheBucketRefusesIsTriedAgain holds that the view goes on, that the
// next attempt comes after a pause, and that a restart does not forget it.
func TestWhatTheBucketRefusesIsTriedAgain(t *testing.T) {
	s := begin(t, attemptTimeout)
	c := viewtest.ContactID(1)
	key := s.put(t, Prefix(c)+"a.wav")
	s.bucket.refuses.Store(true)
	s.erase(1000, c, c)
	s.want(t, true, key)
	s.bucket.refuses.Store(false)
	s.tellAnything(2000)
	s.want(t, true, key) // the pause is not over
	s.clock.Add(retryPause.Milliseconds())
	s.tellAnything(3000)
	s.want(t, false, key)

	key = s.put(t, Prefix(c)+"b.wav")
	s.bucket.refuses.Store(true)
	s.erase(4000, c, c)
	s.bucket.refuses.Store(false)
	s.Restart(nil)
	s.tellAnything(5000)
	s.want(t, false, key)
}

func TestABucketThatDoesNotAnswerHoldsTheViewForABoundedTime(t *testing.T) {
	s := begin(t, 50*time.Millisecond)
	c := viewtest.ContactID(1)
	key := s.put(t, Prefix(c)+"a.wav")
	s.bucket.hangs.Store(true)
	began := time.Now()
	s.erase(1000, c, c)
	if took := time.Since(began); took > attemptTimeout {
		t.Errorf("the view waited %v", took)
	}
	s.want(t, true, key)
}

// TestRecordingsOfEveryLegVanish holds that the recordings of all contacts of
// a chain go: those of a transfer, of a party outside, and of a callback.
func TestRecordingsOfEveryLegVanish(t *testing.T) {
	s := begin(t, attemptTimeout)
	c := s.Calls("agent1")
	call := c.Call(viewtest.QueueNumber)
	c.Answer(call, event.AgentLeg)
	c.PlayDone(call, event.AgentSide)
	outside := c.Begin(center.AddParty{UserID: viewtest.UserID("agent1"), ContactID: call, Number: viewtest.ThirdNumber})
	other := c.Call(viewtest.CallbackNumber)
	callback := c.Contact(other).NextID
	mine := []string{s.put(t, Prefix(call)+"a.wav"), s.put(t, Prefix(outside)+"b.wav")}
	theirs := []string{s.put(t, Prefix(callback)+"c.wav")}
	c.HangUp(call, event.CustomerLeg, voice.CauseRemote)
	c.Must(center.DismissUserContact{UserID: viewtest.UserID("agent1"), ContactID: call})
	c.Must(center.StopContact{ContactID: callback})
	c.Must(center.EraseSubject{Subject: call})
	s.want(t, false, mine...)
	s.want(t, true, theirs...)
	late := s.put(t, Prefix(call)+"late.wav")
	s.Tell(viewtest.Start.Add(300_000), &event.RecordingFinished{ContactID: outside, RecordingID: outside.Derive(1), Location: late})
	s.want(t, false, late)
	c.Must(center.EraseSubject{Subject: other})
	s.want(t, false, theirs...)
}
