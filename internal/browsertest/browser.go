// Package browsertest works pages in headless Chromium by the names of their
// controls, and looks at them: for tests only. What the pages break of the rules
// of accessibility is found by axe-core and by rules of its own (audit.go).
package browsertest

import (
	"fmt"
	"testing"

	"tandem/internal/chromium"
)

// Browser is a page in headless Chromium.
type Browser struct {
	*chromium.Page
	T *testing.T // of whom it is
}

// Start starts Chromium with an empty page.
func Start(t *testing.T) *Browser {
	t.Helper()
	b := &Browser{chromium.Start(t).Open("about:blank"), t}
	b.Call("Accessibility.enable", nil, nil)
	return b
}

// Open goes to an address.
func (b *Browser) Open(url string) {
	b.T.Helper()
	b.Call("Page.navigate", map[string]any{"url": url}, nil)
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
