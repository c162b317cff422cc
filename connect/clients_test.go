package connect

import (
	"context"
	"encoding/json"
	"net/http/httptest"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"
)

// clientTimeout bounds one run of a client program.
const clientTimeout = 2 * time.Minute

// run starts a client program with the test's credentials, and nothing else
// of this machine's AWS configuration.
func run(t *testing.T, env []string, name string, args ...string) (stdout, stderr string, err error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), clientTimeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env = append([]string{
		"PATH=/usr/local/bin:/usr/bin:/bin", "HOME=" + t.TempDir(), "AWS_CONFIG_FILE=/dev/null", "AWS_EC2_METADATA_DISABLED=true",
		"AWS_ACCESS_KEY_ID=" + testKeyID, "AWS_SECRET_ACCESS_KEY=" + testSecret, "AWS_DEFAULT_REGION=" + testARNs.Region, "AWS_MAX_ATTEMPTS=1",
	}, env...)
	var out, errs strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &errs
	err = cmd.Run()
	if _, failed := err.(*exec.ExitError); err != nil && !failed {
		t.Fatalf("%s is needed: %v", name, err)
	}
	return out.String(), errs.String(), err
}

// aws runs the AWS CLI and reads its answer into out, if out is not nil.
func aws(t *testing.T, web *httptest.Server, out any, args ...string) {
	t.Helper()
	stdout, stderr, err := run(t, nil, "aws", append([]string{"--endpoint-url", web.URL, "--output", "json", "connect"}, args...)...)
	if err != nil {
		t.Fatalf("aws connect %s: %v\n%s", strings.Join(args, " "), err, stderr)
	}
	if out == nil {
		return
	}
	if err := json.Unmarshal([]byte(stdout), out); err != nil {
		t.Fatalf("aws connect %s printed %q: %v", strings.Join(args, " "), stdout, err)
	}
}

func TestAWSCLICreatesListsAndDescribes(t *testing.T) {
	f := new(shop)
	_, web := startServer(t, f.operations()...)
	var created struct{ QueueId, QueueArn string }
	for _, name := range []string{"one", "two", "drei ü"} {
		aws(t, web, &created, "create-queue", "--instance-id", testInstance, "--name", name, "--hours-of-operation-id", "h", "--tags", "team=a b")
	}
	var list struct {
		QueueSummaryList []struct{ Id, Name string }
	}
	aws(t, web, &list, "list-queues", "--instance-id", testInstance, "--page-size", "2", "--queue-types", "STANDARD", "AGENT")
	var names []string
	for _, q := range list.QueueSummaryList {
		names = append(names, q.Name)
	}
	if want := []string{"one", "two", "drei ü"}; !slices.Equal(names, want) {
		t.Errorf("queues = %v, want %v", names, want)
	}
	var tags struct{ Tags map[string]string }
	aws(t, web, &tags, "list-tags-for-resource", "--resource-arn", created.QueueArn)
	if tags.Tags["team"] != "a b" {
		t.Errorf("tags = %v, want team=a b", tags.Tags)
	}
	aws(t, web, nil, "put-user-status", "--instance-id", testInstance, "--user-id", testUser, "--agent-status-id", "busy")
	if f.status != "busy" {
		t.Errorf("status put = %q, want busy", f.status)
	}
}

