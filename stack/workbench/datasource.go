package workbench

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
)

// DataSource is a provisioned data source with its secrets. Secrets never leave the workbench but to the plugin.
type DataSource struct {
	ID             int64
	UID            string
	Name           string
	Type           string
	Access         string
	URL            string
	User           string
	Database       string
	BasicAuth      bool
	BasicAuthUser  string
	IsDefault      bool
	JSONData       map[string]any
	SecureJSONData map[string]string
	// Updated is part of what the plugin knows: its instance is made anew when it changes.
	Updated time.Time
}

// settings are what the plugin gets with every request.
func (d DataSource) settings() (*backend.DataSourceInstanceSettings, error) {
	jsonData, err := json.Marshal(d.JSONData)
	if err != nil {
		return nil, fmt.Errorf("the jsonData of data source %q can't be written as JSON: %w", d.Name, err)
	}
	return &backend.DataSourceInstanceSettings{
		ID: d.ID, UID: d.UID, Type: d.Type, Name: d.Name, URL: d.URL, User: d.User, Database: d.Database,
		BasicAuthEnabled: d.BasicAuth, BasicAuthUser: d.BasicAuthUser,
		JSONData: jsonData, DecryptedSecureJSONData: d.SecureJSONData, Updated: d.Updated,
	}, nil
}

// secureFields says which secrets are set, which is all that a browser may know.
func (d DataSource) secureFields() map[string]bool {
	fields := map[string]bool{}
	for key, secret := range d.SecureJSONData {
		if secret != "" {
			fields[key] = true
		}
	}
	return fields
}

// dataSourceUpdate is the body of PUT /api/datasources/uid/{uid}, as Grafana's config page sends it.
type dataSourceUpdate struct {
	Name           string            `json:"name"`
	URL            string            `json:"url"`
	User           string            `json:"user"`
	Database       string            `json:"database"`
	BasicAuth      bool              `json:"basicAuth"`
	BasicAuthUser  string            `json:"basicAuthUser"`
	IsDefault      bool              `json:"isDefault"`
	JSONData       map[string]any    `json:"jsonData"`
	SecureJSONData map[string]string `json:"secureJsonData"`
}

// dataSources holds the data sources in memory: what the config page saves is gone when the workbench ends.
type dataSources struct {
	mu    sync.RWMutex
	byUID map[string]DataSource
	now   func() time.Time
}

func newDataSources(sources []DataSource, now func() time.Time) *dataSources {
	store := &dataSources{byUID: map[string]DataSource{}, now: now}
	for _, source := range sources {
		source.Updated = now()
		store.byUID[source.UID] = source
	}
	return store
}

func (s *dataSources) get(uid string) (DataSource, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	source, ok := s.byUID[uid]
	return source, ok
}

// list answers all of them in the order of provisioning.
func (s *dataSources) list() []DataSource {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return slices.SortedFunc(maps.Values(s.byUID), func(a, b DataSource) int { return int(a.ID - b.ID) })
}

// update replaces the settings. A secret that the update doesn't name is kept, an empty one is taken away, as in
// Grafana.
func (s *dataSources) update(uid string, update dataSourceUpdate) (DataSource, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	source, ok := s.byUID[uid]
	if !ok {
		return DataSource{}, false
	}
	if update.Name != "" {
		source.Name = update.Name
	}
	source.URL, source.User, source.Database = update.URL, update.User, update.Database
	source.BasicAuth, source.BasicAuthUser, source.IsDefault = update.BasicAuth, update.BasicAuthUser, update.IsDefault
	source.JSONData = update.JSONData
	if source.JSONData == nil {
		source.JSONData = map[string]any{}
	}
	secrets := maps.Clone(source.SecureJSONData)
	maps.Copy(secrets, update.SecureJSONData)
	maps.DeleteFunc(secrets, func(_, secret string) bool { return secret == "" })
	source.SecureJSONData = secrets
	source.Updated = s.later(source.Updated)
	s.byUID[uid] = source
	return source, true
}

// later is now, and at least a millisecond after the last change: the protocol carries milliseconds, and the plugin
// must see that something changed.
func (s *dataSources) later(previous time.Time) time.Time {
	now := s.now()
	if earliest := previous.Add(time.Millisecond); now.Before(earliest) {
		return earliest
	}
	return now
}
