package kinesis

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"
	"github.com/aws/smithy-go"
)

// bench is a stand-in with the SDK's own client, and a clock that stands still.
type bench struct {
	*testing.T
	*Server
	url    string
	client *kinesis.Client
	ahead  atomic.Int64
}

func newBench(t *testing.T, shards int) *bench {
	b := &bench{T: t}
	began := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	var err error
	b.Server, err = New(Config{Clock: func() time.Time { return began.Add(time.Duration(b.ahead.Load())) }, AccessKeyID: "AKID", Region: "eu-central-1", Streams: map[string]int{"s": shards}})
	if err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(b.Server)
	t.Cleanup(web.Close)
	b.url = web.URL
	b.client = b.as("AKID", "eu-central-1")
	return b
}

func (b *bench) as(id, region string) *kinesis.Client {
	key := aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{AccessKeyID: id, SecretAccessKey: "secret"}, nil
	})
	return kinesis.New(kinesis.Options{Region: region, BaseEndpoint: &b.url, Credentials: key, Retryer: aws.NopRetryer{}})
}

func (b *bench) put(key, data string) *kinesis.PutRecordOutput {
	b.Helper()
	out, err := b.client.PutRecord(b.Context(), &kinesis.PutRecordInput{StreamName: aws.String("s"), PartitionKey: &key, Data: []byte(data)})
	if err != nil {
		b.Fatal(err)
	}
	return out
}

func (b *bench) iterator(shard string, kind types.ShardIteratorType, sequence *string, at *time.Time) *string {
	b.Helper()
	out, err := b.client.GetShardIterator(b.Context(), &kinesis.GetShardIteratorInput{
		StreamName: aws.String("s"), ShardId: &shard, ShardIteratorType: kind, StartingSequenceNumber: sequence, Timestamp: at,
	})
	if err != nil {
		b.Fatal(err)
	}
	return out.ShardIterator
}

func (b *bench) get(iterator *string, limit int32) *kinesis.GetRecordsOutput {
	b.Helper()
	b.ahead.Add(int64(time.Second))
	out, err := b.client.GetRecords(b.Context(), &kinesis.GetRecordsInput{ShardIterator: iterator, Limit: &limit})
	if err != nil {
		b.Fatal(err)
	}
	return out
}

func texts(records []types.Record) (all []string) {
	for _, r := range records {
		all = append(all, string(r.Data))
	}
	return all
}

func code(err error) string {
	var e smithy.APIError
	if errors.As(err, &e) {
		return e.ErrorCode()
	}
	return fmt.Sprint(err)
}

const first = "shardId-000000000000"

func TestRecordsComeBackFromEveryKindOfPlace(t *testing.T) {
	b := newBench(t, 1)
	latest := b.iterator(first, types.ShardIteratorTypeLatest, nil, nil)
	var sequences []*string
	for i := range 5 {
		b.ahead.Add(int64(time.Second))
		sequences = append(sequences, b.put("key", fmt.Sprint(i)).SequenceNumber)
	}
	at := time.Date(2026, 3, 2, 9, 0, 4, 0, time.UTC)
	places := map[string]*string{
		"0 1 2 3 4": b.iterator(first, types.ShardIteratorTypeTrimHorizon, nil, nil),
		"2 3 4":     b.iterator(first, types.ShardIteratorTypeAtSequenceNumber, sequences[2], nil),
		"3 4":       b.iterator(first, types.ShardIteratorTypeAfterSequenceNumber, sequences[2], nil),
		"":          b.iterator(first, types.ShardIteratorTypeLatest, nil, nil),
	}
	for want, place := range places {
		if got := strings.Join(texts(b.get(place, 100).Records), " "); got != want {
			t.Errorf("read %q, want %q", got, want)
		}
	}
	if got := texts(b.get(latest, 100).Records); len(got) != 5 {
		t.Errorf("from the latest place as it was read %q, want all that came since", got)
	}
	if got := texts(b.get(b.iterator(first, types.ShardIteratorTypeAtTimestamp, nil, &at), 100).Records); !slices.Equal(got, []string{"3", "4"}) {
		t.Errorf("from a moment on read %q, want 3 and 4", got)
	}
}

