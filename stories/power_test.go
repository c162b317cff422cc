package stories

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"tandem"
	"tandem/event"
	"tandem/journal/sqlite"
)

const (
	powerClients  = 4
	powerCommands = 150 // of each client
	powerCuts     = 150
)

var journalFiles = []string{"journal.db", "journal.db-wal"}

// promise is a changing command whose success a client was told, or will be.
type promise struct {
	request string // the id in the answer
	what    string // see facts
	times   int    // how often what must have happened
	id      tandem.ID
	line    int // of the trace, where the answer began to leave
}

// facts counts what a journal holds: "started ID", "stopped ID", "changed ID"
// of contacts and "queue ID".
type facts map[string]int

func (f facts) add(rec *tandem.Record) {
	for _, ev := range rec.Events {
		switch ev := ev.(type) {
		case *event.ContactInitiated:
			f["started "+ev.ContactID.String()]++
		case *event.ContactDisconnected:
			f["stopped "+ev.ContactID.String()]++
		case *event.ContactAttributesSet:
			f["changed "+ev.ContactID.String()]++
		case *event.QueueSaved:
			f["queue "+ev.QueueID.String()]++
		}
	}
}

// missing counts the promises made up to a line that the facts do not keep.
func (f facts) missing(all []promise, line int) (n int) {
	for _, p := range all {
		if p.line <= line && f[p.what] < p.times {
			n++
		}
	}
	return n
}

// recorded is a server that ran under strace until it was cut off.
type recorded struct {
	*server
	t        *testing.T
	instance tandem.ID
	before   string // a copy of the data folder from before the start
	calls    []*systemCall
	promises []promise // by line
}

// record runs a server under strace while clients give it commands, and kills
// it at once.
func record(t *testing.T, config string) *recorded {
	t.Helper()
	r := &recorded{server: newServer(t, config), t: t, before: t.TempDir()}
	var err error
	if r.instance, err = tandem.ParseID(r.born.InstanceID); err != nil {
		t.Fatal(err)
	}
	copyFiles(t, r.data(), r.before, "master.key", "journal.db")
	trace := r.path("trace")
	r.wrap = []string{"strace", "-f", "-y", "-xx", "-s", "65535", "--seccomp-bpf", "-e", "signal=none", "-e", "trace=" + traced, "-o", trace}
	r.start()
	r.promises = r.work()
	for _, pid := range []int{r.ready.CorePID, r.ready.MediaPID, r.ready.PID} {
		syscall.Kill(pid, syscall.SIGKILL)
	}
	r.cmd.Wait() // strace ends with the last of them
	r.log.Close()
	r.cmd = nil
	r.calls = readTrace(t, trace)
	r.placePromises()
	// How the server ended is another story.
	r.calls = slices.DeleteFunc(r.calls, func(c *systemCall) bool { return c.begin > r.lastLine() })
	return r
}

func (r *recorded) placePromises() {
	r.t.Helper()
	lines := answersIn(r.calls)
	for i := range r.promises {
		p := &r.promises[i]
		if p.line = lines[p.request]; p.line == 0 {
			r.t.Fatalf("the answer to %q is not in the trace", p.what)
		}
	}
	slices.SortFunc(r.promises, func(a, b promise) int { return a.line - b.line })
}

