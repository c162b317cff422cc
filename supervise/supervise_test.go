package supervise_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"tandem/supervise"
)

// settings tell a child of these tests what to do.
type settings struct {
	Refuse  bool
	Silent  bool // serve, but never say so
	Word    string
	Listens bool
}

// childVariable makes the test binary a child process.
const childVariable = "SUPERVISE_TEST_CHILD"

func TestMain(m *testing.M) {
	switch os.Getenv(childVariable) {
	case "":
		os.Exit(m.Run())
	case "child":
		os.Exit(child())
	case "parent":
		os.Exit(parent())
	}
}

// child answers each connection with its word and process id, and ends when it
// is told to drain or its parent is gone.
func child() int {
	var s settings
	p, err := supervise.Adopt(os.Stdin, &s)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	if s.Refuse {
		return supervise.ExitRefused
	}
	if s.Listens {
		l, err := supervise.Listener(0)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		go answer(l, s.Word)
	}
	if !s.Silent {
		if err := p.Ready(map[string]string{"word": s.Word}); err != nil {
			return 1
		}
	}
	for order := range p.Orders() {
		if order == "drain" {
			return 0
		}
	}
	return 0
}

func answer(l net.Listener, word string) {
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		fmt.Fprintf(c, "%s %d\n", word, os.Getpid())
		c.Close()
	}
}

// parent supervises one child and prints its process id, until it is killed.
func parent() int {
	s := supervise.New(slog.New(slog.DiscardHandler), spec(settings{}))
	go s.Run(context.Background())
	if s.AwaitReady(context.Background()) != nil {
		return 1
	}
	pid, _, _, _ := s.Child(0).State()
	fmt.Println(pid)
	time.Sleep(time.Minute)
	return 0
}

func spec(s settings, files ...*os.File) supervise.Spec {
	self, err := os.Executable()
	if err != nil {
		panic(err)
	}
	return supervise.Spec{Name: "child", Path: self, Env: []string{childVariable + "=child"}, Files: files, Settings: s, Output: io.Discard}
}

// running is a supervisor at work.
type running struct {
	*supervise.Supervisor
	t     *testing.T
	stop  context.CancelFunc
	ended chan error
}

func run(t *testing.T, specs ...supervise.Spec) *running {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	r := &running{Supervisor: supervise.New(slog.New(slog.DiscardHandler), specs...), t: t, stop: stop, ended: make(chan error, 1)}
	go func() { r.ended <- r.Run(ctx) }()
	t.Cleanup(stop)
	return r
}

func (r *running) ready() {
	r.t.Helper()
	ctx, done := context.WithTimeout(context.Background(), 30*time.Second)
	defer done()
	if err := r.AwaitReady(ctx); err != nil {
		r.t.Fatalf("the children are not ready: %v", err)
	}
}

// end waits until Run returns.
func (r *running) end() error {
	r.t.Helper()
	select {
	case err := <-r.ended:
		return err
	case <-time.After(30 * time.Second):
		r.t.Fatal("the supervisor does not stop")
		return nil
	}
}

// awaitStarts waits until a child became ready so many times, and returns its
// process id.
func (r *running) awaitStarts(i, want int) int {
	r.t.Helper()
	for deadline := time.After(30 * time.Second); ; {
		pid, status, starts, changed := r.Child(i).State()
		if starts >= want && status != nil {
			return pid
		}
		select {
		case <-changed:
		case <-deadline:
			r.t.Fatalf("child %d started %d times, want %d", i, starts, want)
		}
	}
}

// alive reports whether there is a process, zombies left out.
func alive(pid int) bool {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return err == nil && !strings.Contains(string(b), ") Z ")
}

func awaitDead(t *testing.T, pid int) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); alive(pid); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("process %d is still there", pid)
		}
	}
}

func listen(t *testing.T) (string, *os.File) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	f, err := l.(*net.TCPListener).File()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close(); f.Close() })
	return l.Addr().String(), f
}

// ask connects and returns what the child answers.
func ask(t *testing.T, address string) (word string, pid int) {
	t.Helper()
	c, err := net.DialTimeout("tcp", address, 10*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(10 * time.Second))
	if _, err := fmt.Fscan(c, &word, &pid); err != nil {
		t.Fatal(err)
	}
	return word, pid
}

