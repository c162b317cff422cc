package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// demoRun is a demo that runs.
type demoRun struct {
	t     *testing.T
	cmd   *exec.Cmd
	err   bytes.Buffer
	told  map[string]string // what it printed: label to value
	lines chan string
}

func startDemo(t *testing.T, args ...string) *demoRun {
	t.Helper()
	r := &demoRun{t: t, told: map[string]string{}, lines: make(chan string, 100)}
	r.cmd = exec.Command("tandem", append([]string{"demo", "--http", "127.0.0.1:0", "--sip", "127.0.0.1:0"}, args...)...)
	r.cmd.Stderr = &r.err
	out, err := r.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := r.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(r.lines)
		for s := bufio.NewScanner(out); s.Scan(); {
			r.lines <- s.Text()
		}
	}()
	t.Cleanup(func() { r.cmd.Process.Kill() })
	r.readUntil("next: ")
	return r
}

// readUntil reads what the demo prints up to a line that begins so.
func (r *demoRun) readUntil(beginning string) {
	r.t.Helper()
	for deadline := time.After(time.Minute); ; {
		select {
		case line, ok := <-r.lines:
			if !ok {
				r.t.Fatalf("the demo ended; it said: %s", r.err.String())
			}
			if label, value, found := strings.Cut(line, "  "); found {
				r.told[label] = strings.TrimSpace(value)
			}
			if strings.HasPrefix(line, beginning) {
				return
			}
		case <-deadline:
			r.t.Fatalf("the demo does not say %q; it said: %s", beginning, r.err.String())
		}
	}
}

// interrupt presses Ctrl-C and waits for the end.
func (r *demoRun) interrupt() {
	r.t.Helper()
	r.cmd.Process.Signal(os.Interrupt)
	ended := make(chan error, 1)
	go func() {
		for range r.lines { // until its output ends
		}
		ended <- r.cmd.Wait()
	}()
	select {
	case err := <-ended:
		if err != nil {
			r.t.Fatalf("the demo ended with %v and said: %s", err, r.err.String())
		}
	case <-time.After(30 * time.Second):
		r.t.Fatalf("the demo does not stop; it said: %s", r.err.String())
	}
}

// awaitStatus waits until some agent shows a status in a stand-in, whose agents
// are listed below the path.
func (r *demoRun) awaitStatus(standIn, path, name string) {
	r.t.Helper()
	var err error
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(100 * time.Millisecond) {
		if err = showsStatus(r.told[standIn]+path, name); err == nil {
			return
		}
	}
	r.t.Fatalf("no agent is %s in the %s: %v; the demo said: %s", name, standIn, err, r.err.String())
}

func showsStatus(list, name string) error {
	resp, err := http.Get(list)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	var agents any
	if err := json.NewDecoder(resp.Body).Decode(&agents); err != nil {
		return err
	}
	if text := fmt.Sprint(agents); !strings.Contains(text, name) {
		return fmt.Errorf("the agents are %s", text)
	}
	return nil
}

// TestDemoShowsCallsInTheStandIns holds that a visitor sees an agent's status
// follow simulated calls and breaks, and that a temporary folder is removed.
func TestDemoShowsCallsInTheStandIns(t *testing.T) {
	t.Parallel()
	r := startDemo(t)
	r.awaitStatus(demoZendesk, "/__standin/agents", "On a call")
	r.awaitStatus(demoSalesforce, "/__standin/users", "On a call")
	r.awaitStatus(demoKustomer, "/__standin/users", "Unavailable")
	for _, label := range []string{"version", "API endpoint", "instance id", "admin API", "admin token", "health"} {
		if r.told[label] == "" {
			t.Errorf("the demo does not tell its %s: %v", label, r.told)
		}
	}
	folder, note, _ := strings.Cut(r.told["data"], " ")
	if !strings.Contains(note, "removed") {
		t.Errorf("the demo does not say that its folder is removed: %q", note)
	}
	r.interrupt()
	if _, err := os.Stat(folder); !os.IsNotExist(err) {
		t.Errorf("the temporary folder %s is still there: %v", folder, err)
	}
}

// TestKeptDemoStartsAgain holds that a demo with --data goes on with its
// instance.
func TestKeptDemoStartsAgain(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	first := startDemo(t, "--data", folder)
	first.interrupt()
	second := startDemo(t, "--data", folder)
	if a, b := first.told["instance id"], second.told["instance id"]; a != b || a == "" {
		t.Errorf("the instance was %q and is %q", a, b)
	}
	second.awaitStatus(demoZendesk, "/__standin/agents", "On a call")
	second.awaitStatus(demoSalesforce, "/__standin/users", "On a call")
	second.interrupt()
}
