package awsconnect

import (
	"context"
	"fmt"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"

	"tandem"
	"tandem/connector"
	"tandem/connector/connectortest"
	"tandem/event"
	"tandem/presence"
	standin "tandem/standin/kinesis"
)

// feed is the Kinesis stand-in with one stream, a writer, and a core that hears
// what the connector tells.
type feed struct {
	*testing.T
	clock  *connectortest.Clock
	server *standin.Server
	writer *kinesis.Client
	system event.SystemSaved
	linked map[string]bool

	mu   sync.Mutex
	told []presence.Observe
	work []presence.ObserveWork
}

const streamName = "agent-events"

func newFeed(t *testing.T, a *account, shards int) *feed {
	clock := a.clock.(*connectortest.Clock)
	s, err := standin.New(standin.Config{Clock: clock.Now, AccessKeyID: testKeyID, Region: testRegion, Streams: map[string]int{streamName: shards}})
	if err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(s)
	t.Cleanup(web.Close)
	f := &feed{T: t, clock: clock, server: s, system: a.Saved(), linked: map[string]bool{}}
	for _, agent := range a.agents {
		f.linked[agent] = true
	}
	f.system.Settings[SettingStream], f.system.Settings[SettingStreamURL] = streamName, web.URL
	key := aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{AccessKeyID: testKeyID, SecretAccessKey: testSecret}, nil
	})
	f.writer = kinesis.New(kinesis.Options{Region: testRegion, BaseEndpoint: &web.URL, Credentials: key, Retryer: aws.NopRetryer{}})
	return f
}

// Do takes the connector's commands.
func (f *feed) Do(_ context.Context, body any) (any, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch b := body.(type) {
	case presence.Observe:
		f.told = append(f.told, b)
	case presence.ObserveWork:
		f.work = append(f.work, b)
	}
	return nil, nil
}

// run runs a connector until the test ends or stop is called.
func (f *feed) run() (stop func()) {
	c := connectorFor(f, f.clock, f.system, func(e *connector.Env) {
		e.Do = f.Do
		e.Linked = func(context.Context) (map[string]bool, error) { return f.linked, nil }
	})
	ctx, cancel := context.WithCancel(f.Context())
	ended := make(chan struct{})
	go func() { defer close(ended); _ = c.Run(ctx) }()
	stop = func() { cancel(); <-ended }
	f.Cleanup(stop)
	return stop
}

// within waits for a condition while time passes: quickly for so many seconds
// of the connector's time, then slowly, since requests take real time.
func (f *feed) within(seconds int, what string, is func() bool) {
	f.Helper()
	met := func() bool {
		f.mu.Lock()
		defer f.mu.Unlock()
		return is()
	}
	for deadline, step := time.Now().Add(20*time.Second), 0; !met(); step++ {
		if time.Now().After(deadline) {
			f.Fatalf("it did not happen: %s", what)
		}
		time.Sleep(5 * time.Millisecond)
		if step < seconds*10 || step%20 == 0 {
			f.clock.Advance(100 * time.Millisecond)
		}
	}
}

// ready waits until all shards are being read and all agents were looked at.
func (f *feed) ready(shards int) {
	f.Helper()
	f.within(20, "the connector has begun", func() bool {
		return len(f.server.Requests("GetShardIterator")) >= shards && len(f.told) >= len(f.linked)
	})
}

func (f *feed) saw(agent, status string) func() bool {
	return func() bool {
		return slices.ContainsFunc(f.told, func(o presence.Observe) bool { return o.RemoteID == agent && o.Remote == status && o.LookedAt == 0 })
	}
}

// put writes an agent event.
func (f *feed) put(agent, kind, status string, at time.Time, rest string) {
	f.Helper()
	const arn = "arn:aws:connect:eu-central-1:123456789012:instance/%s"
	instance := fmt.Sprintf(arn, testInstance)
	stamp := at.UTC().Format("2006-01-02T15:04:05.000Z")
	f.record(instance+"/agent/"+agent, fmt.Sprintf(`{"AgentARN":%q,"InstanceARN":%q,"EventId":"e","EventType":%q,"EventTimestamp":%q,"Version":"2017-10-01",
		"CurrentAgentSnapshot":{"AgentStatus":{"ARN":%q,"Name":"x","StartTimestamp":%q}%s}}`,
		instance+"/agent/"+agent, instance, kind, stamp, instance+"/agent-state/"+status, stamp, rest))
}

