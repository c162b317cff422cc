package pattern

import "testing"

// BenchmarkMatch measures what a condition costs for each entry.
func BenchmarkMatch(b *testing.B) {
	p, err := Parse(`{ $.ContactFlowModuleType = "InvokeExternalResource" && $.Results = "*Exception" }`)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if !p.Match([]byte(entry)) {
			b.Fatal("it fits")
		}
	}
}
