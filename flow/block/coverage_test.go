package block

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"tandem/flow"
)

// takenBranches are the branches that cases have taken so far, by type of block.
var takenBranches = map[string]map[string]bool{}

func noteTaken(actionType, branch string) {
	if takenBranches[actionType] == nil {
		takenBranches[actionType] = map[string]bool{}
	}
	takenBranches[actionType][branch] = true
}

// TestMain fails when all tests have run and a block has a branch that none of them
// has taken.
func TestMain(m *testing.M) {
	code := m.Run()
	if code == 0 && flag.Lookup("test.run").Value.String() == "" && flag.Lookup("test.fuzz").Value.String() == "" {
		for _, b := range All() {
			for _, branch := range untaken(b) {
				fmt.Printf("no test takes the branch %s of %s\n", branch, b.Type)
				code = 1
			}
		}
	}
	os.Exit(code)
}

// untaken lists the branches of a block that no test has taken. A NextAction that the
// designer only mirrors need not be taken. Blocks that nobody answers have one
// branch.
func untaken(b flow.Block) []string {
	var branches []string
	switch b.Rules.Next {
	case flow.NextRequired:
		branches = append(branches, "next")
	case flow.NextForbidden:
		if !slices.ContainsFunc(ends, func(end flow.End) bool { return takenBranches[b.Type][string(end)] }) {
			branches = append(branches, "end")
		}
	}
	if isServiceBlock(b.Type) {
		branches = []string{flow.NoMatchingError, "next"}
	} else {
		branches = append(append(branches, b.Rules.RequiredErrors...), b.Rules.OptionalErrors...)
		for _, operand := range b.Rules.Conditions.Operands {
			if len(b.Rules.Conditions.Operators) == 1 && b.Rules.Conditions.Operators[0] == flow.NumberGreaterThan {
				operand = ">" + operand
			} else {
				operand = "=" + operand
			}
			branches = append(branches, operand)
		}
	}
	return slices.DeleteFunc(branches, func(branch string) bool { return takenBranches[b.Type][branch] })
}

var ends = []flow.End{flow.EndFlow, flow.EndDisconnect, flow.EndTransferToQueue, flow.EndTransferToAgent, flow.EndTransferOutside, flow.EndEnterFlow, flow.EndReturn}

func isServiceBlock(actionType string) bool {
	return slices.ContainsFunc(serviceBlocks, func(s serviceBlock) bool { return s.actionType == actionType })
}

func TestGetParticipantInputTakesTheBranchOfEachKey(t *testing.T) {
	menu := `{"Text":"Press a key","InputTimeLimitSeconds":"5"}`
	for _, key := range strings.Split(keys, "") {
		runBranchCases(t, "GetParticipantInput", []branchCase{
			{name: "key " + key, parameters: menu, branches: []string{"next", "=" + key}, resume: digits(key), want: "=" + key, outcome: key},
		})
	}
}

func TestUntagContactIsKnownByItsDocumentedNameToo(t *testing.T) {
	branches := []string{"next", "NoMatchingError"}
	runBranchCases(t, "UnTagContact", []branchCase{
		{name: "takes tags away", parameters: `{"TagKeys":["department"]}`, branches: branches, want: "next", outcome: "Success",
			wantActs: []flow.Act{flow.SetTags{Remove: []string{"department"}}}},
		{name: "errs without tags", parameters: `{}`, branches: branches, want: "NoMatchingError", outcome: "NoMatchingError"},
	})
}
