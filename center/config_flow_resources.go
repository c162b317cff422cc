package center

import (
	"crypto/x509"
	"encoding/pem"
	"maps"
	"slices"
	"strings"
	"unicode"

	"tandem"
	"tandem/event"
	"tandem/flow"
)

// Limits of what flows use (Amazon Connect API: AssociateLambdaFunction,
// AssociateBot, AssociateSecurityKey, CreateContactFlowModuleVersion,
// CreateContactFlowModuleAlias).
const (
	maxFunctions         = 250
	maxBots              = 250
	maxFunctionChars     = 140
	maxBotChars          = 250
	maxSecurityKeys      = 2
	maxSecurityKeyChars  = 1024
	maxVersions          = 100 // of one flow or module
	maxAliases           = 100 // of one module
	maxAliasNameChars    = 100
	maxContactTagEntries = 6 // in one request
)

// RaiseNotice tells the administrators something that an edge has seen.
type RaiseNotice struct {
	Notice string // a stable name in small letters, such as flow_log_alert
	Detail string // what it is about; nothing personal
}

func (m *Machine) raiseNotice(s *tandem.Step, b RaiseNotice) error {
	if err := checkLength("Notice", b.Notice, 1, maxNameChars); err != nil {
		return err
	}
	if err := checkLength("Detail", b.Detail, 0, maxFlowDescriptionChars); err != nil {
		return err
	}
	if strings.Trim(b.Notice, "abcdefghijklmnopqrstuvwxyz_") != "" {
		return tandem.Errorf(tandem.Invalid, "Notice", "has only small letters and underscores")
	}
	s.Emit(&event.NoticeRaised{NoticeID: s.NextID(), Notice: b.Notice, Detail: b.Detail})
	return nil
}

// TagContact changes the tags of a contact: it adds those of Add, and takes off
// those whose keys are in Remove (Amazon Connect API: TagContact, UntagContact).
type TagContact struct {
	ContactID tandem.ID
	Add       map[string]string
	Remove    []string
}

func (m *Machine) tagContact(s *tandem.Step, b TagContact) error {
	c := m.state.Contacts[b.ContactID]
	if c == nil {
		return tandem.Errorf(tandem.NotFound, "ContactId", "there is no contact %s, or it ended long ago", b.ContactID)
	}
	if len(b.Add) > maxContactTagEntries || len(b.Remove) > maxContactTagEntries {
		return tandem.Errorf(tandem.Invalid, "Tags", "at most %d tags at a time", maxContactTagEntries)
	}
	tags := map[string]string{}
	maps.Copy(tags, c.Tags)
	maps.Copy(tags, b.Add)
	for _, key := range b.Remove {
		delete(tags, key)
	}
	if err := checkTags(tags); err != nil || maps.Equal(tags, c.Tags) {
		return err
	}
	s.Emit(&event.ContactTagsSet{ContactID: c.ContactID, Tags: tags})
	return nil
}

// associateFunction lets flows invoke a function, or no longer. To associate
// again what is associated changes nothing.
func (m *Machine) associateFunction(s *tandem.Step, b AssociateFunction) error {
	known := m.state.Functions[b.FunctionARN] != nil
	switch {
	case b.Gone && !known:
		return tandem.Errorf(tandem.NotFound, "FunctionArn", "this function is not associated with the instance")
	case known && !b.Gone:
		return nil
	case !b.Gone && len(m.state.Functions) >= maxFunctions:
		return tandem.Errorf(tandem.Exhausted, "FunctionArn", "an instance has at most %d functions; disassociate one first", maxFunctions)
	}
	if err := checkResourceName("FunctionArn", b.FunctionARN, maxFunctionChars); err != nil {
		return err
	}
	s.Emit(&event.FunctionAssociated{FunctionARN: b.FunctionARN, Gone: b.Gone})
	return nil
}

// associateBot lets flows use a bot, or no longer.
func (m *Machine) associateBot(s *tandem.Step, b AssociateBot) error {
	known := m.state.Bots[b.Bot] != nil
	switch {
	case b.Gone && !known:
		return tandem.Errorf(tandem.NotFound, "LexBot", "this bot is not associated with the instance")
	case known && !b.Gone:
		return nil
	case !b.Gone && len(m.state.Bots) >= maxBots:
		return tandem.Errorf(tandem.Exhausted, "LexBot", "an instance has at most %d bots; disassociate one first", maxBots)
	}
	if err := checkResourceName("LexBot", b.Bot, maxBotChars); err != nil {
		return err
	}
	s.Emit(&event.BotAssociated{Bot: b.Bot, Gone: b.Gone})
	return nil
}

