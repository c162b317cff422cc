package function

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"syscall"
	"time"

	"tandem/errand"
)

// program is a function that is a program on this machine. It is run without a
// shell and without the server's environment, in a process group of its own,
// which is killed at the deadline. What it writes to its standard error is
// dropped: it may tell of customers.
type program struct{ command []string }

// Codes of failures of programs.
const (
	codeNotStarted = "ProgramNotStarted"
	codeExit       = "ProgramFailed"
)

// killWait is how long a killed program's pipes may stay open.
const killWait = time.Second

func (p program) invoke(ctx context.Context, i invocation) ([]byte, error) {
	answer := limited{limit: maxAnswerBytes}
	cmd := exec.CommandContext(ctx, p.command[0], p.command[1:]...)
	cmd.Stdin, cmd.Stdout = bytes.NewReader(i.event), &answer
	cmd.Env = []string{"PATH=/usr/local/bin:/usr/bin:/bin", "LANG=C.UTF-8", "TANDEM_INVOCATION_ID=" + i.id.String()}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = killWait
	if err := cmd.Start(); err != nil {
		return nil, &errand.Failure{Code: codeNotStarted, Err: err}
	}
	err := cmd.Wait()
	var exit *exec.ExitError
	switch {
	case answer.over:
		return nil, &errand.Failure{Code: errand.CodeAnswer, Err: errTooLong}
	case errors.As(err, &exit):
		return nil, &errand.Failure{Code: codeExit, Passing: true, Err: fmt.Errorf("the program ended with %s", exit.ProcessState)}
	case err != nil:
		return nil, &errand.Failure{Code: codeExit, Passing: true, Err: err}
	}
	return answer.Bytes(), nil
}

// limited refuses to be written more than its limit.
type limited struct {
	bytes.Buffer
	limit int
	over  bool
}

// Write implements io.Writer.
func (l *limited) Write(p []byte) (int, error) {
	if l.Len()+len(p) > l.limit {
		l.over = true
		return 0, io.ErrShortWrite
	}
	return l.Buffer.Write(p)
}
