package center

import (
	"tandem"
	"tandem/metric"
)

// Figures is the live metrics of a scope (Amazon Connect API:
// GetCurrentMetricData). Like State it is for reading between steps.
func (m *Machine) Figures(of metric.Scope, now tandem.Time) metric.Figures {
	return m.live.Read(of, now)
}
