package zendesk

import (
	"io"
	"net/http"
	"net/http/httptest"
	"path"
	"testing"
)

// serveWrites is a fast account that takes every write at once and tells when.
func serveWrites(t testing.TB, took func(agent string)) string {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /oauth/tokens", func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, `{"access_token":"t","token_type":"bearer","expires_in":1800}`)
	})
	mux.HandleFunc("PUT "+statusesPath+"/agents/{id}", func(w http.ResponseWriter, r *http.Request) {
		took(path.Base(r.URL.Path))
		io.WriteString(w, `{"data":{"attributes":{"agent_status":{"id":3}}}}`)
	})
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, `{}`) })
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server.URL
}
