package connect

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"slices"
	"testing"
)

const (
	sampleFunction = "arn:aws:lambda:eu-central-1:012345678901:function:lookup"
	sampleBotAlias = "arn:aws:lex:eu-central-1:012345678901:bot-alias/ABCDEFGHIJ/KLMNOPQRST"
)

func TestLambdaFunctionsAreAssociatedAndListedInPages(t *testing.T) {
	w := newWorld(t)
	var want []string
	for i := range 3 {
		want = append(want, fmt.Sprint(sampleFunction, i))
		w.call("AssociateLambdaFunction", map[string]any{"FunctionArn": want[i]}, nil)
	}
	w.call("AssociateLambdaFunction", map[string]any{"FunctionArn": want[0]}, nil) // once more, as a retry would
	var got []string
	for token := ""; ; {
		var page ListLambdaFunctionsResponse
		w.call("ListLambdaFunctions", map[string]any{"MaxResults": "2", "NextToken": token}, &page)
		if got = append(got, page.LambdaFunctions...); page.NextToken == nil {
			break
		}
		token = *page.NextToken
	}
	if !slices.Equal(got, want) {
		t.Errorf("functions %v, want %v", got, want)
	}
	w.call("DisassociateLambdaFunction", map[string]any{"FunctionArn": want[1]}, nil)
	w.refused("DisassociateLambdaFunction", "ResourceNotFoundException", map[string]any{"FunctionArn": want[1]})
	w.refused("AssociateLambdaFunction", "InvalidParameterException", map[string]any{"FunctionArn": "two words"})
}

func TestBotsOfBothVersionsAreAssociatedAndListed(t *testing.T) {
	w := newWorld(t)
	orders := map[string]any{"Name": "Orders", "LexRegion": "eu-central-1"}
	w.call("AssociateBot", map[string]any{"LexV2Bot": map[string]any{"AliasArn": sampleBotAlias}}, nil)
	w.call("AssociateBot", map[string]any{"LexBot": orders}, nil)
	w.call("AssociateLexBot", map[string]any{"LexBot": map[string]any{"Name": "Returns", "LexRegion": "eu-central-1"}}, nil)
	var v1, v2 ListBotsResponse
	w.call("ListBots", map[string]any{"LexVersion": "V1"}, &v1)
	w.call("ListBots", map[string]any{"LexVersion": "V2"}, &v2)
	if len(v1.LexBots) != 2 || *v1.LexBots[0].LexBot.Name != "Orders" || *v1.LexBots[0].LexBot.LexRegion != "eu-central-1" {
		t.Errorf("bots of Lex: %+v", v1.LexBots)
	}
	if len(v2.LexBots) != 1 || *v2.LexBots[0].LexV2Bot.AliasArn != sampleBotAlias {
		t.Errorf("bots of Lex V2: %+v", v2.LexBots)
	}
	w.call("DisassociateLexBot", map[string]any{"BotName": "Returns", "LexRegion": "eu-central-1"}, nil)
	w.call("DisassociateBot", map[string]any{"LexV2Bot": map[string]any{"AliasArn": sampleBotAlias}}, nil)
	var list ListLexBotsResponse
	w.call("ListLexBots", nil, &list)
	if len(list.LexBots) != 1 || *list.LexBots[0].Name != "Orders" {
		t.Errorf("bots of Lex: %+v", list.LexBots)
	}
	w.refused("DisassociateBot", "ResourceNotFoundException", map[string]any{"LexV2Bot": map[string]any{"AliasArn": sampleBotAlias}})
	for _, members := range []map[string]any{{}, {"LexBot": orders, "LexV2Bot": map[string]any{"AliasArn": sampleBotAlias}}, {"LexV2Bot": map[string]any{}}, {"LexV2Bot": map[string]any{"AliasArn": "Orders"}}} {
		w.refused("AssociateBot", "InvalidRequestException", members)
	}
	w.refused("AssociateLexBot", "InvalidParameterException", map[string]any{"LexBot": map[string]any{"Name": "a:b", "LexRegion": "x"}})
}

