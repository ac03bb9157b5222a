package build

import (
	"archive/zip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/flowsteps/windmill-datasource/stack/progress"
)

// artifact is one plugin archive: its files come from a directory of dist/ and lie in the archive below
// a directory that is named after the plugin.
type artifact struct {
	dir     string // below dist/
	without string // directory below dir that belongs to another plugin
	must    []string
}

// Package packs dist/ as the two plugins that it is in Grafana's catalogue, where a panel may not be
// nested in a data source: the data source without panel/, and panel/ by itself. It returns the archives'
// paths, in artifacts/. Everything has to be built before.
func Package(ctx context.Context, report *progress.Reporter) ([]string, error) {
	root, err := Root()
	if err != nil {
		return nil, err
	}
	docs := []string{"plugin.json", "module.js", "README.md", "LICENSE", "NOTICE", "CHANGELOG.md"}
	var archives []string
	for _, a := range []artifact{
		{dir: "dist", without: "panel", must: append([]string{"go_plugin_build_manifest", "gpx_windmill_linux_amd64"}, docs...)},
		{dir: filepath.Join("dist", "panel"), must: docs},
	} {
		archive, err := a.pack(ctx, root, report)
		if err != nil {
			return nil, err
		}
		archives = append(archives, archive)
	}
	return archives, nil
}

func (a artifact) pack(ctx context.Context, root string, report *progress.Reporter) (archive string, err error) {
	dir := filepath.Join(root, a.dir)
	id, version, err := identity(filepath.Join(dir, "plugin.json"))
	if err != nil {
		return "", err
	}
	for _, name := range a.must {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			return "", fmt.Errorf("%s is missing in %s: build everything before packing", name, dir)
		}
	}
	stage := report.Start("packing " + id + " " + version)
	defer func() { stage.Done(err) }()
	archive = filepath.Join(root, "artifacts", id+"-"+version+".zip")
	if err := os.MkdirAll(filepath.Dir(archive), 0o755); err != nil {
		return "", err
	}
	return archive, a.write(ctx, dir, id, archive)
}

func (a artifact) write(ctx context.Context, dir, id, archive string) (err error) {
	out, err := os.Create(archive)
	if err != nil {
		return fmt.Errorf("cannot write the archive: %w", err)
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	packed := zip.NewWriter(out)
	defer func() { err = errors.Join(err, packed.Close()) }()
	return filepath.WalkDir(dir, func(file string, entry fs.DirEntry, err error) error {
		if err != nil || ctx.Err() != nil {
			return errors.Join(err, ctx.Err())
		}
		name, err := filepath.Rel(dir, file)
		if err != nil {
			return err
		}
		if entry.IsDir() {
			if a.without != "" && name == a.without {
				return fs.SkipDir
			}
			return nil
		}
		return addFile(packed, file, id+"/"+filepath.ToSlash(name))
	})
}

// addFile adds a file; Grafana starts only a backend that may be executed, so that is always set.
func addFile(packed *zip.Writer, file, name string) error {
	in, err := os.Open(file)
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }()
	info, err := in.Stat()
	if err != nil {
		return err
	}
	header := &zip.FileHeader{Name: name, Method: zip.Deflate, Modified: info.ModTime()}
	header.SetMode(0o644)
	if strings.HasPrefix(filepath.Base(name), "gpx_") {
		header.SetMode(0o755)
	}
	out, err := packed.CreateHeader(header)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return err
}

// identity reads a built plugin.json.
func identity(file string) (id, version string, err error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return "", "", fmt.Errorf("cannot read the plugin to pack: %w", err)
	}
	var manifest struct {
		ID   string `json:"id"`
		Info struct {
			Version string `json:"version"`
		} `json:"info"`
	}
	if err := json.Unmarshal(text, &manifest); err != nil {
		return "", "", fmt.Errorf("cannot parse %s: %w", file, err)
	}
	if manifest.ID == "" || manifest.Info.Version == "" || strings.Contains(manifest.Info.Version, "%") {
		return "", "", fmt.Errorf("%s has no id or no version: it is not a built plugin", file)
	}
	return manifest.ID, manifest.Info.Version, nil
}
