package simulator

import (
	"errors"
	"fmt"
	"reflect"
	"sort"
	"strings"

	"go.yaml.in/yaml/v3"
)

// position is where something stands in a YAML file, for messages.
type position struct{ line int }

func (p position) errorf(format string, args ...any) error {
	return &positionError{line: p.line, message: fmt.Sprintf(format, args...)}
}

// positionError is a mistake in a YAML file. The file's name is added by the loader.
type positionError struct {
	line    int
	message string
}

func (e *positionError) Error() string { return fmt.Sprintf("line %d: %s", e.line, e.message) }

// decodeMapping decodes a YAML mapping into out, a pointer to a struct, and refuses keys that the struct does not have.
// yaml.Decoder.KnownFields would do that too, but it neither reaches into types with an UnmarshalYAML of their own nor
// says what the known keys are.
func decodeMapping(node *yaml.Node, what string, out any) (position, error) {
	pos := position{line: node.Line}
	if node.Kind != yaml.MappingNode {
		return pos, pos.errorf("%s must be a mapping of keys to values", what)
	}
	known := yamlKeys(reflect.TypeOf(out).Elem())
	for i := 0; i+1 < len(node.Content); i += 2 {
		key := node.Content[i]
		if !known[key.Value] {
			return pos, position{line: key.Line}.errorf("unknown key %q in %s; the keys are: %s",
				key.Value, what, strings.Join(sortedKeys(known), ", "))
		}
	}
	return pos, plainError(node.Decode(out))
}

// plainError turns the YAML library's list of errors into one message without its Go type names.
func plainError(err error) error {
	var typeError *yaml.TypeError
	if !errors.As(err, &typeError) {
		return err
	}
	return errors.New(strings.Join(typeError.Errors, "; "))
}

func yamlKeys(t reflect.Type) map[string]bool {
	keys := map[string]bool{}
	for i := range t.NumField() {
		field := t.Field(i)
		name, options, _ := strings.Cut(field.Tag.Get("yaml"), ",")
		if options == "inline" {
			for key := range yamlKeys(field.Type) {
				keys[key] = true
			}
		} else if name != "" {
			keys[name] = true
		}
	}
	return keys
}