func (f *feed) record(key, data string) {
	f.Helper()
	if _, err := f.writer.PutRecord(f.Context(), &kinesis.PutRecordInput{StreamName: aws.String(streamName), PartitionKey: &key, Data: []byte(data)}); err != nil {
		f.Fatal(err)
	}
}

func TestStreamTellsChangesBetweenLooks(t *testing.T) {
	a := startAccount(t, connectortest.Options{Clock: connectortest.NewClock(began), Agents: 2, RatePerMinute: 60_000})
	f := newFeed(t, a, 3)
	f.run()
	f.ready(3)
	one, two, lunch, training := a.agents[0], a.agents[1], a.statuses[1].String(), a.statuses[2].String()
	at := f.clock.Now().Add(time.Second)
	f.put(one, "STATE_CHANGE", lunch, at, `,"Contacts":[]`)
	f.put(two, "STATE_CHANGE", a.statuses[0].String(), at, fmt.Sprintf(
		`,"NextAgentStatus":{"ARN":"x/agent-state/%s","Name":"Training","EnqueuedTimestamp":%q},"Contacts":[{"Channel":"VOICE","InitiationMethod":"INBOUND","State":"CONNECTED"}]`,
		training, at.UTC().Format("2006-01-02T15:04:05.000Z")))
	f.within(5, "both changes are told", func() bool { return f.saw(one, lunch)() && f.saw(two, training)() })
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, o := range f.told {
		if o.LookedAt == 0 && (o.At != tandem.At(at) || o.Version != uint64(tandem.At(at)) || o.Reason != "") {
			t.Errorf("told %+v, want at %s", o, at)
		}
	}
	busy := func(w presence.ObserveWork) bool { return w.RemoteID == two && w.State == "Busy" && w.OnContact }
	if !slices.ContainsFunc(f.work, busy) {
		t.Errorf("the work told is %+v, want agent two busy on a contact", f.work)
	}
}

// TestEventsOfAnAgentCountInTheOrderOfTheirTimes holds that what arrives late,
// twice or for others changes nothing, and that a heartbeat tells nothing new.
func TestEventsOfAnAgentCountInTheOrderOfTheirTimes(t *testing.T) {
	a := startAccount(t, connectortest.Options{Clock: connectortest.NewClock(began), Agents: 1, RatePerMinute: 60_000})
	f := newFeed(t, a, 1)
	f.run()
	f.ready(1)
	agent, lunch, training := a.agents[0], a.statuses[1].String(), a.statuses[2].String()
	at := f.clock.Now().Add(5 * time.Second)
	f.put(agent, "STATE_CHANGE", training, at, "")
	f.put(agent, "STATE_CHANGE", training, at, "")
	f.put(agent, "STATE_CHANGE", lunch, at.Add(-time.Second), "")
	f.put(tandem.NameID("user", "stranger").String(), "STATE_CHANGE", lunch, at, "")
	f.record("k", `{"AWSContactTraceRecordFormatVersion":"2017-03-10"}`)
	f.record("k", `not an event`)
	f.put(agent, "LOGOUT", a.statuses[3].String(), at.Add(time.Second), "")
	f.within(5, "the last event is told", f.saw(agent, a.statuses[3].String()))
	f.mu.Lock()
	defer f.mu.Unlock()
	var seen []string
	for _, o := range f.told {
		if o.LookedAt == 0 {
			seen = append(seen, o.RemoteID+" "+o.Remote+" "+o.Reason)
		}
	}
	want := []string{agent + " " + training + " ", agent + " " + a.statuses[3].String() + " " + presence.ReasonLogout}
	if !slices.Equal(seen, want) {
		t.Errorf("told %q, want %q", seen, want)
	}
}

