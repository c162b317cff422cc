package salesforce

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
)

// Fault breaks the next Count requests that match Method, PathPrefix and
// PathSuffix; empty means any. Calls of the toolkit have the path /toolkit/{user id}/{verb}.
type Fault struct {
	Method     string `json:"method,omitempty"`
	PathPrefix string `json:"path_prefix,omitempty"`
	PathSuffix string `json:"path_suffix,omitempty"`
	// Count is how many requests it strikes; default 1.
	Count int `json:"count,omitempty"`
	// DelayMillis holds the request back before anything is done.
	DelayMillis int `json:"delay_ms,omitempty"`
	// Status answers instead of doing the work, with Body.
	Status int `json:"status,omitempty"`
	// Body is sent with Status; of the toolkit it is the error's message.
	Body string `json:"body,omitempty"`
	// ContentType of Body; default application/json.
	ContentType string `json:"content_type,omitempty"`
	// Lose does the work and loses the answer.
	Lose bool `json:"lose,omitempty"`
}

func (f Fault) valid() error {
	switch {
	case f.Count < 0 || f.DelayMillis < 0:
		return fmt.Errorf("%w fault: count and delay_ms cannot be negative", errInvalid)
	case f.Status == 0 && f.DelayMillis == 0 && !f.Lose:
		return fmt.Errorf("%w fault: give status, delay_ms or lose", errInvalid)
	case f.Status != 0 && (f.Status < 200 || f.Status > 599):
		return fmt.Errorf("%w fault status %d: use 200 to 599", errInvalid, f.Status)
	}
	return nil
}

func (f Fault) matches(method, path string) bool {
	return (f.Method == "" || strings.EqualFold(f.Method, method)) && strings.HasPrefix(path, f.PathPrefix) &&
		strings.HasSuffix(path, f.PathSuffix)
}

func (f Fault) write(w http.ResponseWriter) {
	kind := f.ContentType
	if kind == "" {
		kind = "application/json;charset=UTF-8"
	}
	w.Header().Set("Content-Type", kind)
	w.WriteHeader(f.Status)
	_, _ = w.Write([]byte(f.Body)) // a caller who has gone is not our concern
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
