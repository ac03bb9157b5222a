// Package property holds the plugin's rebuilding of runs against random flows. A seed makes a flow out of everything
// that the simulator knows, the simulator runs it on virtual time, windmill.Build puts the run together from the
// spans alone, and the result is compared with the truth, field by field. What telemetry cannot tell is listed in
// exceptions.go, each with its reason; everything else must be equal.
//
// A flow that fails is made smaller while it still fails, and is printed as YAML with its seed:
//
//	go test ./property -property.flows 20000 -property.seed 5000   # more flows than usual, or others
//	go test ./property -property.seed 4711 -property.flows 1       # one flow
//	go test ./property -property.otlp DIR                          # write the spans of failing cases as OTLP JSON
package property