// TestKilledChildComesBackOnTheSameSocket holds that a port stays open while
// its child is replaced: a connection made in between is answered.
func TestKilledChildComesBackOnTheSameSocket(t *testing.T) {
	address, file := listen(t)
	r := run(t, spec(settings{Word: "hello", Listens: true}, file))
	first := r.awaitStarts(0, 1)
	if word, pid := ask(t, address); word != "hello" || pid != first {
		t.Fatalf("process %d said %q, want hello from %d", pid, word, first)
	}
	syscall.Kill(first, syscall.SIGKILL)
	awaitDead(t, first)
	if _, pid := ask(t, address); pid == first {
		t.Fatal("the dead child answered")
	}
	if second := r.awaitStarts(0, 2); second == first {
		t.Fatalf("the second child is the first, %d", first)
	}
}

func TestOneChildsDeathLeavesTheOtherAlone(t *testing.T) {
	r := run(t, spec(settings{}), spec(settings{}))
	r.ready()
	other := r.awaitStarts(0, 1)
	syscall.Kill(r.awaitStarts(1, 1), syscall.SIGKILL)
	r.awaitStarts(1, 2)
	if pid, _, starts, _ := r.Child(0).State(); pid != other || starts != 1 {
		t.Errorf("the other child is process %d after %d starts, was %d", pid, starts, other)
	}
}

func TestRefusingChildStopsAll(t *testing.T) {
	r := run(t, spec(settings{}), spec(settings{Refuse: true}))
	first := r.awaitStarts(0, 1)
	err := r.end()
	if err == nil || !strings.Contains(err.Error(), "refuses to start") {
		t.Errorf("the supervisor ended with %v", err)
	}
	if alive(first) {
		t.Error("the other child is still there")
	}
}

func TestStoppingStopsEveryChild(t *testing.T) {
	r := run(t, spec(settings{}), spec(settings{Silent: true}))
	first := r.awaitStarts(0, 1)
	r.stop()
	if err := r.end(); err != nil {
		t.Errorf("the supervisor ended with %v", err)
	}
	for i := range 2 {
		if pid, _, _, _ := r.Child(i).State(); pid != 0 {
			t.Errorf("child %d is still there", i)
		}
	}
	if alive(first) {
		t.Error("the child's process is still there")
	}
}

func TestReadyCarriesTheChildsStatus(t *testing.T) {
	r := run(t, spec(settings{Word: "status"}))
	r.ready()
	_, raw, _, _ := r.Child(0).State()
	var status struct{ Word string }
	if err := json.Unmarshal(raw, &status); err != nil || status.Word != "status" {
		t.Errorf("the status is %s (%v)", raw, err)
	}
}

func TestSilentChildIsNotReady(t *testing.T) {
	r := run(t, spec(settings{}), spec(settings{Silent: true}))
	r.awaitStarts(0, 1)
	ctx, done := context.WithTimeout(context.Background(), 200*time.Millisecond)
	defer done()
	if err := r.AwaitReady(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a child that says nothing is ready: %v", err)
	}
}

// TestDrainedChildIsNotStartedAgain holds that a child which was expected to
// end stays ended.
func TestDrainedChildIsNotStartedAgain(t *testing.T) {
	r := run(t, spec(settings{}), spec(settings{}))
	r.ready()
	drained := r.awaitStarts(0, 1)
	r.Child(0).Expect()
	r.Child(0).Order("drain")
	awaitDead(t, drained)
	r.awaitGone(0)
	if pid, _, _, _ := r.Child(1).State(); pid == 0 {
		t.Error("the other child ended too")
	}
	r.stop()
	if err := r.end(); err != nil {
		t.Errorf("the supervisor ended with %v", err)
	}
	if _, _, starts, _ := r.Child(0).State(); starts != 1 {
		t.Errorf("the drained child was started %d times", starts)
	}
}

func (r *running) awaitGone(i int) {
	r.t.Helper()
	for deadline := time.After(30 * time.Second); ; {
		pid, _, _, changed := r.Child(i).State()
		if pid == 0 {
			return
		}
		select {
		case <-changed:
		case <-deadline:
			r.t.Fatalf("child %d is still there", i)
		}
	}
}

// TestNoChildOutlivesItsParent holds that a child ends when its parent is
// killed without a chance to say so.
func TestNoChildOutlivesItsParent(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), childVariable+"=parent")
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	var pid int
	if _, err := fmt.Fscan(bufio.NewReader(out), &pid); err != nil || !alive(pid) {
		t.Fatalf("the child is process %d: %v", pid, err)
	}
	cmd.Process.Kill()
	cmd.Wait()
	awaitDead(t, pid)
}

func TestAdoptRefusesWhatIsNoParent(t *testing.T) {
	for _, input := range []string{"", "{}", "nonsense\n"} {
		if _, err := supervise.Adopt(strings.NewReader(input), &settings{}); err == nil || !strings.Contains(err.Error(), "tandem serve") {
			t.Errorf("with %q: %v", input, err)
		}
	}
}
