package flow

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// MaxModuleBranches is how many branches of its own a module may have (Amazon
// Connect Administrator Guide: Flow modules for reusable functions).
const MaxModuleBranches = 8

// ModuleSettings are what a module takes, what it returns, and the branches that
// it may return with. What they do not describe is not checked.
type ModuleSettings struct {
	Input    *Schema // of $.Modules.Input; nil: anything
	Result   *Schema // of $.Modules.ResultData; nil: anything
	Branches []ModuleBranch
}

// A ModuleBranch is one way out of a module besides success and error.
type ModuleBranch struct{ Name, Description string }

// ParseModuleSettings reads settings as the API takes them (Amazon Connect API:
// CreateContactFlowModule, member Settings), or as they stand in a module's
// content. Empty text describes nothing. Its error is a Problems.
func ParseModuleSettings(settings string) (ModuleSettings, error) {
	var s shape
	var read ModuleSettings
	if settings != "" {
		read = s.settings(json.RawMessage(settings))
	}
	if len(s.problems) > 0 {
		return ModuleSettings{}, s.problems
	}
	return read, nil
}

const settingsPath = "Settings"

// settings reads both forms: the API's has "input", "resultData" and "transitions"
// with "results"; in content "Transitions" is a list with reference names, among
// them those of success and error, and the parameters are always empty.
func (s *shape) settings(raw json.RawMessage) (settings ModuleSettings) {
	members := s.object(raw, settingsPath)
	settings.Input = s.schemaOf(members["input"], settingsPath+".input")
	settings.Result = s.schemaOf(members["resultData"], settingsPath+".resultData")
	if raw, ok := members["transitions"]; ok {
		path := settingsPath + ".transitions"
		settings.Branches = s.branches(s.object(raw, path)["results"], path+".results", "name", "description")
	}
	if raw, ok := members["Transitions"]; ok {
		settings.Branches = s.branches(raw, settingsPath+".Transitions", "ReferenceName", "Description")
	}
	if n := len(settings.Branches); n > MaxModuleBranches {
		s.wrong(settingsPath, fmt.Sprintf("at most %d branches, not %d", MaxModuleBranches, n))
	}
	return settings
}

func (s *shape) branches(raw json.RawMessage, path, nameMember, descriptionMember string) []ModuleBranch {
	var branches []ModuleBranch
	for i, item := range s.list(raw, path) {
		at := indexed(path, i)
		members := s.object(item, at)
		b := ModuleBranch{
			Name:        s.text(members[nameMember], at+"."+nameMember),
			Description: s.text(members[descriptionMember], at+"."+descriptionMember),
		}
		same := func(other ModuleBranch) bool { return other.Name == b.Name }
		switch {
		case b.Name == OutcomeSuccess || b.Name == "Error":
		case b.Name == "":
			s.wrong(at, "a name")
		case slices.ContainsFunc(branches, same):
			s.wrong(at, "a name that no other branch has")
		default:
			branches = append(branches, b)
		}
	}
	return branches
}

// branchNames lists the names of the branches.
func (m ModuleSettings) branchNames() []string {
	names := make([]string, len(m.Branches))
	for i, b := range m.Branches {
		names[i] = b.Name
	}
	return names
}

// CheckModuleCall checks the input for a module, and the conditions on its
// branches, against the module's settings, if they are known.
func (p *Params) CheckModuleCall(module, input string) {
	details, ok := p.report.resources.(Details)
	id, isText := scalar(p.members[module])
	if !ok || !isText || !ParseTemplate(id).Static() {
		return
	}
	settings, known := details.ModuleSettings(ResourceID(id))
	if !known {
		return
	}
	p.checkTree(input, settings.Input)
	if len(settings.Branches) > 0 {
		p.Rules.Conditions.Operands = settings.branchNames()
	}
}

// CheckModuleReturn checks the branch and the data that a module returns with
// against its own settings.
func (p *Params) CheckModuleReturn(branch, data string) {
	settings := p.report.module
	p.checkTree(data, settings.Result)
	name, ok := scalar(p.members[branch])
	if names := settings.branchNames(); ok && len(names) > 0 && !slices.Contains(names, name) {
		p.Fail(branch, "It must be one of the module's branches: "+strings.Join(names, ", "))
	}
}

func (p *Params) checkTree(name string, schema *Schema) {
	if schema == nil {
		return
	}
	object := json.RawMessage("{}")
	if p.Has(name) {
		object = p.members[name]
	}
	schema.check(object, name, p.Fail)
}
