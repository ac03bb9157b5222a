package workbench

import (
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// expander puts the environment into provisioning values as Grafana does: $VAR and ${VAR} anywhere in a value,
// $__env{VAR}, $__file{/path} (its content without surrounding space), and $$ for a dollar sign.
// An unset variable is the empty string. Keys are left alone.
type expander struct {
	lookup func(string) (string, bool)
}

var providerReference = regexp.MustCompile(`\$__(env|file)\{([^}]*)\}`)

func (e expander) text(value string) (string, error) {
	parts := strings.Split(value, "$$")
	for i, part := range parts {
		expanded, err := e.providers(part)
		if err != nil {
			return "", err
		}
		parts[i] = expanded
	}
	return strings.Join(parts, "$"), nil
}

// providers resolves $__env{} and $__file{} and the plain variables between them. What a provider answers is not
// expanded again: a password may hold a dollar sign.
func (e expander) providers(value string) (string, error) {
	var out strings.Builder
	rest := value
	for {
		at := providerReference.FindStringSubmatchIndex(rest)
		if at == nil {
			out.WriteString(os.Expand(rest, e.variable))
			return out.String(), nil
		}
		out.WriteString(os.Expand(rest[:at[0]], e.variable))
		kind, name := rest[at[2]:at[3]], rest[at[4]:at[5]]
		if kind == "env" {
			out.WriteString(e.variable(name))
		} else {
			content, err := os.ReadFile(name)
			if err != nil {
				return "", fmt.Errorf("cannot read the file of $__file{%s}: %w", name, err)
			}
			out.WriteString(strings.TrimSpace(string(content)))
		}
		rest = rest[at[1]:]
	}
}

func (e expander) variable(name string) string {
	value, _ := e.lookup(name)
	return value
}

// value expands every string below v, which is what YAML decodes to.
func (e expander) value(v any) (any, error) {
	switch typed := v.(type) {
	case string:
		return e.text(typed)
	case map[string]any:
		for key, item := range typed {
			expanded, err := e.value(item)
			if err != nil {
				return nil, err
			}
			typed[key] = expanded
		}
		return typed, nil
	case []any:
		for i, item := range typed {
			expanded, err := e.value(item)
			if err != nil {
				return nil, err
			}
			typed[i] = expanded
		}
		return typed, nil
	default:
		return v, nil
	}
}

// scalar is a YAML scalar before expansion, so that "isDefault: ${X}" works as well as "isDefault: true".
type scalar struct{ raw string }

// UnmarshalYAML takes any scalar as its text.
func (s *scalar) UnmarshalYAML(node *yaml.Node) error {
	if node.Kind != yaml.ScalarNode {
		return fmt.Errorf("line %d: a plain value is needed here", node.Line)
	}
	if node.Tag != "!!null" {
		s.raw = node.Value
	}
	return nil
}

func (e expander) boolean(s scalar) (bool, error) {
	text, err := e.text(s.raw)
	if err != nil || text == "" {
		return false, err
	}
	value, err := strconv.ParseBool(text)
	if err != nil {
		return false, fmt.Errorf("%q is neither true nor false", text)
	}
	return value, nil
}
