package connector_test

import (
	"testing"

	"tandem/connector"
)

func TestAnOldLookDoesNotAnswerALaterRead(t *testing.T) {
	r := connector.NewReads()
	r.Put("1", 100)
	if r.Done("1", 99); len(r.Wanted()) != 1 || !r.Wants("1") {
		t.Error("a look from before the read has answered it")
	}
	if r.Done("1", 100); len(r.Wanted()) != 0 || r.Wants("1") {
		t.Error("a look after the read has not answered it")
	}
}

func TestUncertainWriteStaysSoUntilTheSystemHasAnswered(t *testing.T) {
	var a connector.Attempts
	if a.Fail("1", true) != 1 || a.Fail("1", false) != 2 || !a.Uncertain("1") || a.Uncertain("2") {
		t.Error("failures are not counted for each agent, or one that is certain made the earlier one so")
	}
	if a.Settle("1"); a.Uncertain("1") || a.Fail("1", false) != 1 {
		t.Error("an answer has not settled what was before")
	}
}

func TestRefusalsAreFinalAndPassingTroublesAreNot(t *testing.T) {
	for status, want := range map[int]struct{ refused, undone bool }{
		400: {refused: true}, 401: {refused: true}, 404: {refused: true}, 302: {refused: true},
		408: {}, 409: {undone: true}, 423: {undone: true}, 425: {undone: true}, 429: {undone: true}, 500: {}, 503: {undone: true},
	} {
		if connector.Refused(status) != want.refused || connector.Undone(status) != want.undone {
			t.Errorf("%d: refused %v, undone %v", status, connector.Refused(status), connector.Undone(status))
		}
	}
}
