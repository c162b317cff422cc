package connectortest

import (
	"context"
	"testing"
	"time"

	"tandem"
	"tandem/connector"
	"tandem/event"
	"tandem/presence"
)

// Run runs the whole suite.
func Run(t *testing.T, s Subject) {
	tests := []struct {
		name string
		run  func(*testing.T, Subject)
	}{
		{"WritesConvergeWithoutAnyDelay", writesConverge},
		{"NewestWriteReplacesOneThatWaits", newestWins},
		{"RepeatedWriteIsHarmless", repeatedWrite},
		{"WriteConvergesAfterAFailureOfTheSystem", brokenWrite},
		{"RestartNeitherRepeatsNorUndoes", restarted},
		{"ManyReadsTakeFewRequests", manyReads},
		{"RestThatTheSystemWantsIsGiven", limitedWrite},
		{"ManyAgentsStayWithinTheRateLimit", manyAgents},
		{"LostAnswerIsUnknownAndReadBack", silentWrite},
		{"WriteWithoutAnswerIsUnknown", hangingWrite},
		{"RefusedWriteIsNotTriedAgain", refusedWrite},
		{"LookingFindsAMissedChange", missedChange},
		{"OnlyLinkedAgentsAreObserved", onlyLinked},
		{"StatusesAreReported", reportsStatuses},
		{"AgentsAreLinkedByEmail", linksAgents},
		{"LostAccessIsRenewed", lostAccess},
		{"WrongSecretHealsOnceItIsMended", wrongSecret},
		{"OutcomeReachesABusyCore", busyCore},
		{"RefreshWorksOnDemand", refresh},
		{"StepsForARealAccountWork", visited},
		{"StopEndsEveryGoroutine", stopEnds},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { tt.run(t, s) })
	}
}

func writesConverge(t *testing.T, s Subject) {
	r := start(t, s, Options{Agents: 3})
	for i, a := range r.agents {
		r.core.want(a, r.statuses[1+i%2])
	}
	for i, a := range r.agents {
		r.eventually("the wish is shown", r.shows(a, r.statuses[1+i%2]))
		r.eventually("the write is done", func() bool { return r.core.ended(a, event.WriteDone) })
	}
}

func newestWins(t *testing.T, s Subject) {
	r := start(t, s, Options{Agents: 1})
	r.observed()
	a := r.agents[0]
	r.system.Break(t, Slow)
	r.core.want(a, r.statuses[1])
	r.eventually("the first write is under way", func() bool { return r.env.Stats.Figures().Sent == 1 })
	r.core.want(a, r.statuses[0])
	r.core.want(a, r.statuses[1])
	r.core.want(a, r.statuses[2])
	r.eventually("the newest wish is shown", r.shows(a, r.statuses[2]))
	r.eventually("the newest write is done", func() bool { return r.core.ended(a, event.WriteDone) })
	if got := r.system.Writes(a); len(got) != 2 || got[0] != r.statuses[1] || got[1] != r.statuses[2] {
		t.Errorf("the system was asked for %v, want the first and the last wish, %v", got, r.statuses[1:])
	}
	if got := r.env.Stats.Figures().Replaced; got != 2 {
		t.Errorf("%d writes count as replaced, want 2", got)
	}
}

func repeatedWrite(t *testing.T, s Subject) {
	r := start(t, s, Options{Agents: 1})
	a := r.agents[0]
	w := r.core.want(a, r.statuses[1])
	r.eventually("the write is done", func() bool { return r.core.ended(a, event.WriteDone) })
	r.connector.Write(w)
	r.eventually("the repetition ends as well", func() bool { return len(r.core.outcomes(a)) == 2 })
	if !r.core.ended(a, event.WriteDone) || r.system.Shows(a) != r.statuses[1] {
		t.Errorf("after the repetition the status is %s and the outcomes are %v", r.system.Shows(a), r.core.outcomes(a))
	}
}

