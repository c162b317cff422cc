package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// idleTime is how long a server sits before its memory is read.
const idleTime = 10 * time.Second

// processes is what a server tells in its ready file.
type processes struct {
	Supervisor int `json:"pid"`
	Core       int `json:"corePid"`
	Media      int `json:"mediaPid"`
}

// measureIdle starts a fresh server and reads what its processes hold: pages
// that processes share count once (proportional set size).
func measureIdle(ctx context.Context, r *report, o Options) error {
	return inFolder(o, func(dir string) error {
		data := filepath.Join(dir, "data")
		init := exec.CommandContext(ctx, o.Binary, "init", "--data", data)
		if out, err := init.CombinedOutput(); err != nil {
			return fmt.Errorf("tandem init: %w: %s", err, bytes.TrimSpace(out))
		}
		ready := filepath.Join(dir, "ready.json")
		serve := exec.CommandContext(ctx, o.Binary, "serve", "--data", data, "--http", "127.0.0.1:0", "--sip", "127.0.0.1:0", "--ready-file", ready)
		var told bytes.Buffer
		serve.Stdout, serve.Stderr = &told, &told
		if err := serve.Start(); err != nil {
			return err
		}
		ended := make(chan error, 1)
		go func() { ended <- serve.Wait() }()
		err := weigh(ctx, r, ready, ended)
		if err = errors.Join(err, stopServer(serve, ended)); err != nil {
			return fmt.Errorf("%w; the server said: %s", err, bytes.TrimSpace(told.Bytes()))
		}
		return nil
	})
}

// stopServer asks a server to end and, should it not, ends it.
func stopServer(serve *exec.Cmd, ended <-chan error) error {
	if err := serve.Process.Signal(os.Interrupt); err != nil {
		return nil // it has ended already, which weigh has told
	}
	select {
	case <-ended:
		return nil
	case <-time.After(20 * time.Second):
		return errors.Join(errors.New("the server did not stop within 20 s"), serve.Process.Kill())
	}
}

// weigh waits until the server is ready and has been idle for a while.
func weigh(ctx context.Context, r *report, ready string, ended <-chan error) error {
	p, err := awaitReady(ctx, ready, ended)
	if err != nil {
		return err
	}
	select {
	case <-time.After(idleTime):
	case <-ctx.Done():
		return ctx.Err()
	}
	total := 0
	for _, one := range []struct {
		name string
		pid  int
	}{{"supervisor", p.Supervisor}, {"core", p.Core}, {"media", p.Media}} {
		m, err := memoryOf(one.pid)
		if err != nil {
			return err
		}
		total += m.shared
		r.figure("%-10s %3d MiB, of it %d MiB its own", one.name, m.shared>>10, m.own>>10)
	}
	r.figure("%-10s %3d MiB after %s", "together", total>>10, idleTime)
	return nil
}

func awaitReady(ctx context.Context, path string, ended <-chan error) (p processes, err error) {
	deadline := time.After(time.Minute)
	for {
		b, err := os.ReadFile(path)
		if err == nil {
			return p, json.Unmarshal(b, &p)
		}
		select {
		case <-time.After(50 * time.Millisecond):
		case err := <-ended:
			return p, fmt.Errorf("the server ended before it was ready: %v", err)
		case <-deadline:
			return p, errors.New("the server was not ready within a minute")
		case <-ctx.Done():
			return p, ctx.Err()
		}
	}
}

// memory is in KiB. Shared is the process's share of every page that it has
// mapped; own is what would be free without it, the pages that it changed.
type memory struct{ shared, own int }

// memoryOf reads smaps_rollup (Linux: proc(5)).
func memoryOf(pid int) (m memory, err error) {
	path := fmt.Sprintf("/proc/%d/smaps_rollup", pid)
	b, err := os.ReadFile(path)
	if err != nil {
		return m, fmt.Errorf("read the memory of process %d; this needs Linux: %w", pid, err)
	}
	for line := range strings.Lines(string(b)) {
		fields := strings.Fields(line)
		if len(fields) < 2 {
			continue
		}
		n, err := strconv.Atoi(fields[1])
		switch {
		case fields[0] == "Pss:":
			m.shared = n
		case fields[0] == "Private_Clean:" || fields[0] == "Private_Dirty:":
			m.own += n
		default:
			continue
		}
		if err != nil {
			return m, fmt.Errorf("%s: %w", path, err)
		}
	}
	return m, nil
}
