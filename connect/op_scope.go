package connect

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"

	"tandem"
	"tandem/center"
	"tandem/directory"
	"tandem/engine"
	"tandem/instance"
	"tandem/view"
)

// scope is one instance as one call may use it. An operation reaches the
// engine through a scope only, and there is a scope only of an instance that
// the caller is permitted to use.
type scope struct {
	s    *Server
	call *Call
	id   tandem.ID
}

// scope takes the id or ARN of an instance.
func (s *Server) scope(call *Call, instance *string) (*scope, error) {
	id, err := tandem.ParseID(s.arns.InstanceID(*instance))
	if err != nil {
		return nil, tandem.Errorf(tandem.NotFound, "InstanceId", "names no instance; it is an id such as ListInstances gives, or an ARN")
	}
	return s.scopeOf(call, id)
}

func (s *Server) scopeOf(call *Call, id tandem.ID) (*scope, error) {
	if err := s.cfg.Permit(call.Principal, call.Operation.Name, id); err != nil {
		return nil, err
	}
	return &scope{s: s, call: call, id: id}, nil
}

// read calls look with the state of the instance. Nothing of it may be kept
// but strings and what an event holds, which never changes.
func (sc *scope) read(look func(st *center.State) error) error {
	return sc.s.look(sc.call, sc.id, func(in *instance.Instance) error {
		st := view.Center(in)
		if st == nil {
			return sc.noCenter()
		}
		return look(st)
	})
}

// noCenter is the error for the id of a shard that is no instance.
func (sc *scope) noCenter() error {
	return tandem.Errorf(tandem.NotFound, "InstanceId", "there is no instance %s here", sc.id)
}

// readDirectory calls look with the directory, on the terms of read.
func (s *Server) readDirectory(call *Call, look func(dir *directory.State) error) error {
	return s.look(call, directory.Shard, func(in *instance.Instance) error {
		m, ok := instance.Find[*directory.Machine](in)
		if !ok {
			return errors.New("the directory's shard has no directory")
		}
		return look(m.State())
	})
}

// look runs on the engine's loop, where a panic would stop the instance.
// When the engine's answer does not come in time, look may yet run, so that
// after an error nobody touches what it fills, and it fills no named result.
func (s *Server) look(call *Call, shard tandem.ID, look func(in *instance.Instance) error) error {
	var refusal error
	err := s.cfg.Backend.Engine.Read(call, shard, func(in *instance.Instance) {
		defer func() {
			if p := recover(); p != nil {
				refusal = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
			}
		}()
		refusal = look(in)
	})
	if err != nil {
		return err
	}
	return refusal
}

// do gives a command to the instance.
func (sc *scope) do(body any) (any, error) {
	answer, err := sc.s.do(sc.call, sc.id, engine.Request{Body: body})
	if refused, ok := errors.AsType[*center.FlowProblems](err); ok {
		return nil, invalidFlow(refused.Problems)
	}
	return answer, err
}

func (s *Server) do(call *Call, shard tandem.ID, r engine.Request) (any, error) {
	r.Actor = tandem.Actor{Kind: tandem.ActorAPI}
	if user := s.cfg.Backend.User; user != nil {
		r.Actor.ID = user(call.Principal)
	}
	return s.cfg.Backend.Engine.Do(call, shard, r)
}

// change makes a command from the state and gives it.
//
// Commands carry things whole, so of two changes of one thing made from the
// same state the later would undo the earlier. Therefore changes of an
// instance take turns. A lock in this process is enough: one process at a
// time holds the lease of an instance, and it answers all of its API calls.
func (sc *scope) change(command func(st *center.State) (body any, err error)) error {
	_, err := sc.changed(command)
	return err
}

// changed is change with the command's answer.
func (sc *scope) changed(command func(st *center.State) (body any, err error)) (any, error) {
	unlock, err := sc.s.turns.lock(sc.call, sc.id)
	if err != nil {
		return nil, err
	}
	defer unlock()
	var body any
	err = sc.read(func(st *center.State) (err error) {
		body, err = command(st)
		return err
	})
	if err != nil {
		return nil, err
	}
	return sc.do(body)
}

