package stories

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

const (
	coreKills  = 50
	wholeKills = 10
	calmAtMost = 2 * time.Second // between two kills
)

// TestKillsLoseNothingAnsweredAndDoubleNothing kills the core, and then every
// process, again and again in the middle of a shift, and then compares what
// clients were told with what is there.
func TestKillsLoseNothingAnsweredAndDoubleNothing(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	rnd := rand.New(rand.NewPCG(seed, 0))
	s := newServer(t, `rtp_ports = "23000-24999"`, trunk{name: "pstn", address: deskPhones(t), numbers: []string{centerNumber}, prefixes: []string{"+"}})
	s.start()
	h := newShift(t, s)
	z := connectZendesk(t, s, h)
	open := s.openContacts(t)
	h.begin(rnd)
	z.begin(rnd)
	for range coreKills {
		pauseUpTo(t.Context(), calmAtMost, rnd)
		s.killCoreSometimesTwice(rnd)
	}
	for range wholeKills {
		pauseUpTo(t.Context(), calmAtMost, rnd)
		pids := []int{s.ready.PID, s.ready.CorePID, s.ready.MediaPID}
		s.killAll()
		awaitGone(t, pids)
		s.start()
	}
	h.end()
	eventually(t, 60*time.Second, "every contact has ended", func() error { return open.none(t.Context()) })
	h.checkAgents()
	h.goHome()
	h.checkAnswers()
	z.checkConverged()
	s.stop()
	s.checkJournal(h)
}

// killCoreSometimesTwice kills the core; now and then its successor as well,
// soon after it began.
func (s *server) killCoreSometimesTwice(rnd *rand.Rand) {
	s.t.Helper()
	killed := []int{s.ready.CorePID}
	syscall.Kill(killed[0], syscall.SIGKILL)
	if rnd.IntN(5) == 0 {
		eventually(s.t, 30*time.Second, "the core is started again", func() error {
			if next := s.child("core"); next != 0 && next != killed[0] {
				killed = append(killed, next)
				return nil
			}
			return errors.New("there is none")
		})
		pauseUpTo(s.t.Context(), 100*time.Millisecond, rnd)
		syscall.Kill(killed[1], syscall.SIGKILL)
	}
	eventually(s.t, 30*time.Second, "the core is back", func() error {
		return s.readReady(func(e endpoints) bool { return slices.Contains(killed, e.CorePID) })
	})
}

// child finds the supervisor's child that runs a command; 0 if there is none.
func (s *server) child(command string) int {
	tasks, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", s.ready.PID))
	for _, path := range tasks {
		b, _ := os.ReadFile(path)
		for _, pid := range strings.Fields(string(b)) {
			line, _ := os.ReadFile("/proc/" + pid + "/cmdline")
			if args := strings.Split(string(line), "\x00"); len(args) > 1 && args[1] == command {
				n, _ := strconv.Atoi(pid)
				return n
			}
		}
	}
	return 0
}

// awaitGone waits until processes have let go of their sockets and files.
func awaitGone(t testing.TB, pids []int) {
	t.Helper()
	eventually(t, 10*time.Second, "the killed processes are gone", func() error {
		for _, pid := range pids {
			b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
			if err == nil && !strings.Contains(string(b), ") Z ") {
				return fmt.Errorf("process %d is there", pid)
			}
		}
		return nil
	})
}
