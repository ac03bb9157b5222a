package workbench

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"time"
)

// state is what the workbench knows: the built plugins, the data sources and the dashboards.
type state struct {
	plugin     pluginMeta   // the data source plugin at the root of dist
	panels     []pluginMeta // panel plugins nested in it
	sources    *dataSources
	dashboards []Dashboard
}

// pluginMeta is a built plugin.json and where its files are served.
type pluginMeta struct {
	ID      string
	Type    string
	Name    string
	Version string
	BaseURL string // "public/plugins/ID" or a directory below it
	raw     map[string]any
}

func loadState(options Options) (*state, error) {
	plugins, err := readPlugins(options.DistDir)
	if err != nil {
		return nil, err
	}
	loaded := &state{}
	for _, plugin := range plugins {
		switch plugin.Type {
		case "datasource":
			loaded.plugin = plugin
		case "panel":
			loaded.panels = append(loaded.panels, plugin)
		}
	}
	if loaded.plugin.ID == "" {
		return nil, fmt.Errorf("%s holds no data source plugin; run: npm run build", options.DistDir)
	}
	lookup := options.LookupEnv
	if lookup == nil {
		lookup = os.LookupEnv
	}
	sources, err := readDataSources(filepath.Join(options.ProvisioningDir, "datasources"), expander{lookup})
	if err != nil {
		return nil, err
	}
	loaded.sources = newDataSources(sources, time.Now)
	if _, ok := loaded.firstOwn(); !ok {
		return nil, fmt.Errorf("no data source of type %q is provisioned in %s", loaded.plugin.ID, options.ProvisioningDir)
	}
	loaded.dashboards, err = readDashboards(filepath.Join(options.ProvisioningDir, "dashboards"))
	return loaded, err
}

// firstOwn is the first data source of the plugin that the workbench runs.
func (s *state) firstOwn() (DataSource, bool) {
	for _, source := range s.sources.list() {
		if source.Type == s.plugin.ID {
			return source, true
		}
	}
	return DataSource{}, false
}

// readPlugins finds every plugin.json of a built plugin, as Grafana's loader does: nested ones are plugins of their
// own.
func readPlugins(dist string) ([]pluginMeta, error) {
	var plugins []pluginMeta
	tree := os.DirFS(dist)
	root, err := readPlugin(tree, ".")
	if err != nil {
		return nil, fmt.Errorf("cannot read the built plugin in %s: %w", dist, err)
	}
	err = fs.WalkDir(tree, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || entry.Name() != "plugin.json" {
			return err
		}
		plugin, err := readPlugin(tree, path.Dir(name))
		if err != nil {
			return err
		}
		plugin.BaseURL = path.Join("public/plugins", root.ID, path.Dir(name))
		plugins = append(plugins, plugin)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("cannot read the plugins in %s: %w", dist, err)
	}
	return plugins, nil
}

func readPlugin(tree fs.FS, dir string) (pluginMeta, error) {
	name := path.Join(dir, "plugin.json")
	content, err := fs.ReadFile(tree, name)
	if err != nil {
		return pluginMeta{}, err
	}
	plugin := pluginMeta{}
	if err := json.Unmarshal(content, &plugin.raw); err != nil {
		return pluginMeta{}, fmt.Errorf("%s is not JSON that can be read: %w", name, err)
	}
	plugin.ID, _ = plugin.raw["id"].(string)
	plugin.Type, _ = plugin.raw["type"].(string)
	plugin.Name, _ = plugin.raw["name"].(string)
	if info, ok := plugin.raw["info"].(map[string]any); ok {
		plugin.Version, _ = info["version"].(string)
	}
	if plugin.ID == "" || plugin.Type == "" {
		return pluginMeta{}, errors.New(name + " has no id or no type")
	}
	return plugin, nil
}
