package bench

import (
	"context"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strings"
	"time"
)

// Options say how much is measured. Zero means the default.
type Options struct {
	Dir      string        // data folders are made in it and removed; the system's temporary folder
	Duration time.Duration // of each open loop; 20 s
	Events   int           // in the journals that are replayed; 1,000,000
	Binary   string        // the tandem that is started to sit idle; this program
}

func (o Options) withDefaults() (Options, error) {
	if o.Duration <= 0 {
		o.Duration = 20 * time.Second
	}
	if o.Events <= 0 {
		o.Events = 1_000_000
	}
	if o.Dir == "" {
		o.Dir = os.TempDir()
	}
	var err error
	if o.Binary == "" {
		o.Binary, err = os.Executable()
	}
	return o, err
}

// Bench is one measurement.
type Bench struct {
	Name  string
	About string // one line for people
	run   func(ctx context.Context, r *report, o Options) error
}

// List is every measurement, in the order in which "all" takes them.
func List() []Bench {
	return []Bench{
		{"commit", "latency of a durable answer at 5,000 and 33,000 events a second, readers running", measureCommit},
		{"append", "group commit beside a plain file with fdatasync, at 64 and 1,024 producers", measureAppend},
		{"replay", "decoding and applying the records of a call center", measureReplay},
		{"start", "starting on a large journal, without a snapshot and with one", measureStart},
		{"presence", "a status that changes in one system to the writes for the others, at 17 and at 1,000 changes a second", measurePresence},
		{"idle", "memory of an idle server: supervisor, core and media", measureIdle},
	}
}

// Run takes the measurement of that name, or all of them for "all", and writes
// lines as it goes. It removes what it made.
func Run(ctx context.Context, name string, out io.Writer, opts Options) error {
	opts, err := opts.withDefaults()
	if err != nil {
		return err
	}
	all := List()
	if name != "all" {
		i := slices.IndexFunc(all, func(b Bench) bool { return b.Name == name })
		if i < 0 {
			return fmt.Errorf("there is no benchmark %q; there are: all, %s", name, names(all))
		}
		all = all[i : i+1]
	}
	r := &report{out: out}
	r.line("machine: %s", machineLine())
	for _, b := range all {
		r.line("%s: %s (load %s)", b.Name, b.About, load())
		if err := b.run(ctx, r, opts); err != nil {
			return fmt.Errorf("benchmark %s: %w", b.Name, err)
		}
	}
	return r.err
}

func names(all []Bench) string {
	var n []string
	for _, b := range all {
		n = append(n, b.Name)
	}
	return strings.Join(n, ", ")
}

// report writes lines and keeps the first error.
type report struct {
	out io.Writer
	err error
}

func (r *report) line(format string, args ...any) {
	if r.err == nil {
		_, r.err = fmt.Fprintf(r.out, format+"\n", args...)
	}
}

// figure writes one measured value.
func (r *report) figure(format string, args ...any) { r.line("  "+format, args...) }

// inFolder makes a data folder, lets use work in it, and removes it.
func inFolder(o Options, use func(dir string) error) error {
	dir, err := os.MkdirTemp(o.Dir, "tandem-bench-")
	if err != nil {
		return fmt.Errorf("make a folder to measure in: %w", err)
	}
	err = use(dir)
	if rm := os.RemoveAll(dir); err == nil {
		err = rm
	}
	return err
}

// machineLine says what the figures were taken on.
func machineLine() string {
	cpu := "unknown processor"
	if b, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		for line := range strings.Lines(string(b)) {
			if key, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(key) == "model name" {
				cpu = strings.TrimSpace(value)
				break
			}
		}
	}
	return fmt.Sprintf("%d x %s, %s/%s, %s", runtime.NumCPU(), cpu, runtime.GOOS, runtime.GOARCH, runtime.Version())
}

// load is the system's load averages, where it tells them.
func load() string {
	b, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	fields := strings.Fields(string(b))
	return strings.Join(fields[:min(3, len(fields))], " ")
}
