// Package browsertest drives pages in headless Chromium and looks at them: for
// tests only. What the pages break of the rules of accessibility is found by
// axe-core and by rules of its own (audit.go).
package browsertest

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

const timeout = 60 * time.Second

// Browser is a page in headless Chromium, driven over two pipes with messages
// that end in a zero byte (Chrome DevTools Protocol, --remote-debugging-pipe).
// It keeps what the page complained of.
type Browser struct {
	T        *testing.T // of whom it is
	to, from *os.File
	reader   *bufio.Reader
	id       int
	session  string
	problems []string
}

// message is a command, an answer or an event.
type message struct {
	ID      int             `json:"id,omitempty"`
	Method  string          `json:"method,omitempty"`
	Params  any             `json:"params,omitempty"`
	Session string          `json:"sessionId,omitempty"`
	Result  json.RawMessage `json:"result,omitempty"`
	Error   *struct {
		Message string `json:"message"`
	} `json:"error,omitempty"`
}

// Start starts Chromium with an empty page.
func Start(t *testing.T) *Browser {
	t.Helper()
	program, err := exec.LookPath("chromium")
	if err != nil {
		t.Fatalf("the pages are tested in Chromium; install it with scripts/setup-tests: %v", err)
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
		"--disable-background-networking", "--disable-component-update", "--disable-sync", "--remote-debugging-pipe", "--user-data-dir="+folder, "about:blank")
	cmd.ExtraFiles = []*os.File{toBrowser, fromBrowser} // descriptors 3 and 4
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	toBrowser.Close()
	fromBrowser.Close()
	t.Cleanup(func() {
		syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		cmd.Wait()
		to.Close()
		from.Close()
		os.RemoveAll(folder)
	})
	b := &Browser{T: t, to: to, from: from, reader: bufio.NewReader(from)}
	var target struct{ TargetID string }
	b.Call("Target.createTarget", map[string]any{"url": "about:blank"}, &target)
	var attached struct{ SessionID string }
	b.Call("Target.attachToTarget", map[string]any{"targetId": target.TargetID, "flatten": true}, &attached)
	b.session = attached.SessionID
	for _, domain := range []string{"Page", "Runtime", "Log", "Accessibility"} {
		b.Call(domain+".enable", nil, nil)
	}
	return b
}

// Call sends a command and reads its answer.
func (b *Browser) Call(method string, params, into any) {
	b.T.Helper()
	if err := b.Ask(method, params, into); err != nil {
		b.T.Fatal(err)
	}
}

// Ask is call whose command may be refused, such as while a page is loaded.
// Events are looked at on the way.
func (b *Browser) Ask(method string, params, into any) error {
	b.T.Helper()
	b.id++
	text, err := json.Marshal(message{ID: b.id, Method: method, Params: params, Session: b.session})
	if err != nil {
		b.T.Fatal(err)
	}
	deadline := time.Now().Add(timeout)
	b.to.SetWriteDeadline(deadline)
	b.from.SetReadDeadline(deadline)
	if _, err := b.to.Write(append(text, 0)); err != nil {
		b.T.Fatalf("%s: Chromium does not read: %v", method, err)
	}
	for {
		raw, err := b.reader.ReadBytes(0)
		if err != nil {
			b.T.Fatalf("%s: Chromium does not answer: %v", method, err)
		}
		var m message
		if err := json.Unmarshal(raw[:len(raw)-1], &m); err != nil {
			b.T.Fatal(err)
		}
		b.notice(&m, raw)
		if m.ID != b.id {
			continue
		}
		switch {
		case m.Error != nil:
			return fmt.Errorf("%s: %s", method, m.Error.Message)
		case into != nil:
			return json.Unmarshal(m.Result, into)
		}
		return nil
	}
}

// notice keeps what the page complains of: errors and warnings of the console,
// exceptions, and what the browser refused. Calls that the API refuses are also
// logged, and are no fault of the page.
func (b *Browser) notice(m *message, raw []byte) {
	text := string(raw)
	switch m.Method {
	case "Runtime.exceptionThrown":
	case "Runtime.consoleAPICalled":
		if !strings.Contains(text, `"type":"error"`) && !strings.Contains(text, `"type":"warning"`) {
			return
		}
	case "Log.entryAdded":
		if strings.Contains(text, `"source":"network"`) && strings.Contains(text, "/admin/instances") {
			return
		}
	default:
		return
	}
	b.problems = append(b.problems, text)
}

