package simulator

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"

	"go.yaml.in/yaml/v3"
)

//go:embed flows/*.yaml flows/shapes/*.yaml
var shipped embed.FS

// workersFile is the file of a flows directory that describes the workers; every other one describes a flow.
const workersFile = "workers.yaml"

// ShippedFlows is the directory of flows that comes with the simulator: those of the demo.
func ShippedFlows() fs.FS { return shippedDirectory("flows") }

// ShapeFlows is a directory with a flow for each shape of telemetry that Windmill's runs have.
func ShapeFlows() fs.FS { return shippedDirectory("flows/shapes") }

func shippedDirectory(name string) fs.FS {
	sub, err := fs.Sub(shipped, name)
	if err != nil { // only for a malformed name
		panic(err)
	}
	return sub
}

// Load reads the flows of a directory, a *.yaml file each. An error names the file and the line.
func Load(dir fs.FS) ([]Flow, error) {
	names, err := fs.Glob(dir, "*.yaml")
	if err != nil {
		return nil, err
	}
	var flows []Flow
	var mistakes []error
	for _, name := range names {
		if name == workersFile {
			continue
		}
		var flow Flow
		if err := loadFile(dir, name, &flow); err != nil {
			mistakes = append(mistakes, err)
			continue
		}
		if err := flow.validate(); err != nil {
			mistakes = append(mistakes, inFile(name, err))
			continue
		}
		flows = append(flows, flow)
	}
	if len(mistakes) > 0 {
		return nil, errors.Join(mistakes...)
	}
	if len(flows) == 0 {
		return nil, errors.New("no flows found: the directory has no *.yaml file besides " + workersFile)
	}
	return flows, validateTogether(flows)
}

// LoadWorkers reads workers.yaml of a directory of flows. Without that file the answer is DefaultWorkers.
func LoadWorkers(dir fs.FS) ([]WorkerGroup, error) {
	var file workersDocument
	err := loadFile(dir, workersFile, &file)
	if errors.Is(err, fs.ErrNotExist) {
		return DefaultWorkers(), nil
	}
	if err != nil {
		return nil, err
	}
	for i := range file.Workers {
		if err := file.Workers[i].validate(); err != nil {
			return nil, inFile(workersFile, err)
		}
	}
	return file.Workers, nil
}

func loadFile(dir fs.FS, name string, out any) error {
	content, err := fs.ReadFile(dir, name)
	if err != nil {
		return err
	}
	decoder := yaml.NewDecoder(bytes.NewReader(content))
	if err := decoder.Decode(out); errors.Is(err, io.EOF) {
		return inFile(name, errors.New("the file is empty"))
	} else if err != nil {
		return inFile(name, plainError(err))
	}
	if err := decoder.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return inFile(name, errors.New("the file has more than one YAML document; write one file for each flow"))
	}
	return nil
}

func inFile(name string, err error) error { return fmt.Errorf("%s: %w", path.Base(name), err) }
