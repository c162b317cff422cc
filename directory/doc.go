// Package directory is what spans instances, as a pure machine in a shard of
// its own: which instances there are, and which instance a phone number
// belongs to. What a number does is the instance's own business.
package directory

//go:generate go run tandem/internal/gen/wiregen .
