package kinesis

import (
	"fmt"
	"net/http"
	"slices"
	"time"
)

// The errors that faults are made of most often.
const (
	ThroughputExceeded = "ProvisionedThroughputExceededException"
	ExpiredIterator    = "ExpiredIteratorException"
	ExpiredToken       = "ExpiredTokenException"
	AccessDenied       = "AccessDeniedException"
	InternalFailure    = "InternalFailure"
)

// Fault breaks the next requests of an operation.
type Fault struct {
	Operation string        // empty: any
	Count     int           // how many requests it strikes; default 1
	Delay     time.Duration // holds the request back before anything is done
	Code      string        // answers this error instead of doing the work
	Status    int           // with Code; default 400, or 500 for InternalFailure
	WebPage   string        // answers this HTML instead, as a proxy does
	Cut       bool          // drops the connection once the work is done
}

// Break arms a fault. It fails on one that breaks nothing.
func (s *Server) Break(f Fault) error {
	if f.Code == "" && f.WebPage == "" && !f.Cut && f.Delay <= 0 || f.Count < 0 {
		return fmt.Errorf("a fault needs a code, a web page, a delay or a cut, and a count that is not negative")
	}
	f.Count = max(1, f.Count)
	if f.Status == 0 {
		f.Status = http.StatusBadRequest
		if f.Code == InternalFailure {
			f.Status = http.StatusInternalServerError
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, f)
	return nil
}

// takeFault returns the first fault for the operation and spends one of its
// strikes; the zero Fault breaks nothing.
func (s *Server) takeFault(operation string) Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.faults {
		f := s.faults[i]
		if f.Operation != "" && f.Operation != operation {
			continue
		}
		if s.faults[i].Count--; s.faults[i].Count == 0 {
			s.faults = slices.Delete(s.faults, i, i+1)
		}
		return f
	}
	return Fault{}
}

const logLimit = 10_000

// Entry is one request as the stand-in saw it.
type Entry struct {
	Seq         int64
	Time        time.Time // by the stand-in's clock
	Operation   string
	AccessKeyID string // "" without a signature that counts
	Status      int    // HTTP's
	Code        string // of an error answer
	Body        string // the first 4 KB
}

func (s *Server) write(e Entry) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.logged++
	e.Seq = s.logged
	if len(s.log) == logLimit {
		s.log = slices.Delete(s.log, 0, logLimit/10)
	}
	s.log = append(s.log, e)
}

// Requests is the journal of the last 10,000 requests; of one operation, or of
// all where it is empty.
func (s *Server) Requests(operation string) []Entry {
	s.mu.Lock()
	defer s.mu.Unlock()
	var found []Entry
	for _, e := range s.log {
		if operation == "" || e.Operation == operation {
			found = append(found, e)
		}
	}
	return found
}
