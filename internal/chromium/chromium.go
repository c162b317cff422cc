// Package chromium drives headless Chromium in tests, with several tabs. It
// speaks over two pipes, with messages that end in a zero byte (Chrome DevTools
// Protocol, --remote-debugging-pipe), so that nothing listens on the network.
package chromium

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

const timeout = 60 * time.Second

// Browser is a running Chromium with a profile of its own. It is for one
// goroutine.
type Browser struct {
	t        testing.TB
	to, from *os.File
	reader   *bufio.Reader
	id       int
	pages    map[string]*Page // by session
}

// Page is a tab. It keeps what the page complained of: errors and warnings of
// its console, exceptions, and what the browser refused.
type Page struct {
	browser  *Browser
	target   string
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

// Start starts Chromium; it ends with the test.
func Start(t testing.TB) *Browser {
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
	return &Browser{t: t, to: to, from: from, reader: bufio.NewReader(from), pages: map[string]*Page{}}
}

// Open opens an address in a new tab.
func (b *Browser) Open(url string) *Page {
	b.t.Helper()
	var target struct{ TargetID string }
	b.must(b.call("", "Target.createTarget", map[string]any{"url": "about:blank"}, &target))
	var attached struct{ SessionID string }
	b.must(b.call("", "Target.attachToTarget", map[string]any{"targetId": target.TargetID, "flatten": true}, &attached))
	p := &Page{browser: b, target: target.TargetID, session: attached.SessionID}
	b.pages[p.session] = p
	for _, domain := range []string{"Page", "Runtime", "Log"} {
		b.must(b.call(p.session, domain+".enable", nil, nil))
	}
	b.must(b.call(p.session, "Page.navigate", map[string]any{"url": url}, nil))
	return p
}

func (b *Browser) must(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

// call sends a command and reads its answer; events are looked at on the way.
func (b *Browser) call(session, method string, params, into any) error {
	b.t.Helper()
	b.id++
	text, err := json.Marshal(message{ID: b.id, Method: method, Params: params, Session: session})
	if err != nil {
		b.t.Fatal(err)
	}
	deadline := time.Now().Add(timeout)
	b.to.SetWriteDeadline(deadline)
	b.from.SetReadDeadline(deadline)
	if _, err := b.to.Write(append(text, 0)); err != nil {
		b.t.Fatalf("%s: Chromium does not read: %v", method, err)
	}
	for {
		raw, err := b.reader.ReadBytes(0)
		if err != nil {
			b.t.Fatalf("%s: Chromium does not answer: %v", method, err)
		}
		var m message
		if err := json.Unmarshal(raw[:len(raw)-1], &m); err != nil {
			b.t.Fatal(err)
		}
		b.notice(&m, string(raw))
		switch {
		case m.ID != b.id:
		case m.Error != nil:
			return fmt.Errorf("%s: %s", method, m.Error.Message)
		case into != nil:
			return json.Unmarshal(m.Result, into)
		default:
			return nil
		}
	}
}

func (b *Browser) notice(m *message, text string) {
	p := b.pages[m.Session]
	if p == nil {
		return
	}
	switch m.Method {
	case "Runtime.exceptionThrown", "Log.entryAdded":
	case "Runtime.consoleAPICalled":
		if !strings.Contains(text, `"type":"error"`) && !strings.Contains(text, `"type":"warning"`) {
			return
		}
	default:
		return
	}
	p.problems = append(p.problems, text)
}

// Call sends a command of the DevTools Protocol and reads its answer.
func (p *Page) Call(method string, params, into any) {
	p.browser.t.Helper()
	p.browser.must(p.browser.call(p.session, method, params, into))
}

// TakeProblems returns what the page has complained of, and forgets it.
func (p *Page) TakeProblems() []string {
	all := p.problems
	p.problems = nil
	return all
}

// Close closes the tab.
func (p *Page) Close() {
	p.browser.t.Helper()
	p.browser.must(p.browser.call("", "Target.closeTarget", map[string]any{"targetId": p.target}, nil))
	delete(p.browser.pages, p.session)
}

// Eval runs an expression in the page and reads its value.
func (p *Page) Eval(expression string, into any) {
	p.browser.t.Helper()
	var out struct {
		Result           struct{ Value json.RawMessage }
		ExceptionDetails *struct{ Exception struct{ Description string } }
	}
	p.browser.must(p.browser.call(p.session, "Runtime.evaluate",
		map[string]any{"expression": expression, "awaitPromise": true, "returnByValue": true, "userGesture": true}, &out))
	if out.ExceptionDetails != nil {
		p.browser.t.Fatalf("%s: %s\nThe page says: %s", expression, out.ExceptionDetails.Exception.Description, p.Text())
	}
	if into != nil {
		p.browser.must(json.Unmarshal(out.Result.Value, into))
	}
}

// Text is what the page shows.
func (p *Page) Text() (text string) {
	p.browser.t.Helper()
	p.Eval("document.body?.innerText ?? ''", &text)
	return text
}

// Await waits until an expression is true.
func (p *Page) Await(expression string) {
	p.browser.t.Helper()
	if !p.within(timeout, expression) {
		p.fail(expression)
	}
}

// within reports whether an expression comes true within a span. A page that is
// being loaded cannot be asked; it is asked again.
func (p *Page) within(span time.Duration, expression string) bool {
	p.browser.t.Helper()
	for deadline := time.Now().Add(span); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		var out struct{ Result struct{ Value bool } }
		params := map[string]any{"expression": "Boolean(" + expression + ")", "returnByValue": true}
		if p.browser.call(p.session, "Runtime.evaluate", params, &out) == nil && out.Result.Value {
			return true
		}
	}
	return false
}

func (p *Page) fail(expression string) {
	p.browser.t.Helper()
	p.browser.t.Fatalf("it does not come true: %s\nThe page says: %s\nIt complained of: %s", expression, p.Text(), p.problems)
}

// AwaitText waits until the page shows a text.
func (p *Page) AwaitText(text string) {
	p.browser.t.Helper()
	p.Await(fmt.Sprintf("document.body?.innerText.includes(%q)", text))
}

// AwaitProblem waits until the page has complained with some words.
func (p *Page) AwaitProblem(words string) {
	p.browser.t.Helper()
	for deadline := time.Now().Add(timeout); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		p.Eval("0", nil) // reads what has come meanwhile
		if slices.ContainsFunc(p.problems, func(problem string) bool { return strings.Contains(problem, words) }) {
			return
		}
	}
	p.browser.t.Fatalf("the page did not complain of %q, but of %s", words, p.problems)
}

