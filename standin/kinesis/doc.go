// Package kinesis is a stand-in for the part of Amazon Kinesis Data Streams
// that readers and writers of a stream rest on. It speaks the service's JSON
// 1.1 protocol over HTTP, so that the AWS SDKs and the AWS CLI work with it
// when their endpoint is set, and its clock is given to it.
//
// Operations (header X-Amz-Target: Kinesis_20131202.NAME):
//
//	DescribeStreamSummary, ListShards, GetShardIterator, GetRecords,
//	PutRecord, SplitShard
//
// Requests must carry a signature of version 4 for the service kinesis; its
// form and access key are checked, not its value. A member that an operation
// does not have is refused. Shards serve five GetRecords requests a second,
// iterators expire after five minutes. For tests: [Server.Break] makes requests
// go wrong, and [Server.Requests] is the journal of what was asked.
//
// Shapes and behaviour follow the public "Amazon Kinesis Data Streams API
// Reference" and "Quotas and limits"; where those are silent the choice made
// here is stated at the line that makes it.
package kinesis
