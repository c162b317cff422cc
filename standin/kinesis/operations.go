package kinesis

import (
	"encoding/base64"
	"encoding/json"
	"math/big"
	"strings"
	"time"
)

// streamRef names a stream by name or ARN.
type streamRef struct {
	StreamName string `json:",omitempty"`
	StreamARN  string `json:",omitempty"`
	StreamID   string `json:"StreamId,omitempty"`
}

func (s *Server) arn(st *stream) string {
	return "arn:aws:kinesis:" + s.config.Region + ":" + s.config.Account + ":stream/" + st.name
}

func (s *Server) stream(ref streamRef) (*stream, error) {
	name := ref.StreamName
	if name == "" {
		name = ref.StreamARN[strings.LastIndexByte(ref.StreamARN, '/')+1:]
	}
	if name == "" {
		return nil, refuse("InvalidArgumentException", "Either StreamName or StreamARN must be given")
	}
	st := s.streams[name]
	if st == nil || ref.StreamARN != "" && ref.StreamARN != s.arn(st) {
		return nil, refuse("ResourceNotFoundException", "Stream %s under account %s not found.", name, s.config.Account)
	}
	return st, nil
}

// epoch is a moment in the protocol's form: seconds with milliseconds.
func epoch(t time.Time) json.Number {
	return json.Number(big.NewRat(t.UnixMilli(), 1000).FloatString(3))
}

func (s *Server) describeStreamSummary(body []byte) (any, error) {
	var in streamRef
	if err := decode(body, &in); err != nil {
		return nil, err
	}
	st, err := s.stream(in)
	if err != nil {
		return nil, err
	}
	open := 0
	for _, sh := range st.shards {
		if sh.ending == "" {
			open++
		}
	}
	return map[string]any{"StreamDescriptionSummary": map[string]any{
		"StreamName": st.name, "StreamARN": s.arn(st), "StreamStatus": "ACTIVE", "OpenShardCount": open, "EnhancedMonitoring": []any{},
		"RetentionPeriodHours": int(retention / time.Hour), "StreamCreationTimestamp": epoch(st.created), "EncryptionType": "NONE",
	}}, nil
}

type rangeJSON map[string]string

// shardJSON is the shape Shard.
type shardJSON struct {
	ShardID             string    `json:"ShardId"`
	ParentShardID       string    `json:"ParentShardId,omitempty"`
	HashKeyRange        rangeJSON `json:",omitempty"`
	SequenceNumberRange rangeJSON `json:",omitempty"`
}

func (sh *shard) json() shardJSON {
	out := shardJSON{ShardID: sh.id, ParentShardID: sh.parent,
		HashKeyRange:        rangeJSON{"StartingHashKey": sh.from.String(), "EndingHashKey": sh.to.String()},
		SequenceNumberRange: rangeJSON{"StartingSequenceNumber": sh.starting}}
	if sh.ending != "" {
		out.SequenceNumberRange["EndingSequenceNumber"] = sh.ending
	}
	return out
}

// pageToken is where a list goes on.
type pageToken struct{ Stream, After string }

func (s *Server) listShards(body []byte) (any, error) {
	var in struct {
		streamRef
		NextToken             string
		ExclusiveStartShardID string `json:"ExclusiveStartShardId"`
		MaxResults            int
	}
	if err := decode(body, &in); err != nil {
		return nil, err
	}
	after := in.ExclusiveStartShardID
	if in.NextToken != "" {
		var token pageToken
		if in.streamRef != (streamRef{}) || after != "" || !unseal(in.NextToken, &token) {
			return nil, refuse("InvalidArgumentException", "NextToken stands alone and must come from an answer")
		}
		in.StreamName, after = token.Stream, token.After
	}
	st, err := s.stream(in.streamRef)
	if err != nil {
		return nil, err
	}
	if in.MaxResults == 0 {
		in.MaxResults = 1000
	}
	out := map[string]any{}
	shards := []shardJSON{}
	for _, sh := range st.shards {
		if sh.id <= after {
			continue
		}
		if len(shards) == in.MaxResults {
			out["NextToken"] = seal(pageToken{Stream: st.name, After: shards[len(shards)-1].ShardID})
			break
		}
		shards = append(shards, sh.json())
	}
	out["Shards"] = shards
	return out, nil
}

// iterator is a place in a shard: after a sequence number.
type iterator struct {
	Stream, Shard, After string
	Issued               time.Time
}

// seal and unseal make tokens that a caller takes as they are.
func seal(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // plain structs
	}
	return base64.StdEncoding.EncodeToString(b)
}

func unseal(token string, v any) bool {
	b, err := base64.StdEncoding.DecodeString(token)
	return err == nil && json.Unmarshal(b, v) == nil
}

func (s *Server) getShardIterator(body []byte) (any, error) {
	var in struct {
		streamRef
		ShardID                string `json:"ShardId"`
		ShardIteratorType      string
		StartingSequenceNumber string
		Timestamp              float64
	}
	if err := decode(body, &in); err != nil {
		return nil, err
	}
	st, err := s.stream(in.streamRef)
	if err != nil {
		return nil, err
	}
	sh := st.shard(in.ShardID)
	if sh == nil {
		return nil, refuse("ResourceNotFoundException", "Shard %s in stream %s does not exist", in.ShardID, st.name)
	}
	it := iterator{Stream: st.name, Shard: sh.id, Issued: s.config.Clock()}
	switch in.ShardIteratorType {
	case "TRIM_HORIZON":
	case "LATEST":
		it.After = st.sequence()
	case "AT_TIMESTAMP":
		it.After = sh.after(time.UnixMilli(int64(in.Timestamp * 1000)))
	case "AFTER_SEQUENCE_NUMBER", "AT_SEQUENCE_NUMBER":
		if len(in.StartingSequenceNumber) != len(sh.starting) {
			return nil, refuse("InvalidArgumentException", "StartingSequenceNumber %q is not one of this shard", in.StartingSequenceNumber)
		}
		it.After = in.StartingSequenceNumber
		if in.ShardIteratorType == "AT_SEQUENCE_NUMBER" {
			it.After = before(it.After)
		}
	default:
		return nil, refuse("ValidationException", "ShardIteratorType %q is not one of the enum's values", in.ShardIteratorType)
	}
	return map[string]string{"ShardIterator": seal(it)}, nil
}

