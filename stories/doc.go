// Package stories proves the product with real programs only: the server as a
// user starts it, sipp and baresip as phones, the AWS CLI and boto3 as
// clients, a capture of the packets as the clock. It holds tests and nothing
// else.
package stories
