package sigv4

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// canonicalRequest is the text whose hash is signed (AWS General Reference:
// "Create a canonical request").
func canonicalRequest(r *http.Request, signedHeaders []string, body []byte) (string, *Error) {
	query, err := canonicalQuery(r.URL.RawQuery)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	b.WriteString(r.Method + "\n" + canonicalPath(r.URL) + "\n" + query + "\n")
	for _, name := range signedHeaders {
		value, err := headerValue(r, name)
		if err != nil {
			return "", err
		}
		b.WriteString(name + ":" + value + "\n")
	}
	sum := sha256.Sum256(body)
	b.WriteString("\n" + strings.Join(signedHeaders, ";") + "\n" + hex.EncodeToString(sum[:]))
	return b.String(), nil
}

// canonicalPath is the escaped path escaped once more, as every service but S3
// has it. Dot segments stay: requests are routed by the path as it was sent,
// and a signature must not be valid for another path than that.
func canonicalPath(u *url.URL) string {
	path := u.EscapedPath()
	if path == "" {
		return "/"
	}
	return escape(path, true)
}

func canonicalQuery(raw string) (string, *Error) {
	values, err := url.ParseQuery(raw)
	if err != nil {
		return "", invalid("The query string is malformed, so its signature cannot be checked.")
	}
	var pairs []string
	for name, list := range values {
		for _, value := range list {
			pairs = append(pairs, escape(name, false)+"="+escape(value, false))
		}
	}
	slices.SortFunc(pairs, comparePairs)
	return strings.Join(pairs, "&"), nil
}

// comparePairs orders by name, then by value; "=" sorts after some letters a
// name may hold, so the pair as one string would not do.
func comparePairs(a, b string) int {
	aName, aValue, _ := strings.Cut(a, "=")
	bName, bValue, _ := strings.Cut(b, "=")
	if c := strings.Compare(aName, bName); c != 0 {
		return c
	}
	return strings.Compare(aValue, bValue)
}

// headerValue is a signed header's value: several joined by commas, runs of
// spaces made one. net/http moves Host and Content-Length out of the header.
func headerValue(r *http.Request, name string) (string, *Error) {
	switch name {
	case "host":
		return r.Host, nil
	case "content-length":
		if r.Header.Get(name) == "" {
			return strconv.FormatInt(r.ContentLength, 10), nil
		}
	}
	values := r.Header.Values(name)
	if len(values) == 0 {
		return "", invalid("The signed header " + strconv.Quote(name) + " is not in the request.")
	}
	clean := make([]string, len(values))
	for i, v := range values {
		clean[i] = strings.Join(strings.Fields(v), " ")
	}
	return strings.Join(clean, ","), nil
}

// escape percent-encodes all but the unreserved characters of RFC 3986
// section 2.3, and "/" if keepSlash.
func escape(s string, keepSlash bool) string {
	const hexDigits = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9',
			strings.IndexByte("-._~", c) >= 0, c == '/' && keepSlash:
			b.WriteByte(c)
		default:
			b.Write([]byte{'%', hexDigits[c>>4], hexDigits[c&15]})
		}
	}
	return b.String()
}

// sign is the signature of a canonical request (AWS General Reference:
// "Calculate the signature").
func sign(secret string, s scope, amzDate, canonical string) string {
	sum := sha256.Sum256([]byte(canonical))
	toSign := algorithm + "\n" + amzDate + "\n" + s.String() + "\n" + hex.EncodeToString(sum[:])
	key := mac([]byte("AWS4"+secret), s.day)
	for _, part := range []string{s.region, s.service, terminator, toSign} {
		key = mac(key, part)
	}
	return hex.EncodeToString(key)
}

func mac(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}
