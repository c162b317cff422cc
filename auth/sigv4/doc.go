// Package sigv4 verifies requests signed with AWS Signature Version 4, the
// scheme of AWS SDKs and the AWS CLI (AWS General Reference: "Signature
// Version 4 signing process").
//
// A signature covers the method, the path, the query, the headers it names
// and the body. The secret never travels; both sides derive a key from it.
// Only signatures in the Authorization header are accepted, not those of
// presigned URLs, and session tokens have no meaning here.
package sigv4