// TestStreamGoesOnAfterTheLastRecordTaken holds that throttling, expired
// iterators, refusals, lost answers and web pages lose and repeat nothing.
func TestStreamGoesOnAfterTheLastRecordTaken(t *testing.T) {
	for name, fault := range map[string]standin.Fault{
		"throttled": {Operation: "GetRecords", Code: standin.ThroughputExceeded, Count: 2},
		"expired":   {Operation: "GetRecords", Code: standin.ExpiredIterator},
		"denied":    {Operation: "GetRecords", Code: standin.AccessDenied},
		"key":       {Operation: "GetRecords", Code: standin.ExpiredToken},
		"unwell":    {Operation: "GetRecords", Code: standin.InternalFailure, Count: 2},
		"cut":       {Operation: "GetRecords", Cut: true},
		"web page":  {Operation: "GetRecords", WebPage: "<html>sign in</html>"},
		"hanging":   {Operation: "GetRecords", Delay: testTimeout + time.Second/2},
	} {
		t.Run(name, func(t *testing.T) {
			a := startAccount(t, connectortest.Options{Clock: connectortest.NewClock(began), Agents: 1, RatePerMinute: 60_000})
			f := newFeed(t, a, 1)
			f.run()
			f.ready(1)
			agent, at := a.agents[0], f.clock.Now().Add(time.Second)
			f.put(agent, "STATE_CHANGE", a.statuses[1].String(), at, "")
			f.within(5, "the first event is told", f.saw(agent, a.statuses[1].String()))
			if err := f.server.Break(fault); err != nil {
				t.Fatal(err)
			}
			f.put(agent, "STATE_CHANGE", a.statuses[2].String(), at.Add(time.Second), "")
			f.within(20, "the second event is told", f.saw(agent, a.statuses[2].String()))
			f.mu.Lock()
			defer f.mu.Unlock()
			events := slices.DeleteFunc(slices.Clone(f.told), func(o presence.Observe) bool { return o.LookedAt != 0 })
			if len(events) != 2 {
				t.Errorf("%d events were told, want 2: %+v", len(events), events)
			}
		})
	}
}

func TestChildrenOfASplitShardAreReadAfterIt(t *testing.T) {
	a := startAccount(t, connectortest.Options{Clock: connectortest.NewClock(began), Agents: 3, RatePerMinute: 60_000})
	f := newFeed(t, a, 1)
	f.run()
	f.ready(1)
	at := f.clock.Now().Add(time.Second)
	for _, agent := range a.agents {
		f.put(agent, "STATE_CHANGE", a.statuses[1].String(), at, "")
	}
	half := "170141183460469231731687303715884105728"
	if _, err := f.writer.SplitShard(t.Context(), &kinesis.SplitShardInput{StreamName: aws.String(streamName), ShardToSplit: aws.String("shardId-000000000000"), NewStartingHashKey: &half}); err != nil {
		t.Fatal(err)
	}
	for _, agent := range a.agents {
		f.put(agent, "STATE_CHANGE", a.statuses[2].String(), at.Add(time.Second), "")
	}
	f.within(20, "all events are told", func() bool {
		return !slices.ContainsFunc(a.agents, func(agent string) bool {
			return !f.saw(agent, a.statuses[1].String())() || !f.saw(agent, a.statuses[2].String())()
		})
	})
	f.clock.Advance(2 * time.Minute)
	f.within(5, "the shards are listed again", func() bool { return len(f.server.Requests("ListShards")) > 2 })
	if got := len(f.server.Requests("GetShardIterator")); got != 3 {
		t.Errorf("%d iterators were asked for, want one for each shard", got)
	}
}

func TestIteratorThatExpiresBeforeAnyRecordLosesNothing(t *testing.T) {
	a := startAccount(t, connectortest.Options{Clock: connectortest.NewClock(began), Agents: 1, RatePerMinute: 60_000})
	f := newFeed(t, a, 1)
	f.run()
	f.ready(1)
	if err := f.server.Break(standin.Fault{Operation: "GetRecords", Code: standin.ExpiredIterator}); err != nil {
		t.Fatal(err)
	}
	f.put(a.agents[0], "STATE_CHANGE", a.statuses[1].String(), f.clock.Now().Add(time.Second), "")
	f.within(10, "the event is told", f.saw(a.agents[0], a.statuses[1].String()))
}

// TestWithoutTheStreamLookingGoesOn holds that a stream that is not there costs
// nothing but speed.
func TestWithoutTheStreamLookingGoesOn(t *testing.T) {
	a := startAccount(t, connectortest.Options{Clock: connectortest.NewClock(began), Agents: 1, RatePerMinute: 60_000})
	f := newFeed(t, a, 1)
	f.system.Settings[SettingStream] = "arn:aws:kinesis:eu-central-1:123456789012:stream/nothing"
	f.run()
	f.within(5, "the agent is looked at", func() bool { return len(f.told) > 0 })
	a.Choose(t, a.agents[0], a.statuses[2].String())
	f.within(80, "the change is found", func() bool {
		return slices.ContainsFunc(f.told, func(o presence.Observe) bool { return o.Remote == a.statuses[2].String() })
	})
}
