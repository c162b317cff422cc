package zendesk

import (
	"errors"
	"net/http"
	"testing"
	"time"
)

func TestIdleAgentGoesAway(t *testing.T) {
	r := start(t, nil)
	r.s.Advance(10*time.Minute - time.Second)
	r.wantStatus(agent1, StatusOnline, ReasonUnknown, 1)
	r.s.Advance(time.Second)
	r.wantStatus(agent1, StatusAway, ReasonIdleTimeout, 2)
	r.wantStatus(agent2, StatusOffline, ReasonUnknown, 1)
}

func TestActivityAndStatusUpdatesRestartTheIdleTimer(t *testing.T) {
	for _, c := range []struct {
		name string
		act  func(r *rig) error
	}{
		{"mouse or keyboard", func(r *rig) error { return r.s.Touch(agent1) }},
		{"API update", func(r *rig) error { return r.s.SetStatusWithReason(agent1, StatusOnline, ReasonPublicAPI) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := start(t, nil)
			r.s.Advance(9 * time.Minute)
			ok(t, c.act(r))
			r.s.Advance(9 * time.Minute)
			r.wantStatus(agent1, StatusOnline, ReasonUnknown, 1)
			r.s.Advance(time.Minute)
			r.wantStatus(agent1, StatusAway, ReasonIdleTimeout, 2)
		})
	}
}

func TestIdleTimeOutIsFoundBetweenRequests(t *testing.T) {
	r := start(t, nil)
	rc := listen(t)
	r.subscribe(rc)
	r.clock.add(10 * time.Minute) // no request follows: the stand-in's own timer must see it
	eventually(t, "the event of the idle time-out", func() bool { return rc.versions() == "2" })
}

func TestCustomStatusHasItsOwnIdleTimeout(t *testing.T) {
	r := start(t, func(c *Config) { c.CustomStatuses[0].IdleTimeoutSeconds = 60 })
	ok(t, r.s.SetStatusByHand(agent1, lunch))
	r.s.Advance(time.Minute)
	r.wantStatus(agent1, StatusAway, ReasonIdleTimeout, 3)
}

func TestDisconnectGoesOfflineAndReconnectRestores(t *testing.T) {
	r := start(t, nil)
	ok(t, r.s.Disconnect(agent1))
	r.wantStatus(agent1, StatusOffline, ReasonDisconnected, 2)
	ok(t, r.s.Reconnect(agent1))
	r.wantStatus(agent1, StatusOnline, ReasonAutoReconnect, 3)
}

func TestReconnectKeepsAStatusSetMeanwhile(t *testing.T) {
	r := start(t, nil)
	ok(t, r.s.Disconnect(agent1))
	r.want(r.do("PUT", statusPath+"10011", `{"id":4}`), http.StatusOK, "Away")
	ok(t, r.s.Reconnect(agent1))
	r.wantStatus(agent1, StatusAway, ReasonPublicAPI, 3)
}

func TestLogoutIsNotUndoneByReconnect(t *testing.T) {
	r := start(t, nil)
	ok(t, r.s.LogOut(agent1))
	ok(t, r.s.Reconnect(agent1))
	r.wantStatus(agent1, StatusOffline, ReasonLogout, 2)
}

func TestDeletingAStatusMovesItsAgents(t *testing.T) {
	r := start(t, nil)
	ok(t, r.s.SetStatusByHand(agent1, lunch))
	ok(t, r.s.DeleteStatus(lunch))
	r.wantStatus(agent1, StatusOffline, ReasonStatusDeleted, 3)
	if err := r.s.SetStatusByHand(agent1, lunch); !errors.Is(err, ErrUnknownStatus) {
		t.Fatalf("a deleted status can be set: %v", err)
	}
	if err := r.s.DeleteStatus(StatusAway); !errors.Is(err, ErrUnknownStatus) {
		t.Fatalf("a default status can be deleted: %v", err)
	}
}

func TestSeedsThatContradictEachOtherAreRefused(t *testing.T) {
	for name, config := range map[string]Config{
		"agent twice":           {Agents: []Agent{{ID: 9}, {ID: 9}}},
		"agent without id":      {Agents: []Agent{{Name: "x"}}},
		"unknown role":          {Agents: []Agent{{ID: 9, Role: "owner"}}},
		"unknown first status":  {Agents: []Agent{{ID: 9, StatusID: 77}}},
		"id of default status":  {CustomStatuses: []Status{{ID: StatusAway}}},
		"custom status doubled": {CustomStatuses: []Status{{ID: 9}, {ID: 9}}},
	} {
		if s, err := New(config); err == nil {
			s.Close()
			t.Errorf("%s: accepted", name)
		}
	}
}