// botAssociated reports whether flows may use a bot. One of Lex is associated by
// name and region; flows name an alias too (Amazon Connect API: AssociateLexBot).
func (m *Machine) botAssociated(bot string) bool {
	if m.state.Bots[bot] != nil {
		return true
	}
	alias := strings.LastIndexByte(bot, ':')
	return alias > 0 && !strings.HasPrefix(bot, "arn:") && m.state.Bots[bot[:alias]] != nil
}

// checkResourceName refuses what no ARN or name of a function or bot looks like.
func checkResourceName(field, name string, most int) error {
	if err := checkLength(field, name, 1, most); err != nil {
		return err
	}
	odd := func(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) || r == unicode.ReplacementChar }
	if strings.ContainsFunc(name, odd) {
		return tandem.Errorf(tandem.Invalid, field, "has spaces or characters that cannot be printed; give the ARN as it is")
	}
	return nil
}

// saveSecurityKey adds a key or removes one. The answer is the association's id.
func (m *Machine) saveSecurityKey(s *tandem.Step, b SaveSecurityKey) (tandem.ID, error) {
	k := b.Key
	old := m.state.SecurityKeys[k.AssociationID]
	switch {
	case k.AssociationID.IsZero():
		return tandem.ID{}, tandem.Errorf(tandem.Invalid, "AssociationId", "the key needs an id")
	case k.Gone && old == nil:
		return tandem.ID{}, tandem.Errorf(tandem.NotFound, "AssociationId", "there is no security key %s", k.AssociationID)
	case k.Gone:
		s.Emit(&event.SecurityKeySaved{AssociationID: k.AssociationID, Gone: true, CreatedAt: old.CreatedAt})
		return k.AssociationID, nil
	case old != nil:
		return tandem.ID{}, tandem.Errorf(tandem.Duplicate, "AssociationId", "there is a security key %s already", k.AssociationID)
	}
	if err := m.checkSecurityKey(k.Key); err != nil {
		return tandem.ID{}, err
	}
	k.CreatedAt = s.At
	s.Emit(&k)
	return k.AssociationID, nil
}

// checkSecurityKey takes a public key, or a certificate with one (Amazon Connect
// Administrator Guide: Encrypt sensitive customer input).
func (m *Machine) checkSecurityKey(key string) error {
	if err := checkLength("Key", key, 1, maxSecurityKeyChars); err != nil {
		return err
	}
	for _, id := range tandem.SortedIDs(m.state.SecurityKeys) {
		if m.state.SecurityKeys[id].Key == key {
			return tandem.Errorf(tandem.Duplicate, "Key", "the key is associated already, as %s", id)
		}
	}
	if len(m.state.SecurityKeys) >= maxSecurityKeys {
		return tandem.Errorf(tandem.Exhausted, "Key", "an instance has at most %d security keys; disassociate one first", maxSecurityKeys)
	}
	block, _ := pem.Decode([]byte(key))
	if block == nil {
		return tandem.Errorf(tandem.Invalid, "Key", "is not PEM; it begins with -----BEGIN PUBLIC KEY----- or -----BEGIN CERTIFICATE-----")
	}
	var err error
	switch block.Type {
	case "CERTIFICATE":
		_, err = x509.ParseCertificate(block.Bytes)
	case "PUBLIC KEY":
		_, err = x509.ParsePKIXPublicKey(block.Bytes)
	default:
		return tandem.Errorf(tandem.Invalid, "Key", "holds a %s; a public key or a certificate is needed", strings.ToLower(block.Type))
	}
	if err != nil {
		return tandem.Errorf(tandem.Invalid, "Key", "cannot be read: %v", err)
	}
	return nil
}