func copyFiles(t *testing.T, from, to string, names ...string) {
	t.Helper()
	for _, name := range names {
		b, err := os.ReadFile(filepath.Join(from, name))
		if err == nil {
			err = os.WriteFile(filepath.Join(to, name), b, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// work gives commands from several clients.
func (r *recorded) work() (all []promise) {
	r.t.Helper()
	c := r.caller()
	flow := c.newQueueFlow(r.t)
	hours := c.named(r.t, "/hours-of-operations-summary/"+c.instance, "HoursOfOperationSummaryList", "Basic Hours")
	var wg sync.WaitGroup
	var mu sync.Mutex
	for n := range powerClients {
		wg.Go(func() {
			w := powerClient{caller: c, ctx: r.t.Context(), flow: flow, hours: hours, name: fmt.Sprintf("client %d", n)}
			err := w.work()
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				r.t.Errorf("%s: %v", w.name, err)
			}
			all = append(all, w.made...)
		})
	}
	wg.Wait()
	if r.t.Failed() {
		r.t.FailNow()
	}
	return all
}

// powerClient gives commands one after the other: a task is started, changed
// twice and stopped; then a queue is made.
type powerClient struct {
	*caller
	ctx         context.Context
	name        string
	flow, hours string
	made        []promise
}

func (w *powerClient) work() error {
	for n := 0; len(w.made) < powerCommands; n++ {
		var task struct{ ContactId string }
		name := fmt.Sprintf("%s task %d", w.name, n)
		if err := w.promise("started", 1, "PUT", "/contact/task", map[string]any{"InstanceId": w.instance, "Name": name, "ContactFlowId": w.flow, "ClientToken": name},
			&task, &task.ContactId); err != nil {
			return err
		}
		for times := range 2 {
			in := map[string]any{"InstanceId": w.instance, "InitialContactId": task.ContactId, "Attributes": map[string]string{"step": fmt.Sprint(times)}}
			if err := w.promise("changed", times+1, "POST", "/contact/attributes", in, nil, &task.ContactId); err != nil {
				return err
			}
		}
		if err := w.promise("stopped", 1, "POST", "/contact/stop", map[string]any{"InstanceId": w.instance, "ContactId": task.ContactId}, nil, &task.ContactId); err != nil {
			return err
		}
		var queue struct{ QueueId string }
		if err := w.promise("queue", 1, "PUT", "/queues/"+w.instance, map[string]any{"Name": name, "HoursOfOperationId": w.hours}, &queue, &queue.QueueId); err != nil {
			return err
		}
	}
	return nil
}

// promise gives a command and notes its success; id is read after the answer.
func (w *powerClient) promise(what string, times int, method, path string, in, out any, id *string) error {
	request, err := w.once(w.ctx, method, path, in, out)
	if err != nil {
		return err
	}
	parsed, err := tandem.ParseID(*id)
	w.made = append(w.made, promise{request: request, what: what + " " + *id, times: times, id: parsed})
	return err
}

// unsynced counts, of the promises whose id can be seen in a write to the log
// file, those that were made before a sync of it was over.
func (r *recorded) unsynced() (seen, bad int) {
	path := filepath.Join(r.data(), "journal.db-wal")
	var writes, syncs []*systemCall
	for _, call := range r.calls {
		switch {
		case call.path != path:
		case call.name == "pwrite64":
			writes = append(writes, call)
		case call.name == "fdatasync" || call.name == "fsync":
			syncs = append(syncs, call)
		}
	}
	for _, p := range r.promises {
		first := slices.IndexFunc(writes, func(w *systemCall) bool { return bytes.Contains(w.data, p.id[:]) })
		if made := strings.HasPrefix(p.what, "started ") || strings.HasPrefix(p.what, "queue "); !made || first < 0 {
			continue // others name a contact that was written before
		}
		seen++
		if !slices.ContainsFunc(syncs, func(s *systemCall) bool { return s.begin >= writes[first].end && s.end < p.line && s.result == 0 }) {
			bad++
		}
	}
	return seen, bad
}

// after opens what a power loss leaves and reads it as a start would.
func (r *recorded) after(d *disk, how fate, rnd *rand.Rand) (facts, error) {
	dir, err := os.MkdirTemp(r.dir, "cut-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	d.lose(r.t, dir, how, rnd)
	store, err := sqlite.Open(r.t.Context(), dir, sqlite.Options{})
	if err != nil {
		return nil, err
	}
	defer store.Close()
	found := facts{}
	for b, err := range store.Read(r.t.Context(), r.instance, 0) {
		if err != nil {
			return nil, err
		}
		if err := decodeRecords(b.Body, int(b.Count), found.add); err != nil {
			return nil, err
		}
	}
	return found, nil
}

// lastLine is where the work was done.
func (r *recorded) lastLine() int { return r.promises[len(r.promises)-1].line }

// TestPowerLossKeepsEveryAnsweredCommand records all writes and syncs of a
// server at work, and looks at what each of many power losses would leave.
func TestPowerLossKeepsEveryAnsweredCommand(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	rnd := rand.New(rand.NewPCG(seed, 0))
	r := record(t, "")
	seen, bad := r.unsynced()
	if bad > 0 || seen < len(r.promises)/4 {
		t.Errorf("%d of %d commands seen in the log file were answered before a sync of it was over; %d commands were answered", bad, seen, len(r.promises))
	}
	file := filepath.Join(r.data(), "journal.db")
	if !slices.ContainsFunc(r.calls, func(c *systemCall) bool { return c.path == file && c.name == "pwrite64" }) {
		t.Error("the log file was never copied into the journal's file; give more commands")
	}
	checked, open := r.cutEverywhere(rnd)
	if open < checked/20 {
		t.Errorf("only %d of %d power losses came while there was something to lose", open, checked)
	}
	t.Logf("%d commands, %d seen in the log file, each answered after a sync; %d power losses, %d of them with something to lose", len(r.promises), seen, checked, open)
	r.verifyWithTheProgram(rnd)
}

// cutEverywhere cuts the power as early as answers can be seen, during
// checkpoints, and at random; open is how often something was written and not yet synced.
func (r *recorded) cutEverywhere(rnd *rand.Rand) (checked, open int) {
	r.t.Helper()
	type cut struct {
		line int
		how  fate
	}
	var cuts []cut
	for i := 0; i < len(r.promises); i += 8 {
		cuts = append(cuts, cut{r.promises[i].line, allLost})
	}
	file := filepath.Join(r.data(), "journal.db")
	for _, call := range r.calls { // while the log file is copied into the file
		if call.path == file && call.begin >= r.promises[0].line && rnd.IntN(2) == 0 {
			cuts = append(cuts, cut{call.begin, fate(rnd.IntN(int(fates)))})
		}
	}
	first := r.promises[0].line
	for range powerCuts {
		cuts = append(cuts, cut{first + rnd.IntN(r.lastLine()-first), fate(rnd.IntN(int(fates)))})
	}
	slices.SortFunc(cuts, func(a, b cut) int { return a.line - b.line })
	d := newDisk(r.t, r.data(), r.before, journalFiles, r.calls)
	for _, c := range cuts {
		d.moveTo(c.line)
		found, err := r.after(d, c.how, rnd)
		if err != nil {
			r.t.Fatalf("after a power loss at line %d (%d) the journal cannot be read: %v", c.line, c.how, err)
		}
		if n := found.missing(r.promises, c.line); n > 0 {
			r.t.Fatalf("after a power loss at line %d (%d) %d answered commands are missing", c.line, c.how, n)
		}
		checked++
		if d.unpromised() > 0 {
			open++
		}
	}
	return checked, open
}

// verifyWithTheProgram lets the product itself verify and print what a power
// loss of each kind leaves.
func (r *recorded) verifyWithTheProgram(rnd *rand.Rand) {
	r.t.Helper()
	for how := range fates {
		d := newDisk(r.t, r.data(), r.before, journalFiles, r.calls)
		line := r.promises[rnd.IntN(len(r.promises))].line
		d.moveTo(line)
		dir := r.t.TempDir()
		copyFiles(r.t, r.before, dir, "master.key")
		d.lose(r.t, dir, how, rnd)
		r.run("journal", "verify", "--data", dir)
		out := r.run("journal", "cat", "--data", dir, "--instance", r.born.InstanceID)
		for _, p := range r.promises {
			if p.line <= line && !bytes.Contains(out, []byte(p.id.String())) {
				r.t.Errorf("%q was answered before line %d, and is not in the journal after a power loss there", p.what, line)
			}
		}
	}
}

// TestPowerLossWithoutSyncsIsNoticedByThisTest shows that the test above can
// fail: without syncs commands are answered too early, and are lost.
func TestPowerLossWithoutSyncsIsNoticedByThisTest(t *testing.T) {
	r := record(t, `journal_synchronous = "OFF"`)
	if seen, bad := r.unsynced(); bad == 0 {
		t.Errorf("none of %d commands was answered before a sync", seen)
	}
	d := newDisk(t, r.data(), r.before, journalFiles, r.calls)
	d.moveTo(r.lastLine())
	found, err := r.after(d, allLost, nil)
	if err == nil && found.missing(r.promises, r.lastLine()) == 0 {
		t.Error("a power loss loses nothing though nothing was synced")
	}
}
