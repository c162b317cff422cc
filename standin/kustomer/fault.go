package kustomer

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
)

// Where a fault drops the connection.
const (
	CutBeforeCommit = "before_commit" // nothing is done
	CutAfterCommit  = "after_commit"  // the work is done, its answer lost
)

// Fault breaks the next Count requests that match Method and PathPrefix; empty
// means any.
type Fault struct {
	Method     string `json:"method,omitempty"`
	PathPrefix string `json:"path_prefix,omitempty"`
	// Count is how many requests it strikes; default 1.
	Count int `json:"count,omitempty"`
	// DelayMillis holds the request back before anything is done.
	DelayMillis int `json:"delay_ms,omitempty"`
	// Status answers instead of doing the work. With 429 ResetSeconds is told as
	// x-ratelimit-reset.
	Status       int `json:"status,omitempty"`
	ResetSeconds int `json:"reset_seconds,omitempty"`
	// Body is sent with Status, as ContentType; default an error in the form of
	// "Kustomer: Errors". Empty sends an empty body.
	Body        string `json:"body,omitempty"`
	ContentType string `json:"content_type,omitempty"`
	Empty       bool   `json:"empty,omitempty"`
	// Cut drops the connection: CutBeforeCommit or CutAfterCommit.
	Cut string `json:"cut,omitempty"`
}

func (f Fault) valid() error {
	switch {
	case f.Count < 0 || f.DelayMillis < 0 || f.ResetSeconds < 0:
		return fmt.Errorf("%w fault: count, delay_ms and reset_seconds cannot be negative", errInvalid)
	case f.Status == 0 && f.DelayMillis == 0 && f.Cut == "":
		return fmt.Errorf("%w fault: give status, delay_ms or cut", errInvalid)
	case f.Status != 0 && (f.Status < 200 || f.Status > 599):
		return fmt.Errorf("%w fault status %d: use 200 to 599", errInvalid, f.Status)
	case f.Cut != "" && f.Cut != CutBeforeCommit && f.Cut != CutAfterCommit:
		return fmt.Errorf("%w fault cut %q: use %s or %s", errInvalid, f.Cut, CutBeforeCommit, CutAfterCommit)
	}
	return nil
}

func (f Fault) matches(method, path string) bool {
	return (f.Method == "" || strings.EqualFold(f.Method, method)) && strings.HasPrefix(path, f.PathPrefix)
}

func (f Fault) write(w http.ResponseWriter) {
	if f.Body == "" && !f.Empty {
		writeError(w, f.Status, strings.ReplaceAll(strings.ToLower(http.StatusText(f.Status)), " ", "_"), "The stand-in was told to answer so")
		return
	}
	kind := f.ContentType
	if kind == "" {
		kind = "text/html; charset=utf-8"
	}
	w.Header().Set("Content-Type", kind)
	w.WriteHeader(f.Status)
	_, _ = io.WriteString(w, f.Body)
}

type faults struct {
	mu    sync.Mutex
	armed []Fault
}

func (f *faults) add(fault Fault) error {
	if err := fault.valid(); err != nil {
		return err
	}
	fault.Count = max(fault.Count, 1)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.armed = append(f.armed, fault)
	return nil
}

// take returns the first armed fault that matches and spends one of its
// strikes; the zero Fault breaks nothing.
func (f *faults) take(method, path string) Fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i := range f.armed {
		fault := f.armed[i]
		if !fault.matches(method, path) {
			continue
		}
		f.armed[i].Count--
		if f.armed[i].Count == 0 {
			f.armed = append(f.armed[:i:i], f.armed[i+1:]...)
		}
		return fault
	}
	return Fault{}
}

func (f *faults) clear() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.armed = nil
}

func (f *faults) list() []Fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]Fault{}, f.armed...)
}
