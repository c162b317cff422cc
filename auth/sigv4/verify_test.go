package sigv4

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"strings"
	"testing"
	"time"
)

const (
	testKey    = "AKIDEXAMPLE"
	testSecret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
)

var testTime = time.Date(2015, 8, 30, 12, 36, 0, 0, time.UTC)

// testKeys is one active key and one that has expired.
type testKeys struct{}

func (testKeys) Secret(id string) (secret, principal string, ok bool) {
	if id == testKey || id == "AKIDOLD" {
		return testSecret, "principal of " + id, true
	}
	return "", "", false
}

func (testKeys) Expired(id string, _ time.Time) bool { return id == "AKIDOLD" }

func testVerifier(now time.Time) *Verifier {
	return &Verifier{Keys: testKeys{}, Services: []string{"connect", "service", "iam"}, Now: func() time.Time { return now }}
}

// The examples of "AWS General Reference: Signature Version 4" and of AWS's
// published Signature Version 4 test suite.
func TestVerifierAcceptsPublishedExamples(t *testing.T) {
	scope := "AWS4-HMAC-SHA256 Credential=" + testKey + "/20150830/us-east-1/"
	tests := []struct {
		name, method, url, contentType, authorization string
	}{
		{"documentation, ListUsers", "GET", "https://iam.amazonaws.com/?Action=ListUsers&Version=2010-05-08",
			"application/x-www-form-urlencoded; charset=utf-8",
			"iam/aws4_request, SignedHeaders=content-type;host;x-amz-date, Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7"},
		{"get-vanilla", "GET", "https://example.amazonaws.com/", "",
			"service/aws4_request, SignedHeaders=host;x-amz-date, Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
		{"get-vanilla-query-order-key-case", "GET", "https://example.amazonaws.com/?Param2=value2&Param1=value1", "",
			"service/aws4_request, SignedHeaders=host;x-amz-date, Signature=b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"},
		{"get-vanilla-utf8-query", "GET", "https://example.amazonaws.com/?\u1234=bar", "",
			"service/aws4_request, SignedHeaders=host;x-amz-date, Signature=2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04"},
		{"post-vanilla", "POST", "https://example.amazonaws.com/", "",
			"service/aws4_request, SignedHeaders=host;x-amz-date, Signature=5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := httptest.NewRequest(tt.method, tt.url, nil)
			r.Header.Set("X-Amz-Date", "20150830T123600Z")
			if tt.contentType != "" {
				r.Header.Set("Content-Type", tt.contentType)
			}
			r.Header.Set("Authorization", scope+tt.authorization)
			id, err := testVerifier(testTime).Verify(r, nil)
			if err != nil {
				t.Fatal(err)
			}
			if want := (Identity{testKey, "principal of " + testKey, "us-east-1"}); id != want {
				t.Errorf("identity = %+v, want %+v", id, want)
			}
		})
	}
}

// signed is a request that passes; changes to it must not.
func signed(t *testing.T, keyID, secret, service string) *http.Request {
	t.Helper()
	r := httptest.NewRequest("POST", "http://connect.test/tags/arn%3Aaws%2Fx?b=2&a=1&a=0", nil)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("X-Padded", "  two   words ")
	creds := Credentials{AccessKeyID: keyID, Secret: secret, Region: "eu-west-1", Service: service}
	if err := Sign(r, []byte(`{"a":1}`), creds, testTime); err != nil {
		t.Fatal(err)
	}
	return r
}

