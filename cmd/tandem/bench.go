package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"tandem/bench"
)

// benchCommand measures this machine.
type benchCommand struct {
	Name     string        `arg:"" optional:"" default:"all" help:"What to measure; \"list\" tells the names."`
	Dir      string        `help:"Folder on the disk to measure; a temporary one by default." placeholder:"DIR"`
	Duration time.Duration `help:"How long each open-loop measurement takes." default:"20s"`
	Events   int           `help:"How many events the start is measured with." default:"1000000"`
}

// Run implements the command.
func (c *benchCommand) Run(ctx context.Context) error {
	if c.Name == "list" {
		for _, b := range bench.List() {
			fmt.Printf("%-8s %s\n", b.Name, b.About)
		}
		return nil
	}
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("find this program: %w", err)
	}
	return bench.Run(ctx, c.Name, os.Stdout, bench.Options{Dir: c.Dir, Duration: c.Duration, Events: c.Events, Binary: self})
}