func TestSecurityKeysAreAssociated(t *testing.T) {
	w := newWorld(t)
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	text := string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
	var made AssociateSecurityKeyResponse
	w.call("AssociateSecurityKey", map[string]any{"Key": text}, &made)
	w.refused("AssociateSecurityKey", "ResourceConflictException", map[string]any{"Key": text})
	w.refused("AssociateSecurityKey", "InvalidParameterException", map[string]any{"Key": "no key"})
	var list ListSecurityKeysResponse
	w.call("ListSecurityKeys", nil, &list)
	if len(list.SecurityKeys) != 1 || *list.SecurityKeys[0].Key != text || *list.SecurityKeys[0].AssociationId != *made.AssociationId || list.SecurityKeys[0].CreationTime == nil {
		t.Errorf("keys: %+v", list.SecurityKeys)
	}
	w.call("DisassociateSecurityKey", map[string]any{"AssociationId": *made.AssociationId}, nil)
	w.refused("DisassociateSecurityKey", "ResourceNotFoundException", map[string]any{"AssociationId": *made.AssociationId})
	w.refused("DisassociateSecurityKey", "ResourceNotFoundException", map[string]any{"AssociationId": "nonsense"})
}

func TestContactIsTaggedAndUntagged(t *testing.T) {
	w := newWorld(t)
	flow := w.create("CreateContactFlow", "Name", "Task flow", "Type", "CONTACT_FLOW", "Content", queueFlow(w.defaults.QueueID.String(), "queue"))
	contact := w.create("StartTaskContact", "Name", "task", "ContactFlowId", flow)
	w.call("TagContact", map[string]any{"ContactId": contact, "Tags": map[string]string{"team": "a", "floor": "top"}}, nil)
	w.call("UntagContact", map[string]any{"ContactId": contact, "TagKeys": "floor"}, nil)
	var got DescribeContactResponse
	w.call("DescribeContact", map[string]any{"ContactId": contact}, &got)
	if tags := got.Contact.Tags; len(tags) != 1 || tags["team"] != "a" {
		t.Errorf("tags: %v", tags)
	}
	w.refused("TagContact", "ResourceNotFoundException", map[string]any{"ContactId": flow, "Tags": map[string]string{"team": "a"}})
}

func TestFlowLogIsTurnedOnAndOffByAnAttribute(t *testing.T) {
	w := newWorld(t)
	value := func(name string) string {
		t.Helper()
		var got DescribeInstanceAttributeResponse
		w.call("DescribeInstanceAttribute", map[string]any{"AttributeType": name}, &got)
		return *got.Attribute.Value
	}
	for _, want := range []string{"true", "false"} {
		w.call("UpdateInstanceAttribute", map[string]any{"AttributeType": "CONTACTFLOW_LOGS", "Value": want}, nil)
		if got := value("CONTACTFLOW_LOGS"); got != want {
			t.Errorf("CONTACTFLOW_LOGS is %s, want %s", got, want)
		}
	}
	if value("INBOUND_CALLS") != "true" || value("CONTACT_LENS") != "false" {
		t.Error("the fixed attributes are wrong")
	}
	w.call("UpdateInstanceAttribute", map[string]any{"AttributeType": "CONTACT_LENS", "Value": "false"}, nil)
	w.refused("UpdateInstanceAttribute", "InvalidParameterException", map[string]any{"AttributeType": "CONTACT_LENS", "Value": "true"})
	w.refused("UpdateInstanceAttribute", "InvalidParameterException", map[string]any{"AttributeType": "CONTACTFLOW_LOGS", "Value": "maybe"})
	var names []string
	for token := ""; ; {
		var page ListInstanceAttributesResponse
		w.call("ListInstanceAttributes", map[string]any{"MaxResults": "7", "NextToken": token}, &page)
		for _, a := range page.Attributes {
			names = append(names, string(*a.AttributeType))
		}
		if page.NextToken == nil {
			break
		}
		token = *page.NextToken
	}
	if !slices.IsSorted(names) || len(names) != len(InstanceAttributeType("").Values()) {
		t.Errorf("attributes listed: %v", names)
	}
}
