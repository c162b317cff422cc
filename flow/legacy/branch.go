package legacy

import (
	"strconv"

	"tandem/flow"
)

const (
	operandTrue  = "True"
	operandFalse = "False"
)

// checkQueue makes an action for each thing it looks at: the age of the oldest
// contact, in milliseconds in both forms, and how many wait.
func checkQueue(j *job) {
	where := j.destination(map[string]any{})
	var made []*action
	for _, check := range []struct {
		condition string
		metric    flow.MetricName
	}{{"CheckQueueTime", flow.MetricOldestContactAge}, {"CheckQueueSize", flow.MetricContactsInQueue}} {
		if len(j.comparisons(check.condition)) == 0 {
			continue
		}
		parameters := map[string]any{"MetricType": string(check.metric)}
		for name, value := range where { // any order: copied to a map
			parameters[name] = value
		}
		a := j.add("CheckMetricData", parameters)
		j.evaluate(a, check.condition)
		made = append(made, a)
	}
	if len(made) == 0 {
		where["MetricType"] = string(flow.MetricContactsInQueue)
		made = append(made, j.add("CheckMetricData", where))
	}
	if len(made) > 1 {
		j.note("it is two actions now: the first looks at the age, the second at the number")
	}
	for i, a := range made {
		j.mustFail(a, flow.NoMatchingError, "Error", "NoMatch")
		if i+1 < len(made) {
			a.fail(flow.NoMatchingCondition, made[i+1].Identifier)
			a.Transitions.NextAction = made[i+1].Identifier
			continue
		}
		j.mustFail(a, flow.NoMatchingCondition, "NoMatch", "Error")
		j.next(a, "NoMatch", "Error")
	}
}

func checkStaffing(j *job) {
	a := j.add("CheckMetricData", j.destination(map[string]any{"MetricType": "NumberOfAgents" + j.text("Status")}))
	if target := j.to("True"); target != "" {
		a.condition(flow.NumberGreaterThan, "0", target)
	}
	j.mustFail(a, flow.NoMatchingError, "Error", "False")
	j.mustFail(a, flow.NoMatchingCondition, "False", "Error")
	j.next(a, "False", "Error")
}

func checkHours(j *job) {
	hours := j.reference(flow.ResourceHours, "Hours", "Hours", "HoursOfOperation", "HoursOfOperationId")
	a := j.add("CheckHoursOfOperation", map[string]any{"HoursOfOperationId": hours})
	for _, operand := range []string{operandTrue, operandFalse} {
		if target := j.to(operand); target != "" {
			a.condition(flow.Equals, operand, target)
		}
	}
	j.mustFail(a, flow.NoMatchingError, "Error", "False")
	j.next(a, "False", "Error")
}

func checkAttribute(j *job) {
	attribute, _ := j.first("Attribute")
	namespace, _ := j.first("Namespace")
	path, known := pathOf(orElse(namespace.value, "User Defined"), attribute.value)
	if !known {
		j.note("the attribute comes from %q, which is not known", namespace.value)
	}
	a := j.add("Compare", map[string]any{"ComparisonValue": path})
	j.evaluate(a, "Evaluate")
	j.mustFail(a, flow.NoMatchingCondition, "NoMatch", "Error")
	j.next(a, "NoMatch", "Error")
}

// distribute turns each branch's own percentage into the limit that a number
// from 1 to 100 has to stay below: the sum of all up to it, and one.
func distribute(j *job) {
	a := j.add("DistributeByPercentage", map[string]any{})
	sum := 0
	for _, way := range j.comparisons("Evaluate") {
		percent, err := strconv.Atoi(way.value)
		if err != nil || percent < 0 || sum+percent > 100 {
			j.note("a branch has the percentage %q", way.value)
			percent = min(max(percent, 0), 100-sum)
		}
		sum += percent
		a.condition(flow.NumberLessThan, strconv.Itoa(sum+1), way.transition)
	}
	j.mustFail(a, flow.NoMatchingCondition, "NoMatch", "Error")
	j.next(a, "NoMatch", "Error")
}

func loop(j *job) {
	a := j.add("Loop", map[string]any{"LoopCount": j.text("LoopCount")})
	if target := j.to("Looping"); target != "" {
		a.condition(flow.Equals, "ContinueLooping", target)
	}
	if target := j.to("Complete"); target != "" {
		a.condition(flow.Equals, "DoneLooping", target)
	}
	j.next(a, "Complete")
	j.mayFail(a, flow.NoMatchingError, "Error")
}

func wait(j *job) {
	parameters := map[string]any{"TimeLimitSeconds": j.text("TimeoutSeconds")}
	returned := j.to("CustomerReturn", "CustomerReturned")
	if j.yes("InterruptOnCustomerReturn") || returned != "" {
		parameters["Events"] = []string{"CustomerReturned"}
	}
	a := j.add("Wait", parameters)
	if target := j.to("Timeout"); target != "" {
		a.condition(flow.Equals, "WaitCompleted", target)
	}
	if returned != "" {
		a.condition(flow.Equals, "CustomerReturned", returned)
	}
	j.mustFail(a, flow.NoMatchingError, "Error", "Timeout")
	j.next(a, "Error", "Timeout")
}
