package main

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"tandem/cmd/tandem/config"
)

// visit opens the link, or posts the form when it is not nil.
func visit(t *testing.T, link string, form url.Values) (status int, page string) {
	t.Helper()
	client := http.Client{Timeout: 30 * time.Second}
	var resp *http.Response
	var err error
	if form == nil {
		resp, err = client.Get(link)
	} else {
		resp, err = client.PostForm(link, form)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(b)
}

func TestSetupLinkCreatesTheInstanceOnce(t *testing.T) {
	cfg := config.Default()
	cfg.Data = t.TempDir()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	links, ended := make(chan string, 1), make(chan error, 1)
	go func() { ended <- setUp(t.Context(), cfg, l, func(link string) { links <- link }) }()
	link := <-links

	if status, page := visit(t, link[:len(link)-1]+"_", nil); status != http.StatusNotFound || strings.Contains(page, "<form") {
		t.Errorf("a guessed link answers %d", status)
	}
	if status, page := visit(t, link, nil); status != http.StatusOK || !strings.Contains(page, "<form") {
		t.Errorf("the link answers %d: %s", status, page)
	}
	status, page := visit(t, link, url.Values{"alias": {"tandem"}, "timezone": {"Nowhere/Else"}})
	if status != http.StatusBadRequest || !strings.Contains(page, "Nowhere/Else") || !strings.Contains(page, "<form") {
		t.Errorf("a wrong time zone answers %d: %s", status, page)
	}
	status, page = visit(t, link, url.Values{"alias": {"tandem"}, "timezone": {"Europe/Berlin"}})
	if status != http.StatusOK || !strings.Contains(page, "access key id") || strings.Contains(page, "<form") {
		t.Errorf("the form answers %d: %s", status, page)
	}
	select {
	case err := <-ended:
		if err != nil {
			t.Fatal(err)
		}
	case <-time.After(30 * time.Second):
		t.Fatal("the set-up does not end")
	}
	if held, err := hasInstance(t.Context(), cfg); err != nil || !held {
		t.Errorf("the folder holds an instance: %v, %v", held, err)
	}
}

func TestSetupEndsWhenStopped(t *testing.T) {
	cfg := config.Default()
	cfg.Data = t.TempDir()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if err := setUp(ctx, cfg, l, func(string) {}); err == nil || !strings.Contains(err.Error(), "no longer valid") {
		t.Errorf("a stopped set-up ends with %v", err)
	}
}
