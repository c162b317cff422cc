package function

import (
	"errors"
	"fmt"
	"strings"

	"tandem/errand"
)

// Target is where a function lives. Exactly one of URL, Command and Lambda is
// set.
type Target struct {
	Name string // the function's ARN, or its name: then any ARN of a function of that name

	URL      string // gets the event as the body of a POST
	Loopback bool   // the URL may be http, to this machine
	Secret   []byte // with which requests are signed; see [errand.Sign]

	Command []string // program and arguments; gets the event on its standard input

	Lambda *Lambda

	Limits errand.Limits
}

// Lambda is how AWS Lambda is reached.
type Lambda struct {
	Region       string // empty: the ARN's
	Endpoint     string // empty: the region's public one
	AccessKeyID  string
	SecretKey    string
	SessionToken string // empty for keys that do not expire
}

// Check finds what cannot work.
func (t Target) Check() error {
	ways := 0
	for _, set := range []bool{t.URL != "", len(t.Command) > 0, t.Lambda != nil} {
		if set {
			ways++
		}
	}
	switch {
	case t.Name == "":
		return errors.New("arn is missing: give the function's ARN or its name")
	case ways != 1:
		return fmt.Errorf("function %s: give exactly one of url, command and lambda", t.Name)
	case t.Limits.Running < 0 || t.Limits.Waiting < 0:
		return fmt.Errorf("function %s: concurrency and queue must not be negative", t.Name)
	case t.URL != "":
		if err := errand.CheckURL(t.URL, t.Loopback); err != nil {
			return fmt.Errorf("function %s: %w", t.Name, err)
		}
	case t.Lambda != nil:
		return t.checkLambda()
	}
	return nil
}

func (t Target) checkLambda() error {
	switch {
	case t.Lambda.AccessKeyID == "" || t.Lambda.SecretKey == "":
		return fmt.Errorf("function %s: AWS Lambda needs an access key and its secret", t.Name)
	case t.Lambda.Region == "" && regionOf(t.Name) == "":
		return fmt.Errorf("function %s: give the region, or the function's whole ARN", t.Name)
	case t.Lambda.Endpoint != "":
		if err := errand.CheckURL(t.Lambda.Endpoint, t.Loopback); err != nil {
			return fmt.Errorf("function %s: endpoint: %w", t.Name, err)
		}
	}
	return nil
}

// An ARN is arn:aws:lambda:region:account:function:name, and may end with a
// version or an alias (AWS Lambda Developer Guide: Function ARN).
const (
	arnRegion = 3
	arnName   = 6
	arnParts  = 7
)

func regionOf(arn string) string {
	if parts := strings.Split(arn, ":"); len(parts) >= arnParts {
		return parts[arnRegion]
	}
	return ""
}

// names are the names under which a function may be configured: its whole ARN,
// the ARN without version or alias, its name.
func names(arn string) []string {
	parts := strings.Split(arn, ":")
	if len(parts) < arnParts || parts[0] != "arn" {
		return []string{arn}
	}
	return []string{arn, strings.Join(parts[:arnParts], ":"), parts[arnName]}
}
