package connector_test

import (
	"testing"

	"tandem/connector"
	"tandem/presence"
)

func TestSystemHasMovedByItsRevisionOrByWhatItShows(t *testing.T) {
	for name, tt := range map[string]struct {
		write presence.Write
		seen  presence.Observe
		want  bool
	}{
		"same revision":               {presence.Write{Version: 7, Shown: "3"}, presence.Observe{Version: 7, Remote: "3"}, false},
		"same revision, other status": {presence.Write{Version: 7, Shown: "3"}, presence.Observe{Version: 7, Remote: "4"}, false},
		"newer revision, same status": {presence.Write{Version: 7, Shown: "3"}, presence.Observe{Version: 8, Remote: "3"}, true},
		"no revision, same status":    {presence.Write{Shown: "3"}, presence.Observe{Remote: "3"}, false},
		"no revision, other status":   {presence.Write{Shown: "3"}, presence.Observe{Remote: "4"}, true},
		"never seen before":           {presence.Write{}, presence.Observe{Remote: "4"}, true},
		"a revision at last":          {presence.Write{Shown: "3"}, presence.Observe{Version: 1, Remote: "3"}, true},
	} {
		if got := connector.Moved(tt.write, tt.seen); got != tt.want {
			t.Errorf("%s: moved %t, want %t", name, got, tt.want)
		}
	}
}
