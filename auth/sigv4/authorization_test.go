package sigv4

import (
	"slices"
	"strings"
	"testing"
)

func FuzzParseAuthorization(f *testing.F) {
	sig := strings.Repeat("0a", 32)
	for _, seed := range []string{
		"",
		"AWS4-HMAC-SHA256",
		"AWS4-HMAC-SHA256 Credential=K/20150830/r/connect/aws4_request, SignedHeaders=host;x-amz-date, Signature=" + sig,
		"AWS4-HMAC-SHA256 Credential=K/20150830/r/connect/aws4_request,SignedHeaders=date;host,Signature=" + sig,
		"AWS4-HMAC-SHA256 Credential=K/2015/r/connect/aws4_request, SignedHeaders=host;host, Signature=" + strings.ToUpper(sig),
		"AWS4-HMAC-SHA256 Credential=////, SignedHeaders=;, Signature=,,,=",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, header string) {
		a, err := parseAuthorization(header)
		if err != nil {
			if err.Code != "IncompleteSignatureException" || err.Status != 400 || err.Message == "" {
				t.Fatalf("refusal = %+v", err)
			}
			return
		}
		again := algorithm + " Credential=" + a.accessKeyID + "/" + a.scope.String() +
			", SignedHeaders=" + strings.Join(a.signedHeaders, ";") + ", Signature=" + a.signature
		b, err := parseAuthorization(again)
		if err != nil || b.accessKeyID != a.accessKeyID || b.scope != a.scope || b.signature != a.signature || !slices.Equal(b.signedHeaders, a.signedHeaders) {
			t.Fatalf("%q was read as %+v, and that as %+v (%v)", header, a, b, err)
		}
		if !slices.Contains(a.signedHeaders, "host") || len(a.signature) != 64 {
			t.Fatalf("%q was taken without host or whole signature", header)
		}
	})
}

func FuzzCanonicalQueryIsStable(f *testing.F) {
	f.Add("b=2&a=1&a=0&a-b=x")
	f.Add("%C3%BC=+&%zz")
	f.Fuzz(func(t *testing.T, raw string) {
		once, err := canonicalQuery(raw)
		if err != nil {
			return
		}
		twice, err := canonicalQuery(once)
		if err != nil || once != twice {
			t.Fatalf("%q: canonical form %q became %q (%v)", raw, once, twice, err)
		}
	})
}
