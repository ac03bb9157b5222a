// Command workbench runs the built plugin without a Grafana server, for development and tests.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"syscall"

	"github.com/flowsteps/windmill-datasource/stack/workbench"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:])
	stop()
	if errors.Is(err, flag.ErrHelp) {
		return
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "workbench: "+err.Error())
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	options := workbench.Options{Stdout: os.Stdout, Stderr: os.Stderr}
	flags := flag.NewFlagSet("workbench", flag.ContinueOnError)
	flags.StringVar(&options.Listen, "listen", "127.0.0.1:3000", "loopback `address` to listen on; port 0 takes a free one")
	flags.StringVar(&options.DistDir, "dist", "dist", "`directory` of the built plugin")
	flags.StringVar(&options.PluginPath, "plugin", "", "the plugin's `executable` (default: the one for this system in -dist)")
	flags.StringVar(&options.ProvisioningDir, "provisioning", "provisioning", "`directory` with datasources/*.yml and dashboards/*.json")
	flags.StringVar(&options.WebDir, "web", filepath.Join("stack", "workbench", "web", "dist"), "`directory` of the workbench's built page")
	flags.BoolVar(&options.Verbose, "verbose", false, "log what the plugin writes at debug level too")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if options.PluginPath == "" {
		options.PluginPath = filepath.Join(options.DistDir, executable())
	}
	return workbench.Run(ctx, options)
}

// executable is the name that the plugin's build gives its binary for this system.
func executable() string {
	name := fmt.Sprintf("gpx_windmill_%s_%s", runtime.GOOS, runtime.GOARCH)
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	return name
}
