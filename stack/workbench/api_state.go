package workbench

import (
	"encoding/json"
	"maps"
	"net/http"
)

// frontendSettings answers what Grafana puts into its page: the plugins and the data sources, without secrets.
func (h *host) frontendSettings(w http.ResponseWriter, _ *http.Request) {
	sources := map[string]any{}
	defaultName := ""
	for _, source := range h.state.sources.list() {
		sources[source.Name] = h.frontendDataSource(source)
		if source.IsDefault {
			defaultName = source.Name
		}
	}
	if first, ok := h.state.firstOwn(); ok && defaultName == "" {
		defaultName = first.Name
	}
	panels := map[string]any{}
	for _, panel := range h.state.panels {
		panels[panel.ID] = panel.frontend()
	}
	writeJSON(w, http.StatusOK, map[string]any{
		"buildInfo":         map[string]string{"version": grafanaVersion, "commit": "workbench", "env": "development"},
		"appUrl":            h.appURL,
		"datasources":       sources,
		"defaultDatasource": defaultName,
		"panels":            panels,
	})
}

// frontendDataSource is a data source as DataSourceWithBackend and the pages need it.
func (h *host) frontendDataSource(source DataSource) map[string]any {
	return map[string]any{
		"id": source.ID, "uid": source.UID, "name": source.Name, "type": source.Type,
		"access": "proxy", "url": "/api/datasources/proxy/uid/" + source.UID,
		"isDefault": source.IsDefault, "readOnly": false, "jsonData": source.JSONData,
		"meta": h.metaOf(source.Type),
	}
}

// metaOf is a plugin's plugin.json. Of plugins that only Grafana runs no more than the id is known.
func (h *host) metaOf(id string) map[string]any {
	if id == h.state.plugin.ID {
		return h.state.plugin.frontend()
	}
	return map[string]any{
		"id": id, "name": id, "type": "datasource", "module": "", "baseUrl": "",
		"info": map[string]any{"logos": map[string]string{"small": "", "large": ""}, "links": []any{}},
	}
}

// frontend is the plugin.json with the addresses that Grafana adds.
func (p pluginMeta) frontend() map[string]any {
	meta := maps.Clone(p.raw)
	meta["baseUrl"] = p.BaseURL
	meta["module"] = p.BaseURL + "/module.js"
	meta["signature"] = "unsigned"
	if info, ok := meta["info"].(map[string]any); ok {
		info = maps.Clone(info)
		if logos, ok := info["logos"].(map[string]any); ok {
			logos = maps.Clone(logos)
			for size, logo := range logos {
				if file, ok := logo.(string); ok {
					logos[size] = "/" + p.BaseURL + "/" + file
				}
			}
			info["logos"] = logos
		}
		meta["info"] = info
	}
	return meta
}

func (h *host) getDataSource(w http.ResponseWriter, r *http.Request) {
	source, ok := h.state.sources.get(r.PathValue("uid"))
	if !ok {
		writeMessage(w, http.StatusNotFound, "no data source has this uid")
		return
	}
	writeJSON(w, http.StatusOK, editable(source))
}

func (h *host) putDataSource(w http.ResponseWriter, r *http.Request) {
	var update dataSourceUpdate
	if err := readJSON(w, r, &update); err != nil {
		writeMessage(w, http.StatusBadRequest, err.Error())
		return
	}
	source, ok := h.state.sources.update(r.PathValue("uid"), update)
	if !ok {
		writeMessage(w, http.StatusNotFound, "no data source has this uid")
		return
	}
	writeJSON(w, http.StatusOK, map[string]any{"message": "Datasource updated", "datasource": editable(source)})
}

// editable is a data source as Grafana's config page gets it: which secrets are set, but not what they are.
func editable(source DataSource) map[string]any {
	return map[string]any{
		"id": source.ID, "uid": source.UID, "orgId": 1, "name": source.Name, "type": source.Type,
		"typeLogoUrl": "", "typeName": source.Type, "access": "proxy", "url": source.URL, "user": source.User,
		"database": source.Database, "basicAuth": source.BasicAuth, "basicAuthUser": source.BasicAuthUser,
		"isDefault": source.IsDefault, "jsonData": source.JSONData, "secureJsonFields": source.secureFields(),
		"readOnly": false, "withCredentials": false, "version": 1,
	}
}

func (h *host) searchDashboards(w http.ResponseWriter, _ *http.Request) {
	found := []map[string]string{}
	for _, dashboard := range h.state.dashboards {
		found = append(found, map[string]string{
			"uid": dashboard.UID, "title": dashboard.Title, "type": "dash-db", "url": "/d/" + dashboard.UID,
		})
	}
	writeJSON(w, http.StatusOK, found)
}

func (h *host) getDashboard(w http.ResponseWriter, r *http.Request) {
	for _, dashboard := range h.state.dashboards {
		if dashboard.UID == r.PathValue("uid") {
			writeJSON(w, http.StatusOK, map[string]any{
				"dashboard": json.RawMessage(dashboard.Model),
				"meta":      map[string]any{"provisioned": true, "url": "/d/" + dashboard.UID},
			})
			return
		}
	}
	writeMessage(w, http.StatusNotFound, "no dashboard has this uid")
}
