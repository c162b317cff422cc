package stories

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"tandem/auth/sigv4"
)

// program is the path of the binary under test, built once.
var program = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "tandem-stories-")
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "tandem")
	out, err := exec.Command("go", "build", raceFlag, "-o", path, "tandem/cmd/tandem").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("build: %w\n%s", err, out)
	}
	return path, nil
})

func TestMain(m *testing.M) {
	code := m.Run()
	if path, err := program(); err == nil {
		os.RemoveAll(filepath.Dir(path))
	}
	os.Exit(code)
}

// born is what `tandem init --json` prints.
type born struct {
	InstanceID, InstanceARN, Region, AccountID string
	AccessKeyID, SecretAccessKey, AdminToken   string
	Endpoint, AdminUser, AdminPassword         string
}

// endpoints is the ready file.
type endpoints struct {
	Endpoint, Admin, SIP   string
	PID, CorePID, MediaPID int
}

// server is a Tandem that runs.
type server struct {
	t     testing.TB
	dir   string // of the story: data, config, logs
	born  born
	ready endpoints
	cmd   *exec.Cmd
	log   *os.File
	wrap  []string // a program that runs the server, such as strace
	http  string   // the address of the API; empty: any
}

// trunk is a SIP peer in the configuration.
type trunk struct {
	name, address string
	numbers       []string
	prefixes      []string
}

