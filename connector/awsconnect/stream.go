package awsconnect

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"

	"tandem/connector"
)

const (
	// readInterval is between two requests for a shard's records: a shard serves
	// five in a second, for all its readers (Amazon Kinesis Data Streams:
	// quotas and limits).
	readInterval  = 500 * time.Millisecond
	recordsAtOnce = 1000
	shardInterval = time.Minute // between two looks for new shards
	maxShards     = 500
)

// stream reads all shards of a Kinesis stream. Where it is in each shard
// outlasts run: another run goes on from there.
type stream struct {
	client *client
	take   func(ctx context.Context, records [][]byte) error

	mu     sync.Mutex
	began  bool
	shards map[string]*shard
}

// shard is where the reader is in one shard. Only its own goroutine uses it.
type shard struct {
	id       string
	kind     types.ShardIteratorType // where to begin
	at       time.Time               // with AT_TIMESTAMP
	sequence string                  // the last record taken; "" for none
	running  bool
	done     bool // read to its end, after a resharding
}

func newStream(c *client, take func(context.Context, [][]byte) error) *stream {
	return &stream{client: c, take: take, shards: map[string]*shard{}}
}

// run reads until ctx ends. It begins with what comes from now on: what was
// before is known by looking.
func (s *stream) run(ctx context.Context) {
	var all sync.WaitGroup
	defer all.Wait()
	ended := make(chan struct{}, 1) // a shard was read to its end
	for failures := 0; ctx.Err() == nil; {
		span := connector.Around(shardInterval)
		if listed, err := s.list(ctx); err == nil {
			failures = 0
			for _, sh := range s.due(listed) {
				all.Go(func() { s.follow(ctx, sh, ended) })
			}
		} else if failures++; ctx.Err() == nil {
			span = connector.Backoff(failures)
			s.client.env.Log.Warn("the agent event stream cannot be read; changes are found by looking", "err", err, "again_in", span)
		}
		select {
		case <-ctx.Done():
		case <-ended:
		case <-s.client.env.Clock.After(span):
		}
	}
}

// list asks which shards there are (ListShards).
func (s *stream) list(ctx context.Context) ([]types.Shard, error) {
	var all []types.Shard
	in := &kinesis.ListShardsInput{}
	in.StreamName, in.StreamARN = s.name()
	for range maxPages {
		out, err := ask(ctx, s, "ListShards", func(ctx context.Context) (*kinesis.ListShardsOutput, error) {
			return s.client.kinesis.ListShards(ctx, in)
		})
		if err != nil {
			return nil, err
		}
		all = append(all, out.Shards...)
		if out.NextToken == nil {
			break
		}
		in = &kinesis.ListShardsInput{NextToken: out.NextToken}
	}
	if len(all) > maxShards {
		return nil, fmt.Errorf("the stream has %d shards, more than %d", len(all), maxShards)
	}
	return all, nil
}

// name is the stream as requests name it.
func (s *stream) name() (name, arn *string) {
	if strings.HasPrefix(s.client.stream, "arn:") {
		return nil, &s.client.stream
	}
	return &s.client.stream, nil
}

// due is which shards to read now and are not: at first those that are open,
// later also the children of a shard that was read to its end.
func (s *stream) due(listed []types.Shard) []*shard {
	s.mu.Lock()
	defer s.mu.Unlock()
	var due []*shard
	now := s.client.env.Clock.Now()
	for _, l := range listed {
		id := text(l.ShardId)
		sh := s.shards[id]
		if sh == nil {
			sh = &shard{id: id, kind: types.ShardIteratorTypeTrimHorizon}
			if closed := l.SequenceNumberRange != nil && l.SequenceNumberRange.EndingSequenceNumber != nil; !s.began {
				sh.kind, sh.at, sh.done = types.ShardIteratorTypeLatest, now, closed
			}
			s.shards[id] = sh
		}
		if !sh.running && !sh.done && s.read(l.ParentShardId) && s.read(l.AdjacentParentShardId) {
			sh.running = true
			due = append(due, sh)
		}
	}
	s.began = true
	s.drop(listed)
	return due
}

// read reports whether a parent was read to its end, or is gone. The caller
// holds mu.
func (s *stream) read(parent *string) bool {
	sh := s.shards[text(parent)]
	return sh == nil || sh.done
}

