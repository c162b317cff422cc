package connect

import (
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	"tandem"
	"tandem/center"
	"tandem/directory"
	"tandem/engine"
	"tandem/instance"
)

func TestOnlyPermittedInstancesAreListedAndTouched(t *testing.T) {
	w := newWorld(t)
	var list ListInstancesResponse
	w.call("ListInstances", nil, &list)
	if len(list.InstanceSummaryList) != 1 || *list.InstanceSummaryList[0].InstanceAlias != "first" {
		t.Errorf("instances: %+v", list.InstanceSummaryList)
	}
	var one DescribeInstanceResponse
	w.call("DescribeInstance", map[string]any{"InstanceId": testARNs.Instance(worldInstance.String())}, &one)
	if *one.Instance.Id != worldInstance.String() || *one.Instance.InstanceStatus != InstanceStatusActive || one.Instance.CreatedTime == nil {
		t.Errorf("instance: %+v", one.Instance)
	}
	for _, b := range implemented() {
		op := operationNamed(t, b.name)
		if field, ok := op.in.FieldByName("InstanceId"); !ok || field.Tag.Get("uri") == "" {
			continue
		}
		got := send(t, w.web, op.Method, concrete(*op, otherInstance.String()), "")
		lacksMembers := got.status == 400 && (strings.Contains(got.body, "is required") || strings.Contains(got.body, "must be a whole number") || strings.Contains(got.body, "must be one of"))
		if got.errorType != "AccessDeniedException" && !lacksMembers {
			t.Errorf("%s on the other instance: %+v, want AccessDeniedException", b.name, got)
		}
	}
	w.refused("ListUsers", "AccessDeniedException", map[string]any{"InstanceId": otherInstance.String()})
	w.refused("ListUsers", "ResourceNotFoundException", map[string]any{"InstanceId": "nonsense"})
	w.refused("ListUsers", "AccessDeniedException", map[string]any{"InstanceId": directory.Shard.String()})
}

func TestNumberOfAnotherInstanceIsNotThere(t *testing.T) {
	w := newWorld(t)
	claim := directory.ClaimNumber{}
	claim.Number.Number, claim.Number.CountryCode, claim.Number.Type, claim.Number.InstanceID = "+4930555010", "DE", "DID", otherInstance
	id := w.do(directory.Shard, claim).(tandem.ID).String()
	w.refused("DescribePhoneNumber", "ResourceNotFoundException", map[string]any{"PhoneNumberId": id})
	w.refused("ReleasePhoneNumber", "ResourceNotFoundException", map[string]any{"PhoneNumberId": id})
	w.refused("AssociatePhoneNumberContactFlow", "ResourceNotFoundException", map[string]any{"PhoneNumberId": id, "ContactFlowId": w.taskFlow()})
	var list ListPhoneNumbersV2Response
	w.call("ListPhoneNumbersV2", nil, &list)
	if len(list.ListPhoneNumbersSummaryList) != 0 {
		t.Errorf("numbers listed: %+v", list.ListPhoneNumbersSummaryList)
	}
}

func TestNewRefusesABackendThatLacksAPart(t *testing.T) {
	w := newWorld(t)
	whole := Config{Keys: oneKey{}, ARNs: testARNs, Backend: w.server.cfg.Backend, Permit: permitFirst}
	for want, spoil := range map[string]func(*Config){
		"Engine": func(c *Config) { c.Backend.Engine = nil },
		"Trunks": func(c *Config) { c.Backend.Trunks = nil },
		"Record": func(c *Config) { c.Backend.Record = nil },
		"Permit": func(c *Config) { c.Permit = nil },
	} {
		cfg := whole
		spoil(&cfg)
		if _, err := New(cfg); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("without %s: %v", want, err)
		}
	}
	if _, err := New(whole); err != nil {
		t.Error(err)
	}
}

// stuck is an engine that answers when the test lets it.
type stuck struct{ Engine }

func (stuck) Do(ctx context.Context, _ tandem.ID, _ engine.Request) (any, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

func TestChangeGivesUpItsTurnAtTheDeadline(t *testing.T) {
	w := newWorld(t)
	w.server.cfg.Backend.Engine = stuck{w.engine}
	w.server.cfg.CallTimeout = 50 * time.Millisecond
	held, err := w.server.turns.lock(t.Context(), worldInstance)
	if err != nil {
		t.Fatal(err)
	}
	change := map[string]any{"QueueId": w.defaults.QueueID.String(), "Name": "n"}
	w.refused("UpdateQueueName", "ThrottlingException", change)
	held()
	w.refused("UpdateQueueName", "InternalServiceException", change)
	w.server.cfg.Backend.Engine = w.engine
	w.server.cfg.CallTimeout = DefaultCallTimeout
	w.call("UpdateQueueName", change, nil)
}

// TestReadThatComesTooLateIsHarmless lets look run after the caller has left:
// under the race detector nothing may be shared between the two.
func TestReadThatComesTooLateIsHarmless(t *testing.T) {
	w := newWorld(t)
	contact := w.create("StartTaskContact", "ContactFlowId", w.taskFlow(), "Name", "task")
	late := &lateEngine{Engine: w.engine, done: make(chan struct{}, 10)}
	w.server.cfg.Backend.Engine = late
	w.server.cfg.CallTimeout = 10 * time.Millisecond
	calls := map[string]map[string]any{
		"ListUsers": nil, "ListQueues": nil, "ListInstances": nil, "ListPhoneNumbersV2": nil, "DescribeInstance": nil,
		"DescribeContact":     {"ContactId": contact},
		"DescribePhoneNumber": {"PhoneNumberId": contact},
		"DescribeQueue":       {"QueueId": w.defaults.QueueID.String()},
		"UpdateQueueName":     {"QueueId": w.defaults.QueueID.String(), "Name": "n"},
	}
	for operation, members := range calls {
		w.refused(operation, "InternalServiceException", members)
	}
	for range calls {
		<-late.done
	}
}

// lateEngine reads only after the caller's time is up.
type lateEngine struct {
	Engine
	done chan struct{}
}

func (e *lateEngine) Read(ctx context.Context, shard tandem.ID, look func(*instance.Instance)) error {
	<-ctx.Done()
	go func() {
		if err := e.Engine.Read(context.Background(), shard, look); err == nil {
			e.done <- struct{}{}
		}
	}()
	return ctx.Err()
}

func TestPanicWhileReadingLeavesTheInstanceRunning(t *testing.T) {
	w := newWorld(t)
	call := &Call{Context: t.Context(), Operation: operationNamed(t, "ListUsers"), Principal: "principal1"}
	sc, err := w.server.scopeOf(call, worldInstance)
	if err != nil {
		t.Fatal(err)
	}
	if err := sc.read(func(*center.State) error { panic("a bug") }); err == nil || !strings.Contains(err.Error(), "a bug") {
		t.Errorf("read: %v", err)
	}
	w.call("ListUsers", nil, nil)
}

// noCenter is an engine whose instances host nothing.
type noCenter struct{ Engine }

func (noCenter) Read(_ context.Context, _ tandem.ID, look func(*instance.Instance)) error {
	look(instance.New(nil))
	return nil
}

func TestShardWithoutACenterIsNoInstance(t *testing.T) {
	w := newWorld(t)
	w.server.cfg.Backend.Engine = noCenter{w.engine}
	w.refused("ListUsers", "ResourceNotFoundException", nil)
	w.server.cfg.Log = slog.New(slog.DiscardHandler)
	w.refused("ListInstances", "InternalServiceException", nil)
}
