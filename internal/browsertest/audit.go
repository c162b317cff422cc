package browsertest

import (
	"encoding/base64"
	"flag"
	"os"
	"path/filepath"
	"strings"
)

var photos = flag.String("photos", "", "folder to which photographs of the pages are written")

// Photograph keeps a picture of the page, where a folder is given.
func (b *Browser) Photograph(name string) {
	b.T.Helper()
	if *photos == "" {
		return
	}
	var shot struct{ Data string }
	b.Call("Page.captureScreenshot", map[string]any{"format": "png"}, &shot)
	raw, err := base64.StdEncoding.DecodeString(shot.Data)
	if err == nil {
		err = os.WriteFile(filepath.Join(*photos, name+".png"), raw, 0o644)
	}
	if err != nil {
		b.T.Fatal(err)
	}
}

// auditScript checks rules of WCAG 2.2 that a program can check: texts have contrast (1.4.3), the
// page does not scroll sideways (1.4.10), tables have headers and a caption
// (1.3.1), there is one main heading, and ids are unique.
const auditScript = `(() => {
	const found = [];
	const rgba = (text) => { const [r, g, b, a = 1] = text.match(/[\d.]+/g).map(Number); return { r, g, b, a }; };
	const luminance = ({ r, g, b }) => {
		const [x, y, z] = [r, g, b].map((v) => v / 255).map((v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
		return 0.2126 * x + 0.7152 * y + 0.0722 * z;
	};
	const ground = (e) => {
		for (; e; e = e.parentElement) {
			const color = rgba(getComputedStyle(e).backgroundColor);
			if (color.a === 1) return color;
		}
		return rgba("rgb(255, 255, 255)");
	};
	const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
	for (let n = texts.nextNode(); n; n = texts.nextNode()) {
		const e = n.parentElement;
		if (!n.textContent.trim() || !e.checkVisibility() || e.closest("option, datalist, script, :disabled")) continue;
		const [light, dark] = [luminance(rgba(getComputedStyle(e).color)), luminance(ground(e))].sort((a, b) => b - a);
		const contrast = (light + 0.05) / (dark + 0.05);
		if (contrast < 4.5) found.push("contrast " + contrast.toFixed(2) + ": " + n.textContent);
	}
	if (document.documentElement.scrollWidth > innerWidth) found.push("it scrolls sideways: " + document.documentElement.scrollWidth);
	for (const table of document.querySelectorAll("table")) {
		if (!table.caption || table.querySelector("thead th:not([scope=col]), tbody tr > :first-child:not([scope=row])")) found.push("a table lacks caption or headers");
	}
	if (document.querySelectorAll("h1").length !== 1) found.push("there is not one h1");
	const ids = [...document.querySelectorAll("[id]")].map((e) => e.id);
	if (new Set(ids).size !== ids.length) found.push("ids are not unique");
	return found;
})()`

// Audit checks what is shown, light and dark, wide and narrow: the rules above
// and those of axe-core, that every control has a name (4.1.2), and that the console stayed silent.
func (b *Browser) Audit(what string) {
	b.T.Helper()
	for _, scheme := range []string{"light", "dark"} {
		for _, width := range []int{1200, 400} {
			b.Show(width, scheme)
			var found []string
			b.Eval(auditScript, &found)
			for _, f := range found {
				b.T.Errorf("%s, %s, %d px: %s", what, scheme, width, f)
			}
			for _, f := range b.Axe() {
				b.T.Errorf("%s, %s, %d px: axe says %s", what, scheme, width, f)
			}
		}
	}
	b.Show(1200, "light")
	var tree struct {
		Nodes []struct {
			Ignored    bool
			Role, Name struct{ Value any }
		}
	}
	b.Call("Accessibility.getFullAXTree", nil, &tree)
	named := map[string]bool{"button": true, "link": true, "textbox": true, "searchbox": true, "spinbutton": true, "combobox": true, "checkbox": true,
		"radio": true, "table": true, "dialog": true, "group": true, "navigation": true}
	controls := 0
	for _, n := range tree.Nodes {
		role, _ := n.Role.Value.(string)
		if name, _ := n.Name.Value.(string); !n.Ignored && named[role] {
			if controls++; strings.TrimSpace(name) == "" {
				b.T.Errorf("%s: a %s has no name", what, role)
			}
		}
	}
	if controls == 0 {
		b.T.Errorf("%s: no control is there", what)
	}
	for _, p := range b.TakeProblems() {
		// Calls that the API refuses are also logged, and are no fault of the page.
		if strings.Contains(p, `"source":"network"`) && strings.Contains(p, "/admin/instances") {
			continue
		}
		b.T.Errorf("%s: the page complained: %s", what, p)
	}
}
