package webrtctest

import (
	"bufio"
	"encoding/json"
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"
)

const browserPatience = 60 * time.Second

// Chromium is a headless browser with one page, whose microphone is a file
// that repeats. It is driven over two pipes with messages that end in a zero
// byte (Chrome DevTools Protocol, --remote-debugging-pipe).
type Chromium struct {
	t        *testing.T
	to, from *os.File
	reader   *bufio.Reader
	id       int
	session  string
}

// StartChromium starts it; the test ends it. The file is a WAV file.
func StartChromium(t *testing.T, microphone string) *Chromium {
	t.Helper()
	program, err := exec.LookPath("chromium")
	if err != nil {
		t.Fatalf("browsers' calls are tested in Chromium; install it with scripts/setup-tests: %v", err)
	}
	folder, err := os.MkdirTemp("", "tandem-chromium-")
	if err != nil {
		t.Fatal(err)
	}
	toBrowser, to, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	from, fromBrowser, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-dev-shm-usage", "--no-first-run",
		"--disable-background-networking", "--disable-component-update", "--disable-sync", "--autoplay-policy=no-user-gesture-required",
		"--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream", "--use-file-for-fake-audio-capture="+microphone,
		"--remote-debugging-pipe", "--user-data-dir="+folder, "about:blank")
	cmd.ExtraFiles = []*os.File{toBrowser, fromBrowser} // descriptors 3 and 4
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	toBrowser.Close()
	fromBrowser.Close()
	t.Cleanup(func() {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		_ = cmd.Wait()
		to.Close()
		from.Close()
		os.RemoveAll(folder)
	})
	c := &Chromium{t: t, to: to, from: from, reader: bufio.NewReader(from)}
	var target struct{ TargetID string }
	c.call("Target.createTarget", map[string]any{"url": "about:blank"}, &target)
	var attached struct{ SessionID string }
	c.call("Target.attachToTarget", map[string]any{"targetId": target.TargetID, "flatten": true}, &attached)
	c.session = attached.SessionID
	c.call("Page.enable", nil, nil)
	return c
}

// Open goes to an address, as a reload does if it is the present one.
func (c *Chromium) Open(url string) {
	c.t.Helper()
	c.call("Page.navigate", map[string]any{"url": url}, nil)
	c.Await("document.readyState === 'complete' && location.href.startsWith('http')")
}

// Eval runs an expression, or waits for its promise.
func (c *Chromium) Eval(expression string) {
	c.t.Helper()
	var out struct {
		ExceptionDetails *struct{ Exception struct{ Description string } }
	}
	c.call("Runtime.evaluate", map[string]any{"expression": expression, "awaitPromise": true, "userGesture": true}, &out)
	if out.ExceptionDetails != nil {
		c.t.Fatalf("%s: %s", expression, out.ExceptionDetails.Exception.Description)
	}
}

// Await waits until an expression is true.
func (c *Chromium) Await(expression string) {
	c.t.Helper()
	for deadline := time.Now().Add(browserPatience); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		var out struct{ Result struct{ Value bool } }
		c.call("Runtime.evaluate", map[string]any{"expression": "Boolean(" + expression + ")", "returnByValue": true}, &out)
		if out.Result.Value {
			return
		}
	}
	c.t.Fatalf("it does not come true in the browser: %s", expression)
}

// call sends a command and reads its answer; events are passed over.
func (c *Chromium) call(method string, params, into any) {
	c.t.Helper()
	c.id++
	text, err := json.Marshal(map[string]any{"id": c.id, "method": method, "params": params, "sessionId": c.session})
	if c.session == "" {
		text, err = json.Marshal(map[string]any{"id": c.id, "method": method, "params": params})
	}
	if err != nil {
		c.t.Fatal(err)
	}
	deadline := time.Now().Add(browserPatience)
	_ = c.to.SetWriteDeadline(deadline)
	_ = c.from.SetReadDeadline(deadline)
	if _, err := c.to.Write(append(text, 0)); err != nil {
		c.t.Fatalf("%s: Chromium does not read: %v", method, err)
	}
	for {
		raw, err := c.reader.ReadBytes(0)
		if err != nil {
			c.t.Fatalf("%s: Chromium does not answer: %v", method, err)
		}
		var m struct {
			ID     int
			Result json.RawMessage
			Error  *struct{ Message string }
		}
		switch err := json.Unmarshal(raw[:len(raw)-1], &m); {
		case err != nil:
			c.t.Fatal(err)
		case m.ID != c.id:
			continue
		case m.Error != nil:
			c.t.Fatalf("%s: %s", method, m.Error.Message)
		case into != nil:
			if err := json.Unmarshal(m.Result, into); err != nil {
				c.t.Fatal(err)
			}
		}
		return
	}
}
