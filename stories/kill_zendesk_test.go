package stories

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http/httptest"
	"strconv"
	"testing"
	"time"

	standin "tandem/standin/zendesk"
)

// zendeskDesk is a Zendesk account whose agents are the agents of a shift.
type zendeskDesk struct {
	*standin.Server
	t      *testing.T
	server *server
	shift  *shift
	system string
}

// zendeskOf is what each status of the center is in Zendesk.
var zendeskOf = map[string]int64{"Available": standin.StatusOnline, "Break": standin.StatusAway, "Offline": standin.StatusOffline}

func shiftRemote(i int) int64 { return int64(10_001 + i) }

// connectZendesk connects an account by the admin API.
func connectZendesk(t *testing.T, s *server, h *shift) *zendeskDesk {
	t.Helper()
	const secret = "client secret"
	config := standin.Config{ClientID: "tandem", ClientSecret: secret, RatePerMinute: 6000, AvailabilityRatePerMinute: 6000}
	for i := range h.agents {
		config.Agents = append(config.Agents, standin.Agent{ID: shiftRemote(i), Name: fmt.Sprintf("agent%d", i), Email: fmt.Sprintf("agent%d@example.com", i)})
	}
	account, err := standin.New(config)
	if err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(account)
	t.Cleanup(func() { account.Close(); web.Close() })
	z := &zendeskDesk{Server: account, t: t, server: s, shift: h}
	var mapping []map[string]any
	for status, remote := range zendeskOf {
		mapping = append(mapping, map[string]any{"remote": strconv.FormatInt(remote, 10), "status": status, "preferred": true})
	}
	var created struct{ ID string }
	s.must(s.admin("POST", "/systems", map[string]any{
		"kind": "zendesk", "name": "Zendesk", "url": web.URL, "client_id": "tandem", "client_secret": secret,
		"policy": "last_action_wins", "status_sync": true, "mapping": mapping,
	}, &created))
	z.system = created.ID
	for i, agent := range h.agents {
		s.must(s.admin("PUT", "/systems/"+z.system+"/links/"+agent, map[string]any{"remote_id": strconv.FormatInt(shiftRemote(i), 10)}, nil))
	}
	return z
}

// begin lets agents change their status in Zendesk as well.
func (z *zendeskDesk) begin(rnd *rand.Rand) {
	own := rand.New(rand.NewPCG(rnd.Uint64(), 3))
	z.shift.coming.Go(func() {
		for z.shift.closing.Err() == nil {
			pauseUpTo(z.shift.closing, 4*time.Second, own)
			status := standin.StatusOnline
			if own.IntN(2) == 0 {
				status = standin.StatusAway
			}
			if err := z.SetStatusByHand(shiftRemote(own.IntN(len(z.shift.agents))), status); err != nil {
				z.t.Errorf("change a status in Zendesk: %v", err)
			}
		}
	})
}

// checkConverged asserts that Zendesk comes to show of every agent what the
// center says. A status that was changed by hand while no core looked is found
// by looking at all agents again.
func (z *zendeskDesk) checkConverged() {
	z.t.Helper()
	z.server.must(z.server.admin("POST", "/systems/"+z.system+"/refresh", struct{}{}, nil))
	eventually(z.t, 90*time.Second, "Zendesk shows what the center says", func() error {
		var all error
		for i, agent := range z.shift.agents {
			all = errors.Join(all, z.differs(i, agent))
		}
		return all
	})
}

func (z *zendeskDesk) differs(i int, agent string) error {
	ctx, done := context.WithTimeout(z.t.Context(), 10*time.Second)
	defer done()
	var out struct{ UserDataList []userData }
	if _, err := z.shift.insist(ctx, "POST", "/metrics/userdata/"+z.shift.instance, map[string]any{"Filters": map[string]any{"Agents": []string{agent}}}, &out); err != nil {
		return err
	}
	center := "Offline" // agents who are logged out are not listed
	if len(out.UserDataList) == 1 {
		center = out.UserDataList[0].Status.StatusName
	}
	shown, err := z.Status(shiftRemote(i))
	if err == nil && shown.ID != zendeskOf[center] {
		err = fmt.Errorf("agent%d is %s in the center and %s in Zendesk", i, center, shown.Name)
	}
	return err
}