// Open goes to an address.
func (b *Browser) Open(url string) {
	b.T.Helper()
	b.Call("Page.navigate", map[string]any{"url": url}, nil)
}

// Eval runs an expression in the page and reads its value.
func (b *Browser) Eval(expression string, into any) {
	b.T.Helper()
	var out struct {
		Result           struct{ Value json.RawMessage }
		ExceptionDetails *struct{ Exception struct{ Description string } }
	}
	b.Call("Runtime.evaluate", map[string]any{"expression": expression, "awaitPromise": true, "returnByValue": true, "userGesture": true}, &out)
	if out.ExceptionDetails != nil {
		b.T.Fatalf("%s: %s\nThe page says: %s", expression, out.ExceptionDetails.Exception.Description, b.Text())
	}
	if into == nil {
		return
	}
	if err := json.Unmarshal(out.Result.Value, into); err != nil {
		b.T.Fatalf("%s: %v", expression, err)
	}
}

// Text is what the page shows.
func (b *Browser) Text() (text string) {
	b.T.Helper()
	b.Eval("document.body?.innerText ?? ''", &text)
	return text
}

// Await waits until an expression is true.
func (b *Browser) Await(expression string) {
	b.T.Helper()
	for deadline := time.Now().Add(timeout); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		var out struct{ Result struct{ Value bool } }
		err := b.Ask("Runtime.evaluate", map[string]any{"expression": "Boolean(" + expression + ")", "returnByValue": true}, &out)
		if err == nil && out.Result.Value {
			return
		}
	}
	b.T.Fatalf("it does not come true: %s\nThe page says: %s\nIt complained of: %s", expression, b.Text(), b.problems)
}

// AwaitText waits until the page shows a text.
func (b *Browser) AwaitText(text string) {
	b.T.Helper()
	b.Await(fmt.Sprintf("document.body?.innerText.includes(%q)", text))
}

// Find finds the visible control of the topmost dialog, or of the page, that
// has a name: its label or its text.
const Find = `((name) => {
	const within = [...document.querySelectorAll("dialog[open]")].at(-1) ?? document;
	const nameOf = (e) => e.getAttribute("aria-label") ?? (e.labels?.length ? e.labels[0].textContent : e.textContent);
	const found = [...within.querySelectorAll("button, a, input, select, textarea, summary")].filter((e) => e.checkVisibility() && nameOf(e).trim() === name);
	if (found.length !== 1) throw new Error(found.length + " controls are called " + name);
	return found[0];
})`

// Press clicks a button, link or box.
func (b *Browser) Press(name string) {
	b.T.Helper()
	b.Eval(fmt.Sprintf("%s(%q).click()", Find, name), nil)
}

// Fill puts a text into a field, or chooses an option by its text.
func (b *Browser) Fill(name, value string) {
	b.T.Helper()
	b.Eval(fmt.Sprintf(`((e, text) => {
		e.focus();
		const option = [...(e.options ?? [])].find((o) => o.text === text);
		if (e.options && !option) throw new Error("no option " + text + " but " + [...e.options].map((o) => o.text));
		if (option?.disabled) throw new Error("cannot choose " + text);
		e.value = option ? option.value : text;
		e.dispatchEvent(new Event("input", { bubbles: true }));
		e.dispatchEvent(new Event("change", { bubbles: true }));
	})(%s(%q), %q)`, Find, name, value), nil)
}

// TypeKeys types a text and then a key into what has the focus.
func (b *Browser) TypeKeys(text, key string, code int) {
	b.T.Helper()
	b.Call("Input.insertText", map[string]any{"text": text}, nil)
	down := map[string]any{"type": "keyDown", "key": key, "code": key, "windowsVirtualKeyCode": code}
	if key == "Enter" {
		down["text"] = "\r"
	}
	b.Call("Input.dispatchKeyEvent", down, nil)
	b.Call("Input.dispatchKeyEvent", map[string]any{"type": "keyUp", "key": key, "code": key, "windowsVirtualKeyCode": code}, nil)
}

// Show sets the width of the window in pixels, and light or dark.
func (b *Browser) Show(width int, scheme string) {
	b.T.Helper()
	b.Call("Emulation.setDeviceMetricsOverride", map[string]any{"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": false}, nil)
	b.Call("Emulation.setEmulatedMedia", map[string]any{"features": []map[string]string{
		{"name": "prefers-color-scheme", "value": scheme}, {"name": "prefers-reduced-motion", "value": "reduce"}}}, nil)
}
