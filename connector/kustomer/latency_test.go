package kustomer

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"testing"
	"time"

	"tandem"
	"tandem/connector"
	"tandem/event"
	"tandem/presence"
)

// TestWriteReachesTheOrganizationWithinTwentyMilliseconds measures from the
// effect to the request, over loopback, at the 99th percentile.
func TestWriteReachesTheOrganizationWithinTwentyMilliseconds(t *testing.T) {
	const writes, most = 300, 20 * time.Millisecond
	spans := writeSpans(t, writes)
	slices.Sort(spans)
	if p99 := spans[writes*99/100]; p99 > most*raceFactor {
		t.Errorf("the 99th percentile is %s, want at most %s; the median is %s", p99, most*raceFactor, spans[writes/2])
	} else {
		t.Logf("median %s, 99th percentile %s", spans[writes/2], p99)
	}
}

// session is a work session as a fast organization answers it.
func session(status string, rev int) string {
	return fmt.Sprintf(`{"id":"s","attributes":{"statusType":"available","createdAt":"2026-03-02T08:00:00.000Z","rev":%d},
		"relationships":{"user":{"data":{"id":"a"}},"status":{"data":{"id":%q}}}}`, rev, status)
}

// writeSpans makes writes one after the other and returns how long each took
// until the organization had the request.
func writeSpans(t testing.TB, writes int) []time.Duration {
	arrived := make(chan time.Time, 1)
	rev := 1
	mux := http.NewServeMux()
	mux.HandleFunc("PUT "+sessionsPath+"/s", func(w http.ResponseWriter, r *http.Request) {
		arrived <- time.Now()
		rev++
		fmt.Fprintf(w, `{"data":%s}`, session(fmt.Sprint("status", rev%2), rev))
	})
	mux.HandleFunc("GET "+sessionsPath, func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, `{"data":[%s],"links":{"next":null}}`, session("status1", 1))
	})
	mux.HandleFunc("GET "+currentPath, func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, `{"data":{"id":"self"}}`) })
	mux.HandleFunc("GET "+statusesPath, func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, `{"data":[{"id":"offline","attributes":{"statusType":"offline"}}]}`)
	})
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, `{"data":[]}`) })
	ended, seen := make(chan presence.FinishWrite, 1), make(chan bool, 1)
	k, _ := connectorFor(t, connector.SystemClock{}, answering(t, mux.ServeHTTP), func(e *connector.Env) {
		linking("a")(e)
		e.Do = func(_ context.Context, body any) (any, error) {
			switch b := body.(type) {
			case presence.FinishWrite:
				ended <- b
			case presence.Observe:
				select {
				case seen <- true:
				default:
				}
			}
			return nil, nil
		}
	})
	k.client.governor.learn(budget{limit: 1_000_000, remaining: -1})
	ctx, cancel := context.WithCancel(t.Context())
	stopped := make(chan struct{})
	go func() { defer close(stopped); k.Run(ctx) }()
	defer func() { cancel(); <-stopped }()
	<-seen
	var spans []time.Duration
	for i := range writes {
		sent := time.Now()
		k.Write(presence.Write{RemoteID: "a", Remote: fmt.Sprint("status", i%2), WriteID: tandem.NameID("write", "x").Derive(uint64(i))})
		if f := <-ended; f.Ended.Outcome != event.WriteDone {
			t.Fatalf("write %d ended as %+v", i, f.Ended)
		}
		spans = append(spans, (<-arrived).Sub(sent))
	}
	return spans
}
