package compose

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/types"
	"github.com/stretchr/testify/require"
)

// reference matches a variable of Tempo's, Loki's and the collector's configuration files.
var reference = regexp.MustCompile(`\$\{(?:env:)?([A-Z][A-Z0-9_]*)(:-[^}]*)?\}`)

// configFiles are the mounted files of stack/config by the service that mounts them.
func configFiles(project *types.Project, root string) map[string]string {
	files := map[string]string{}
	for name, service := range project.Services {
		for _, volume := range service.Volumes {
			if strings.HasPrefix(volume.Source, filepath.Join(root, "stack", "config")) {
				files[name] = volume.Source
			}
		}
	}
	return files
}

func TestEveryVariableOfAConfigurationHasAValue(t *testing.T) {
	project, root := load(t)
	files := configFiles(project, root)
	require.Len(t, files, 4)
	for service, file := range files {
		for _, match := range reference.FindAllStringSubmatch(readFile(t, file), -1) {
			hasDefault := match[2] != ""
			_, isSet := project.Services[service].Environment[match[1]]
			require.True(t, hasDefault || isSet, "%s of %s has neither a default nor a value for %s", match[1], file, service)
		}
	}
}

func TestEveryValueIsForAVariableThatExists(t *testing.T) {
	project, root := load(t)
	for service, file := range configFiles(project, root) {
		var known []string
		for _, match := range reference.FindAllStringSubmatch(readFile(t, file), -1) {
			known = append(known, match[1])
		}
		for name := range project.Services[service].Environment {
			require.Contains(t, known, name, "%s sets it, but %s does not read it", service, file)
		}
	}
}

func TestServersInContainersListenToOthers(t *testing.T) {
	project, root := load(t)
	for service, file := range configFiles(project, root) {
		for _, match := range reference.FindAllStringSubmatch(readFile(t, file), -1) {
			if strings.HasSuffix(match[1], "_LISTEN_HOST") {
				value := project.Services[service].Environment[match[1]]
				require.NotNil(t, value, match[1])
				require.Equal(t, "0.0.0.0", *value, match[1])
			}
		}
	}
}

func TestVariablesAreExpandedWhereTheyAreUsed(t *testing.T) {
	project, _ := load(t)
	for _, service := range []string{"tempo", "loki"} { // the collector always does
		require.Contains(t, []string(project.Services[service].Command), "-config.expand-env=true")
	}
}

func TestProvisioningGetsItsVariables(t *testing.T) {
	project, root := load(t)
	text := readFile(t, filepath.Join(root, "provisioning", "datasources", "datasources.yml"))
	var used []string
	for _, match := range reference.FindAllStringSubmatch(text, -1) {
		used = append(used, match[1])
		value := project.Services["grafana"].Environment[match[1]]
		require.NotNil(t, value, match[1])
		require.NotEmpty(t, *value, match[1])
	}
	slices.Sort(used)
	require.Equal(t, []string{"LOKI_URL", "PROMETHEUS_URL", "TEMPO_URL", "WINDMILL_URL"}, slices.Compact(used))
}

func TestAddressesNameServices(t *testing.T) {
	project, _ := load(t)
	host := regexp.MustCompile(`https?://([a-z-]+):\d+`)
	found := 0
	for name, service := range project.Services {
		var texts []string
		for _, value := range service.Environment {
			if value != nil {
				texts = append(texts, *value)
			}
		}
		for _, text := range append(texts, service.Command...) {
			for _, match := range host.FindAllStringSubmatch(text, -1) {
				if match[1] != "localhost" {
					found++
					require.Contains(t, project.Services, match[1], "%s calls %s", name, text)
				}
			}
		}
	}
	require.GreaterOrEqual(t, found, 8)
}

func TestTheSimulatorTakesItsFlags(t *testing.T) {
	project, root := load(t)
	source, err := os.ReadFile(filepath.Join(root, "stack", "cmd", "simulator", "main.go"))
	require.NoError(t, err)
	for _, argument := range project.Services["simulator"].Command {
		name, _, _ := strings.Cut(strings.TrimPrefix(argument, "-"), "=")
		require.Contains(t, string(source), `"`+name+`"`, argument)
	}
}