// Click activates the element that a selector finds, once it is there.
func (p *Page) Click(selector string) {
	p.browser.t.Helper()
	p.Await(visible(selector))
	p.Eval(fmt.Sprintf("document.querySelector(%q).click()", selector), nil)
}

// PressUntil presses the mouse in the middle of the element that a selector
// finds, and so of what a frame of another origin shows there, and again each
// second until an expression is true: a frame of another process does not get
// the mouse before it was drawn.
func (p *Page) PressUntil(selector, expression string) {
	p.browser.t.Helper()
	for deadline := time.Now().Add(timeout); time.Now().Before(deadline); {
		if p.within(time.Second/10, visible(selector)) {
			p.press(selector)
		}
		if p.within(time.Second, expression) {
			return
		}
	}
	p.fail(expression)
}

func visible(selector string) string {
	return fmt.Sprintf("document.querySelector(%q)?.getBoundingClientRect().height", selector)
}

func (p *Page) press(selector string) {
	p.browser.t.Helper()
	var at struct{ X, Y float64 }
	p.Eval(fmt.Sprintf(`((e) => {
		e.scrollIntoView({ block: "center", behavior: "instant" });
		const r = e.getBoundingClientRect();
		return { X: r.x + r.width / 2, Y: r.y + r.height / 2 };
	})(document.querySelector(%q))`, selector), &at)
	p.browser.must(p.browser.call(p.session, "Page.bringToFront", nil, nil))
	for _, kind := range []string{"mousePressed", "mouseReleased"} {
		p.browser.must(p.browser.call(p.session, "Input.dispatchMouseEvent",
			map[string]any{"type": kind, "x": at.X, "y": at.Y, "button": "left", "clickCount": 1}, nil))
	}
}
