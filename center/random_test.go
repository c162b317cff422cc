package center

import (
	"fmt"
	"math/rand"
	"testing"
	"time"

	"tandem"
	"tandem/event"
	"tandem/voice"
)

// chaos drives a world with random commands and reports, among them such that
// come twice, too late or about nothing.
type chaos struct {
	*world
	rnd      *rand.Rand
	contacts int
	sent     []voice.Report
	held     []voice.Report // reports that will come late
}

func newChaos(t testing.TB, seed int64) *chaos {
	c := &chaos{world: newWorld(t), rnd: rand.New(rand.NewSource(seed))}
	c.create()
	c.addStatus("Break")
	for n := range 1 + c.rnd.Intn(5) {
		u := c.user(fmt.Sprint("agent", n))
		u.AutoAccept = c.rnd.Intn(2) == 0
		u.AfterContactWorkSeconds = uint32(c.rnd.Intn(3) * 10)
		if c.rnd.Intn(4) == 0 {
			u.PhoneType = event.SoftPhone
		}
		c.must(SaveUser{u, true})
	}
	return c
}

func (c *chaos) anyAgent() tandem.ID { return c.id(fmt.Sprint("agent", c.rnd.Intn(5))) }

func (c *chaos) anyContact() *Contact {
	ids := tandem.SortedIDs(c.m.state.Contacts)
	if len(ids) == 0 {
		return &Contact{ContactID: c.id("none")}
	}
	return c.m.state.Contacts[ids[c.rnd.Intn(len(ids))]]
}

// act does one random thing; refusals are part of life.
func (c *chaos) act() {
	switch c.rnd.Intn(16) {
	case 0, 1:
		c.contacts++
		to := []string{directNumber, menuNumber, "+14155559999"}[c.rnd.Intn(3)]
		c.send(voice.Report{Kind: voice.CallArrived, Leg: c.id(fmt.Sprint("leg", c.contacts)), From: "+4930123456", To: to})
	case 2:
		_, _, _ = c.step(StartTask{FlowID: c.id("direct"), Name: "t", ClientToken: fmt.Sprint(c.rnd.Intn(40))})
	case 3, 4, 5, 6:
		c.sendLeg()
	case 7:
		c.sendPlay()
	case 8:
		c.wait(time.Duration(c.rnd.Intn(20_000)) * time.Millisecond)
	case 9:
		c.now = c.now.Add(int64(c.rnd.Intn(3000)))
	case 10:
		status := []string{"Available", "Available", "Break", "Offline"}[c.rnd.Intn(4)]
		_, _, _ = c.step(PutUserStatus{c.anyAgent(), c.id(status)})
	case 11, 12:
		c.agentActs()
	case 13:
		c.resend()
	case 14:
		c.rare()
	case 15:
		_, _, _ = c.step(StopContact{c.anyContact().ContactID})
	}
}

func (c *chaos) send(r voice.Report) {
	c.reports++
	r.Incarnation, r.Number, r.At = c.media, c.reports, c.now-tandem.Time(c.rnd.Intn(2000))
	if c.rnd.Intn(10) == 0 {
		c.held = append(c.held, r)
		return
	}
	c.sent = append(c.sent, r)
	c.must(TakeVoiceReport{r})
}

func (c *chaos) sendLeg() {
	contact := c.anyContact()
	if len(contact.Legs) == 0 {
		return
	}
	kind := []voice.ReportKind{voice.LegRinging, voice.LegAnswered, voice.LegAnswered, voice.LegEnded}[c.rnd.Intn(4)]
	leg := contact.Legs[c.rnd.Intn(len(contact.Legs))]
	c.send(voice.Report{Kind: kind, Room: contact.ContactID, Leg: leg.ID, Cause: voice.Cause(c.rnd.Intn(10))})
}

func (c *chaos) sendPlay() {
	contact := c.anyContact()
	if contact.Play == nil {
		return
	}
	c.send(voice.Report{Kind: voice.PlayEnded, Room: contact.ContactID, Play: contact.Play.Started.PlayID,
		Outcome: voice.PlayOutcome(1 + c.rnd.Intn(5)), Digits: tandem.Personal(fmt.Sprint(c.rnd.Intn(3))), Text: "hello"})
}

func (c *chaos) agentActs() {
	user, contact := c.anyAgent(), c.anyContact().ContactID
	if a := c.m.state.Agents[user]; a != nil && len(a.Contacts) > 0 {
		contact = a.Contacts[c.rnd.Intn(len(a.Contacts))].ContactID
	}
	switch c.rnd.Intn(4) {
	case 0:
		_, _, _ = c.step(AcceptContact{user, contact})
	case 1:
		_, _, _ = c.step(RejectContact{user, contact})
	default:
		_, _, _ = c.step(DismissUserContact{user, contact})
	}
}

// resend sends known reports again, and late ones at last.
func (c *chaos) resend() {
	if len(c.sent) > 0 {
		c.must(TakeVoiceReport{c.sent[c.rnd.Intn(len(c.sent))]})
	}
	for _, r := range c.held {
		c.must(TakeVoiceReport{r})
	}
	c.held = nil
}

