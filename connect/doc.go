// Package connect serves the Amazon Connect API (version 2017-08-08): REST
// with JSON, signed with AWS Signature Version 4. The AWS CLI, boto3 and the
// other SDKs work with it when pointed at its address.
//
// The types of requests, responses and errors, the table of operations and
// the limits of each member are generated from the API's model; see
// model/README.md. A [Server] finds the operation by method and path, checks
// the signature, reads and checks the request, calls the operation's function
// and writes what it returns. An operation is one function
//
//	func (s *Server) describeUser(ctx *Call, in *DescribeUserRequest) (*DescribeUserResponse, error)
//
// in its family's file (op_*.go), and one line in the list in implemented.go.
// What is not on the list answers NotImplementedException by itself. Operations
// see state and give commands through a scope, which exists only for an
// instance that [Permit] lets the caller use; what stands behind it is the
// [Backend].
//
// A Server must not stand behind a [net/http.ServeMux] pattern that cleans
// paths: ARNs travel as one escaped path segment, and a redirect breaks the
// signature.
package connect

//go:generate go run tandem/internal/gen/apigen -model model/connect-2017-08-08.json.gz -out . -package connect
