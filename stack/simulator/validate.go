package simulator

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// validate checks a flow by itself and fills in its defaults.
func (f *Flow) validate() error {
	if f.Path == "" || f.Workspace == "" {
		return f.pos.errorf("a flow needs path and workspace")
	}
	if (f.Script == nil) == (len(f.Modules) == 0) {
		return f.pos.errorf("%s needs either modules (a flow) or script (a standalone script)", f.Path)
	}
	f.Tag = orElse(f.Tag, "flow")
	f.CreatedBy = orElse(f.CreatedBy, "admin")
	if f.Schedule != nil {
		if err := f.Schedule.validate(); err != nil {
			return err
		}
	}
	if f.Cancel != nil {
		if err := f.Cancel.validate(); err != nil {
			return err
		}
	}
	if slices.ContainsFunc(f.DeployedAt, notAShare) {
		return f.pos.errorf("deployed_at are shares of the history between 0 and 1")
	}
	for i := range f.Handlers {
		if err := f.Handlers[i].validate(); err != nil {
			return err
		}
	}
	if !isShare(f.Recover) || !isShare(f.Cached) {
		return f.pos.errorf("recover and cached are probabilities between 0 and 1")
	}
	if f.Script != nil {
		return f.validateStandalone()
	}
	ids := map[string]bool{}
	if f.Preprocessor != nil {
		f.Preprocessor.ID = orElse(f.Preprocessor.ID, "preprocessor")
		if err := f.Preprocessor.validateSpecial("preprocessor", ids); err != nil {
			return err
		}
	}
	if f.FailureModule != nil {
		f.FailureModule.ID = orElse(f.FailureModule.ID, "failure")
		if err := f.FailureModule.validateSpecial("failure_module", ids); err != nil {
			return err
		}
	}
	return validateModules(f.Modules, ids)
}

func (f *Flow) validateStandalone() error {
	if f.Preprocessor != nil || f.FailureModule != nil || f.Preview || f.SameWorker || len(f.DeployedAt) > 0 {
		return f.pos.errorf("%s is a script: preprocessor, failure_module, preview, same_worker and deployed_at belong to flows", f.Path)
	}
	return f.Script.validate(f.pos)
}

func (s *Schedule) validate() error {
	if (s.Every > 0) == (s.PerHour > 0) {
		return s.pos.errorf("a schedule needs either every (a duration) or per_hour (a number), above zero")
	}
	if s.Offset < 0 || s.Jitter < 0 || s.Every < 0 || s.PerHour < 0 {
		return s.pos.errorf("a schedule must not have negative values")
	}
	return nil
}

// validateTogether checks that the flows fit each other: no path twice, and sub-flows exist and do not contain
// themselves.
func validateTogether(flows []Flow) error {
	known := map[string]*Flow{}
	for i := range flows {
		key := flowKey(flows[i].Workspace, flows[i].Path)
		if known[key] != nil {
			return fmt.Errorf("%s is described twice in workspace %s", flows[i].Path, flows[i].Workspace)
		}
		known[key] = &flows[i]
	}
	for i := range flows {
		if err := checkSubflows(known, &flows[i], nil); err != nil {
			return err
		}
	}
	return nil
}

func checkSubflows(known map[string]*Flow, flow *Flow, above []string) error {
	for _, path := range above {
		if path == flow.Path {
			return fmt.Errorf("%s contains itself as a sub-flow (%s)", path, strings.Join(append(above, path), " > "))
		}
	}
	var mistakes []error
	check := func(path, of string, line int) {
		if path == "" {
			return
		}
		sub := known[flowKey(flow.Workspace, path)]
		if sub == nil || sub.Script != nil {
			mistakes = append(mistakes, fmt.Errorf("%s, line %d: %s: there is no flow %s in workspace %s",
				flow.Path, line, of, path, flow.Workspace))
			return
		}
		mistakes = append(mistakes, checkSubflows(known, sub, append(above[:len(above):len(above)], flow.Path)))
	}
	eachModule(flow.Modules, func(m *Module) {
		check(m.FlowPath, fmt.Sprintf("module %q", m.ID), m.pos.line)
		if l := m.Script.Launches; l != nil {
			check(l.FlowPath, "launches", l.pos.line)
		}
	})
	for _, h := range flow.Handlers {
		check(h.FlowPath, "handler", h.pos.line)
	}
	return errors.Join(mistakes...)
}

// eachModule calls visit for every module, those inside loops and branches included.
func eachModule(modules []Module, visit func(*Module)) {
	for i := range modules {
		m := &modules[i]
		visit(m)
		switch {
		case m.ForLoop != nil:
			eachModule(m.ForLoop.Modules, visit)
		case m.WhileLoop != nil:
			eachModule(m.WhileLoop.Modules, visit)
		case m.BranchOne != nil:
			eachModule(m.BranchOne.Default.Modules, visit)
			for j := range m.BranchOne.Branches {
				eachModule(m.BranchOne.Branches[j].Modules, visit)
			}
		case m.BranchAll != nil:
			for j := range m.BranchAll.Branches {
				eachModule(m.BranchAll.Branches[j].Modules, visit)
			}
		}
	}
}

func flowKey(workspace, path string) string { return workspace + " " + path }

func orElse(value, fallback string) string {
	if value == "" {
		return fallback
	}
	return value
}