func brokenWrite(t *testing.T, s Subject) {
	r := start(t, s, Options{Agents: 1})
	r.observed()
	a := r.agents[0]
	r.system.Break(t, Broken)
	r.core.want(a, r.statuses[1])
	r.eventually("the first try ends", func() bool { return len(r.core.outcomes(a)) > 0 })
	o := r.core.outcomes(a)[0]
	if o.Outcome != event.WriteRetry && o.Outcome != event.WriteUnknown || o.RetryAt <= tandem.At(r.clock.Now()) || o.Detail == "" {
		t.Errorf("the outcome is %+v, want retry or unknown, a later RetryAt and a detail", o)
	}
	r.within(2*time.Minute, "the wish is shown", r.shows(a, r.statuses[1]))
	r.eventually("the write is done", func() bool { return r.core.ended(a, event.WriteDone) })
}

// restarted holds that a write that may have been sent before a restart neither
// undoes what a person did meanwhile nor is made twice.
func restarted(t *testing.T, s Subject) {
	r := start(t, s, Options{Agents: 2})
	r.observed()
	a, b := r.agents[0], r.agents[1]
	w := r.core.want(a, r.statuses[1])
	r.eventually("the write is done", func() bool { return r.core.ended(a, event.WriteDone) })
	w.Again = true
	r.connector.Write(w)
	r.eventually("the repetition ends", func() bool { return len(r.core.outcomes(a)) == 2 })
	if o := r.core.outcomes(a)[1]; o.Outcome != event.WriteDone || !o.Again || len(r.system.Writes(a)) != 1 {
		t.Errorf("repeated, the write ends as %+v after %d requests, want done, again, after one", o, len(r.system.Writes(a)))
	}
	r.system.Choose(t, b, r.statuses[2])
	r.core.mu.Lock()
	r.core.ids++
	w.RemoteID, w.UserID, w.WriteID, w.Version = b, userOf(b), tandem.NameID("write", b), r.core.versions[b]
	r.core.wishes[b] = &wish{write: w}
	r.core.mu.Unlock()
	r.connector.Write(w)
	r.eventually("the core is to decide anew", func() bool { return r.core.ended(b, event.WriteRetry) })
	if !r.core.saw(b, r.statuses[2]) || r.system.Shows(b) != r.statuses[2] {
		t.Errorf("a person's choice was not reported, or written over: %s is shown", r.system.Shows(b))
	}
}

// manyReads holds that a core that wants to know about everybody, as after a
// restart, is told with few requests.
func manyReads(t *testing.T, s Subject) {
	r := prepare(t, s, Options{Agents: 150})
	for _, a := range r.agents {
		r.connector.Read(presence.Read{System: r.core.system, UserID: userOf(a), RemoteID: a})
	}
	r.run()
	r.observed()
	if got := len(r.system.Requests()); got > 15 {
		t.Errorf("%d requests to look at 150 agents", got)
	}
}

func limitedWrite(t *testing.T, s Subject) {
	r := start(t, s, Options{Agents: 2})
	r.observed()
	a, b := r.agents[0], r.agents[1]
	r.system.Break(t, Limited)
	began := r.clock.Now()
	r.core.want(a, r.statuses[1])
	r.eventually("the core is told to try again later", func() bool { return r.core.ended(a, event.WriteRetry) })
	if o := r.core.outcomes(a)[0]; o.RetryAt < tandem.At(began.Add(LimitedPause)) {
		t.Errorf("RetryAt is %s, want not before %s", o.RetryAt, tandem.At(began.Add(LimitedPause)))
	}
	r.clock.Advance(time.Second)
	r.core.want(b, r.statuses[1])
	r.within(2*time.Minute, "the wishes are shown", func() bool {
		return r.shows(a, r.statuses[1])() && r.shows(b, r.statuses[1])()
	})
	for _, q := range r.system.Requests() {
		if q.At.After(began) && q.At.Before(began.Add(LimitedPause)) {
			t.Errorf("a request came %s after the system asked for %s of rest", q.At.Sub(began), LimitedPause)
		}
	}
}

// manyAgents holds that a hundred changes at once (ZD-L22) neither meet a 429
// nor take more than 60 % of what the account allows in any minute.
func manyAgents(t *testing.T, s Subject) {
	const limit, slack = 100, 4 // a request may arrive a step later than it was let through
	r := start(t, s, Options{Agents: 100, RatePerMinute: limit})
	for _, a := range r.agents {
		r.core.want(a, r.statuses[1])
	}
	r.within(15*time.Minute, "all wishes are shown", func() bool {
		for _, a := range r.agents {
			if !r.shows(a, r.statuses[1])() {
				return false
			}
		}
		return true
	})
	requests := r.system.Requests()
	for i, q := range requests {
		if q.Limited {
			t.Fatalf("request %d was one too many", i)
		}
		n := 0
		for _, later := range requests[i:] {
			if later.At.Sub(q.At) < time.Minute {
				n++
			}
		}
		if n > limit*60/100+slack {
			t.Fatalf("%d requests in one minute, want at most 60 %% of %d", n, limit)
		}
	}
}