func TestVerifierRefusesWhatWasNotSignedWithTheSecret(t *testing.T) {
	const body = `{"a":1}`
	header := func(name, value string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set(name, value) }
	}
	auth := func(old, new string) func(*http.Request) {
		return func(r *http.Request) {
			r.Header.Set("Authorization", strings.Replace(r.Header.Get("Authorization"), old, new, 1))
		}
	}
	tests := []struct {
		name   string
		change func(*http.Request)
		body   string
		want   string
		status int
	}{
		{"nothing changed", func(*http.Request) {}, body, "", 0},
		{"no signature", func(r *http.Request) { r.Header.Del("Authorization") }, body, "MissingAuthenticationTokenException", 403},
		{"two signatures", func(r *http.Request) { r.Header.Add("Authorization", "x") }, body, "IncompleteSignatureException", 400},
		{"other scheme", header("Authorization", "Bearer abc"), body, "IncompleteSignatureException", 400},
		{"signature missing", auth("Signature=", "Sig="), body, "IncompleteSignatureException", 400},
		{"body", func(*http.Request) {}, `{"a":2}`, "InvalidSignatureException", 403},
		{"method", func(r *http.Request) { r.Method = "PUT" }, body, "InvalidSignatureException", 403},
		{"escaped slash opened", func(r *http.Request) { r.URL.Path, r.URL.RawPath = "/tags/arn:aws/x", "" }, body, "InvalidSignatureException", 403},
		{"dot segments", func(r *http.Request) { r.URL.Path, r.URL.RawPath = "/x/../tags/arn:aws/x", "" }, body, "InvalidSignatureException", 403},
		{"query", func(r *http.Request) { r.URL.RawQuery = "b=2&a=1" }, body, "InvalidSignatureException", 403},
		{"malformed query", func(r *http.Request) { r.URL.RawQuery = "a=%zz" }, body, "InvalidSignatureException", 403},
		{"host", func(r *http.Request) { r.Host = "other.test" }, body, "InvalidSignatureException", 403},
		{"signed header changed", header("Content-Type", "text/plain"), body, "InvalidSignatureException", 403},
		{"signed header removed", func(r *http.Request) { r.Header.Del("Content-Type") }, body, "InvalidSignatureException", 403},
		{"host not signed", auth("host;", ""), body, "IncompleteSignatureException", 400},
		{"date not signed", auth(";x-amz-date", ""), body, "IncompleteSignatureException", 400},
		{"headers unsorted", auth("content-type;host", "host;content-type"), body, "IncompleteSignatureException", 400},
		{"unknown key", auth(testKey, "AKIDNOBODY"), body, "UnrecognizedClientException", 403},
		{"other day in scope", auth("20150830", "20150829"), body, "InvalidSignatureException", 403},
		{"other region in scope", auth("eu-west-1", "eu-west-2"), body, "InvalidSignatureException", 403},
		{"service not ours", auth("/connect/", "/s3/"), body, "InvalidSignatureException", 403},
		{"unreadable date", header("X-Amz-Date", "yesterday"), body, "IncompleteSignatureException", 400},
		{"later date", header("X-Amz-Date", "20150830T123601Z"), body, "InvalidSignatureException", 403},
		{"unsigned header added", header("User-Agent", "anything"), body, "", 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := signed(t, testKey, testSecret, "connect")
			tt.change(r)
			_, err := testVerifier(testTime).Verify(r, []byte(tt.body))
			checkCode(t, err, tt.want, tt.status)
		})
	}
}

func checkCode(t *testing.T, err error, want string, status int) {
	t.Helper()
	if want == "" {
		if err != nil {
			t.Fatalf("refused: %v", err)
		}
		return
	}
	var e *Error
	if !errors.As(err, &e) || e.ErrorCode() != want || e.HTTPStatus() != status {
		t.Fatalf("error = %v, want %s with status %d", err, want, status)
	}
	if strings.Contains(e.Message, testSecret) {
		t.Error("the message holds the secret")
	}
}

func TestVerifierRefusesOldAndEarlyRequests(t *testing.T) {
	for _, tt := range []struct {
		offset time.Duration
		want   string
	}{
		{MaxSkew, ""}, {-MaxSkew, ""},
		{MaxSkew + time.Second, "InvalidSignatureException"}, {-MaxSkew - time.Second, "InvalidSignatureException"},
	} {
		_, err := testVerifier(testTime.Add(tt.offset)).Verify(signed(t, testKey, testSecret, "connect"), []byte(`{"a":1}`))
		checkCode(t, err, tt.want, 403)
	}
}

