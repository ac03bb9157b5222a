package plugin

// idSet gathers job ids, each once, in the order in which they were added.
type idSet struct {
	seen map[string]bool
	list []string
}

func newIDSet(first string) *idSet {
	s := &idSet{seen: map[string]bool{}}
	s.add(first)
	return s
}

// add takes an id over unless it is empty or there.
func (s *idSet) add(id string) {
	if id != "" && !s.seen[id] {
		s.seen[id] = true
		s.list = append(s.list, id)
	}
}
