package workbench

// Pid is the id of the plugin's process, to measure it by; 0 when there is none now.
func (p *Plugin) Pid() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.client == nil {
		return 0
	}
	if c := p.client.ReattachConfig(); c != nil {
		return c.Pid
	}
	return 0
}
