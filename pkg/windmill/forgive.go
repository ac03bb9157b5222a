package windmill

// forgive looks from above at containers that count as failed only because some of their parallel iterations or
// branches failed while others of the same step did not, with nothing after them inside. When the flow above went on
// afterwards, those failures were allowed to happen (skip failures), so the container is ok. A container whose plain
// step failed stays failed: there it was the flow above that tolerated it (continue on error).
func forgive(members []*Job) {
	for _, parent := range members { // parents before children
		var after lastPush
		known := false
		for _, c := range parent.Children {
			if !c.Container || c.Outcome != OutcomeError || c.superseded || !onlyPartly(c) {
				continue
			}
			if !known {
				after, known = lastPushes(parent.Children), true
			}
			if after.wentOn(c) {
				c.Outcome = OutcomeOK
			}
		}
	}
}

// onlyPartly says whether all that failed in a container are iterations or branches with a sibling that did not fail.
func onlyPartly(container *Job) bool {
	after := lastPushes(container.Children)
	well := make(map[string]bool, 1)
	for _, c := range container.Children {
		if !c.superseded && !c.broke() {
			well[c.Step] = true
		}
	}
	failed := 0
	for _, c := range container.Children {
		if c.superseded || !c.broke() || after.wentOn(c) {
			continue
		}
		if (c.Kind != KindIteration && c.Kind != KindBranch) || !well[c.Step] {
			return false
		}
		failed++
	}
	return failed > 0
}