func TestAWSCLITellsErrorsByName(t *testing.T) {
	_, web := startServer(t, new(shop).operations()...)
	for want, args := range map[string]string{
		"(ResourceNotFoundException) when calling the DescribeUser operation: UserId: names no user":         "describe-user --instance-id i --user-id u",
		"(NotImplementedException) when calling the ListUsers operation: ListUsers is not supported":         "list-users --instance-id i",
		"(DuplicateResourceException) when calling the CreateQueue operation: Name: is taken":                "create-queue --instance-id i --name taken --hours-of-operation-id h",
		"(InvalidParameterException) when calling the ListQueues operation: MaxResults must be at most 1000": "list-queues --instance-id i --max-items 1 --page-size 1001",
	} {
		args := append([]string{"--endpoint-url", web.URL, "connect"}, strings.Fields(args)...)
		_, stderr, err := run(t, nil, "aws", args...)
		if err == nil || !strings.Contains(stderr, want) {
			t.Errorf("aws %v: %v %q, want %q", args[2:], err, stderr, want)
		}
	}
	_, stderr, err := run(t, []string{"AWS_SECRET_ACCESS_KEY=wrong"}, "aws", "--endpoint-url", web.URL, "connect", "list-queues", "--instance-id", "i")
	if err == nil || !strings.Contains(stderr, "(InvalidSignatureException)") {
		t.Errorf("aws with a wrong secret: %v %q, want InvalidSignatureException", err, stderr)
	}
}

// botoScript drives the server with boto3 and asserts what it sees.
const botoScript = `
import sys, boto3, botocore
c = boto3.client('connect', endpoint_url=sys.argv[1])
instance, user = sys.argv[2], sys.argv[3]

assert c.list_queues(InstanceId=instance)['QueueSummaryList'] == []
arns = [c.create_queue(InstanceId=instance, Name='q%d' % i, HoursOfOperationId='h', Tags={'n': str(i)})['QueueArn'] for i in range(7)]
pages = list(c.get_paginator('list_queues').paginate(InstanceId=instance, PaginationConfig={'PageSize': 3}))
assert [len(p['QueueSummaryList']) for p in pages] == [3, 3, 1], pages
assert [q['Arn'] for p in pages for q in p['QueueSummaryList']] == arns
assert c.list_tags_for_resource(resourceArn=arns[4])['tags'] == {'n': '4'}

answer = c.describe_user(InstanceId=instance, UserId='arn:aws:connect:eu-central-1:123456789012:instance/%s/agent/%s' % (instance, user))
u = answer['User']
assert u['PhoneConfig'] == {'PhoneType': 'SOFT_PHONE', 'AutoAccept': False, 'AfterContactWorkTimeLimit': 0}, u
assert u['Tags'] == {} and u['LastModifiedTime'].timestamp() == 1700000000.123, u
assert len(answer['ResponseMetadata']['RequestId']) == 36
assert c.search_users(InstanceId=instance)['Users'] == []

def fails(code, status, call, **args):
    try:
        call(**args)
    except botocore.exceptions.ClientError as e:
        got = (e.response['Error']['Code'], e.response['ResponseMetadata']['HTTPStatusCode'])
        assert got == (code, status), got
        assert e.response['Error']['Message']
        return e
    raise AssertionError('no ' + code)

assert isinstance(fails('ResourceNotFoundException', 404, c.describe_user, InstanceId=instance, UserId='u'), c.exceptions.ResourceNotFoundException)
fails('InternalServiceException', 500, c.describe_user, InstanceId=instance, UserId='panics')
fails('NotImplementedException', 501, c.delete_queue, InstanceId=instance, QueueId='q')
fails('InvalidParameterException', 400, c.list_queues, InstanceId=instance, NextToken='made-up')
fails('InvalidParameterException', 400, c.create_queue, InstanceId=instance, Name='n', HoursOfOperationId='h', Tags={'aws:x': 'y'})
stranger = boto3.client('connect', endpoint_url=sys.argv[1], aws_access_key_id='AKIDNOBODY', aws_secret_access_key='x')
fails('UnrecognizedClientException', 403, stranger.list_queues, InstanceId=instance)
print('done')
`

func TestBoto3SeesTheAPIItKnows(t *testing.T) {
	_, web := startServer(t, new(shop).operations()...)
	stdout, stderr, err := run(t, nil, "python3", "-c", botoScript, web.URL, testInstance, testUser)
	if err != nil || strings.TrimSpace(stdout) != "done" {
		t.Errorf("%v\n%s\n%s", err, stdout, stderr)
	}
}
