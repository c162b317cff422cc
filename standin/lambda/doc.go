// Package lambda is a stand-in for the part of AWS Lambda that invokes
// functions: the operation Invoke over its REST protocol, so that the AWS SDKs
// and the AWS CLI work with it when their endpoint is set. Functions are Go
// functions that the test gives.
//
// Requests must carry a valid signature of version 4 for the service lambda. A
// function's own error is answered with status 200 and the header
// X-Amz-Function-Error; an asynchronous invocation is answered 202 with no body
// and done afterwards. For tests: [Server.Break] makes invocations go wrong, and
// [Server.Requests] is the journal of what was asked.
//
// Shapes and behaviour follow the public "AWS Lambda API Reference" (Invoke) and
// "AWS Lambda Developer Guide"; versions and aliases all mean the same function.
package lambda
