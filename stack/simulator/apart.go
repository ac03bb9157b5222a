package simulator

// apart says whether nothing in the run waits for the end of the job: a handler, or a job that a script launched.
func (j *job) apart() bool { return j.role == roleHandler || j.role == roleLaunched }

// runs makes the job one of a flow, or else of the script at a path.
func (s *Simulator) runs(j *job, flowPath, path string, script *Script) {
	if flowPath != "" {
		flow := s.flows[flowKey(j.run.flow.Workspace, flowPath)]
		j.kind, j.scriptPath, j.tag, j.flow = "flow", flow.Path, flow.Tag, newFlowState(flow)
		return
	}
	j.script, j.language, j.tag = script, script.Language, script.Tag
	j.runByPath(path)
}

// pushApart pushes a job that the run's own flow knows nothing of. It keeps the run open until it has ended.
func (s *Simulator) pushApart(j *job, t *transition) {
	j.run.due++
	j.counted = true
	j.ownContext = true
	s.push(j, t)
}

// endApart notes that such a job has ended.
func (s *Simulator) endApart(j *job) {
	if j.onEnd != nil {
		j.onEnd()
	}
	if j.counted {
		j.counted = false
		j.run.due--
		s.handOut(j.run)
	}
}