// saveModulePointer makes a version of a flow or module, makes or changes an
// alias of a module, or removes one of them. The answer of a new version is its
// number, otherwise the alias's id (Amazon Connect API:
// CreateContactFlowModuleVersion, CreateContactFlowVersion,
// CreateContactFlowModuleAlias).
func (m *Machine) saveModulePointer(s *tandem.Step, b SaveModulePointer) (any, error) {
	p := b.Pointer
	f := m.state.Flows[p.ModuleID]
	switch {
	case f == nil:
		return nil, tandem.Errorf(tandem.NotFound, "ContactFlowModuleId", "there is no flow or module %s", p.ModuleID)
	case p.Gone:
		return nil, m.removePointer(s, &p)
	}
	if err := checkLength("Description", p.Description, 0, maxFlowDescriptionChars); err != nil {
		return nil, err
	}
	p.ModifiedAt = s.At
	if p.PointerID.IsZero() {
		return m.saveVersion(s, f, &p)
	}
	if f.Saved.Type != string(flow.TypeModule) {
		return nil, tandem.Errorf(tandem.Invalid, "ContactFlowModuleId", "only modules have aliases")
	}
	return p.PointerID, m.saveAlias(s, &p)
}

// saveVersion numbers what is published. What is published has one number: to
// ask for another gives the same.
func (m *Machine) saveVersion(s *tandem.Step, f *Flow, p *event.ModulePointerSaved) (uint64, error) {
	if f.Published == nil {
		return 0, tandem.Errorf(tandem.Invalid, "ContactFlowModuleId", "nothing of it is published; publish it first")
	}
	p.Name, p.Version, p.Saved = "", 1, f.Published.Version
	versions := 0
	for _, old := range m.state.ModulePointers[p.ModuleID] {
		switch {
		case !old.PointerID.IsZero():
			continue
		case old.Saved == p.Saved && !old.Gone:
			return old.Version, nil
		case !old.Gone:
			versions++
		}
		p.Version = max(p.Version, old.Version+1)
	}
	if versions >= maxVersions {
		return 0, tandem.Errorf(tandem.Exhausted, "ContactFlowModuleId", "it has %d versions, the most that are allowed; delete one first", versions)
	}
	s.Emit(p)
	return p.Version, nil
}

func (m *Machine) saveAlias(s *tandem.Step, p *event.ModulePointerSaved) error {
	if err := checkLength("AliasName", p.Name, 1, maxAliasNameChars); err != nil {
		return err
	}
	if strings.Trim(p.Name, "0123456789") == "" || strings.HasPrefix(p.Name, "$") || strings.ContainsAny(p.Name, ":/") {
		return tandem.Errorf(tandem.Invalid, "AliasName", "must not be a number, begin with $, or have a colon or slash: it stands behind the module's id")
	}
	aliases := 0
	var version *event.ModulePointerSaved
	for i, old := range m.state.ModulePointers[p.ModuleID] {
		switch {
		case old.PointerID.IsZero() && old.Version == p.Version && !old.Gone:
			version = &m.state.ModulePointers[p.ModuleID][i]
		case !old.PointerID.IsZero() && old.PointerID != p.PointerID:
			if aliases++; old.Name == p.Name {
				return tandem.Errorf(tandem.Duplicate, "AliasName", "another alias of the module has the name %q", p.Name)
			}
		}
	}
	switch {
	case version == nil:
		return tandem.Errorf(tandem.NotFound, "ContactFlowModuleVersion", "the module has no version %d", p.Version)
	case aliases >= maxAliases:
		return tandem.Errorf(tandem.Exhausted, "AliasName", "a module has at most %d aliases; delete one first", maxAliases)
	}
	p.Saved = version.Saved
	s.Emit(p)
	return nil
}

// samePointer finds the version or alias that p names.
func samePointer(p *event.ModulePointerSaved) func(event.ModulePointerSaved) bool {
	return func(o event.ModulePointerSaved) bool {
		return o.PointerID == p.PointerID && (!p.PointerID.IsZero() || o.Version == p.Version)
	}
}

func (m *Machine) removePointer(s *tandem.Step, p *event.ModulePointerSaved) error {
	all := m.state.ModulePointers[p.ModuleID]
	i := slices.IndexFunc(all, samePointer(p))
	if i < 0 || all[i].Gone {
		return tandem.Errorf(tandem.NotFound, "ContactFlowModuleId", "there is no such version or alias of %s", p.ModuleID)
	}
	for _, other := range all {
		if p.PointerID.IsZero() && !other.PointerID.IsZero() && other.Version == p.Version {
			return tandem.Errorf(tandem.InUse, "ContactFlowModuleVersion", "the alias %q stands for this version", other.Name)
		}
	}
	gone := all[i]
	gone.Gone, gone.ModifiedAt = true, s.At
	s.Emit(&gone)
	return nil
}

