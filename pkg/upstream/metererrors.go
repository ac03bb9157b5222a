package upstream

import "net/http"

// refusal is that of the query's credentials by an upstream at a path: no equal one needs to be asked for again.
func (m *Meter) refusal(place string) *Error {
	if m == nil {
		return nil
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.refused[place]
}

// remember keeps a refusal of the credentials.
func (m *Meter) remember(place string, err error) {
	e := AsError(err)
	if m == nil || e == nil || (e.Status != http.StatusUnauthorized && e.Status != http.StatusForbidden) {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.refused == nil {
		m.refused = map[string]*Error{}
	}
	m.refused[place] = e
}

// sawFailure keeps what a server that is down has told the query.
func (m *Meter) sawFailure(err error) {
	if m == nil || !isDown(err) {
		return
	}
	e := AsError(err)
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.failed == nil {
		m.failed = map[string]*Error{}
	}
	m.failed[e.Upstream] = e
}

// failure is what the query has seen of a server that is down; nil: nothing.
func (m *Meter) failure(upstream string) *Error {
	if m == nil {
		return nil
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.failed[upstream]
}
