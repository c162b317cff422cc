// Package bench measures the product on the machine it runs on: how long a
// commit takes under load, what group commit costs beside a plain file, how
// fast a journal is replayed, how long a start takes, and how much memory an
// idle server holds. docs/BENCHMARKS.md has the figures to reach.
//
// It measures and prints; it never judges, because a slow machine is no fault.
package bench
