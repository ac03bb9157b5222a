package demo

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/flowsteps/windmill-datasource/stack/servers"
)

const (
	// GrafanaUser and GrafanaPassword sign in to the Grafana that a demo starts.
	GrafanaUser, GrafanaPassword = "admin", "admin"

	grafanaTimeout = 3 * time.Minute // its first start makes the tables of its database
	grafanaGrace   = 10 * time.Second
	packagedHome   = "/usr/share/grafana" // where Grafana's packages put what is no binary
	unsignedIDs    = "flowsteps-windmill-datasource,flowsteps-windmill-panel"
)

// Grafana is an installed Grafana.
type Grafana struct{ Binary, Home string }

// FindGrafana looks for an installed Grafana: in GRAFANA_HOME, else by the program grafana on the PATH, as Grafana's
// packages install it. nil: there is none.
func FindGrafana() (*Grafana, error) {
	if home := os.Getenv("GRAFANA_HOME"); home != "" {
		for _, name := range []string{"bin/grafana", "grafana"} {
			if path := filepath.Join(home, name); isFile(path) {
				return &Grafana{path, home}, nil
			}
		}
		return nil, fmt.Errorf("GRAFANA_HOME is %s, but there is no bin/grafana in it", home)
	}
	path, err := exec.LookPath("grafana")
	if err != nil {
		return nil, nil
	}
	if resolved, err := filepath.EvalSymlinks(path); err == nil {
		path = resolved
	}
	for _, home := range []string{packagedHome, filepath.Dir(filepath.Dir(path))} {
		if isFile(filepath.Join(home, "conf", "defaults.ini")) {
			return &Grafana{path, home}, nil
		}
	}
	return nil, nil
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

// startGrafana starts the installed Grafana with the plugin and its provisioning, and returns its address, with the
// credentials of its administrator, when it is ready.
func (d *demo) startGrafana(ctx context.Context, g *Grafana) (address string, err error) {
	port, err := d.choosePort("Grafana")
	if err != nil {
		return "", err
	}
	stage := d.report.Start("starting Grafana (" + g.Home + ")")
	defer func() { stage.Done(err) }()
	dir := filepath.Join(d.dir, "grafana")
	if err := d.prepareGrafana(dir); err != nil {
		return "", err
	}
	err = d.start(servers.ProcessOptions{
		Name: "Grafana", Path: g.Binary, Args: []string{"server", "--homepath", g.Home}, Dir: g.Home, Log: d.log("grafana"),
		Env: append(d.upstreamEnv(), grafanaEnv(dir, d.root, port)...), DeathSignal: syscall.SIGTERM, Grace: grafanaGrace,
	})
	if err != nil {
		return "", err
	}
	host := fmt.Sprintf("127.0.0.1:%d", port)
	if err := d.waitForGrafana(ctx, "http://"+host+"/api/health"); err != nil {
		return "", err
	}
	return (&url.URL{Scheme: "http", User: url.UserPassword(GrafanaUser, GrafanaPassword), Host: host}).String(), nil
}

// prepareGrafana lays out what Grafana reads: the plugin, and the provisioning with the dashboards' path on this
// machine.
func (d *demo) prepareGrafana(dir string) error {
	for _, sub := range []string{"data", "plugins", "provisioning"} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o755); err != nil {
			return err
		}
	}
	plugin := filepath.Join(dir, "plugins", datasourceType)
	if err := os.Symlink(filepath.Join(d.root, "dist"), plugin); err != nil {
		return err
	}
	from, to := filepath.Join(d.root, "provisioning"), filepath.Join(dir, "provisioning")
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		return err
	}
	provider := filepath.Join(to, "dashboards", "dashboards.yml")
	text, err := os.ReadFile(provider)
	if err != nil {
		return err
	}
	const inContainer = "/etc/grafana/provisioning/dashboards"
	here := strings.ReplaceAll(string(text), inContainer, filepath.Join(to, "dashboards"))
	return os.WriteFile(provider, []byte(here), 0o600)
}

// grafanaEnv keeps Grafana on this machine: it listens on the loopback and asks nobody for updates, news or plugins.
func grafanaEnv(dir, root string, port int) []string {
	return []string{
		"GF_SERVER_HTTP_ADDR=127.0.0.1", fmt.Sprintf("GF_SERVER_HTTP_PORT=%d", port),
		"GF_PATHS_DATA=" + filepath.Join(dir, "data"), "GF_PATHS_LOGS=" + filepath.Join(dir, "data", "log"),
		"GF_PATHS_PLUGINS=" + filepath.Join(dir, "plugins"), "GF_PATHS_PROVISIONING=" + filepath.Join(dir, "provisioning"),
		"GF_PLUGINS_ALLOW_LOADING_UNSIGNED_PLUGINS=" + unsignedIDs, "GF_PLUGINS_PREINSTALL_DISABLED=true",
		"GF_SECURITY_ADMIN_USER=" + GrafanaUser, "GF_SECURITY_ADMIN_PASSWORD=" + GrafanaPassword,
		"GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH=" +
			filepath.Join(root, "provisioning", "dashboards", "windmill-flow-steps.json"),
		"GF_ANALYTICS_REPORTING_ENABLED=false", "GF_ANALYTICS_CHECK_FOR_UPDATES=false",
		"GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES=false", "GF_ANALYTICS_FEEDBACK_LINKS_ENABLED=false",
		"GF_NEWS_NEWS_FEED_ENABLED=false", "GF_SECURITY_DISABLE_GRAVATAR=true",
	}
}

func (d *demo) waitForGrafana(ctx context.Context, health string) error {
	deadline := time.Now().Add(grafanaTimeout)
	for time.Now().Before(deadline) {
		if err := d.firstExit(); err != nil {
			return err
		}
		if ready(ctx, health) {
			return nil
		}
		if err := pause(ctx, workbenchPoll); err != nil {
			return err
		}
	}
	late := fmt.Errorf("the installed Grafana did not get ready within %s; see %s", grafanaTimeout, d.log("grafana"))
	return errors.Join(late, ctx.Err())
}

func ready(ctx context.Context, health string) bool {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, health, nil)
	if err != nil {
		return false
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return false
	}
	_ = res.Body.Close()
	return res.StatusCode == http.StatusOK
}

// withoutUser is an address without credentials.
func withoutUser(address string) string {
	if u, err := url.Parse(address); err == nil {
		u.User = nil
		return u.String()
	}
	return address
}
