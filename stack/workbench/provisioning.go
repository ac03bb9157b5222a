package workbench

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"go.yaml.in/yaml/v3"
)

// provisionedFile is a data source file as Grafana's documentation describes it. Unknown keys are ignored, as there.
type provisionedFile struct {
	Datasources []provisionedDataSource `yaml:"datasources"`
}

type provisionedDataSource struct {
	Name           scalar            `yaml:"name"`
	Type           scalar            `yaml:"type"`
	UID            scalar            `yaml:"uid"`
	Access         scalar            `yaml:"access"`
	URL            scalar            `yaml:"url"`
	User           scalar            `yaml:"user"`
	Database       scalar            `yaml:"database"`
	BasicAuth      scalar            `yaml:"basicAuth"`
	BasicAuthUser  scalar            `yaml:"basicAuthUser"`
	IsDefault      scalar            `yaml:"isDefault"`
	JSONData       map[string]any    `yaml:"jsonData"`
	SecureJSONData map[string]scalar `yaml:"secureJsonData"`
}

// readDataSources reads every data source file of a directory, in the order of their names.
func readDataSources(dir string, expand expander) ([]DataSource, error) {
	paths, err := filesWithExtension(dir, ".yml", ".yaml")
	if err != nil {
		return nil, fmt.Errorf("cannot read the provisioned data sources: %w", err)
	}
	var all []DataSource
	seen := map[string]string{}
	for _, path := range paths {
		sources, err := readDataSourceFile(path, expand)
		if err != nil {
			return nil, fmt.Errorf("the data source file %s is wrong: %w", path, err)
		}
		for _, source := range sources {
			if other, taken := seen[source.UID]; taken {
				return nil, fmt.Errorf("the data source file %s is wrong: uid %q is taken by %q already", path, source.UID, other)
			}
			seen[source.UID] = source.Name
			source.ID = int64(len(all) + 1)
			all = append(all, source)
		}
	}
	return all, nil
}

func readDataSourceFile(path string, expand expander) ([]DataSource, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var file provisionedFile
	if err := yaml.Unmarshal(content, &file); err != nil {
		return nil, err
	}
	sources := make([]DataSource, 0, len(file.Datasources))
	for i, provisioned := range file.Datasources {
		source, err := provisioned.expanded(expand)
		if err != nil {
			return nil, fmt.Errorf("data source %d: %w", i+1, err)
		}
		sources = append(sources, source)
	}
	return sources, nil
}

func (p provisionedDataSource) expanded(expand expander) (DataSource, error) {
	source := DataSource{JSONData: map[string]any{}, SecureJSONData: map[string]string{}}
	texts := []struct {
		to   *string
		from scalar
	}{
		{&source.Name, p.Name}, {&source.Type, p.Type}, {&source.UID, p.UID}, {&source.Access, p.Access},
		{&source.URL, p.URL}, {&source.User, p.User}, {&source.Database, p.Database}, {&source.BasicAuthUser, p.BasicAuthUser},
	}
	var failures []error
	for _, text := range texts {
		var err error
		*text.to, err = expand.text(text.from.raw)
		failures = append(failures, err)
	}
	var err error
	source.BasicAuth, err = expand.boolean(p.BasicAuth)
	failures = append(failures, err)
	source.IsDefault, err = expand.boolean(p.IsDefault)
	failures = append(failures, err)
	if p.JSONData != nil {
		_, err = expand.value(p.JSONData)
		failures = append(failures, err)
		source.JSONData = p.JSONData
	}
	for key, secret := range p.SecureJSONData {
		source.SecureJSONData[key], err = expand.text(secret.raw)
		failures = append(failures, err)
	}
	if err := errors.Join(failures...); err != nil {
		return DataSource{}, err
	}
	if source.Name == "" || source.Type == "" {
		return DataSource{}, errors.New("name and type are needed")
	}
	if source.UID == "" {
		source.UID = uidFromName(source.Name)
	}
	return source, nil
}

// uidFromName is the uid that Grafana gives a provisioned data source without one.
func uidFromName(name string) string {
	sum := sha256.Sum256([]byte(name))
	return strings.ToUpper(fmt.Sprintf("p%x", sum[:8]))
}

// Dashboard is a provisioned dashboard, its model untouched.
type Dashboard struct {
	UID   string
	Title string
	Model json.RawMessage
}

// readDashboards reads dashboards/*.json. A missing directory means no dashboards.
func readDashboards(dir string) ([]Dashboard, error) {
	paths, err := filesWithExtension(dir, ".json")
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("cannot read the provisioned dashboards: %w", err)
	}
	dashboards := make([]Dashboard, 0, len(paths))
	for _, path := range paths {
		content, err := os.ReadFile(path)
		if err != nil {
			return nil, fmt.Errorf("cannot read the dashboard %s: %w", path, err)
		}
		var head struct{ UID, Title string }
		if err := json.Unmarshal(content, &head); err != nil {
			return nil, fmt.Errorf("the dashboard %s is not JSON that can be read: %w", path, err)
		}
		if head.UID == "" || head.Title == "" {
			return nil, fmt.Errorf("the dashboard %s needs a uid and a title", path)
		}
		dashboards = append(dashboards, Dashboard{UID: head.UID, Title: head.Title, Model: bytes.TrimSpace(content)})
	}
	return dashboards, nil
}

func filesWithExtension(dir string, extensions ...string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var paths []string
	for _, entry := range entries {
		for _, extension := range extensions {
			if !entry.IsDir() && strings.HasSuffix(entry.Name(), extension) {
				paths = append(paths, filepath.Join(dir, entry.Name()))
			}
		}
	}
	sort.Strings(paths)
	return paths, nil
}