func (c *chaos) rare() {
	switch c.rnd.Intn(7) {
	case 0:
		c.newMedia()
		c.send(voice.Report{Kind: voice.MediaStarted})
	case 1:
		c.restart()
	case 2:
		_, _, _ = c.step(EraseSubject{c.anyContact().InitialContactID})
	case 3:
		p := *c.m.State().RoutingProfiles[c.id("Basic")]
		p.Entries = []event.RoutingEntry{{QueueID: c.id("BasicQueue"), Channel: event.Voice, Priority: 1, DelaySeconds: uint16(c.rnd.Intn(3) * 7)},
			{QueueID: c.id("BasicQueue"), Channel: event.Task, Priority: uint8(1 + c.rnd.Intn(2))}}
		c.must(SaveRoutingProfile{Profile: p})
	case 4:
		c.must(SaveFlow{Flow: c.flow("menu", "CONTACT_FLOW", []string{menuFlow, directFlow}[c.rnd.Intn(2)])})
	case 5:
		c.send(voice.Report{Kind: voice.RoomForgotten, Room: c.anyContact().ContactID})
	case 6:
		_, _, _ = c.step(UpdateContactAttributes{c.anyContact().ContactID, tandem.PersonalMap{"k": fmt.Sprint(c.rnd.Intn(5))}})
	}
}

// TestRandomLivesKeepTheInvariants lives many random lives. After every step
// [world.step] proves SIM-S2 to SIM-S5 and SIM-S9; at the end every contact has
// ended, once.
func TestRandomLivesKeepTheInvariants(t *testing.T) {
	lives, steps := 60, 400
	if testing.Short() {
		lives = 10
	}
	for seed := range lives {
		c := newChaos(t, int64(seed))
		for range steps {
			c.act()
			if t.Failed() {
				t.Fatalf("seed %d", seed)
			}
		}
		c.finish()
		c.checkLives(seed)
	}
}

// finish lets everybody hang up and everything end. SIM-L1, SIM-L2
func (c *chaos) finish() {
	c.newMedia()
	c.must(TakeVoiceReport{voice.Report{Incarnation: c.media, Number: 1, At: c.now, Kind: voice.MediaStarted}})
	for range 5 { // what ends may lead to others, as by a disconnect flow
		for _, id := range tandem.SortedIDs(c.m.state.Contacts) {
			_, _, _ = c.step(StopContact{id})
		}
	}
	for _, id := range tandem.SortedIDs(c.m.state.Agents) {
		for len(c.m.state.Agents[id].Contacts) > 0 {
			c.must(DismissUserContact{id, c.m.state.Agents[id].Contacts[0].ContactID})
		}
	}
	c.wait(tandem.TombstoneMillis * time.Millisecond)
	if n := len(c.m.state.Contacts); n > 0 {
		c.t.Fatalf("%d contacts never end", n)
	}
	if due, ok := c.m.NextDue(); ok {
		c.t.Fatalf("something is due at %s", due)
	}
}

// checkLives reads the records: each contact began and ended once, and after
// its end nothing moves it.
func (c *chaos) checkLives(seed int) {
	began, ended := map[tandem.ID]int{}, map[tandem.ID]int{}
	offers := map[tandem.ID]event.OfferOutcome{}
	for i := range c.records {
		for _, ev := range c.records[i].Events {
			switch ev := ev.(type) {
			case *event.ContactInitiated:
				began[ev.ContactID]++
			case *event.ContactEnded:
				ended[ev.ContactID]++
			case *event.ContactQueued:
				c.alive(ended, ev.ContactID, seed)
			case *event.ContactDisconnected:
				c.alive(ended, ev.ContactID, seed)
			case *event.AgentConnected:
				c.alive(ended, ev.ContactID, seed)
			case *event.FlowBlockRan:
				c.alive(ended, ev.ContactID, seed)
			case *event.OfferMade:
				c.alive(ended, ev.ContactID, seed)
				offers[ev.OfferID] = 0
			case *event.OfferEnded:
				if before, made := offers[ev.OfferID]; !made || before != 0 && before != event.OfferAccepted { // who accepted may hang up in the whisper
					c.t.Fatalf("seed %d: offer %s ended as %s after %d", seed, ev.OfferID, ev.Outcome, before)
				}
				offers[ev.OfferID] = ev.Outcome
			}
		}
	}
	for id, n := range began {
		if n != 1 || ended[id] != 1 {
			c.t.Fatalf("seed %d: contact %s began %d times and ended %d times", seed, id, n, ended[id])
		}
	}
	for id, outcome := range offers {
		if outcome == 0 {
			c.t.Fatalf("seed %d: offer %s never ended", seed, id)
		}
	}
}

func (c *chaos) alive(ended map[tandem.ID]int, id tandem.ID, seed int) {
	if ended[id] > 0 {
		c.t.Fatalf("seed %d: contact %s moved after its end", seed, id)
	}
}

// TestSameSeedSameStory proves that nothing but the commands decides.
func TestSameSeedSameStory(t *testing.T) {
	hash := func() uint64 {
		c := newChaos(t, 7)
		for range 300 {
			c.act()
		}
		return c.m.Hash()
	}
	if first, second := hash(), hash(); first != second {
		t.Fatalf("%x, then %x", first, second)
	}
}

// TestRebuiltMachineDecidesTheSame goes on with one machine and with a copy
// that was rebuilt from a snapshot.
func TestRebuiltMachineDecidesTheSame(t *testing.T) {
	for seed := range int64(10) {
		a, b := newChaos(t, seed), newChaos(t, seed)
		for step := range 300 {
			a.act()
			b.act()
			if step%10 == 0 {
				b.restart()
			}
			if a.m.Hash() != b.m.Hash() {
				t.Fatalf("seed %d: they differ after step %d", seed, step)
			}
		}
	}
}