func TestReadingGoesOnWhereItStopped(t *testing.T) {
	b := newBench(t, 1)
	for i := range 5 {
		b.put("key", fmt.Sprint(i))
	}
	var got []string
	for place := b.iterator(first, types.ShardIteratorTypeTrimHorizon, nil, nil); ; {
		out := b.get(place, 2)
		got, place = append(got, texts(out.Records)...), out.NextShardIterator
		if *out.MillisBehindLatest == 0 {
			break
		}
	}
	if strings.Join(got, " ") != "0 1 2 3 4" {
		t.Errorf("read %q", got)
	}
}

func TestKeysStayInTheirShardAndShardsAreListedByPages(t *testing.T) {
	b := newBench(t, 4)
	seen := map[string]bool{}
	for i := range 40 {
		key := fmt.Sprint("agent", i)
		one, two := b.put(key, "x"), b.put(key, "y")
		if *one.ShardId != *two.ShardId || *one.SequenceNumber >= *two.SequenceNumber {
			t.Fatalf("%s went to %s and %s", key, *one.ShardId, *two.ShardId)
		}
		seen[*one.ShardId] = true
	}
	if len(seen) != 4 {
		t.Errorf("40 keys fell on %d shards, want all 4", len(seen))
	}
	var ids []string
	in := &kinesis.ListShardsInput{StreamName: aws.String("s"), MaxResults: aws.Int32(3)}
	for {
		out, err := b.client.ListShards(t.Context(), in)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range out.Shards {
			ids = append(ids, *s.ShardId)
		}
		if out.NextToken == nil {
			break
		}
		in = &kinesis.ListShardsInput{NextToken: out.NextToken, MaxResults: aws.Int32(3)}
	}
	if len(ids) != 4 || !slices.IsSorted(ids) {
		t.Errorf("listed %q", ids)
	}
	sum, err := b.client.DescribeStreamSummary(t.Context(), &kinesis.DescribeStreamSummaryInput{StreamARN: aws.String("arn:aws:kinesis:eu-central-1:123456789012:stream/s")})
	if err != nil || *sum.StreamDescriptionSummary.OpenShardCount != 4 || sum.StreamDescriptionSummary.StreamStatus != types.StreamStatusActive {
		t.Errorf("the summary is %+v, error %v", sum, err)
	}
}

func TestSplitShardEndsAndNamesItsChildren(t *testing.T) {
	b := newBench(t, 1)
	b.put("key", "before")
	place := b.iterator(first, types.ShardIteratorTypeTrimHorizon, nil, nil)
	half := part(1, 2).String()
	if _, err := b.client.SplitShard(t.Context(), &kinesis.SplitShardInput{StreamName: aws.String("s"), ShardToSplit: aws.String(first), NewStartingHashKey: &half}); err != nil {
		t.Fatal(err)
	}
	if got := *b.put("key", "after").ShardId; got == first {
		t.Error("a record went to the closed shard")
	}
	out := b.get(place, 10)
	if out.NextShardIterator != nil || len(out.ChildShards) != 2 || !slices.Equal(texts(out.Records), []string{"before"}) {
		t.Errorf("the closed shard ends as %+v", out)
	}
}

func TestQuotaAndLifeOfIteratorsAreKept(t *testing.T) {
	b := newBench(t, 1)
	place := b.iterator(first, types.ShardIteratorTypeLatest, nil, nil)
	var last error
	for range readsPerSecond + 1 {
		_, last = b.client.GetRecords(t.Context(), &kinesis.GetRecordsInput{ShardIterator: place})
	}
	if code(last) != ThroughputExceeded {
		t.Errorf("the sixth read in a second: %v, want %s", last, ThroughputExceeded)
	}
	b.ahead.Add(int64(iteratorLife))
	if _, err := b.client.GetRecords(t.Context(), &kinesis.GetRecordsInput{ShardIterator: place}); code(err) != ExpiredIterator {
		t.Errorf("after five minutes: %v, want %s", err, ExpiredIterator)
	}
	b.put("key", "old")
	b.ahead.Add(int64(retention + time.Hour))
	if got := b.get(b.iterator(first, types.ShardIteratorTypeTrimHorizon, nil, nil), 10).Records; len(got) != 0 {
		t.Errorf("a record outlives the retention: %q", texts(got))
	}
}

