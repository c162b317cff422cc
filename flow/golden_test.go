package flow_test

import (
	"flag"
	"os"
	"testing"

	"tandem/flow"
	"tandem/flow/block"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew")

// nothing is an instance without resources.
type nothing struct{}

func (nothing) Known(flow.ResourceKind, string) bool { return false }

// The messages of a flow in which nearly everything is wrong are what people read, so
// they change only on purpose.
func TestProblemsOfABadFlowReadAsTheyAlwaysDid(t *testing.T) {
	content, err := os.ReadFile("testdata/problems.json")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := flow.Parse(content)
	if err != nil {
		t.Fatal(err)
	}
	got := flow.Validate(doc, flow.TypeContactFlow, block.Registry(), nothing{}).Error() + "\n"
	if *update {
		if err := os.WriteFile("testdata/problems.txt", []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("testdata/problems.txt")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
