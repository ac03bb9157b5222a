package simulator

import "time"

// What Windmill itself takes, where a flow does not say otherwise: times of a small instance with its own database.
var (
	// defaultQueue is the time until a free worker notices a job.
	defaultQueue = Dist{P50: 5 * time.Millisecond, P95: 45 * time.Millisecond}
	// pushCost is one insert into the queue.
	pushCost = Dist{Min: 400 * time.Microsecond, Max: 1100 * time.Microsecond}
	// flowPull is a worker's handling of a flow job: reading its state and pushing the first step.
	flowPull = Dist{P50: 7 * time.Millisecond, P95: 20 * time.Millisecond}
	// handover is the time from a script's end to the beginning of job_postprocessing.
	handover = Dist{Min: 50 * time.Microsecond, Max: 400 * time.Microsecond}
	// postprocessing is storing the result and moving the flow on, without the pushes.
	postprocessing = Dist{P50: 6 * time.Millisecond, P95: 18 * time.Millisecond}
	// identityRun is a job that has nothing to run.
	identityRun = Dist{Min: 300 * time.Microsecond, Max: 1500 * time.Microsecond}
	// levelUp is the completion of a flow inside a flow, within the postprocessing of its last job.
	levelUp = Dist{Min: 800 * time.Microsecond, Max: 2500 * time.Microsecond}
)

// pushPoint is how much of a transition has passed when the next jobs are pushed.
const pushPoint = 0.7
