package bench

import (
	"fmt"
	"time"

	"tandem"
	"tandem/center"
	"tandem/event"
	"tandem/flow"
	"tandem/instance"
	"tandem/presence"
	"tandem/voice"
	"tandem/zones"
)

// centerShard is the contact center whose journal is replayed.
var centerShard = tandem.NameID("bench", "center")

const (
	agents     = 100
	lines      = 80 // calls under way at once, each at another point of its life
	dialled    = "+14155550100"
	roundTime  = 700 * time.Millisecond
	lifeStages = 11
)

func newCenterInstance(tandem.ID) *instance.Instance {
	return instance.New(nil, center.New(zones.Shipped{}), presence.New())
}

// shift is a contact center at work: calls come in, go through the sample
// flow, wait, are offered, answered, recorded, ended and wrapped up. It writes
// each record, once.
type shift struct {
	in      *instance.Instance
	center  *center.Machine
	write   func(*tandem.Record) error
	now     tandem.Time
	steps   uint64
	reports uint64
	media   tandem.ID
	lines   [lines]call
	calls   uint64
	events  int
}

// call is one line: the call on it, and how far that is.
type call struct {
	leg   tandem.ID
	stage int
}

func newShift(write func(*tandem.Record) error) *shift {
	s := &shift{in: newCenterInstance(centerShard), write: write, media: centerShard.Derive(1), now: tandem.At(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC))}
	s.center, _ = instance.Find[*center.Machine](s.in)
	for i := range s.lines {
		s.lines[i].stage = -i % lifeStages
	}
	return s
}

func id(name string) tandem.ID { return tandem.NameID("bench", name) }

// open makes the instance, its number and its agents, who log in.
func (s *shift) open() error {
	create, err := createCenter()
	if err != nil {
		return err
	}
	bodies := []any{create,
		center.AssociateNumber{NumberID: id("number"), Number: dialled, FlowID: create.Defaults.InboundFlowID},
		center.SaveRoutingProfile{Profile: event.RoutingProfileSaved{ProfileID: id("profile"), Name: "Basic Routing Profile", DefaultOutboundQueueID: id("queue"),
			Concurrency: []event.ChannelConcurrency{{Channel: event.Voice, Maximum: 1}},
			Entries:     []event.RoutingEntry{{QueueID: id("queue"), Channel: event.Voice, Priority: 1}}}},
	}
	for i := range agents {
		name := fmt.Sprintf("agent%d", i)
		bodies = append(bodies, center.SaveUser{New: true, User: event.UserSaved{
			UserID: id(name), Username: tandem.Personal(name), PhoneType: event.DeskPhone, DeskPhoneNumber: tandem.Personal(fmt.Sprintf("+1415555%04d", 200+i)),
			RoutingProfileID: id("profile"), SecurityProfileIDs: []tandem.ID{id("security2")}}},
			center.PutUserStatus{UserID: id(name), StatusID: id("available")})
	}
	for _, body := range bodies {
		if err := s.step(body); err != nil {
			return fmt.Errorf("%T: %w", body, err)
		}
	}
	return nil
}

// createCenter is an instance with the sample flows.
func createCenter() (center.CreateInstance, error) {
	c := center.CreateInstance{
		Instance: event.InstanceCreated{InstanceID: centerShard, Alias: "bench", Region: "us-east-1", AccountID: "123456789012"},
		Defaults: center.Defaults{AvailableID: id("available"), OfflineID: id("offline"), HoursID: id("hours"), QueueID: id("queue"), RoutingProfileID: id("profile"),
			AdminID: id("security1"), AgentID: id("security2"), ManagerID: id("security3"), AnalystID: id("security4"),
			InboundFlowID: id("inbound"), CustomerQueueFlowID: id("waiting"), TimeZone: "UTC"},
	}
	for _, sample := range flow.Samples() {
		if sample.Name != flow.SampleInbound && sample.Name != flow.SampleCustomerQueue {
			continue
		}
		content, err := sample.Fill(map[string]string{flow.PlaceholderQueue: id("queue").String(), flow.PlaceholderMusic: "CustomerQueue.wav"})
		if err != nil {
			return c, err
		}
		flowID := c.Defaults.InboundFlowID
		if sample.Type == flow.TypeCustomerQueue {
			flowID = c.Defaults.CustomerQueueFlowID
		}
		c.Flows = append(c.Flows, event.FlowSaved{FlowID: flowID, InstanceID: centerShard, Name: sample.Name, Type: string(sample.Type),
			Published: true, Version: 1, Content: tandem.Blob(content)})
	}
	return c, nil
}

// work goes on until so many events are written.
func (s *shift) work(events int) error {
	if s.steps == 0 {
		if err := s.open(); err != nil {
			return fmt.Errorf("set up the contact center: %w", err)
		}
	}
	for s.events < events {
		s.now = s.now.Add(roundTime.Milliseconds())
		if due, ok := s.in.NextDue(); ok && due <= s.now {
			if err := s.step(tandem.Tick{}); err != nil {
				return err
			}
		}
		for i := range s.lines {
			if err := s.advance(&s.lines[i]); err != nil {
				return err
			}
		}
	}
	return nil
}

// step decides a command and writes what it led to.
func (s *shift) step(body any) error {
	s.steps++
	out, err := s.in.Step(tandem.Command{ID: centerShard.Derive(s.steps + 1000), At: s.now, Actor: tandem.Actor{Kind: tandem.ActorVoice}, Body: body})
	if err != nil || len(out.Record.Events) == 0 {
		return err
	}
	s.events += len(out.Record.Events)
	return s.write(&out.Record)
}

func (s *shift) report(r voice.Report) error {
	s.reports++
	r.Incarnation, r.Number, r.At = s.media, s.reports, s.now
	return s.step(center.TakeVoiceReport{Report: r})
}
