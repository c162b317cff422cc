package supervise

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"sync"
	"time"
)

// ExitRefused is the exit code of a child that refuses to start for a reason
// that starting again cannot mend, such as a damaged journal.
const ExitRefused = 3

const (
	readyTimeout  = 120 * time.Second // a child that is not ready by then is killed
	stopTimeout   = 10 * time.Second  // from asking a child to stop to killing it
	firstBackoff  = 50 * time.Millisecond
	longestDelay  = 5 * time.Second
	healthyAfter  = time.Second // a child that lived this long starts with no delay again: callers wait for it
	statusFile    = 3           // the first inherited file is the status pipe
	firstSocket   = 4
	maxStatusLine = 64 * 1024
)

// Spec says how to run a child.
type Spec struct {
	Name     string
	Path     string   // the program
	Args     []string // its arguments
	Env      []string
	Files    []*os.File // inherited from descriptor 4 on
	Settings any        // sent as one line of JSON
	Output   io.Writer  // what it prints
}

// Child runs a program and keeps it running.
type Child struct {
	spec Spec
	log  *slog.Logger

	mu       sync.Mutex
	proc     *os.Process
	input    io.WriteCloser
	ready    json.RawMessage
	restarts int
	changed  chan struct{} // closed and replaced when the child's state changes
	stopping bool
}

func newChild(spec Spec, log *slog.Logger) *Child {
	return &Child{spec: spec, log: log.With("child", spec.Name), changed: make(chan struct{})}
}

// keep runs the child until ctx ends, it is told to stop, or it refuses.
func (c *Child) keep(ctx context.Context) error {
	delay := time.Duration(0)
	for {
		began := time.Now()
		err := c.once(ctx)
		if c.isStopping() || ctx.Err() != nil {
			return nil
		}
		var exit *exec.ExitError
		if errors.As(err, &exit) && exit.ExitCode() == ExitRefused {
			return fmt.Errorf("%s refuses to start; its message is above", c.spec.Name)
		}
		if time.Since(began) > healthyAfter {
			delay = 0
		}
		c.log.Error("child ended; starting it again", "err", err, "lived", time.Since(began).Round(time.Millisecond), "delay", delay)
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(delay):
		}
		delay = min(max(delay*2, firstBackoff), longestDelay)
	}
}

// once runs the child until it ends.
func (c *Child) once(ctx context.Context) error {
	status, statusW, err := os.Pipe()
	if err != nil {
		return err
	}
	defer status.Close()
	cmd := exec.Command(c.spec.Path, c.spec.Args...)
	cmd.Env = append(os.Environ(), c.spec.Env...)
	cmd.Stdout, cmd.Stderr = c.spec.Output, c.spec.Output
	cmd.ExtraFiles = append([]*os.File{statusW}, c.spec.Files...)
	input, err := cmd.StdinPipe()
	if err == nil {
		err = cmd.Start()
	}
	statusW.Close()
	if err != nil {
		return fmt.Errorf("start %s: %w", c.spec.Name, err)
	}
	c.set(cmd.Process, input, nil)
	defer c.set(nil, nil, nil)
	defer input.Close()
	if err := json.NewEncoder(input).Encode(c.spec.Settings); err != nil {
		c.log.Error("settings were not taken", "err", err)
	}
	watch, done := context.WithTimeout(ctx, readyTimeout)
	defer done()
	go c.awaitReady(watch, status, cmd.Process)
	return cmd.Wait()
}

// awaitReady reads the child's one status line; without it in time the child
// is killed.
func (c *Child) awaitReady(ctx context.Context, status *os.File, proc *os.Process) {
	line := make(chan []byte, 1)
	go func() {
		b, _ := bufio.NewReaderSize(io.LimitReader(status, maxStatusLine), 4096).ReadBytes('\n')
		line <- b
	}()
	select {
	case b := <-line:
		if len(b) > 0 && json.Valid(b) {
			c.setReady(proc, b)
		}
	case <-ctx.Done():
		if ctx.Err() == context.DeadlineExceeded {
			c.log.Error("child was not ready in time; killing it", "after", readyTimeout)
			proc.Kill()
		}
	}
}

func (c *Child) set(p *os.Process, in io.WriteCloser, ready json.RawMessage) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.proc, c.input, c.ready = p, in, ready
	if c.stopping && in != nil {
		in.Close()
	}
	c.wake()
}

func (c *Child) setReady(p *os.Process, ready json.RawMessage) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.proc == p {
		c.ready = ready
		c.restarts++
		c.wake()
	}
}

func (c *Child) wake() {
	close(c.changed)
	c.changed = make(chan struct{})
}

func (c *Child) isStopping() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.stopping
}

// State is the child's process id, its status once ready, how often it became
// ready, and a channel that closes at the next change.
func (c *Child) State() (pid int, ready json.RawMessage, starts int, changed <-chan struct{}) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.proc != nil {
		pid = c.proc.Pid
	}
	return pid, c.ready, c.restarts, c.changed
}

// Order sends the child a line, such as "drain".
func (c *Child) Order(line string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.input != nil {
		if _, err := io.WriteString(c.input, line+"\n"); err != nil {
			c.log.Error("order was not taken", "order", line, "err", err)
		}
	}
}

// Expect says that the child may end by itself now and is not to be started
// again.
func (c *Child) Expect() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.stopping = true
}

// stop asks the child to stop, and kills it if it does not.
func (c *Child) stop() {
	c.mu.Lock()
	c.stopping = true
	proc, changed := c.proc, (<-chan struct{})(c.changed)
	if c.input != nil {
		c.input.Close()
	}
	c.mu.Unlock()
	if proc == nil {
		return
	}
	deadline := time.After(stopTimeout)
	for {
		select {
		case <-changed:
			var pid int
			if pid, _, _, changed = c.State(); pid == 0 {
				return
			}
		case <-deadline:
			c.log.Error("child does not stop; killing it", "after", stopTimeout)
			proc.Kill()
			return
		}
	}
}
