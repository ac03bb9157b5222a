// Package compose checks docker-compose.yml, as far as that is possible without an engine: the schema, the
// paths that it mounts, the images' versions, the order of starting, and that the configuration files which
// it shares with the demo get every variable that they need.
package compose

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/compose-spec/compose-go/v2/types"
	"github.com/stretchr/testify/require"

	"github.com/flowsteps/windmill-datasource/stack/build"
)

const everyProfile = "*"

// load parses and validates the file against the Compose schema, with no variable of this machine.
func load(t *testing.T) (project *types.Project, root string) {
	t.Helper()
	root, err := build.Root()
	require.NoError(t, err)
	options, err := cli.NewProjectOptions([]string{filepath.Join(root, "docker-compose.yml")},
		cli.WithWorkingDirectory(root), cli.WithProfiles([]string{everyProfile}))
	require.NoError(t, err)
	project, err = options.LoadProject(context.Background())
	require.NoError(t, err)
	return project, root
}

func TestTheServicesAreThere(t *testing.T) {
	project, _ := load(t)
	var always, windmill []string
	for name, service := range project.Services {
		if slices.Contains(service.Profiles, "windmill") {
			windmill = append(windmill, name)
		} else {
			always = append(always, name)
		}
	}
	require.ElementsMatch(t, []string{"grafana", "tempo", "prometheus", "loki", "otelcol", "simulator"}, always)
	require.ElementsMatch(t, []string{"windmill-db", "windmill-server", "windmill-worker", "windmill-worker-native"}, windmill)
}

func TestEveryMountedPathExists(t *testing.T) {
	project, root := load(t)
	mounted := 0
	for name, service := range project.Services {
		for _, volume := range service.Volumes {
			if volume.Type != types.VolumeTypeBind {
				require.Contains(t, project.Volumes, volume.Source, name)
				continue
			}
			mounted++
			_, err := os.Stat(volume.Source)
			require.NoError(t, err, name)
			require.True(t, volume.ReadOnly, "%s must not write to the checkout: %s", name, volume.Source)
			require.True(t, strings.HasPrefix(volume.Source, root), volume.Source)
		}
	}
	require.GreaterOrEqual(t, mounted, 5)
}

// pinned is an image with a version that names one release: at least major and minor.
var pinned = regexp.MustCompile(`:v?\d+\.\d+(\.\d+)?(-[\w.-]+)?$`)

func TestImagesArePinned(t *testing.T) {
	project, root := load(t)
	for name, service := range project.Services {
		if service.Build == nil {
			require.Regexp(t, pinned, service.Image, name)
		}
	}
	for _, from := range dockerfileImages(t, root) {
		require.Regexp(t, pinned, from)
	}
}

var fromLine = regexp.MustCompile(`(?m)^FROM (\S+) AS (\S+)$`)

// dockerfileImages are the images that the Dockerfile starts from, without its own stages.
func dockerfileImages(t *testing.T, root string) []string {
	t.Helper()
	text := readFile(t, filepath.Join(root, "Dockerfile"))
	var images, stages []string
	for _, line := range fromLine.FindAllStringSubmatch(text, -1) {
		if !slices.Contains(stages, line[1]) {
			images = append(images, line[1])
		}
		stages = append(stages, line[2])
	}
	require.Len(t, stages, strings.Count(text, "\nFROM "), "a FROM without a name")
	return images
}

func TestBuildTargetsAndTheirFilesExist(t *testing.T) {
	project, root := load(t)
	dockerfile := readFile(t, filepath.Join(root, "Dockerfile"))
	for name, service := range project.Services {
		if service.Build != nil {
			require.Contains(t, dockerfile, " AS "+service.Build.Target+"\n", name)
		}
	}
	for _, line := range regexp.MustCompile(`(?m)^COPY ([^-].*) \S+$`).FindAllStringSubmatch(dockerfile, -1) {
		for _, source := range strings.Fields(line[1]) {
			_, err := os.Stat(filepath.Join(root, source))
			require.NoError(t, err, "the Dockerfile copies it")
		}
	}
}

func TestDependenciesCanBecomeHealthy(t *testing.T) {
	project, _ := load(t)
	for name, service := range project.Services {
		for other, dependency := range service.DependsOn {
			if dependency.Condition == types.ServiceConditionHealthy {
				require.NotNil(t, project.Services[other].HealthCheck, "%s waits for the health of %s", name, other)
			}
		}
		// The collector's image has nothing to check with; a worker of Windmill serves nothing to check.
		if name != "otelcol" && !strings.HasPrefix(name, "windmill-worker") {
			require.NotNil(t, service.HealthCheck, name)
		}
	}
}

func TestOnlyThisMachineReachesThePorts(t *testing.T) {
	project, _ := load(t)
	for name, service := range project.Services {
		for _, port := range service.Ports {
			require.Equal(t, "127.0.0.1", port.HostIP, name)
		}
	}
}

func TestBothPluginsMayBeUnsigned(t *testing.T) {
	project, root := load(t)
	allowed := project.Services["grafana"].Environment["GF_PLUGINS_ALLOW_LOADING_UNSIGNED_PLUGINS"]
	require.NotNil(t, allowed)
	for _, manifest := range []string{"plugin.json", "src/panel/plugin.json"} {
		id := regexp.MustCompile(`"id": "([^"]+)"`).FindStringSubmatch(readFile(t, filepath.Join(root, manifest)))
		require.NotNil(t, id, manifest)
		require.Contains(t, strings.Split(*allowed, ","), id[1])
	}
}

func readFile(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	return string(text)
}