// arn is the ARN of a thing of the instance.
func (sc *scope) arn(kind Resource, id tandem.ID) *string {
	return new(sc.s.arns.Of(sc.id.String(), kind, id.String()))
}

// region is where things were last modified: there is one region only.
func (sc *scope) region() *string { return &sc.s.arns.Region }

// ref reads the id or ARN of a thing of the instance, which may not exist.
// Member says where in the request it stands.
func (sc *scope) ref(kind Resource, member string, idOrARN *string) (tandem.ID, error) {
	if idOrARN == nil {
		return tandem.ID{}, nil
	}
	text, _ := sc.s.arns.ID(sc.id.String(), kind, *idOrARN)
	id, err := tandem.ParseID(text)
	if err != nil || id.IsZero() {
		return tandem.ID{}, namesNothing(member)
	}
	return id, nil
}

// refs is ref for several.
func (sc *scope) refs(kind Resource, member string, idsOrARNs []string) (ids []tandem.ID, err error) {
	for i := range idsOrARNs {
		id, err := sc.ref(kind, member, &idsOrARNs[i])
		if err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, nil
}

// find is the thing of the instance that a request names by id or ARN.
func find[T any](sc *scope, all map[tandem.ID]T, kind Resource, member string, idOrARN *string) (thing T, err error) {
	id, err := sc.ref(kind, member, idOrARN)
	if err != nil {
		return thing, err
	}
	thing, there := all[id]
	if !there {
		return thing, namesNothing(member)
	}
	return thing, nil
}

func namesNothing(member string) error {
	return tandem.Errorf(tandem.NotFound, member, "names nothing in this instance; check the id or ARN")
}

// list makes one page of summaries of the instance's things, in order of id.
// A thing that summarise answers false for is left out.
func list[V, T any](sc *scope, things func(st *center.State) map[tandem.ID]V, summarise func(id tandem.ID, thing V) (T, bool),
	maxResults *int32, token *string) (part []T, next *string, err error) {
	cursor, goesOn, err := sc.call.cursor(token, 0)
	if err != nil {
		return nil, nil, err
	}
	var last tandem.ID
	if goesOn {
		if last, err = tandem.ParseID(cursor); err != nil {
			return nil, nil, err
		}
	}
	var found struct {
		part []T
		last tandem.ID
		more bool
	}
	err = sc.read(func(st *center.State) error {
		found.part, found.last, found.more = cut(things(st), last, summarise, pageSize(maxResults))
		return nil
	})
	if err != nil {
		return nil, nil, err
	}
	if found.more {
		next = sc.call.nextToken(found.last.String())
	}
	return found.part, next, nil
}

// cut summarises at most size things whose ids are greater than after.
func cut[V, T any](things map[tandem.ID]V, after tandem.ID, summarise func(tandem.ID, V) (T, bool), size int) (part []T, last tandem.ID, more bool) {
	for _, id := range tandem.SortedIDs(things) {
		if id.Compare(after) <= 0 {
			continue
		}
		summary, wanted := summarise(id, things[id])
		if wanted && len(part) == size {
			return part, last, true
		}
		if wanted {
			part, last = append(part, summary), id
		}
	}
	return part, last, false
}

// turns are locks, one for each instance, that can be waited for with a
// deadline.
type turns struct {
	mu   sync.Mutex
	held map[tandem.ID]chan struct{}
}

func (t *turns) lock(ctx context.Context, id tandem.ID) (unlock func(), err error) {
	t.mu.Lock()
	if t.held == nil {
		t.held = map[tandem.ID]chan struct{}{}
	}
	turn := t.held[id]
	if turn == nil {
		turn = make(chan struct{}, 1)
		t.held[id] = turn
	}
	t.mu.Unlock()
	select {
	case turn <- struct{}{}:
		return func() { <-turn }, nil
	case <-ctx.Done():
		return nil, &tandem.Error{Kind: tandem.Busy, Message: "other changes of this instance take long; try again", Err: ctx.Err()}
	}
}