// applyFlowResources applies the events of what flows use.
func (m *Machine) applyFlowResources(ev tandem.Event) bool {
	st := &m.state
	switch ev := ev.(type) {
	case *event.FunctionAssociated:
		keepUnless(st.Functions, ev.FunctionARN, ev, ev.Gone)
	case *event.BotAssociated:
		keepUnless(st.Bots, ev.Bot, ev, ev.Gone)
	case *event.SecurityKeySaved:
		keepUnless(st.SecurityKeys, ev.AssociationID, ev, ev.Gone)
	case *event.ModulePointerSaved:
		m.applyPointer(ev)
	default:
		return false
	}
	m.dirty.add(entity{kindFlowResources, tandem.ID{}})
	return true
}

func keepUnless[K comparable, V any](things map[K]V, key K, thing V, gone bool) {
	if gone {
		delete(things, key)
		return
	}
	things[key] = thing
}

// applyPointer keeps versions and aliases in the order in which they were made.
// The last version stays when it is gone, so that its number is not used again.
func (m *Machine) applyPointer(ev *event.ModulePointerSaved) {
	all := slices.Clone(m.state.ModulePointers[ev.ModuleID])
	if i := slices.IndexFunc(all, samePointer(ev)); i >= 0 {
		all[i] = *ev
	} else {
		all = append(all, *ev)
	}
	var last uint64
	for _, p := range all {
		if p.PointerID.IsZero() {
			last = max(last, p.Version)
		}
	}
	all = slices.DeleteFunc(all, func(p event.ModulePointerSaved) bool {
		return p.Gone && (!p.PointerID.IsZero() || p.Version < last)
	})
	keepUnless(m.state.ModulePointers, ev.ModuleID, all, len(all) == 0)
	if ev.Gone && ev.PointerID.IsZero() {
		m.dropVersion(flowVersion{ev.ModuleID, ev.Saved})
	}
}

// forgetPointers drops the versions and aliases of a flow that is deleted.
func (m *Machine) forgetPointers(flowID tandem.ID) {
	if _, ok := m.state.ModulePointers[flowID]; ok {
		delete(m.state.ModulePointers, flowID)
		m.dirty.add(entity{kindFlowResources, tandem.ID{}})
	}
}

// numbered reports whether a version that people see stands for this one, so
// that its content is kept.
func (m *Machine) numbered(v flowVersion) bool {
	return slices.ContainsFunc(m.state.ModulePointers[v.flowID], func(p event.ModulePointerSaved) bool {
		return p.Saved == v.version && !p.Gone
	})
}

// occupied reports whether contacts are in any version of a flow.
func (m *Machine) occupied(flowID tandem.ID, f *Flow) bool {
	if f.Published != nil && m.running[flowVersion{flowID, f.Published.Version}] > 0 {
		return true
	}
	for _, version := range tandem.SortedKeys(f.Running) {
		if m.running[flowVersion{flowID, version}] > 0 {
			return true
		}
	}
	return false
}

// encodeFlowResources appends all that flows use, to be hashed; it reports
// whether there is anything.
func (st *State) encodeFlowResources(enc *tandem.Encoder) bool {
	for _, key := range tandem.SortedKeys(st.Functions) {
		st.Functions[key].EncodeWire(enc)
	}
	for _, key := range tandem.SortedKeys(st.Bots) {
		st.Bots[key].EncodeWire(enc)
	}
	for _, id := range tandem.SortedIDs(st.SecurityKeys) {
		st.SecurityKeys[id].EncodeWire(enc)
	}
	for _, id := range tandem.SortedIDs(st.ModulePointers) {
		for i := range st.ModulePointers[id] {
			st.ModulePointers[id][i].EncodeWire(enc)
		}
	}
	return len(st.Functions)+len(st.Bots)+len(st.SecurityKeys)+len(st.ModulePointers) > 0
}
