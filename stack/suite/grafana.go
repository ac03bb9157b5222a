package suite

import (
	"context"
	"fmt"
	"io"
	"net/url"
	"os"

	"github.com/flowsteps/windmill-datasource/stack/build"
	"github.com/flowsteps/windmill-datasource/stack/demo"
	"github.com/flowsteps/windmill-datasource/stack/progress"
)

// Grafana runs tests/grafana: against the Grafana that GRAFANA_URL names, else against an installed one, which gets a
// demo of its own. Without either it says so and tests nothing.
func Grafana(ctx context.Context, out io.Writer, args ...string) error {
	root, err := build.Root()
	if err != nil {
		return err
	}
	r := &runner{root: root, out: out, report: progress.New(out)}
	if err := build.NodeModules(ctx, r.report); err != nil {
		return err
	}
	if address := os.Getenv("GRAFANA_URL"); address != "" {
		return r.testGrafana(ctx, address, args)
	}
	installed, err := demo.FindGrafana()
	if err != nil {
		return err
	}
	if installed == nil {
		r.report.Note("NOT TESTED: no Grafana is installed. Set GRAFANA_HOME, put grafana on the PATH, or set GRAFANA_URL.")
		return nil
	}
	return demo.Run(ctx, demo.Options{
		Name: "test-grafana", Full: true, Port: demo.AnyPort, Out: out,
		Use: func(ctx context.Context, address string) error { return r.testGrafana(ctx, address, args) },
	})
}

// testGrafana signs in as the administrator, because most pages are not for anonymous users.
func (r *runner) testGrafana(ctx context.Context, address string, args []string) error {
	browser, err := findBrowser()
	if err != nil {
		return err
	}
	u, err := url.Parse(address)
	if err != nil {
		return fmt.Errorf("GRAFANA_URL cannot be read: %w", err)
	}
	u.User = nil
	env := []string{"GRAFANA_URL=" + u.String(), "GRAFANA_LOGIN=1", "CHROMIUM_PATH=" + browser}
	npm := append([]string{"run", "--silent", "e2e:grafana", "--"}, args...)
	return r.commandWith(ctx, env, ".", "npm", npm...)
}