func silentWrite(t *testing.T, s Subject) {
	r := start(t, s, Options{Agents: 1})
	r.observed()
	a := r.agents[0]
	r.system.Break(t, Silent)
	r.core.want(a, r.statuses[1])
	r.eventually("the outcome is unknown", func() bool { return r.core.ended(a, event.WriteUnknown) })
	r.eventually("the status is read back", func() bool { return r.core.saw(a, r.statuses[1]) })
	if got := len(r.system.Writes(a)); got != 1 {
		t.Errorf("the system was asked %d times, want once", got)
	}
}

func hangingWrite(t *testing.T, s Subject) {
	r := start(t, s, Options{Agents: 2})
	r.observed()
	a, b := r.agents[0], r.agents[1]
	r.system.Break(t, Hanging)
	r.core.want(a, r.statuses[1])
	r.core.want(b, r.statuses[2])
	r.eventually("the other agent does not wait", r.shows(b, r.statuses[2]))
	r.eventually("the outcome is unknown", func() bool { return r.core.ended(a, event.WriteUnknown) || r.core.ended(a, event.WriteDone) })
	r.within(2*time.Minute, "the wish is shown", r.shows(a, r.statuses[1]))
	if r.core.outcomes(a)[0].Outcome != event.WriteUnknown && r.core.outcomes(b)[0].Outcome != event.WriteUnknown {
		t.Error("neither write ended unknown")
	}
}

func refusedWrite(t *testing.T, s Subject) {
	r := start(t, s, Options{Agents: 1})
	r.observed()
	a := r.agents[0]
	r.system.Break(t, Refused)
	r.core.want(a, r.statuses[1])
	r.eventually("the write is refused", func() bool { return r.core.ended(a, event.WriteRefused) })
	if o := r.core.outcomes(a)[0]; o.Detail == "" || !o.RetryAt.IsZero() {
		t.Errorf("the outcome is %+v, want a detail and no RetryAt", o)
	}
	r.core.want(a, r.statuses[2])
	r.eventually("the next wish is shown", r.shows(a, r.statuses[2]))
	if got := len(r.system.Writes(a)); got > 2 {
		t.Errorf("the system was asked %d times, want at most twice", got)
	}
}

// missedChange holds that a change that nobody announced is found (ZD-L21).
func missedChange(t *testing.T, s Subject) {
	r := start(t, s, Options{Agents: 3})
	r.observed()
	r.system.Choose(t, r.agents[1], r.statuses[2])
	r.within(2*time.Minute, "the change is observed", func() bool { return r.core.saw(r.agents[1], r.statuses[2]) })
	r.core.mu.Lock()
	defer r.core.mu.Unlock()
	for _, o := range r.core.observed {
		if o.SystemID != r.core.system.SystemID || o.At.IsZero() || o.Remote == "" {
			t.Fatalf("the observation %+v lacks its system, status or time", o)
		}
	}
}

func onlyLinked(t *testing.T, s Subject) {
	r := prepare(t, s, Options{Agents: 2})
	r.core.linked = map[string]bool{r.agents[0]: true}
	asked := 0
	do := r.env.Do
	r.env.Do = func(ctx context.Context, body any) (any, error) {
		if o, ok := body.(presence.Observe); ok && o.RemoteID != r.agents[0] {
			asked++
		}
		return do(ctx, body)
	}
	r.build(s)
	r.run()
	r.within(time.Minute, "the linked agent is observed", func() bool { return r.core.saw(r.agents[0], r.statuses[0]) })
	r.stop()
	if asked > 0 {
		t.Errorf("%d observations of an agent that is not linked", asked)
	}
}