// before is the sequence number just before another.
func before(sequence string) string {
	n, ok := new(big.Int).SetString(sequence, 10)
	if !ok {
		return sequence
	}
	return n.Sub(n, big.NewInt(1)).String()
}

// recordJSON is the shape Record.
type recordJSON struct {
	Data                        []byte
	PartitionKey                string
	SequenceNumber              string
	ApproximateArrivalTimestamp json.Number
}

func (s *Server) getRecords(body []byte) (any, error) {
	var in struct {
		ShardIterator, StreamARN string
		StreamID                 string `json:"StreamId"`
		Limit                    int
	}
	if err := decode(body, &in); err != nil {
		return nil, err
	}
	var it iterator
	if !unseal(in.ShardIterator, &it) || s.streams[it.Stream] == nil {
		return nil, refuse("InvalidArgumentException", "Invalid ShardIterator.")
	}
	now := s.config.Clock()
	sh := s.streams[it.Stream].shard(it.Shard)
	switch {
	case sh == nil || in.Limit < 0 || in.Limit > 10_000:
		return nil, refuse("InvalidArgumentException", "Invalid ShardIterator or Limit.")
	case now.Sub(it.Issued) >= iteratorLife:
		return nil, refuse(ExpiredIterator, "Iterator expired. The iterator was created at time %s, five minutes or more ago.", it.Issued.UTC())
	case !sh.mayRead(now):
		return nil, refuse(ThroughputExceeded, "Rate exceeded for shard %s in stream %s.", sh.id, it.Stream)
	}
	if in.Limit == 0 {
		in.Limit = 10_000
	}
	sh.trim(now)
	return s.records(s.streams[it.Stream], sh, it, in.Limit, now), nil
}

// records is the answer of GetRecords.
func (s *Server) records(st *stream, sh *shard, it iterator, limit int, now time.Time) any {
	found, behind := []recordJSON{}, time.Duration(0)
	for _, r := range sh.records {
		switch {
		case r.sequence <= it.After:
		case len(found) < limit:
			found = append(found, recordJSON{Data: r.data, PartitionKey: r.key, SequenceNumber: r.sequence, ApproximateArrivalTimestamp: epoch(r.at)})
		case behind == 0:
			behind = max(time.Millisecond, now.Sub(r.at))
		}
	}
	if len(found) > 0 {
		it.After = found[len(found)-1].SequenceNumber
	}
	out := map[string]any{"Records": found, "MillisBehindLatest": behind.Milliseconds()}
	if sh.ending == "" || behind > 0 {
		it.Issued = now
		out["NextShardIterator"] = seal(it)
		return out
	}
	children := []map[string]any{}
	for _, child := range st.shards {
		if child.parent == sh.id {
			children = append(children, map[string]any{"ShardId": child.id, "ParentShards": []string{sh.id}, "HashKeyRange": child.json().HashKeyRange})
		}
	}
	out["ChildShards"] = children
	return out
}

func (s *Server) putRecord(body []byte) (any, error) {
	var in struct {
		streamRef
		Data                      []byte
		PartitionKey              string
		ExplicitHashKey           string
		SequenceNumberForOrdering string
	}
	if err := decode(body, &in); err != nil {
		return nil, err
	}
	st, err := s.stream(in.streamRef)
	switch {
	case err != nil:
		return nil, err
	case in.PartitionKey == "" || len(in.PartitionKey) > 256:
		return nil, refuse("ValidationException", "PartitionKey must have 1 to 256 characters")
	case in.ExplicitHashKey != "":
		return nil, refuse("InvalidArgumentException", "this stand-in knows no ExplicitHashKey")
	}
	sh, sequence := st.put(in.PartitionKey, in.Data, s.config.Clock())
	return map[string]string{"ShardId": sh.id, "SequenceNumber": sequence, "EncryptionType": "NONE"}, nil
}

func (s *Server) splitShard(body []byte) (any, error) {
	var in struct {
		streamRef
		ShardToSplit, NewStartingHashKey string
	}
	if err := decode(body, &in); err != nil {
		return nil, err
	}
	st, err := s.stream(in.streamRef)
	if err != nil {
		return nil, err
	}
	sh := st.shard(in.ShardToSplit)
	at, ok := new(big.Int).SetString(in.NewStartingHashKey, 10)
	switch {
	case sh == nil:
		return nil, refuse("ResourceNotFoundException", "Shard %s does not exist", in.ShardToSplit)
	case sh.ending != "":
		return nil, refuse("ResourceInUseException", "Shard %s is closed", in.ShardToSplit)
	case !ok || at.Cmp(sh.from) <= 0 || at.Cmp(sh.to) > 0:
		return nil, refuse("InvalidArgumentException", "NewStartingHashKey %q is not inside the shard", in.NewStartingHashKey)
	}
	st.split(sh, at)
	return nil, nil
}
