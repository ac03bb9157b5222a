package workbench

import (
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"

	"github.com/hashicorp/go-hclog"
)

// contentPolicy keeps the page on this host: nothing is loaded from any other. Development builds of a plugin
// carry their source maps in eval().
const contentPolicy = "default-src 'self'; script-src 'self' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; " +
	"img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; frame-ancestors 'none'"

// host answers the HTTP requests.
type host struct {
	state  *state
	plugin *Plugin
	logger hclog.Logger
	appURL string
	ending <-chan struct{} // ends the streams, which would never end by themselves
}

func newHandler(options Options, state *state, plugin *Plugin, port int, ending <-chan struct{}) http.Handler {
	h := &host{state: state, plugin: plugin, logger: plugin.logger, appURL: "http://127.0.0.1:" + strconv.Itoa(port) + "/", ending: ending}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /api/ds/query", h.queryData)
	mux.HandleFunc("GET /api/frontend/settings", h.frontendSettings)
	mux.HandleFunc("GET /api/datasources/uid/{uid}", h.getDataSource)
	mux.HandleFunc("PUT /api/datasources/uid/{uid}", h.putDataSource)
	mux.HandleFunc("GET /api/datasources/uid/{uid}/health", h.checkHealth)
	mux.HandleFunc("/api/datasources/uid/{uid}/resources/{path...}", h.callResource)
	mux.HandleFunc("POST /api/live/workbench/{uid}/{path...}", h.runStream)
	mux.HandleFunc("GET /api/search", h.searchDashboards)
	mux.HandleFunc("GET /api/dashboards/uid/{uid}", h.getDashboard)
	mux.HandleFunc("/api/", func(w http.ResponseWriter, r *http.Request) {
		writeMessage(w, http.StatusNotFound, "the workbench does not imitate "+r.Method+" "+r.URL.Path+" of Grafana")
	})
	pluginPrefix := "/public/plugins/" + state.plugin.ID + "/"
	mux.Handle(pluginPrefix, http.StripPrefix(pluginPrefix, files(options.DistDir)))
	mux.Handle("/public/", files(options.WebDir))
	mux.HandleFunc("/", page(options.WebDir))
	return guard(mux)
}

// files serves a directory without listings. Browsers ask again each time: what is served is being developed.
func files(dir string) http.Handler {
	tree := os.DirFS(dir)
	server := http.FileServerFS(tree)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "" || strings.HasSuffix(r.URL.Path, "/") {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Cache-Control", "no-cache")
		server.ServeHTTP(w, r)
	})
}

// page serves the one page for every address that is no file and no API: its script reads the address.
func page(dir string) http.HandlerFunc {
	tree := os.DirFS(dir)
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-cache")
		w.Header().Set("Content-Security-Policy", contentPolicy)
		http.ServeFileFS(w, r, tree, "index.html")
	}
}

// guard refuses what a page of another site may send: requests under a foreign host name (DNS rebinding) and
// requests that another origin makes.
func guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !isLocal(r.Host) {
			writeMessage(w, http.StatusForbidden, "the workbench answers only under localhost or a loopback address")
			return
		}
		if origin := r.Header.Get("Origin"); origin != "" {
			parsed, err := url.Parse(origin)
			if err != nil || parsed.Host != r.Host {
				writeMessage(w, http.StatusForbidden, "the workbench answers only its own page")
				return
			}
		}
		w.Header().Set("X-Content-Type-Options", "nosniff")
		next.ServeHTTP(w, r)
	})
}

func isLocal(hostport string) bool {
	parsed, err := url.Parse("http://" + hostport)
	return err == nil && isLoopback(parsed.Hostname())
}

func writeJSON(w http.ResponseWriter, status int, body any) {
	encoded, err := json.Marshal(body)
	if err != nil {
		writeMessage(w, http.StatusInternalServerError, "the answer can't be written as JSON: "+err.Error())
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(encoded) // the browser went away: nobody is left to tell
}

// writeMessage is an error as Grafana's API writes it.
func writeMessage(w http.ResponseWriter, status int, message string) {
	writeJSON(w, status, map[string]string{"message": message})
}
