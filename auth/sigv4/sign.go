package sigv4

import (
	"net/http"
	"slices"
	"strings"
	"time"
)

// Credentials are what a client signs with.
type Credentials struct {
	AccessKeyID, Secret, Region, Service string
}

// Sign signs a client's request with all its headers; body is its whole body.
// It sets X-Amz-Date and Authorization. r.Host or r.URL.Host must be set.
func Sign(r *http.Request, body []byte, c Credentials, now time.Time) error {
	if r.Host == "" {
		r.Host = r.URL.Host
	}
	amzDate := stamp(now)
	r.Header.Set("X-Amz-Date", amzDate)
	r.Header.Del("Authorization")
	names := []string{"host"}
	for name := range r.Header {
		names = append(names, strings.ToLower(name))
	}
	slices.Sort(names)
	canonical, err := canonicalRequest(r, names, body)
	if err != nil {
		return err
	}
	s := scope{day: amzDate[:len(dayFormat)], region: c.Region, service: c.Service}
	r.Header.Set("Authorization", algorithm+" Credential="+c.AccessKeyID+"/"+s.String()+
		", SignedHeaders="+strings.Join(names, ";")+", Signature="+sign(c.Secret, s, amzDate, canonical))
	return nil
}
