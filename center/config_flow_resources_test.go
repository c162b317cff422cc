package center

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"strings"
	"testing"

	"tandem"
	"tandem/event"
	"tandem/flow"
	"tandem/voice"
)

const sampleFunction = "arn:aws:lambda:eu-central-1:012345678901:function:lookup"

func TestFunctionsAndBotsAreAssociatedOnceAndCanGo(t *testing.T) {
	w := created(t)
	before := w.m.Hash()
	w.must(AssociateFunction{FunctionARN: sampleFunction})
	w.must(AssociateBot{Bot: "Orders:eu-central-1:$LATEST"})
	if w.m.Hash() == before {
		t.Error("the hash does not cover functions and bots")
	}
	if got := kinds(w.must(AssociateFunction{FunctionARN: sampleFunction})) + kinds(w.must(AssociateBot{Bot: "Orders:eu-central-1:$LATEST"})); got != "" {
		t.Errorf("to associate once more led to %s", got)
	}
	w.restart()
	if st := w.m.State(); st.Functions[sampleFunction] == nil || st.Bots["Orders:eu-central-1:$LATEST"] == nil {
		t.Errorf("after a restart there are functions %v and bots %v", st.Functions, st.Bots)
	}
	w.must(AssociateFunction{FunctionARN: sampleFunction, Gone: true})
	w.must(AssociateBot{Bot: "Orders:eu-central-1:$LATEST", Gone: true})
	if w.m.Hash() != before {
		t.Error("what was associated and is gone still counts in the hash")
	}
	w.refused(AssociateFunction{FunctionARN: sampleFunction, Gone: true}, tandem.NotFound, "FunctionArn")
	w.refused(AssociateBot{Bot: "Orders:eu-central-1:$LATEST", Gone: true}, tandem.NotFound, "LexBot")
	for _, odd := range []string{"", "two words", "line\nbreak", "\xff", strings.Repeat("x", 300)} {
		w.refused(AssociateFunction{FunctionARN: odd}, tandem.Invalid, "FunctionArn")
		w.refused(AssociateBot{Bot: odd}, tandem.Invalid, "LexBot")
	}
	for i := range maxFunctions {
		w.must(AssociateFunction{FunctionARN: fmt.Sprint("function", i)})
		w.must(AssociateBot{Bot: fmt.Sprint("bot", i)})
	}
	w.refused(AssociateFunction{FunctionARN: "one more"}, tandem.Exhausted, "FunctionArn")
	w.refused(AssociateBot{Bot: "one more"}, tandem.Exhausted, "LexBot")
}

func TestBotOfLexIsAssociatedWhateverItsAlias(t *testing.T) {
	w := created(t)
	const alias = "arn:aws:lex:eu-central-1:012345678901:bot-alias/A/B"
	w.must(AssociateBot{Bot: "Orders:eu-central-1"})
	w.must(AssociateBot{Bot: alias})
	for bot, want := range map[string]bool{"Orders:eu-central-1:live": true, "Orders:eu-central-1": true, alias: true,
		"Orders:us-east-1:live": false, "Orders": false, alias + ":x": false, "": false} {
		if got := w.m.botAssociated(bot); got != want {
			t.Errorf("%q is associated: %v, want %v", bot, got, want)
		}
	}
}

// publicKey is a new public key in PEM.
func publicKey(t *testing.T) string {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
}