// drop forgets shards that are gone. The caller holds mu.
func (s *stream) drop(listed []types.Shard) {
	there := map[string]bool{}
	for _, l := range listed {
		there[text(l.ShardId)] = true
	}
	for id, sh := range s.shards {
		if !there[id] && !sh.running {
			delete(s.shards, id)
		}
	}
}

// follow reads a shard until its end or until ctx ends.
func (s *stream) follow(ctx context.Context, sh *shard, ended chan struct{}) {
	done := s.records(ctx, sh)
	s.mu.Lock()
	sh.running, sh.done = false, done
	s.mu.Unlock()
	if done {
		wake(ended)
	}
}

// records reads a shard's records, and reports whether it came to its end.
func (s *stream) records(ctx context.Context, sh *shard) (end bool) {
	var iterator *string
	for failures := 0; ctx.Err() == nil; {
		next, behind, err := s.step(ctx, sh, iterator)
		span := readInterval
		switch {
		case err == nil && next == nil:
			return true
		case err == nil:
			failures, iterator = 0, next
			if behind {
				span /= 2
			}
		default:
			failures++
			span, iterator = connector.Backoff(failures), afterFailure(iterator, err)
			if ctx.Err() == nil && !hasCode(err, "ExpiredIteratorException") {
				s.client.env.Log.Warn("a shard of the agent event stream cannot be read", "shard", sh.id, "err", err, "again_in", span)
			}
		}
		if connector.Wait(ctx, s.client.env.Clock, span) != nil {
			return false
		}
	}
	return false
}

// afterFailure is the iterator to go on with: the same where only the pace was
// too fast, else a new one from the last record taken.
func afterFailure(iterator *string, err error) *string {
	var f *failure
	if errors.As(err, &f) && f.throttled() {
		return iterator
	}
	return nil
}

// step takes the next records of a shard. next is nil at the shard's end.
func (s *stream) step(ctx context.Context, sh *shard, iterator *string) (next *string, behind bool, err error) {
	if iterator == nil {
		if iterator, err = s.iterator(ctx, sh); err != nil {
			return nil, false, err
		}
	}
	in := &kinesis.GetRecordsInput{ShardIterator: iterator, Limit: new(int32(recordsAtOnce))}
	_, in.StreamARN = s.name()
	out, err := ask(ctx, s, "GetRecords", func(ctx context.Context) (*kinesis.GetRecordsOutput, error) {
		return s.client.kinesis.GetRecords(ctx, in)
	})
	if err != nil {
		return nil, false, err
	}
	var data [][]byte
	for _, r := range out.Records {
		data = append(data, r.Data)
	}
	if len(data) > 0 {
		if err := s.take(ctx, data); err != nil {
			return nil, false, err
		}
		sh.sequence = text(out.Records[len(data)-1].SequenceNumber)
	}
	return out.NextShardIterator, out.MillisBehindLatest != nil && *out.MillisBehindLatest > 0, nil
}

// iterator asks for a place in a shard (GetShardIterator): after the last
// record taken, or where the shard is to be begun. Once that was asked for,
// the beginning stays fixed.
func (s *stream) iterator(ctx context.Context, sh *shard) (*string, error) {
	in := &kinesis.GetShardIteratorInput{ShardId: &sh.id, ShardIteratorType: sh.kind}
	in.StreamName, in.StreamARN = s.name()
	switch {
	case sh.sequence != "":
		in.ShardIteratorType, in.StartingSequenceNumber = types.ShardIteratorTypeAfterSequenceNumber, &sh.sequence
	case sh.kind == types.ShardIteratorTypeAtTimestamp:
		in.Timestamp = &sh.at
	}
	out, err := ask(ctx, s, "GetShardIterator", func(ctx context.Context) (*kinesis.GetShardIteratorOutput, error) {
		return s.client.kinesis.GetShardIterator(ctx, in)
	})
	if err != nil {
		return nil, err
	}
	if sh.kind == types.ShardIteratorTypeLatest {
		sh.kind = types.ShardIteratorTypeAtTimestamp
	}
	return out.ShardIterator, nil
}

// ask makes one request of Kinesis. Each shard has its own quota, which its
// reader keeps by its pace.
func ask[Out any](ctx context.Context, s *stream, operation string, do func(ctx context.Context) (Out, error)) (Out, error) {
	host := s.client.streamURL
	if u, err := url.Parse(host); err == nil {
		host = u.Host
	}
	out, _, err := exchanged(ctx, s.client, "kinesis:"+operation, host, do)
	return out, err
}
