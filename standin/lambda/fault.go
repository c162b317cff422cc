package lambda

import (
	"net/http"
	"time"
)

// Fault breaks the next invocations, of any function.
type Fault struct {
	Count         int           // how many it strikes; 0 means one
	Delay         time.Duration // holds the request back before anything is done
	Status        int           // with Code
	Code          string        // answers this error instead of doing the work
	FunctionError string        // the function runs and fails with this message
	Answer        []byte        // the function runs and this is answered in its place
	Cut           bool          // drops the connection instead of answering
}

// The faults that tests want most often.
var (
	Throttle = Fault{Status: http.StatusTooManyRequests, Code: "TooManyRequestsException"}
	Internal = Fault{Status: http.StatusInternalServerError, Code: "ServiceException"}
	Denied   = Fault{Status: http.StatusForbidden, Code: "AccessDeniedException"}
)

// Break arms a fault.
func (s *Server) Break(f Fault) {
	f.Count = max(1, f.Count)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, f)
}

// takeFault spends one strike of the first fault; the zero Fault breaks nothing.
func (s *Server) takeFault() Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.faults) == 0 {
		return Fault{}
	}
	f := s.faults[0]
	if s.faults[0].Count--; s.faults[0].Count == 0 {
		s.faults = s.faults[1:]
	}
	return f
}

// hold keeps the caller waiting, and reports whether they are still there. A cut
// ends the request at once.
func (f Fault) hold(r *http.Request) bool {
	if f.Delay > 0 {
		timer := time.NewTimer(f.Delay)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-r.Context().Done():
			return false
		}
	}
	if f.Cut {
		panic(http.ErrAbortHandler) // net/http: drops the connection without an answer
	}
	return true
}
