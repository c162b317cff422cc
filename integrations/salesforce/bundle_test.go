package salesforce

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const source = "force-app/main/default"

// toolkitEvents are what the component must tell ("Events for Omni-Channel in
// Lightning Experience").
var toolkitEvents = []string{
	"omniChannelConnectionError", "omniChannelLoginSuccess", "omniChannelLogout", "omniChannelStatusChanged", "omniChannelWorkAccepted",
	"omniChannelWorkAssigned", "omniChannelWorkClosed", "omniChannelWorkDeclined", "omniChannelWorkloadChanged",
}

func read(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestEveryFileOfTheProjectIsWellFormed holds that the deployment does not fail
// on a slip in XML or JSON, and that each bundle says its API version.
func TestEveryFileOfTheProjectIsWellFormed(t *testing.T) {
	seen := 0
	err := filepath.WalkDir(source, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		switch filepath.Ext(path) {
		case ".xml", ".cmp", ".design":
			seen++
			decoder := xml.NewDecoder(strings.NewReader(read(t, path)))
			for err == nil {
				_, err = decoder.Token()
			}
			if !errors.Is(err, io.EOF) {
				t.Errorf("%s: %v", path, err)
			}
		}
		return nil
	})
	if err != nil || seen < 6 {
		t.Errorf("%d files were read (%v)", seen, err)
	}
	var project struct {
		SourceAPIVersion string
		Replacements     []struct{ Filename, StringToReplace, ReplaceWithEnv string }
	}
	if err := json.Unmarshal([]byte(read(t, "sfdx-project.json")), &project); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(read(t, source+"/aura/tandemPresence/tandemPresence.cmp-meta.xml"), "<apiVersion>"+project.SourceAPIVersion+"<") {
		t.Error("the component and the project are of different API versions")
	}
	for _, r := range project.Replacements {
		if strings.Count(read(t, r.Filename), r.StringToReplace) != 1 || r.ReplaceWithEnv == "" {
			t.Errorf("%s: %q is not replaced once", r.Filename, r.StringToReplace)
		}
	}
}

// TestComponentTellsEveryEventOfTheToolkit holds that markup, controller and
// helper name the same events, and that none is missing.
func TestComponentTellsEveryEventOfTheToolkit(t *testing.T) {
	names := func(file, pattern string) []string {
		b, err := fs.ReadFile(Bundle(), Component+file)
		if err != nil {
			t.Fatal(err)
		}
		var all []string
		for _, m := range regexp.MustCompile(pattern).FindAllStringSubmatch(string(b), -1) {
			all = append(all, m[1])
		}
		slices.Sort(all)
		return all
	}
	for what, got := range map[string][]string{
		"markup":     names(".cmp", `event="lightning:(\w+)"`),
		"controller": names("Controller.js", `helper\.tell\(cmp, "(\w+)"`),
		"helper":     names("Helper.js", `(?m)^        (omniChannel\w+): \[`),
	} {
		if !slices.Equal(got, toolkitEvents) {
			t.Errorf("the %s names %v, want %v", what, got, toolkitEvents)
		}
	}
}