func TestRequestsThatAreNotRightAreRefusedByName(t *testing.T) {
	b := newBench(t, 1)
	s, nothing := aws.String("s"), aws.String("nothing")
	_, unknownKey := b.as("AKIDOTHER", "eu-central-1").ListShards(t.Context(), &kinesis.ListShardsInput{StreamName: s})
	_, otherRegion := b.as("AKID", "us-east-1").ListShards(t.Context(), &kinesis.ListShardsInput{StreamName: s})
	_, noStream := b.client.ListShards(t.Context(), &kinesis.ListShardsInput{StreamName: nothing})
	_, noName := b.client.ListShards(t.Context(), &kinesis.ListShardsInput{})
	_, noShard := b.client.GetShardIterator(t.Context(), &kinesis.GetShardIteratorInput{StreamName: s, ShardId: nothing, ShardIteratorType: types.ShardIteratorTypeLatest})
	_, noPlace := b.client.GetRecords(t.Context(), &kinesis.GetRecordsInput{ShardIterator: nothing})
	_, notThere := b.client.MergeShards(t.Context(), &kinesis.MergeShardsInput{StreamName: s, ShardToMerge: nothing, AdjacentShardToMerge: nothing})
	for want, err := range map[string]error{
		"UnrecognizedClientException": unknownKey, "InvalidSignatureException": otherRegion, "UnknownOperationException": notThere,
	} {
		if code(err) != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
	for i, err := range []error{noStream, noShard} {
		if code(err) != "ResourceNotFoundException" {
			t.Errorf("%d: %v, want ResourceNotFoundException", i, err)
		}
	}
	for i, err := range []error{noName, noPlace} {
		if code(err) != "InvalidArgumentException" {
			t.Errorf("%d: %v, want InvalidArgumentException", i, err)
		}
	}
}

func TestUnsignedRequestsAndUnknownMembersAreRefused(t *testing.T) {
	b := newBench(t, 1)
	const signature = "AWS4-HMAC-SHA256 Credential=AKID/20260302/eu-central-1/kinesis/aws4_request, SignedHeaders=host;x-amz-date, Signature="
	tests := map[string]struct{ authorization, body, want string }{
		"no signature":      {"", `{"StreamName":"s"}`, "MissingAuthenticationTokenException"},
		"half a signature":  {"AWS4-HMAC-SHA256 Credential=AKID", `{"StreamName":"s"}`, "IncompleteSignatureException"},
		"an unknown member": {signature + strings.Repeat("0", 64), `{"StreamName":"s","Colour":"red"}`, "SerializationException"},
		"no JSON":           {signature + strings.Repeat("0", 64), `<`, "SerializationException"},
		"as it should be":   {signature + strings.Repeat("0", 64), `{"StreamName":"s"}`, ""},
	}
	for name, tt := range tests {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, b.url, strings.NewReader(tt.body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header = http.Header{"X-Amz-Target": {targetPrefix + "ListShards"}, "Content-Type": {contentType}, "X-Amz-Date": {"20260302T090000Z"}}
		if tt.authorization != "" {
			r.Header.Set("Authorization", tt.authorization)
		}
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if got := resp.Header.Get("x-amzn-ErrorType"); got != tt.want {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
}

func TestFaultsStrikeAsOftenAsAskedAndAreInTheJournal(t *testing.T) {
	b := newBench(t, 1)
	list := func() error {
		_, err := b.client.ListShards(t.Context(), &kinesis.ListShardsInput{StreamName: aws.String("s")})
		return err
	}
	for _, f := range []Fault{{Operation: "ListShards", Code: ThroughputExceeded, Count: 2}, {Operation: "ListShards", Cut: true}, {WebPage: "<html>"}, {Operation: "GetRecords", Code: AccessDenied}} {
		if err := b.Break(f); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.Break(Fault{Operation: "ListShards"}); err == nil {
		t.Error("a fault that breaks nothing is taken")
	}
	for i, want := range []string{ThroughputExceeded, ThroughputExceeded} {
		if err := list(); code(err) != want {
			t.Errorf("request %d: %v, want %s", i, err, want)
		}
	}
	for range 2 {
		if err := list(); err == nil {
			t.Error("a cut connection or a web page is no error")
		}
	}
	if err := list(); err != nil {
		t.Errorf("after the faults: %v", err)
	}
	log := b.Requests("ListShards")
	if len(log) != 5 || log[0].Code != ThroughputExceeded || log[4].Status != 200 || log[4].AccessKeyID != "AKID" || !strings.Contains(log[4].Body, `"s"`) || len(b.Requests("GetRecords")) != 0 {
		t.Errorf("the journal has %+v", log)
	}
}