// newServer makes a data folder and an instance.
func newServer(t testing.TB, extra string, trunks ...trunk) *server {
	t.Helper()
	s := &server{t: t, dir: t.TempDir()}
	var b strings.Builder
	b.WriteString(extra + "\n")
	for _, tr := range trunks {
		fmt.Fprintf(&b, "[[trunk]]\nname = %q\nallowed = [\"127.0.0.1\"]\nnumbers = %s\n", tr.name, list(tr.numbers))
		if tr.address != "" {
			fmt.Fprintf(&b, "address = %q\nprefixes = %s\n", tr.address, list(tr.prefixes))
		}
	}
	if err := os.WriteFile(s.path("tandem.toml"), []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	s.init()
	return s
}

// init makes the data folder.
func (s *server) init(more ...string) {
	s.t.Helper()
	out := s.run(append([]string{"init", "--json", "--data", s.data(), "--config", s.path("tandem.toml")}, more...)...)
	if err := json.Unmarshal(out, &s.born); err != nil {
		s.t.Fatalf("init printed %s: %v", out, err)
	}
}

func list(values []string) string {
	b, _ := json.Marshal(values)
	if values == nil {
		return "[]"
	}
	return string(b)
}

func (s *server) path(name string) string { return filepath.Join(s.dir, name) }
func (s *server) data() string            { return s.path("data") }

// run runs a command of the program to its end.
func (s *server) run(args ...string) []byte {
	s.t.Helper()
	out, err := s.try(args...)
	if err != nil {
		s.t.Fatalf("tandem %s: %v", strings.Join(args, " "), err)
	}
	return out
}

func (s *server) try(args ...string) ([]byte, error) {
	s.t.Helper()
	path, err := program()
	if err != nil {
		s.t.Fatal(err)
	}
	ctx, done := context.WithTimeout(context.WithoutCancel(s.t.Context()), time.Minute)
	defer done()
	cmd := exec.CommandContext(ctx, path, args...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		err = fmt.Errorf("%w: %s", err, strings.TrimSpace(stderr.String()))
	}
	return out, err
}

// start runs `tandem serve` and waits until it serves.
func (s *server) start() {
	s.t.Helper()
	path, err := program()
	if err != nil {
		s.t.Fatal(err)
	}
	os.Remove(s.path("ready.json"))
	http, sip := s.http, "127.0.0.1:0"
	if http == "" {
		http = "127.0.0.1:0"
	}
	if s.ready.SIP != "" { // started again: on the same addresses
		http, sip = strings.TrimPrefix(s.ready.Endpoint, "http://"), s.ready.SIP
	}
	args := append(append([]string{}, s.wrap...), path, "serve", "--data", s.data(), "--config", s.path("tandem.toml"),
		"--http", http, "--sip", sip, "--ready-file", s.path("ready.json"), "--log", "info")
	s.cmd = exec.Command(args[0], args[1:]...)
	if s.log, err = os.OpenFile(s.path("tandem.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600); err != nil {
		s.t.Fatal(err)
	}
	s.cmd.Stdout, s.cmd.Stderr = s.log, s.log
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := s.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(s.stop)
	eventually(s.t, 60*time.Second, "the server serves", func() error { return s.readReady(nil) })
}

// readReady reads the ready file; unlike says what must have changed.
func (s *server) readReady(unlike func(endpoints) bool) error {
	b, err := os.ReadFile(s.path("ready.json"))
	if err != nil {
		return err
	}
	var e endpoints
	if err := json.Unmarshal(b, &e); err != nil {
		return err
	}
	if unlike != nil && unlike(e) {
		return fmt.Errorf("the ready file still says %+v", e)
	}
	s.ready = e
	return nil
}

// killCore kills the core without a warning and waits for its successor.
func (s *server) killCore() {
	s.t.Helper()
	old := s.ready.CorePID
	syscall.Kill(old, syscall.SIGKILL)
	eventually(s.t, 30*time.Second, "the core is back", func() error {
		return s.readReady(func(e endpoints) bool { return e.CorePID == old })
	})
}

// killAll kills every process of the server at once.
func (s *server) killAll() {
	s.t.Helper()
	syscall.Kill(-s.cmd.Process.Pid, syscall.SIGKILL)
	s.cmd.Wait()
	s.log.Close()
	s.cmd = nil
}

// stop stops the server at once and in order.
func (s *server) stop() {
	if s.cmd == nil {
		return
	}
	s.cmd.Process.Signal(os.Interrupt)
	ended := make(chan struct{})
	go func() { s.cmd.Wait(); close(ended) }()
	select {
	case <-ended:
	case <-time.After(2 * time.Second):
		s.cmd.Process.Signal(os.Interrupt)
		select {
		case <-ended:
		case <-time.After(20 * time.Second):
			s.t.Errorf("the server did not stop")
			syscall.Kill(-s.cmd.Process.Pid, syscall.SIGKILL)
			<-ended
		}
	}
	s.cmd = nil
	s.log.Close()
	if b, err := os.ReadFile(s.path("tandem.log")); err == nil && bytes.Contains(b, []byte("DATA RACE")) {
		s.t.Errorf("the server has a data race")
	}
	if s.t.Failed() {
		if b, err := os.ReadFile(s.path("tandem.log")); err == nil {
			s.t.Logf("the server's log:\n%s", tail(b, 12_000))
		}
		if b, err := s.try("journal", "cat", "--data", s.data(), "--instance", s.born.InstanceID, "--from", "3"); err == nil {
			s.t.Logf("the journal:\n%s", tail(b, 20_000))
		}
	}
}

func tail(b []byte, n int) []byte { return b[max(0, len(b)-n):] }

// eventually waits for a condition.
func eventually(t testing.TB, within time.Duration, what string, check func() error) {
	t.Helper()
	deadline := time.Now().Add(within)
	for {
		err := check()
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("not within %v: %s: %v", within, what, err)
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// api calls an operation of the Connect API, signed, and decodes the answer.
func (s *server) api(method, path string, in, out any) error {
	var body []byte
	if in != nil {
		var err error
		if body, err = json.Marshal(in); err != nil {
			return err
		}
	}
	req, err := http.NewRequestWithContext(s.t.Context(), method, s.ready.Endpoint+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	creds := sigv4.Credentials{AccessKeyID: s.born.AccessKeyID, Secret: s.born.SecretAccessKey, Region: s.born.Region, Service: "connect"}
	if err := sigv4.Sign(req, body, creds, time.Now()); err != nil {
		return err
	}
	return answer(req, out)
}

// admin calls Tandem's own API.
func (s *server) admin(method, path string, in, out any) error {
	body, err := json.Marshal(in)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(s.t.Context(), method, s.ready.Admin+"/instances/"+s.born.InstanceID+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	if in == nil {
		req.Body, req.ContentLength = nil, 0
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer "+s.born.AdminToken)
	return answer(req, out)
}

func answer(req *http.Request, out any) error {
	client := http.Client{Timeout: 30 * time.Second}
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(io.LimitReader(resp.Body, 1<<22))
	if err != nil {
		return err
	}
	if resp.StatusCode/100 != 2 {
		return fmt.Errorf("%s %s: %s %s: %s", req.Method, req.URL.Path, resp.Status, resp.Header.Get("x-amzn-ErrorType"), b)
	}
	if out == nil || len(b) == 0 {
		return nil
	}
	return json.Unmarshal(b, out)
}

// must is for calls that may not fail.
func (s *server) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}
