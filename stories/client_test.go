package stories

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// modelDir is a folder that teaches the AWS CLI and boto3 the newest
// operations of the API (AWS_DATA_PATH).
var modelDir = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "tandem-model-")
	if err != nil {
		return "", err
	}
	b, err := os.ReadFile("../connect/model/connect-2017-08-08.json.gz")
	if err != nil {
		return "", err
	}
	to := filepath.Join(dir, "connect", "2017-08-08")
	if err := os.MkdirAll(to, 0o700); err != nil {
		return "", err
	}
	return dir, os.WriteFile(filepath.Join(to, "service-2.json.gz"), b, 0o600)
})

// environment is what the AWS clients need.
func (s *server) environment() []string {
	s.t.Helper()
	dir, err := modelDir()
	if err != nil {
		s.t.Fatal(err)
	}
	return []string{
		"PATH=/usr/local/bin:/usr/bin:/bin", "HOME=" + s.dir, "AWS_CONFIG_FILE=/dev/null", "AWS_EC2_METADATA_DISABLED=true", "AWS_DATA_PATH=" + dir,
		"AWS_ACCESS_KEY_ID=" + s.born.AccessKeyID, "AWS_SECRET_ACCESS_KEY=" + s.born.SecretAccessKey, "AWS_DEFAULT_REGION=" + s.born.Region,
		"AWS_MAX_ATTEMPTS=1", "AWS_PAGER=", "ENDPOINT=" + s.ready.Endpoint, "INSTANCE=" + s.born.InstanceID,
	}
}

// withoutInstance are the commands that take no --instance-id.
var withoutInstance = map[string]bool{"search-available-phone-numbers": true, "claim-phone-number": true, "list-phone-numbers-v2": true, "release-phone-number": true}

// aws runs the AWS CLI and reads its answer into out, if out is not nil.
func (s *server) aws(out any, args ...string) {
	s.t.Helper()
	if err := s.tryAWS(out, args...); err != nil {
		s.t.Fatal(err)
	}
}

func (s *server) tryAWS(out any, args ...string) error {
	s.t.Helper()
	ctx, done := context.WithTimeout(s.t.Context(), 2*time.Minute)
	defer done()
	all := append([]string{"--endpoint-url", s.ready.Endpoint, "--output", "json", "connect"}, args...)
	if !withoutInstance[args[0]] {
		all = append(all, "--instance-id", s.born.InstanceID)
	}
	cmd := exec.CommandContext(ctx, "aws", all...)
	cmd.Env = s.environment()
	var stderr strings.Builder
	cmd.Stderr = &stderr
	b, err := cmd.Output()
	if err != nil {
		return &clientError{strings.Join(args, " "), stderr.String(), err}
	}
	if out == nil {
		return nil
	}
	return json.Unmarshal(b, out)
}

// clientError is a failed run of a client program.
type clientError struct {
	args, stderr string
	err          error
}

func (e *clientError) Error() string {
	return "aws connect " + e.args + ": " + e.err.Error() + ": " + strings.TrimSpace(e.stderr)
}

// boto runs a Python script with boto3; `c` is the client and `i` the
// instance's id. What it prints is returned.
func (s *server) boto(script string) string {
	s.t.Helper()
	ctx, done := context.WithTimeout(s.t.Context(), 2*time.Minute)
	defer done()
	head := "import boto3, json, os\nc = boto3.client('connect', endpoint_url=os.environ['ENDPOINT'])\ni = os.environ['INSTANCE']\n"
	cmd := exec.CommandContext(ctx, "/usr/bin/python3", "-c", head+script)
	cmd.Env = s.environment()
	var stderr strings.Builder
	cmd.Stderr = &stderr
	b, err := cmd.Output()
	if err != nil {
		s.t.Fatalf("boto3: %v: %s", err, stderr.String())
	}
	return string(b)
}