func TestAtMostTwoSecurityKeysAreActive(t *testing.T) {
	w := created(t)
	save := func(name, key string) SaveSecurityKey {
		return SaveSecurityKey{event.SecurityKeySaved{AssociationID: w.id(name), Key: key}}
	}
	first := publicKey(t)
	w.must(save("first", first))
	w.refused(save("first", publicKey(t)), tandem.Duplicate, "AssociationId")
	w.refused(save("second", first), tandem.Duplicate, "Key")
	for _, bad := range []string{"", "no PEM", strings.Repeat("x", 1025), "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n",
		"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----\n"} {
		w.refused(save("bad", bad), tandem.Invalid, "Key")
	}
	w.refused(SaveSecurityKey{event.SecurityKeySaved{Key: first}}, tandem.Invalid, "AssociationId")
	w.must(save("second", publicKey(t)))
	w.refused(save("third", publicKey(t)), tandem.Exhausted, "Key")
	w.restart()
	w.must(SaveSecurityKey{event.SecurityKeySaved{AssociationID: w.id("first"), Gone: true}})
	w.refused(SaveSecurityKey{event.SecurityKeySaved{AssociationID: w.id("first"), Gone: true}}, tandem.NotFound, "AssociationId")
	w.must(save("third", publicKey(t)))
	if keys := w.m.State().SecurityKeys; len(keys) != 2 || keys[w.id("third")].CreatedAt != w.now {
		t.Errorf("the keys are %v", keys)
	}
}

func (w *world) version(id tandem.ID) uint64 {
	w.t.Helper()
	answer, _, err := w.step(SaveModulePointer{event.ModulePointerSaved{ModuleID: id}})
	if err != nil {
		w.t.Fatal(err)
	}
	return answer.(uint64)
}

func TestVersionsAreNumberedFromOneAndKeepTheirContent(t *testing.T) {
	w := created(t)
	menu := w.id("menu")
	if v := w.version(menu); v != 1 {
		t.Fatalf("the first version is %d", v)
	}
	if v := w.version(menu); v != 1 {
		t.Fatalf("what is published has the version 1, and was given %d", v)
	}
	w.must(SaveFlow{Flow: w.flow("menu", flow.TypeContactFlow, directFlow)})
	w.must(SaveFlow{Flow: w.flow("menu", flow.TypeContactFlow, circleFlow)})
	if v := w.version(menu); v != 2 {
		t.Fatalf("the second version is %d", v)
	}
	w.restart()
	f := w.m.State().Flows[menu]
	if len(f.Running) != 1 || f.Running[1] == nil || f.Published.Version != 3 {
		t.Fatalf("versions %v are kept beside %d; want 1, which has a number", tandem.SortedKeys(f.Running), f.Published.Version)
	}
	if err := w.m.Check(); err != nil {
		t.Fatal(err)
	}
	gone := func(v uint64) SaveModulePointer {
		return SaveModulePointer{event.ModulePointerSaved{ModuleID: menu, Version: v, Gone: true}}
	}
	w.must(gone(1))
	if f := w.m.State().Flows[menu]; len(f.Running) != 0 {
		t.Error("the content of a deleted version is kept")
	}
	w.refused(gone(1), tandem.NotFound, "ContactFlowModuleId")
	w.must(gone(2))
	w.refused(gone(2), tandem.NotFound, "ContactFlowModuleId")
	if v := w.version(menu); v != 3 {
		t.Errorf("after the versions 1 and 2 were deleted the next is %d: a number is used twice", v)
	}
	w.refused(SaveModulePointer{event.ModulePointerSaved{ModuleID: w.id("none")}}, tandem.NotFound, "ContactFlowModuleId")
	w.refused(SaveModulePointer{event.ModulePointerSaved{ModuleID: menu, PointerID: w.id("alias"), Name: "live", Version: 3}}, tandem.Invalid, "ContactFlowModuleId")
	w.must(AssociateNumber{NumberID: w.id("number2")})
	w.must(DeleteFlow{menu})
	if len(w.m.State().ModulePointers) != 0 {
		t.Error("versions of a deleted flow are kept")
	}
}

func TestContactInANumberedVersionDoesNotLoseItWhenTheNumberGoes(t *testing.T) {
	w := created(t)
	menu := w.id("menu")
	w.version(menu)
	w.call("c1", "", menuNumber)
	w.legReport(voice.LegAnswered, "c1", false, 0)
	w.must(SaveFlow{Flow: w.flow("menu", flow.TypeContactFlow, directFlow)})
	w.must(SaveModulePointer{event.ModulePointerSaved{ModuleID: menu, Version: 1, Gone: true}})
	if w.m.State().Flows[menu].Running[1] == nil {
		t.Error("the version that the contact is in is gone")
	}
	if err := w.m.Check(); err != nil {
		t.Error(err)
	}
}

