package windmill

import "time"

// Evidence is all that is known of a run at the moment of the question. Spans and sightings may come in any order, with
// duplicates, gaps and those of other runs among them.
type Evidence struct {
	Spans []Span
	// Sightings are log lines of the run's jobs. Without any, jobs at work are invisible until they end.
	Sightings []Sighting
	// Now is the time of the question: what a job at work took so far ends here, and so does a silence. Zero is unknown:
	// then jobs at work have no duration, and no run is taken for ended because nothing was heard of it.
	Now time.Time
}

// Build puts a run together from spans alone, see BuildWith.
func Build(id string, spans []Span) *Run { return BuildWith(id, Evidence{Spans: spans}) }
