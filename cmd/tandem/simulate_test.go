package main

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"tandem"
	"tandem/center"
	"tandem/cmd/tandem/config"
	"tandem/engine"
	"tandem/event"
	"tandem/instance"
	"tandem/vault"
	"tandem/world/forecast"
)

// recording is an instance whose engine has a clock of its own, for writing the
// journal of a day.
type recording struct {
	t      *testing.T
	cfg    config.Config
	data   *dataFolder
	engine *engine.Engine
	shard  tandem.ID
	clock  atomic.Int64 // milliseconds since the Unix epoch
}

// newRecording begins at 9 o'clock (UTC) of the day after the instance was made.
func newRecording(t *testing.T) *recording {
	t.Helper()
	r := &recording{t: t, cfg: config.Default()}
	r.clock.Store(timeNow().UTC().Truncate(24 * time.Hour).Add(33 * time.Hour).UnixMilli())
	r.cfg.Data = t.TempDir()
	born, err := createInstance(t.Context(), r.cfg, "sample", "UTC")
	if err != nil {
		t.Fatal(err)
	}
	if r.shard, err = tandem.ParseID(born.InstanceID); err != nil {
		t.Fatal(err)
	}
	if r.data, err = openData(t.Context(), r.cfg); err != nil {
		t.Fatal(err)
	}
	cfg := r.data.engineConfig(nil, func(tandem.ID, tandem.Seq, tandem.Effect) {}, slog.New(slog.DiscardHandler))
	cfg.Now = r.now
	r.engine = engine.Open(cfg)
	if err := r.engine.Start(t.Context(), r.shard); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.close)
	return r
}

func (r *recording) now() time.Time { return time.UnixMilli(r.clock.Load()).UTC() }

func (r *recording) close() {
	if r.engine == nil {
		return
	}
	if err := r.engine.Close(); err != nil {
		r.t.Error(err)
	}
	if err := r.data.close(); err != nil {
		r.t.Error(err)
	}
	r.engine = nil
}

// after does something some seconds later.
func (r *recording) after(seconds int, body any) any {
	r.t.Helper()
	r.clock.Add(int64(seconds) * 1000)
	answer, err := r.engine.Do(r.t.Context(), r.shard, engine.Request{Body: body})
	if err != nil {
		r.t.Fatalf("%T: %v", body, err)
	}
	return answer
}

// known finds the admin, the status Available and the queue.
func (r *recording) known() (user, available, queue tandem.ID) {
	err := r.engine.Read(r.t.Context(), r.shard, func(in *instance.Instance) {
		m, _ := instance.Find[*center.Machine](in)
		user, queue = tandem.SortedIDs(m.State().Agents)[0], tandem.SortedIDs(m.State().Queues)[0]
		for id, st := range m.State().Statuses {
			if st.Type == event.Routable {
				available = id
			}
		}
	})
	if err != nil {
		r.t.Fatal(err)
	}
	return user, available, queue
}

// TestRecordedDayIsSimulatedFromItsDataFolder records a day with two tasks, the
// second of which waits while the agent is busy with the first, and lives it
// again beside the engine that has the data folder open.
func TestRecordedDayIsSimulatedFromItsDataFolder(t *testing.T) {
	r := newRecording(t)
	user, available, queue := r.known()
	flowID := newID()
	r.after(0, center.SaveFlow{New: true, Flow: event.FlowSaved{FlowID: flowID, Name: "tasks", Type: "CONTACT_FLOW", Published: true,
		Content: tandem.Blob(fmt.Sprintf(demoTaskFlow, queue))}})
	r.after(0, center.PutUserStatus{UserID: user, StatusID: available})
	first := r.after(60, center.StartTask{FlowID: flowID, Name: "first"}).(tandem.ID)
	r.after(3, center.AcceptContact{UserID: user, ContactID: first})
	second := r.after(7, center.StartTask{FlowID: flowID, Name: "second"}).(tandem.ID)
	r.after(50, center.StopContact{ContactID: first})
	r.after(10, center.DismissUserContact{UserID: user, ContactID: first})
	r.after(4, center.AcceptContact{UserID: user, ContactID: second})
	r.after(20, center.StopContact{ContactID: second})
	r.after(0, center.DismissUserContact{UserID: user, ContactID: second})

	c := &simulateCommand{settingFlags: settingFlags{Data: r.cfg.Data}, Day: r.now().Format(time.DateOnly), TimeZone: "UTC", Within: "20s", Lives: 1, Seed: 1}
	s, err := c.prepare(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := forecast.Count{Offered: 2, Answered: 2, InTime: 1, AnsweredMillis: 3_000 + 64_000, LongestMillis: 64_000, BusyMillis: 67_000 + 20_000}
	lived, err := forecast.Run(t.Context(), s.plan, 1, nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, got := range map[string]forecast.Count{"recorded": s.recorded.Total.Count, "simulated": lived.Total.Count} {
		want.StaffedMillis = got.StaffedMillis
		if got != want {
			t.Errorf("%s: %+v, want %+v", name, got, want)
		}
	}
	exportedArrivals(t, s)
	left, err := filepath.Glob(filepath.Join(r.cfg.Data, "simulate-*"))
	if err != nil || len(left) > 0 {
		t.Errorf("copies are left: %v, %v", left, err)
	}
}

// exportedArrivals holds that the arrivals of a day are read as exported.
func exportedArrivals(t *testing.T, s *simulation) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "arrivals.csv")
	if err := s.export(path); err != nil {
		t.Fatal(err)
	}
	written, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if lines := bytes.Count(written, []byte("\n")); lines != 3 || !bytes.Contains(written, []byte(",BasicQueue,67.000,TASK,")) || !bytes.Contains(written, []byte(",BasicQueue,20.000,TASK,")) {
		t.Errorf("exported:\n%s", written)
	}
	all, err := forecast.ReadArrivals(bytes.NewReader(written), s.config, s.midnight)
	if err != nil || !slices.IsSortedFunc(all, func(a, b forecast.Arrival) int { return int(a.At - b.At) }) || len(all) != 2 {
		t.Errorf("read again: %+v, %v", all, err)
	}
}

// TestInterruptedPreparationLeavesNoCopy holds that a simulation that is stopped
// while it reads takes its copy of the journal away.
func TestInterruptedPreparationLeavesNoCopy(t *testing.T) {
	cfg := config.Default()
	cfg.Data = t.TempDir()
	if _, err := createInstance(t.Context(), cfg, "sample", "UTC"); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	c := &simulateCommand{settingFlags: settingFlags{Data: cfg.Data}, Rate: []string{"BasicQueue=1,1"}, From: "09:00", To: "10:00", TimeZone: "UTC", Within: "20s", Lives: 1}
	if _, err := c.prepare(ctx); err == nil {
		t.Error("it went on")
	}
	if left, err := filepath.Glob(filepath.Join(cfg.Data, "simulate-*")); err != nil || len(left) > 0 {
		t.Errorf("copies are left: %v, %v", left, err)
	}
	if _, err := os.Stat(filepath.Join(cfg.Data, vault.MasterKeyFile)); err != nil {
		t.Error(err)
	}
}
