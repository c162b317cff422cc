package stories

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestModulesAndWhatFlowsUseThroughBoto3 lives the life of a flow module, and of
// what flows use, with boto3: publishing, problems, versions and aliases.
func TestModulesAndWhatFlowsUseThroughBoto3(t *testing.T) {
	s := newServer(t, "")
	s.start()
	got := s.boto(flowStory)
	want := []string{
		"module published Hello", "problems InvalidContactFlowModuleException True True",
		"flow problems InvalidContactFlowException True", "version 1", "alias 1", "live Hello", "latest Good day", "live Good day",
		"versions 1 2", "found Greeting", "flow version 1 Hello", "functions 1", "bots V2 1", "keys 1", "keys 0", "logs true", "deleted ResourceNotFoundException",
	}
	if diff := cmp.Diff(want, strings.Split(strings.TrimSpace(got), "\n")); diff != "" {
		t.Error(diff)
	}
}

const flowStory = `
def content(text):
    return json.dumps({'Version': '2019-10-30', 'StartAction': 'say', 'Actions': [
        {'Identifier': 'say', 'Type': 'MessageParticipant', 'Parameters': {'Text': text}, 'Transitions': {'NextAction': 'bye', 'Errors': [{'NextAction': 'bye', 'ErrorType': 'NoMatchingError'}]}},
        {'Identifier': 'bye', 'Type': 'DisconnectParticipant', 'Parameters': {}, 'Transitions': {}}]})

def text(content): return json.loads(content)['Actions'][0]['Parameters']['Text']

m = c.create_contact_flow_module(InstanceId=i, Name='Greeting', Content=content('Hello'), Tags={'team': 'a'})['Id']
def shown(qualifier): return c.describe_contact_flow_module(InstanceId=i, ContactFlowModuleId=m + qualifier)['ContactFlowModule']
print('module', shown('')['Status'].lower(), text(shown('')['Content']))

bad = json.dumps({'Version': '2019-10-30', 'StartAction': 'a', 'Actions': [{'Identifier': 'a', 'Type': 'Recite'}, {'Identifier': 'b', 'Type': 'Loop'}]})
try:
    c.update_contact_flow_module_content(InstanceId=i, ContactFlowModuleId=m, Content=bad)
except c.exceptions.InvalidContactFlowModuleException as e:
    all = [p['message'] for p in e.response['Problems']]
    print('problems', e.response['Error']['Code'], all[0].startswith('Invalid Action type. Path: Actions[0].Type'), len(all) > 1)
try:
    c.create_contact_flow(InstanceId=i, Name='Bad', Type='CONTACT_FLOW', Content=bad)
except c.exceptions.InvalidContactFlowException as e:
    print('flow problems', e.response['Error']['Code'], len(e.response['problems']) > 1)

print('version', c.create_contact_flow_module_version(InstanceId=i, ContactFlowModuleId=m, FlowModuleContentSha256=shown('')['FlowModuleContentSha256'])['Version'])
alias = c.create_contact_flow_module_alias(InstanceId=i, ContactFlowModuleId=m, ContactFlowModuleVersion=1, AliasName='live')['Id']
print('alias', c.describe_contact_flow_module_alias(InstanceId=i, ContactFlowModuleId=m, AliasId=alias)['ContactFlowModuleAlias']['Version'])
c.update_contact_flow_module_content(InstanceId=i, ContactFlowModuleId=m, Content=content('Good day'))
print('live', text(shown(':live')['Content']))
print('latest', text(shown('')['Content']))
v = c.create_contact_flow_module_version(InstanceId=i, ContactFlowModuleId=m)['Version']
c.update_contact_flow_module_alias(InstanceId=i, ContactFlowModuleId=m, AliasId=alias, ContactFlowModuleVersion=v)
print('live', text(shown(':live')['Content']))
print('versions', *[x['Version'] for x in c.list_contact_flow_module_versions(InstanceId=i, ContactFlowModuleId=m)['ContactFlowModuleVersionSummaryList']])
print('found', *[x['Name'] for x in c.search_contact_flow_modules(InstanceId=i, SearchCriteria={'StringCondition': {'FieldName': 'name', 'Value': 'greet', 'ComparisonType': 'STARTS_WITH'}})['ContactFlowModules']])

f = c.create_contact_flow(InstanceId=i, Name='Say', Type='CONTACT_FLOW', Content=content('Hello'))['ContactFlowId']
n = c.create_contact_flow_version(InstanceId=i, ContactFlowId=f)['Version']
c.update_contact_flow_content(InstanceId=i, ContactFlowId=f, Content=content('Changed'))
print('flow version', n, text(c.describe_contact_flow(InstanceId=i, ContactFlowId='%s:%d' % (f, n))['ContactFlow']['Content']))

c.associate_lambda_function(InstanceId=i, FunctionArn='arn:aws:lambda:us-east-1:000000000000:function:lookup')
print('functions', len(c.list_lambda_functions(InstanceId=i)['LambdaFunctions']))
c.associate_bot(InstanceId=i, LexV2Bot={'AliasArn': 'arn:aws:lex:us-east-1:000000000000:bot-alias/ABCDEFGHIJ/KLMNOPQRST'})
print('bots V2', len(c.list_bots(InstanceId=i, LexVersion='V2')['LexBots']))
key = '''-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEWwKjm09tAxqqPd4kHki0tVanMnqi
klM3rMRd6habG91XPotKPg5EIgAo690gnlw3aVYZxeMuiOOCO1HRZgNRsA==
-----END PUBLIC KEY-----
'''
k = c.associate_security_key(InstanceId=i, Key=key)['AssociationId']
print('keys', len(c.list_security_keys(InstanceId=i)['SecurityKeys']))
c.disassociate_security_key(InstanceId=i, AssociationId=k)
print('keys', len(c.list_security_keys(InstanceId=i)['SecurityKeys']))
c.update_instance_attribute(InstanceId=i, AttributeType='CONTACTFLOW_LOGS', Value='true')
print('logs', c.describe_instance_attribute(InstanceId=i, AttributeType='CONTACTFLOW_LOGS')['Attribute']['Value'])
c.delete_contact_flow_module(InstanceId=i, ContactFlowModuleId=m)
try:
    shown('')
except c.exceptions.ResourceNotFoundException as e:
    print('deleted', e.response['Error']['Code'])
`