func sortedKeys(set map[string]bool) []string {
	keys := make([]string, 0, len(set))
	for key := range set {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	return keys
}

// The methods below make every mapping strict and remember its line. The local types shed the methods, so that decoding
// does not call them again.

// UnmarshalYAML decodes a flow; unknown keys are errors.
func (f *Flow) UnmarshalYAML(node *yaml.Node) (err error) {
	type plain Flow
	f.pos, err = decodeMapping(node, "a flow", (*plain)(f))
	return err
}

// UnmarshalYAML decodes a trigger; unknown keys are errors.
func (t *Trigger) UnmarshalYAML(node *yaml.Node) error {
	type plain Trigger
	_, err := decodeMapping(node, "a trigger", (*plain)(t))
	return err
}

// UnmarshalYAML decodes a schedule; unknown keys are errors.
func (s *Schedule) UnmarshalYAML(node *yaml.Node) (err error) {
	type plain Schedule
	s.pos, err = decodeMapping(node, "a schedule", (*plain)(s))
	return err
}

// UnmarshalYAML decodes a standalone script; unknown keys are errors.
func (s *StandaloneScript) UnmarshalYAML(node *yaml.Node) (err error) {
	type plain StandaloneScript
	s.pos, err = decodeMapping(node, "a script", (*plain)(s))
	return err
}

// UnmarshalYAML decodes a module; unknown keys are errors.
func (m *Module) UnmarshalYAML(node *yaml.Node) (err error) {
	type plain Module
	m.pos, err = decodeMapping(node, "a module", (*plain)(m))
	return err
}

// UnmarshalYAML decodes a failure; unknown keys are errors.
func (f *Fail) UnmarshalYAML(node *yaml.Node) (err error) {
	type plain Fail
	f.pos, err = decodeMapping(node, "fail", (*plain)(f))
	return err
}

// UnmarshalYAML decodes a retry; unknown keys are errors.
func (r *Retry) UnmarshalYAML(node *yaml.Node) (err error) {
	type plain Retry
	r.pos, err = decodeMapping(node, "a retry", (*plain)(r))
	return err
}

// UnmarshalYAML decodes an approval; unknown keys are errors.
func (a *Approval) UnmarshalYAML(node *yaml.Node) (err error) {
	type plain Approval
	a.pos, err = decodeMapping(node, "an approval", (*plain)(a))
	return err
}

// UnmarshalYAML decodes a for loop; unknown keys are errors.
func (l *ForLoop) UnmarshalYAML(node *yaml.Node) (err error) {
	type plain ForLoop
	l.pos, err = decodeMapping(node, "a forloop", (*plain)(l))
	return err
}

// UnmarshalYAML decodes a while loop; unknown keys are errors.
func (l *WhileLoop) UnmarshalYAML(node *yaml.Node) (err error) {
	type plain WhileLoop
	l.pos, err = decodeMapping(node, "a whileloop", (*plain)(l))
	return err
}

// UnmarshalYAML decodes a branchone; unknown keys are errors.
func (b *BranchOne) UnmarshalYAML(node *yaml.Node) (err error) {
	type plain BranchOne
	b.pos, err = decodeMapping(node, "a branchone", (*plain)(b))
	return err
}

// UnmarshalYAML decodes a branchall; unknown keys are errors.
func (b *BranchAll) UnmarshalYAML(node *yaml.Node) (err error) {
	type plain BranchAll
	b.pos, err = decodeMapping(node, "a branchall", (*plain)(b))
	return err
}

// UnmarshalYAML decodes a branch; unknown keys are errors.
func (b *Branch) UnmarshalYAML(node *yaml.Node) (err error) {
	type plain Branch
	b.pos, err = decodeMapping(node, "a branch", (*plain)(b))
	return err
}

// UnmarshalYAML decodes a number of iterations: a number, or min and max.
func (c *Count) UnmarshalYAML(node *yaml.Node) (err error) {
	c.pos = position{line: node.Line}
	if node.Kind == yaml.ScalarNode {
		if err := node.Decode(&c.Min); err != nil {
			return c.pos.errorf("%q is not a number of iterations", node.Value)
		}
		c.Max = c.Min
		return nil
	}
	type plain Count
	c.pos, err = decodeMapping(node, "a number of iterations", (*plain)(c))
	return err
}

// UnmarshalYAML decodes twice; unknown keys are errors.
func (x *Twice) UnmarshalYAML(node *yaml.Node) (err error) {
	type plain Twice
	x.pos, err = decodeMapping(node, "twice", (*plain)(x))
	return err
}

// UnmarshalYAML decodes tasks; unknown keys are errors.
func (x *Tasks) UnmarshalYAML(node *yaml.Node) (err error) {
	type plain Tasks
	x.pos, err = decodeMapping(node, "tasks", (*plain)(x))
	return err
}

// UnmarshalYAML decodes cancel; unknown keys are errors.
func (x *Cancel) UnmarshalYAML(node *yaml.Node) (err error) {
	type plain Cancel
	x.pos, err = decodeMapping(node, "cancel", (*plain)(x))
	return err
}

// UnmarshalYAML decodes an agent; unknown keys are errors.
func (x *Agent) UnmarshalYAML(node *yaml.Node) (err error) {
	type plain Agent
	x.pos, err = decodeMapping(node, "an agent", (*plain)(x))
	return err
}

// UnmarshalYAML decodes launches; unknown keys are errors.
func (x *Launches) UnmarshalYAML(node *yaml.Node) (err error) {
	type plain Launches
	x.pos, err = decodeMapping(node, "launches", (*plain)(x))
	return err
}

// UnmarshalYAML decodes a handler; unknown keys are errors.
func (x *Handler) UnmarshalYAML(node *yaml.Node) (err error) {
	type plain Handler
	x.pos, err = decodeMapping(node, "a handler", (*plain)(x))
	return err
}

// UnmarshalYAML decodes a limit; unknown keys are errors.
func (x *Limit) UnmarshalYAML(node *yaml.Node) (err error) {
	type plain Limit
	x.pos, err = decodeMapping(node, "a limit", (*plain)(x))
	return err
}
