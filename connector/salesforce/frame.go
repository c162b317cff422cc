package salesforce

import (
	_ "embed" // the page below
	"html/template"
	"net/http"
	"strings"
)

//go:embed frame.html
var frameSource string

//go:embed frame.js
var frameScript []byte

var frameTemplate = template.Must(template.New("frame").Parse(frameSource))

// Where the console of an org is served, by the end of its My Domain address
// ("My Domain URL Formats").
var consoleHosts = []struct{ org, console string }{
	{".my.salesforce.com", ".lightning.force.com"},
	{".my.salesforce.mil", ".lightning.crmforce.mil"},
}

// consoleOrigin is the origin of the org's console: the only one that may show
// the frame and talk with it. An org with an address of another form has its
// console there.
func (s *Salesforce) consoleOrigin() string {
	base := s.client.base
	for _, h := range consoleHosts {
		if name, ok := strings.CutSuffix(base.Host, h.org); ok {
			return base.Scheme + "://" + name + h.console
		}
	}
	return base.Scheme + "://" + base.Host
}

// serveFrame serves the page that the component shows.
func (s *Salesforce) serveFrame(w http.ResponseWriter) {
	origin := s.consoleOrigin()
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Referrer-Policy", "no-referrer")
	w.Header().Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'unsafe-inline'; "+
		"base-uri 'none'; form-action 'none'; frame-ancestors "+origin)
	_ = frameTemplate.Execute(w, origin) // a component that has gone asks no more
}

func serveFrameScript(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
	_, _ = w.Write(frameScript) // a frame that has gone asks no more
}
