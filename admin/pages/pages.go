// Package pages has the admin's pages: plain HTML, CSS and JavaScript modules
// that work on the JSON API beside them. They need no build step. They hold no
// secret: a visitor pastes the admin token, which the browser keeps for the
// session and sends with each call.
//
// app.js is the frame (sign-in, menu, choice of instance and system); each page
// is a module that makes its element; dom.js makes elements, api.js calls.
package pages

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"mime"
	"net/http"
	"path"
	"strings"
)

// Prefix is the path below which the pages are served.
const Prefix = "/admin/ui/"

//go:embed index.html *.css *.js icon.svg
var files embed.FS

// policy lets the pages load their own files and call their own server, and
// nothing else; data cannot become markup or code (W3C: Content Security Policy
// Level 3, Trusted Types).
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; frame-ancestors 'none'; " +
	"base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'"

// ServeHTTP serves the file at a path below [Prefix], to anybody.
func ServeHTTP(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	header.Set("Content-Security-Policy", policy)
	header.Set("Referrer-Policy", "no-referrer")
	header.Set("X-Content-Type-Options", "nosniff")
	name, below := strings.CutPrefix(r.URL.Path, Prefix)
	if !below {
		http.Redirect(w, r, Prefix, http.StatusPermanentRedirect)
		return
	}
	if name == "" {
		name = "index.html"
	}
	content, err := files.ReadFile(name)
	if err != nil {
		http.NotFound(w, r)
		return
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		header.Set("Allow", "GET, HEAD")
		http.Error(w, "use GET", http.StatusMethodNotAllowed)
		return
	}
	// A browser asks each time whether a file changed: no two versions mix.
	sum := sha256.Sum256(content)
	tag := `"` + hex.EncodeToString(sum[:8]) + `"`
	header.Set("Cache-Control", "no-cache")
	header.Set("ETag", tag)
	if r.Header.Get("If-None-Match") == tag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	header.Set("Content-Type", contentType(name))
	w.Write(content)
}

// contentType does not depend on what the machine knows of extensions.
func contentType(name string) string {
	switch path.Ext(name) {
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".html":
		return "text/html; charset=utf-8"
	}
	return mime.TypeByExtension(path.Ext(name))
}