func TestAliasStandsForAVersionAndCanMove(t *testing.T) {
	w := created(t)
	m := w.id("greeting")
	w.saveFlow("greeting", flow.TypeModule, say("say", "Hello."), bye)
	w.version(m)
	w.saveFlow("greeting", flow.TypeModule, say("say", "Good day."), bye)
	w.version(m)
	alias := func(name string, version uint64) SaveModulePointer {
		return SaveModulePointer{event.ModulePointerSaved{ModuleID: m, PointerID: w.id(name), Name: name, Version: version}}
	}
	w.must(alias("live", 1))
	for _, bad := range []string{"", "12", "$LATEST", "a:b", strings.Repeat("x", 101)} {
		b := alias("bad", 1)
		b.Pointer.Name = bad
		w.refused(b, tandem.Invalid, "AliasName")
	}
	w.refused(alias("other", 7), tandem.NotFound, "ContactFlowModuleVersion")
	twice := alias("other", 2)
	twice.Pointer.Name = "live"
	w.refused(twice, tandem.Duplicate, "AliasName")
	w.refused(SaveModulePointer{event.ModulePointerSaved{ModuleID: m, Version: 1, Gone: true}}, tandem.InUse, "ContactFlowModuleVersion")
	w.must(alias("live", 2))
	w.must(SaveModulePointer{event.ModulePointerSaved{ModuleID: m, Version: 1, Gone: true}})
	all := w.m.State().ModulePointers[m]
	if len(all) != 2 || all[1].Name != "live" || all[1].Saved != 2 || all[0].Version != 2 {
		t.Errorf("versions and aliases are %+v", all)
	}
	w.must(SaveModulePointer{event.ModulePointerSaved{ModuleID: m, PointerID: w.id("live"), Gone: true}})
	w.refused(SaveModulePointer{event.ModulePointerSaved{ModuleID: m, PointerID: w.id("live"), Gone: true}}, tandem.NotFound, "ContactFlowModuleId")
}

func TestNoticeIsRaisedForAdministrators(t *testing.T) {
	w := created(t)
	events := w.must(RaiseNotice{Notice: "flow_log_alert", Detail: "functions fail"})
	n, ok := events[0].(*event.NoticeRaised)
	if !ok || n.NoticeID.IsZero() || !n.UserID.IsZero() || n.Notice != "flow_log_alert" || n.Detail != "functions fail" {
		t.Errorf("raised: %+v", events[0])
	}
	w.refused(RaiseNotice{Notice: "Two Words"}, tandem.Invalid, "Notice")
	w.refused(RaiseNotice{}, tandem.Invalid, "Notice")
	w.refused(RaiseNotice{Notice: "a", Detail: strings.Repeat("x", 501)}, tandem.Invalid, "Detail")
}

func TestContactTagsAreAddedAndTakenOff(t *testing.T) {
	w := created(t)
	w.call("c1", "", menuNumber)
	c := w.id("c1")
	w.must(TagContact{ContactID: c, Add: map[string]string{"team": "a", "case": "7"}})
	w.must(TagContact{ContactID: c, Add: map[string]string{"team": "b"}, Remove: []string{"case", "none"}})
	if got := w.m.State().Contacts[c].Tags; len(got) != 1 || got["team"] != "b" {
		t.Errorf("the tags are %v", got)
	}
	if got := kinds(w.must(TagContact{ContactID: c, Add: map[string]string{"team": "b"}})); got != "" {
		t.Errorf("the same again led to %s", got)
	}
	w.refused(TagContact{ContactID: w.id("none"), Add: map[string]string{"a": "b"}}, tandem.NotFound, "ContactId")
	w.refused(TagContact{ContactID: c, Add: map[string]string{"aws:a": "b"}}, tandem.Invalid, "Tags")
	w.refused(TagContact{ContactID: c, Remove: make([]string, 7)}, tandem.Invalid, "Tags")
}
