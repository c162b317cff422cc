package function

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"
)

func TestProgramGetsTheEventAndNothingOfTheServersEnvironment(t *testing.T) {
	t.Setenv("SERVER_SECRET", "swordfish")
	script := `cat >/dev/null; printf '{"env":"%s"}' "$(env | cut -d= -f1 | sort | tr '\n' ' ')"; echo noise >&2`
	c := newCore(t, Target{Name: "env", Command: []string{"/bin/sh", "-c", script}}, Target{Name: "echo", Command: []string{"cat"}})
	w := wish("env", 5*time.Second)
	w.FunctionARN = "env"
	var answer struct{ Env string }
	if err := json.Unmarshal([]byte(c.ask(w).Result), &answer); err != nil {
		t.Fatal(err)
	}
	if want := "LANG PATH PWD TANDEM_INVOCATION_ID "; answer.Env != want && answer.Env != strings.Replace(want, "PATH PWD", "PATH PWD SHLVL", 1)+"_ " {
		t.Errorf("its environment has %q, want %q", answer.Env, want)
	}
	w = wish("echo", 5*time.Second)
	w.FunctionARN = "echo"
	if told := c.ask(w); told.Result != event {
		t.Errorf("its answer is %+v", told)
	}
}

func TestProgramIsKilledWithItsChildren(t *testing.T) {
	file := t.TempDir() + "/pid"
	c := newCore(t, Target{Name: "parent", Command: []string{"/bin/sh", "-c", `sleep 60 & echo $! > "$0"; wait`, file}})
	w := wish("one", 500*time.Millisecond)
	w.FunctionARN = "parent"
	c.ask(w)
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	stat := "/proc/" + strings.TrimSpace(string(raw)) + "/stat"
	for deadline := time.Now().Add(patience); ; time.Sleep(5 * time.Millisecond) {
		state, err := os.ReadFile(stat)
		if err != nil || strings.Contains(string(state), ") Z ") { // gone, or nobody's
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("the child lives: %s", state)
		}
	}
}

func TestProgramThatFailsIsTriedAgain(t *testing.T) {
	count := t.TempDir() + "/count"
	c := newCore(t, Target{Name: "flaky", Command: []string{"/bin/sh", "-c", `echo x >> "$0"; test $(wc -l < "$0") -ge 3 && echo '{"ok":true}'`, count}},
		Target{Name: "absent", Command: []string{"/no/such/program"}})
	w := wish("one", 8*time.Second)
	w.FunctionARN = "flaky"
	if told := c.ask(w); told.Result != "{\"ok\":true}\n" || c.run.Figures()["flaky"].Retried != 2 {
		t.Errorf("told %+v after %d more tries", told, c.run.Figures()["flaky"].Retried)
	}
	w = wish("two", 5*time.Second)
	w.FunctionARN = "absent"
	if told := c.ask(w); told.Failure != "Error Code: ProgramNotStarted" {
		t.Errorf("told %+v", told)
	}
}
