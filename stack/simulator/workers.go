package simulator

import (
	"fmt"
	"math/rand/v2"

	"go.yaml.in/yaml/v3"
)

// WorkerGroup is a group of Windmill workers that take jobs of the same tags.
type WorkerGroup struct {
	Name    string   `yaml:"group"`
	Hosts   int      `yaml:"hosts"`
	PerHost int      `yaml:"per_host"` // workers on each host
	Tags    []string `yaml:"tags"`

	pos position
}

type workersDocument struct {
	Workers []WorkerGroup `yaml:"workers"`
}

// DefaultWorkers are the two groups that Windmill's own compose file starts, with a few more workers each.
func DefaultWorkers() []WorkerGroup {
	return []WorkerGroup{
		{Name: "default", Hosts: 2, PerHost: 4, Tags: []string{"flow", "dependency", "python3", "bun", "deno", "go", "bash"}},
		{Name: "native", Hosts: 1, PerHost: 4, Tags: []string{"nativets", "postgresql", "mysql", "bigquery", "snowflake", "graphql"}},
	}
}

// UnmarshalYAML decodes a workers file; unknown keys are errors.
func (d *workersDocument) UnmarshalYAML(node *yaml.Node) error {
	type plain workersDocument
	_, err := decodeMapping(node, "a workers file", (*plain)(d))
	return err
}

// UnmarshalYAML decodes a group of workers; unknown keys are errors.
func (g *WorkerGroup) UnmarshalYAML(node *yaml.Node) (err error) {
	type plain WorkerGroup
	g.pos, err = decodeMapping(node, "a group of workers", (*plain)(g))
	return err
}

func (g *WorkerGroup) validate() error {
	if g.Name == "" || g.Hosts < 1 || g.PerHost < 1 || len(g.Tags) == 0 {
		return g.pos.errorf("a group of workers needs group, hosts and per_host above zero, and tags")
	}
	return nil
}

// worker takes one job at a time.
type worker struct {
	name string
	host string
	tags []string
	busy bool
	// owner is the flow whose jobs the worker runs to its end, and own those that it has still to run.
	owner *pin
	own   []pull
}

// pull is a job that waits for a worker, and what to do once one has taken it.
type pull struct {
	job   *job
	do    func(*worker)
	order uint64
}

// pool is all workers and the jobs that wait for them: by tag, in the order in which they became due.
type pool struct {
	workers []*worker
	byTag   map[string][]*worker
	waiting map[string][]pull
	counter uint64
}

// newPool names hosts and workers as Windmill and Kubernetes do.
func newPool(groups []WorkerGroup, r *rand.Rand) *pool {
	p := &pool{byTag: map[string][]*worker{}, waiting: map[string][]pull{}}
	for _, group := range groups {
		for range group.Hosts {
			suffix := randomName(r, 5)
			host := fmt.Sprintf("windmill-workers-%s-%s-%s", group.Name, randomName(r, 9), suffix)
			for range group.PerHost {
				name := fmt.Sprintf("wk-%s-%s-%s", group.Name, suffix, randomName(r, 4))
				w := &worker{name: name, host: host, tags: group.Tags}
				p.workers = append(p.workers, w)
				for _, tag := range group.Tags {
					p.byTag[tag] = append(p.byTag[tag], w)
				}
			}
		}
	}
	return p
}

// serves says whether any worker takes jobs of the tag.
func (p *pool) serves(tag string) bool { return len(p.byTag[tag]) > 0 }

// take gives a job to a free worker, or lets it wait for one.
func (p *pool) take(next pull) {
	w := p.free(next.job.tag, next.job.run.random)
	if w == nil {
		p.counter++
		next.order = p.counter
		p.waiting[next.job.tag] = append(p.waiting[next.job.tag], next)
		return
	}
	w.busy = true
	next.do(w)
}

// freed gives a worker that has become free the job that waits longest among those of its tags.
func (p *pool) freed(w *worker) {
	w.busy = false
	oldest := ""
	for _, tag := range w.tags {
		queue := p.waiting[tag]
		if len(queue) > 0 && (oldest == "" || queue[0].order < p.waiting[oldest][0].order) {
			oldest = tag
		}
	}
	if oldest == "" {
		return
	}
	next := p.waiting[oldest][0]
	p.waiting[oldest] = p.waiting[oldest][1:]
	w.busy = true
	next.do(w)
}

func (p *pool) free(tag string, r *rand.Rand) *worker {
	var candidates []*worker
	for _, w := range p.byTag[tag] {
		if !w.busy && w.owner == nil {
			candidates = append(candidates, w)
		}
	}
	if len(candidates) == 0 {
		return nil
	}
	return candidates[r.IntN(len(candidates))]
}

// randomName is a suffix in the alphabet that Kubernetes uses: no vowels, no digits that look like letters.
func randomName(r *rand.Rand, length int) string {
	const alphabet = "bcdfghjklmnpqrstvwxz2456789"
	name := make([]byte, length)
	for i := range name {
		name[i] = alphabet[r.IntN(len(alphabet))]
	}
	return string(name)
}
