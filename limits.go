package tandem

// Limits that hold everywhere, with Amazon Connect's names where it has them.
const (
	MaxAttributesBytes   = 32 * 1024 // all of a contact's attributes, keys and values
	MaxFlowContentBytes  = 256_000   // one flow's content
	MaxStatuses          = 50        // agent statuses of an instance
	MaxStepsPerSprint    = 1000      // flow blocks run without waiting
	MaxCommandDepth      = 16        // machines answering machines inside one step
	MaxRoutingEntries    = 50        // queue and channel pairs of a routing profile
	MaxConcurrency       = 10        // contacts of one channel at one agent
	DefaultQueueCapacity = 10_000    // contacts in a queue without a limit of its own
	RingMillis           = 20_000    // how long an offer waits for the agent
	TombstoneMillis      = 600_000   // how long an ended contact stays in memory
)