func TestVerifierTellsOnlyTheKeysOwnerThatItExpired(t *testing.T) {
	_, err := testVerifier(testTime).Verify(signed(t, "AKIDOLD", testSecret, "connect"), []byte(`{"a":1}`))
	checkCode(t, err, "ExpiredTokenException", 403)
	_, err = testVerifier(testTime).Verify(signed(t, "AKIDOLD", "guess", "connect"), []byte(`{"a":1}`))
	checkCode(t, err, "InvalidSignatureException", 403)
}

func TestUnknownKeyWithEmptySecretIsRefused(t *testing.T) {
	_, err := testVerifier(testTime).Verify(signed(t, "AKIDNOBODY", "", "connect"), []byte(`{"a":1}`))
	checkCode(t, err, "UnrecognizedClientException", 403)
}

func TestDateHeaderServesWhereXAmzDateIsAbsent(t *testing.T) {
	for _, date := range []string{"20150830T123600Z", "Sun, 30 Aug 2015 12:36:00 GMT"} {
		r := httptest.NewRequest("GET", "http://connect.test/", nil)
		r.Header.Set("Date", date)
		names := []string{"date", "host"}
		canonical, refused := canonicalRequest(r, names, nil)
		if refused != nil {
			t.Fatal(refused)
		}
		s := scope{"20150830", "us-east-1", "connect"}
		r.Header.Set("Authorization", algorithm+" Credential="+testKey+"/"+s.String()+",SignedHeaders=date;host,Signature="+
			sign(testSecret, s, "20150830T123600Z", canonical))
		if _, err := testVerifier(testTime).Verify(r, nil); err != nil {
			t.Errorf("Date: %s: %v", date, err)
		}
		r.Header.Set("X-Amz-Date", "20150830T123600Z")
		_, err := testVerifier(testTime).Verify(r, nil)
		checkCode(t, err, "IncompleteSignatureException", 400)
	}
}

// botocoreSigner signs each URL given as an argument and prints its headers.
const botocoreSigner = `
import sys
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
for url in sys.argv[3:]:
    r = AWSRequest(method='POST', url=url, data=b'{"n":"\xc3\xbc"}', headers={'X-Extra': 'a   b'})
    SigV4Auth(Credentials(sys.argv[1], sys.argv[2]), 'connect', 'eu-central-1').add_auth(r)
    print(r.headers['X-Amz-Date'], r.headers['Authorization'], sep='\t')
`

func TestVerifierAcceptsWhatBotocoreSigns(t *testing.T) {
	urls := []string{
		"http://connect.test:8080/instance",
		"http://connect.test/tags/arn%3Aaws%3Aconnect%3Aeu-central-1%3A123456789012%3Ainstance%2Fi%2Fqueue%2Fq",
		"http://connect.test/users/a%20b/%C3%BC%2Bx~_-.",
		"http://connect.test/queues-summary/i?queueTypes=STANDARD&queueTypes=AGENT&maxResults=5&nextToken=a%2Fb%3D%3D",
		"http://connect.test/tags/x?tagKeys=b&tagKeys=a&tagKeys=%C3%BC%20%26",
		"http://connect.test/tags/x?a-b=1&a=2&empty=",
	}
	args := append([]string{"-c", botocoreSigner, testKey, testSecret}, urls...)
	out, err := exec.CommandContext(t.Context(), "python3", args...).Output()
	if err != nil {
		t.Fatalf("python3 with botocore is needed: %v", err)
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	for i, url := range urls {
		date, authorization, _ := strings.Cut(lines[i], "\t")
		r := httptest.NewRequest("POST", url, nil)
		r.Header.Set("X-Amz-Date", date)
		r.Header.Set("X-Extra", "a   b")
		r.Header.Set("Authorization", authorization)
		now, err := time.Parse(timeFormat, date)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := testVerifier(now).Verify(r, []byte(`{"n":"ü"}`)); err != nil {
			t.Errorf("%s: %v", url, err)
		}
	}
}
