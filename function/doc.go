// Package function carries out the wish that a flow's function is asked
// ([center.InvokeFunction]) and tells the core what it answered
// ([center.FunctionReturned]).
//
// A function is named by its ARN, as in Amazon Connect, and lives where the
// operator says ([Target]): behind a URL, as a program on this machine, or in
// AWS Lambda. Each gets the same event and answers with a JSON object of at
// most 32 KB (Amazon Connect Administrator Guide: Invoke Lambda functions). A
// synchronous invocation that fails, is throttled or meets a server's fault is
// tried again, three times at most, inside the block's time limit; an
// asynchronous one returns at once.
package function
