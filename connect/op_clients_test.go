package connect

import (
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// newerModel lays the API's model out as the AWS CLI and boto3 look for it, so
// that clients of any age know every operation.
func newerModel(t *testing.T) (env []string) {
	t.Helper()
	packed, err := os.Open("model/connect-2017-08-08.json.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer packed.Close()
	unpacked, err := gzip.NewReader(packed)
	if err != nil {
		t.Fatal(err)
	}
	model, err := io.ReadAll(unpacked)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	place := filepath.Join(dir, "connect", "2017-08-08")
	if err := os.MkdirAll(place, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(place, "service-2.json"), model, 0o644); err != nil {
		t.Fatal(err)
	}
	return []string{"AWS_DATA_PATH=" + dir}
}

// storyScript sets a contact center up and runs a task through it.
const storyScript = `
import sys, json, boto3, botocore
c = boto3.client('connect', endpoint_url=sys.argv[1])
alias = sys.argv[2]

def refused(code, call, **args):
    try:
        call(**args)
    except botocore.exceptions.ClientError as e:
        assert e.response['Error']['Code'] == code, e.response
        return e.response
    raise AssertionError('no ' + code)

i = [x for p in c.get_paginator('list_instances').paginate() for x in p['InstanceSummaryList']]
assert [x['InstanceAlias'] for x in i] == [alias], i
instance, instance_arn = i[0]['Id'], i[0]['Arn']
assert c.describe_instance(InstanceId=instance_arn)['Instance']['InstanceStatus'] == 'ACTIVE'

hours = c.create_hours_of_operation(InstanceId=instance, Name='Office', TimeZone='Europe/Berlin', Config=[
    {'Day': d, 'StartTime': {'Hours': 8, 'Minutes': 0}, 'EndTime': {'Hours': 18, 'Minutes': 30}} for d in ('MONDAY', 'TUESDAY')])
queue = c.create_queue(InstanceId=instance, Name='Support', HoursOfOperationId=hours['HoursOfOperationId'], MaxContacts=20, Tags={'team': 'a'})
profile = c.create_routing_profile(InstanceId=instance, Name='Support agents', Description='d', DefaultOutboundQueueId=queue['QueueId'],
    MediaConcurrencies=[{'Channel': 'VOICE', 'Concurrency': 1}, {'Channel': 'TASK', 'Concurrency': 2}],
    QueueConfigs=[{'QueueReference': {'QueueId': queue['QueueId'], 'Channel': ch}, 'Priority': 1, 'Delay': 0} for ch in ('VOICE', 'TASK')])
security = {p['Name']: p['Id'] for p in c.list_security_profiles(InstanceId=instance)['SecurityProfileSummaryList']}
user = c.create_user(InstanceId=instance, Username='agent1', Password='Secret-Word-1', RoutingProfileId=profile['RoutingProfileId'],
    SecurityProfileIds=[security['Agent']], IdentityInfo={'FirstName': 'First', 'LastName': 'Last'},
    PhoneConfig={'PhoneType': 'DESK_PHONE', 'DeskPhoneNumber': '+14155550199', 'AfterContactWorkTimeLimit': 0, 'AutoAccept': False})

found = c.search_available_phone_numbers(TargetArn=instance_arn, PhoneNumberCountryCode='US', PhoneNumberType='DID', MaxResults=1)
number = c.claim_phone_number(TargetArn=instance_arn, PhoneNumber=found['AvailableNumbersList'][0]['PhoneNumber'])
claimed = c.describe_phone_number(PhoneNumberId=number['PhoneNumberId'])['ClaimedPhoneNumberSummary']
assert claimed['PhoneNumberStatus']['Status'] == 'CLAIMED', claimed

def content(next):
    hang_up = [{'NextAction': 'end', 'ErrorType': 'NoMatchingError'}]
    return json.dumps({'Version': '2019-10-30', 'StartAction': 'choose', 'Actions': [
        {'Identifier': 'choose', 'Type': 'UpdateContactTargetQueue', 'Parameters': {'QueueId': queue['QueueArn']},
         'Transitions': {'NextAction': next, 'Errors': hang_up}},
        {'Identifier': 'queue', 'Type': 'TransferContactToQueue', 'Parameters': {},
         'Transitions': {'NextAction': 'end', 'Errors': hang_up + [{'NextAction': 'end', 'ErrorType': 'QueueAtCapacity'}]}},
        {'Identifier': 'end', 'Type': 'DisconnectParticipant', 'Parameters': {}, 'Transitions': {}}]})
flow = c.create_contact_flow(InstanceId=instance, Name='To support', Type='CONTACT_FLOW', Content=content('queue'))
answer = refused('InvalidContactFlowException', c.update_contact_flow_content, InstanceId=instance, ContactFlowId=flow['ContactFlowId'], Content=content('nowhere'))
assert 'Actions[0].Transitions.NextAction' in answer['problems'][0]['message'], answer
c.associate_phone_number_contact_flow(PhoneNumberId=number['PhoneNumberId'], InstanceId=instance, ContactFlowId=flow['ContactFlowId'])

taxi = c.create_quick_connect(InstanceId=instance, Name='Taxi', Tags={'a': 'b'},
    QuickConnectConfig={'QuickConnectType': 'PHONE_NUMBER', 'PhoneConfig': {'PhoneNumber': '+14155550177'}})
c.associate_queue_quick_connects(InstanceId=instance, QueueId=queue['QueueId'], QuickConnectIds=[taxi['QuickConnectId']])
assert [q['Arn'] for q in c.list_queue_quick_connects(InstanceId=instance, QueueId=queue['QueueId'])['QuickConnectSummaryList']] == [taxi['QuickConnectARN']]
assert c.search_quick_connects(InstanceId=instance, SearchCriteria={'StringCondition': {'FieldName': 'name', 'Value': 'tax', 'ComparisonType': 'STARTS_WITH'}})['ApproximateTotalCount'] == 1
refused('InvalidParameterException', c.update_quick_connect_config, InstanceId=instance, QuickConnectId=taxi['QuickConnectId'], QuickConnectConfig={'QuickConnectType': 'QUEUE'})

group = c.create_user_hierarchy_group(InstanceId=instance, Name='Berlin')['HierarchyGroupId']
c.update_user_hierarchy(InstanceId=instance, UserId=user['UserId'], HierarchyGroupId=group)
path = c.describe_user_hierarchy_group(InstanceId=instance, HierarchyGroupId=group)['HierarchyGroup']['HierarchyPath']
assert path['LevelOne']['Name'] == 'Berlin' and 'LevelTwo' not in path, path
assert c.describe_user_hierarchy_structure(InstanceId=instance)['HierarchyStructure']['LevelFive']['Name'] == 'Level 5'

statuses = {s['Name']: s['Id'] for s in c.list_agent_statuses(InstanceId=instance)['AgentStatusSummaryList']}
c.put_user_status(InstanceId=instance, UserId=user['UserId'], AgentStatusId=statuses['Available'])
data = c.get_current_user_data(InstanceId=instance, Filters={'Queues': [queue['QueueArn']]})['UserDataList']
assert len(data) == 1 and data[0]['Status']['StatusName'] == 'Available' and data[0]['Contacts'] == [], data
assert data[0]['MaxSlotsByChannel'] == {'VOICE': 1, 'TASK': 2} and data[0]['HierarchyPath']['LevelOne']['Id'] == group, data

def metrics(groupings):
    return c.get_current_metric_data(InstanceId=instance, Filters={'Queues': [queue['QueueArn']], 'Channels': ['TASK']}, Groupings=groupings,
        CurrentMetrics=[{'Name': n} for n in ('AGENTS_AVAILABLE', 'CONTACTS_IN_QUEUE', 'OLDEST_CONTACT_AGE')])['MetricResults']
assert [m.get('Value') for m in metrics([])[0]['Collections']] == [1, 0, None], metrics([])
assert metrics(['QUEUE', 'CHANNEL'])[0]['Dimensions'] == {'Queue': {'Id': queue['QueueId'], 'Arn': queue['QueueArn']}, 'Channel': 'TASK'}

call = c.start_outbound_voice_contact(InstanceId=instance, ContactFlowId=flow['ContactFlowId'], DestinationPhoneNumber='+4930555099',
    SourcePhoneNumber=found['AvailableNumbersList'][0]['PhoneNumber'])['ContactId']
assert c.describe_contact(InstanceId=instance, ContactId=call)['Contact']['CustomerEndpoint']['Address'] == '+4930555099'
refused('InvalidRequestException', c.suspend_contact_recording, InstanceId=instance, ContactId=call, InitialContactId=call)
c.stop_contact(InstanceId=instance, ContactId=call)

task = c.start_task_contact(InstanceId=instance, ContactFlowId=flow['ContactFlowId'], Name='Call back', Attributes={'case': '7'},
    References={'page': {'Type': 'URL', 'Value': 'https://example.com'}})['ContactId']
contact = c.describe_contact(InstanceId=instance, ContactId=task)['Contact']
assert contact['QueueInfo']['Id'] == queue['QueueId'] and contact['Channel'] == 'TASK' and contact['InitiationMethod'] == 'API', contact
data = c.get_current_user_data(InstanceId=instance, Filters={'Agents': [user['UserId']]})['UserDataList']
assert data[0]['Contacts'][0]['AgentContactState'] == 'CONNECTING' and data[0]['Contacts'][0]['ContactId'] == task, data
refused('ConflictException', c.pause_contact, InstanceId=instance, ContactId=task)
refused('ResourceConflictException', c.update_contact_routing_data, InstanceId=instance, ContactId=call, QueuePriority=1)
c.update_contact_attributes(InstanceId=instance, InitialContactId=task, Attributes={'color': 'red'})
assert c.get_contact_attributes(InstanceId=instance, InitialContactId=task)['Attributes'] == {'case': '7', 'color': 'red'}
c.stop_contact(InstanceId=instance, ContactId=task)
refused('ContactNotFoundException', c.stop_contact, InstanceId=instance, ContactId=task)
assert c.describe_contact(InstanceId=instance, ContactId=task)['Contact']['DisconnectTimestamp'].year > 2000
c.put_user_status(InstanceId=instance, UserId=user['UserArn'], AgentStatusId=statuses['Offline'])
assert c.get_current_user_data(InstanceId=instance, Filters={'Agents': [user['UserId']]})['UserDataList'] == []

assert c.list_tags_for_resource(resourceArn=queue['QueueArn'])['tags'] == {'team': 'a'}
assert c.list_tags_for_resource(resourceArn=taxi['QuickConnectARN'])['tags'] == {'a': 'b'}
c.delete_user(InstanceId=instance, UserId=user['UserId'])
refused('ResourceInUseException', c.delete_queue, InstanceId=instance, QueueId=queue['QueueId'])
c.release_phone_number(PhoneNumberId=number['PhoneNumberArn'])
c.delete_contact_flow(InstanceId=instance, ContactFlowId=flow['ContactFlowId'])
c.delete_routing_profile(InstanceId=instance, RoutingProfileId=profile['RoutingProfileId'])
c.delete_queue(InstanceId=instance, QueueId=queue['QueueId'])
c.delete_hours_of_operation(InstanceId=instance, HoursOfOperationId=hours['HoursOfOperationId'])
assert sorted(q['QueueType'] + str(q.get('Name')) for q in c.list_queues(InstanceId=instance)['QueueSummaryList']) == ['STANDARDBasicQueue']
print('done')
`

func TestBoto3SetsUpACenterAndRunsATask(t *testing.T) {
	w := newWorld(t)
	stdout, stderr, err := run(t, newerModel(t), "python3", "-c", storyScript, w.web.URL, "first")
	if err != nil || strings.TrimSpace(stdout) != "done" {
		t.Errorf("%v\n%s\n%s", err, stdout, stderr)
	}
}

func TestAWSCLISetsUpACenterAndRunsATask(t *testing.T) {
	w := newWorld(t)
	env := newerModel(t)
	instance := worldInstance.String()
	// cli runs a command and returns what --query picks out of its answer.
	cli := func(query string, args ...string) string {
		t.Helper()
		args = append([]string{"--endpoint-url", w.web.URL, "--output", "text", "connect"}, args...)
		if query != "" {
			args = append(args, "--query", query)
		}
		stdout, stderr, err := run(t, env, "aws", args...)
		if err != nil {
			t.Fatalf("aws %s: %v\n%s", strings.Join(args[4:], " "), err, stderr)
		}
		return strings.TrimSpace(stdout)
	}
	queue := cli("QueueId", "create-queue", "--instance-id", instance, "--name", "Support", "--hours-of-operation-id", w.defaults.HoursID.String())
	cli("", "associate-routing-profile-queues", "--instance-id", instance, "--routing-profile-id", w.defaults.RoutingProfileID.String(),
		"--queue-configs", "QueueReference={QueueId="+queue+",Channel=TASK},Priority=1,Delay=0")
	user := cli("UserId", "create-user", "--instance-id", instance, "--username", "agent1", "--phone-config", "PhoneType=DESK_PHONE,DeskPhoneNumber=+14155550199",
		"--routing-profile-id", w.defaults.RoutingProfileID.String(), "--security-profile-ids", w.defaults.AgentID.String())
	flow := cli("ContactFlowId", "create-contact-flow", "--instance-id", instance, "--name", "To support", "--type", "CONTACT_FLOW", "--content", queueFlow(queue, "queue"))
	number := cli("PhoneNumberId", "claim-phone-number", "--instance-id", instance, "--phone-number", "+4930555010")
	cli("", "associate-phone-number-contact-flow", "--instance-id", instance, "--phone-number-id", number, "--contact-flow-id", flow)
	transfer := cli("QuickConnectId", "create-quick-connect", "--instance-id", instance, "--name", "Support", "--quick-connect-config",
		"QuickConnectType=QUEUE,QueueConfig={QueueId="+queue+",ContactFlowId="+w.defaultFlow("QUEUE_TRANSFER")+"}")
	cli("", "associate-queue-quick-connects", "--instance-id", instance, "--queue-id", queue, "--quick-connect-ids", transfer)
	cli("", "put-user-status", "--instance-id", instance, "--user-id", user, "--agent-status-id", w.defaults.AvailableID.String())
	online := cli("MetricResults[0].Collections[0].Value", "get-current-metric-data", "--instance-id", instance,
		"--filters", "Queues="+queue, "--groupings", "QUEUE", "--current-metrics", "Name=AGENTS_ONLINE,Unit=COUNT")
	if online != "1.0" {
		t.Errorf("%s agents online, want 1", online)
	}
	task := cli("ContactId", "start-task-contact", "--instance-id", instance, "--contact-flow-id", flow, "--name", "Call back")
	state := cli("UserDataList[0].Contacts[0].AgentContactState", "get-current-user-data", "--instance-id", instance, "--filters", "Agents="+user)
	if state != "CONNECTING" {
		t.Errorf("the task is %s with the agent, want CONNECTING", state)
	}
	cli("", "update-contact-attributes", "--instance-id", instance, "--initial-contact-id", task, "--attributes", "color=red")
	cli("", "stop-contact", "--instance-id", instance, "--contact-id", task)
	if got := cli("Contact.[Attributes.color,DisconnectReason]", "describe-contact", "--instance-id", instance, "--contact-id", task); got != "red\tAPI" {
		t.Errorf("the contact afterwards: %q", got)
	}
	_, stderr, err := run(t, env, "aws", "--endpoint-url", w.web.URL, "connect", "update-contact-flow-content",
		"--instance-id", instance, "--contact-flow-id", flow, "--content", queueFlow(queue, "nowhere"))
	if err == nil || !strings.Contains(stderr, "(InvalidContactFlowException)") {
		t.Errorf("a dangling transition: %v %q, want InvalidContactFlowException", err, stderr)
	}
}