func reportsStatuses(t *testing.T, s Subject) {
	r := start(t, s, Options{Agents: 1})
	_, focusing := r.system.Statuses()
	r.within(time.Minute, "statuses are reported", func() bool {
		r.core.mu.Lock()
		defer r.core.mu.Unlock()
		return len(r.core.statuses) > 0
	})
	r.core.mu.Lock()
	defer r.core.mu.Unlock()
	found := map[string]event.RemoteStatus{}
	for _, st := range r.core.statuses {
		found[st.Remote] = st
	}
	for _, id := range r.statuses {
		if found[id].Name == "" || found[id].Focusing {
			t.Errorf("status %s is reported as %+v, want a name, and not fit for focus", id, found[id])
		}
	}
	if focusing != "" && !found[focusing].Focusing {
		t.Errorf("status %s is reported as %+v, want it fit for focus", focusing, found[focusing])
	}
}

func linksAgents(t *testing.T, s Subject) {
	r := prepare(t, s, Options{Agents: 2})
	r.core.linked = map[string]bool{}
	r.env.Link = r.linkByEmail(map[string]string{"user1": " " + r.system.Email(r.agents[1])})
	r.build(s)
	r.run()
	r.within(time.Minute, "the agent is linked and observed", func() bool { return r.core.saw(r.agents[1], r.statuses[0]) })
	if linked, _ := r.core.linkedAgents(t.Context()); len(linked) != 1 {
		t.Errorf("%v are linked, want only %s", linked, r.agents[1])
	}
}

func lostAccess(t *testing.T, s Subject) {
	r := start(t, s, Options{Agents: 1})
	r.observed()
	r.system.RevokeAccess()
	a := r.agents[0]
	r.core.want(a, r.statuses[1])
	r.eventually("the wish is shown", r.shows(a, r.statuses[1]))
	r.eventually("the write is done at the first try", func() bool {
		return len(r.core.outcomes(a)) == 1 && r.core.ended(a, event.WriteDone)
	})
}

func wrongSecret(t *testing.T, s Subject) {
	r := prepare(t, s, Options{Agents: 1})
	name := connector.SecretName(r.core.system.SystemID, connector.ClientSecret)
	r.secrets.PutSecret(t.Context(), name, []byte("not the secret"))
	r.run()
	a := r.agents[0]
	r.core.want(a, r.statuses[1])
	r.eventually("the core is told to try again later", func() bool { return r.core.ended(a, event.WriteRetry) })
	r.secrets.PutSecret(t.Context(), name, []byte(r.system.ClientSecret()))
	r.within(5*time.Minute, "the wish is shown", r.shows(a, r.statuses[1]))
}

func busyCore(t *testing.T, s Subject) {
	r := start(t, s, Options{Agents: 1})
	r.observed()
	a := r.agents[0]
	r.core.mu.Lock()
	r.core.busy = 3
	r.core.mu.Unlock()
	r.core.want(a, r.statuses[1])
	r.within(time.Minute, "the outcome arrives", func() bool { return r.core.ended(a, event.WriteDone) })
}

func refresh(t *testing.T, s Subject) {
	r := start(t, s, Options{Agents: 2})
	r.observed()
	r.core.mu.Lock()
	r.core.statuses = nil
	r.core.mu.Unlock()
	r.system.Choose(t, r.agents[0], r.statuses[2])
	if err := r.connector.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	r.core.mu.Lock()
	reported := len(r.core.statuses)
	r.core.mu.Unlock()
	if reported == 0 {
		t.Error("Refresh returned before the statuses were reported")
	}
	r.eventually("the agents are looked at", func() bool { return r.core.saw(r.agents[0], r.statuses[2]) })
	agents, err := r.connector.Agents(t.Context())
	if err != nil || len(agents) < len(r.agents) {
		t.Errorf("Agents lists %d, error %v, want %d", len(agents), err, len(r.agents))
	}
}

func stopEnds(t *testing.T, s Subject) {
	r := start(t, s, Options{Agents: 3, RatePerMinute: 20})
	r.observed()
	r.system.Break(t, Hanging)
	for _, status := range []string{r.statuses[1], r.statuses[2]} {
		for _, a := range r.agents {
			r.core.want(a, status)
		}
	}
	r.eventually("a write is under way", func() bool { return r.env.Stats.Figures().Sent > 0 })
	r.stop()
	var left string
	r.eventually("every goroutine ends", func() bool { left = leftovers(); return left == "" || t.Context().Err() != nil })
}
