package sigv4

import (
	"slices"
	"strings"
	"time"
)

const (
	algorithm  = "AWS4-HMAC-SHA256"
	terminator = "aws4_request"
	timeFormat = "20060102T150405Z"
	dayFormat  = "20060102"
)

// authorization is a parsed Authorization header.
type authorization struct {
	accessKeyID   string
	scope         scope
	signedHeaders []string // lower case, sorted, no doubles
	signature     string   // 64 lower-case hexadecimal digits
}

// scope is what a signing key is good for.
type scope struct{ day, region, service string }

// String is the scope as it is signed.
func (s scope) String() string {
	return s.day + "/" + s.region + "/" + s.service + "/" + terminator
}

// parseAuthorization reads
//
//	AWS4-HMAC-SHA256 Credential=KEY/DAY/REGION/SERVICE/aws4_request, SignedHeaders=a;b, Signature=HEX
func parseAuthorization(header string) (authorization, *Error) {
	var a authorization
	name, rest, _ := strings.Cut(header, " ")
	if name != algorithm {
		return a, incomplete("The Authorization header must begin with " + algorithm + ".")
	}
	fields, err := authorizationFields(rest)
	if err != nil {
		return a, err
	}
	if a.accessKeyID, a.scope, err = parseCredential(fields["Credential"]); err != nil {
		return a, err
	}
	a.signedHeaders = strings.Split(fields["SignedHeaders"], ";")
	if err := checkSignedHeaders(a.signedHeaders); err != nil {
		return a, err
	}
	a.signature = fields["Signature"]
	if len(a.signature) != 64 || strings.Trim(a.signature, "0123456789abcdef") != "" {
		return a, incomplete("Signature in the Authorization header must be 64 lower-case hexadecimal digits.")
	}
	return a, nil
}

func authorizationFields(s string) (map[string]string, *Error) {
	fields := map[string]string{}
	for part := range strings.SplitSeq(s, ",") {
		key, value, ok := strings.Cut(strings.TrimSpace(part), "=")
		if _, twice := fields[key]; !ok || twice {
			return nil, incomplete("The Authorization header must hold Credential, SignedHeaders and Signature, once each.")
		}
		fields[key] = value
	}
	for _, key := range []string{"Credential", "SignedHeaders", "Signature"} {
		if fields[key] == "" {
			return nil, incomplete("The Authorization header requires '" + key + "'.")
		}
	}
	return fields, nil
}

func parseCredential(s string) (string, scope, *Error) {
	parts := strings.Split(s, "/")
	if len(parts) != 5 || slices.Contains(parts, "") || parts[4] != terminator {
		return "", scope{}, incomplete("Credential must be KEY/YYYYMMDD/REGION/SERVICE/" + terminator + ".")
	}
	if _, err := time.Parse(dayFormat, parts[1]); err != nil {
		return "", scope{}, incomplete("The date in Credential must be YYYYMMDD.")
	}
	return parts[0], scope{day: parts[1], region: parts[2], service: parts[3]}, nil
}

// checkSignedHeaders requires the host to be signed, so that a request cannot
// be replayed against another server, and the time, so that it grows old.
func checkSignedHeaders(names []string) *Error {
	for i, name := range names {
		if name == "" || name != strings.ToLower(name) || i > 0 && names[i-1] >= name {
			return incomplete("SignedHeaders must be lower case, sorted, and each name once.")
		}
	}
	if !slices.Contains(names, "host") {
		return incomplete("SignedHeaders must include host.")
	}
	if !slices.Contains(names, "x-amz-date") && !slices.Contains(names, "date") {
		return incomplete("SignedHeaders must include x-amz-date or date.")
	}
	return nil
}
