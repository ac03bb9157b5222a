package suite

import (
	"context"
	"errors"
	"os"
	"os/exec"

	"github.com/flowsteps/windmill-datasource/stack/demo"
)

// browsers are the names under which Chromium is installed, the most likely one first.
var browsers = []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"}

var errNoBrowser = errors.New("no Chromium is installed: install it (on Debian: apt-get install chromium) or set CHROMIUM_PATH")

// endToEnd runs the browser's tests against a demo of their own, with simulated flows behind it.
func endToEnd(ctx context.Context, r *runner) error {
	browser, err := findBrowser()
	if err != nil {
		return err
	}
	return demo.Run(ctx, demo.Options{
		Name: "e2e", Port: demo.AnyPort, Out: r.out,
		Use: func(ctx context.Context, address string) error {
			env := []string{"WORKBENCH_URL=" + address, "CHROMIUM_PATH=" + browser}
			return r.commandWith(ctx, env, ".", "npm", "run", "--silent", "e2e")
		},
	})
}

func findBrowser() (string, error) {
	if path := os.Getenv("CHROMIUM_PATH"); path != "" {
		return path, nil
	}
	for _, name := range browsers {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", errNoBrowser
}
