// Command tandem is the contact center: one binary that is the server, its
// child processes and the operator's tools.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"

	"tandem/supervise"
)

// version is set by the build.
var version = "unknown"

// commands is the command line.
type commands struct {
	Init     initCommand     `cmd:"" help:"Create the first instance in a data folder."`
	Serve    serveCommand    `cmd:"" help:"Run the contact center."`
	Demo     demoCommand     `cmd:"" help:"Run a sample contact center with simulated callers and stand-ins for Zendesk, Salesforce and Kustomer, side by side."`
	Doctor   doctorCommand   `cmd:"" help:"Find what is wrong with the set-up, and say what mends it."`
	Journal  journalCommand  `cmd:"" help:"Look into the journal while the server is stopped."`
	Explain  explainCommand  `cmd:"" help:"Tell from the journal why something happened, while the server is stopped."`
	Flow     flowCommand     `cmd:"" help:"Check, convert, try and test contact flows; read their log, and find which flows use something."`
	Presence presenceCommand `cmd:"" help:"Check and explain agents' statuses across systems, try rules, and replay a day under others; beside a running server too."`
	Simulate simulateCommand `cmd:"" help:"Live a day on this configuration in simulated time: service level, waits and occupancy; beside a running server too."`
	Secret   secretCommand   `cmd:"" help:"Keep secrets that the configuration names, while the server is stopped."`
	Bench    benchCommand    `cmd:"" help:"Measure this machine: commits, replay, start, memory."`
	Core     coreCommand     `cmd:"" hidden:""`
	Media    mediaCommand    `cmd:"" hidden:""`

	Version kong.VersionFlag `help:"Print the version."`
}

// refused is an error that starting again cannot mend.
type refused struct{ error }

func main() {
	var c commands
	parser, err := kong.New(&c, kong.Name("tandem"), kong.UsageOnError(),
		kong.Description("A contact center that keeps every agent's status true everywhere."),
		kong.Vars{"version": version}, kong.ConfigureHelp(kong.HelpOptions{Compact: true}))
	if err != nil {
		panic(err)
	}
	call, err := parser.Parse(os.Args[1:])
	if err != nil {
		fail(fmt.Errorf("%w; see: %s --help", err, asked(err)), 2)
	}
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	call.BindTo(ctx, (*context.Context)(nil))
	err = call.Run(ctx)
	var no refused
	switch {
	case errors.As(err, &no):
		fail(err, supervise.ExitRefused)
	case err != nil:
		fail(err, 1)
	}
}

// asked is the command that a wrong command line was meant for, as far as it
// was understood.
func asked(err error) string {
	var wrong *kong.ParseError
	name := "tandem"
	if errors.As(err, &wrong) && wrong.Context != nil {
		for _, part := range wrong.Context.Path {
			if part.Command != nil {
				name += " " + part.Command.Name
			}
		}
	}
	return name
}

// fail prints one line and ends the process.
func fail(err error, code int) {
	fmt.Fprintln(os.Stderr, "tandem:", strings.ReplaceAll(err.Error(), "\n", "; "))
	os.Exit(code)
}

// interrupts yields the operator's wishes to stop.
func interrupts() <-chan os.Signal {
	c := make(chan os.Signal, 2)
	signal.Notify(c, os.Interrupt, syscall.SIGTERM)
	return c
}
