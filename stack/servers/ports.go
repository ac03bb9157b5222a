package servers

import (
	"fmt"
	"net"
	"strconv"
)

// Ports are the TCP ports on 127.0.0.1 that the servers listen on. 0 takes a free one.
type Ports struct {
	Tempo, TempoGRPC             int // HTTP API, internal gRPC
	TempoOTLPGRPC, TempoOTLPHTTP int // where Tempo takes spans
	Prometheus                   int
	Loki, LokiGRPC               int // full stack only
	OTLPGRPC, OTLPHTTP           int // where the collector takes spans and logs, full stack only
}

// fill replaces every zero by a free port and checks that the given ones are free.
func (p *Ports) fill() error {
	var taken []net.Listener
	defer func() {
		for _, l := range taken {
			_ = l.Close()
		}
	}()
	for _, port := range p.named() {
		// All listeners stay open until the last port is found, so that no port is given twice.
		listener, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(*port.number)))
		if err != nil && *port.number != 0 {
			return fmt.Errorf("port %d for %s is in use by another program: stop that or choose another port", *port.number, port.purpose)
		}
		if err != nil {
			return fmt.Errorf("there is no free port for %s: %w", port.purpose, err)
		}
		taken = append(taken, listener)
		*port.number = listener.Addr().(*net.TCPAddr).Port
	}
	return nil
}

type namedPort struct {
	number  *int
	purpose string
}

func (p *Ports) named() []namedPort {
	return []namedPort{
		{&p.Tempo, "Tempo's HTTP API"},
		{&p.TempoGRPC, "Tempo's gRPC"},
		{&p.TempoOTLPGRPC, "spans sent to Tempo over gRPC"},
		{&p.TempoOTLPHTTP, "spans sent to Tempo over HTTP"},
		{&p.Prometheus, "Prometheus"},
		{&p.Loki, "Loki's HTTP API"},
		{&p.LokiGRPC, "Loki's gRPC"},
		{&p.OTLPGRPC, "the collector over gRPC"},
		{&p.OTLPHTTP, "the collector over HTTP"},
	}
}

func localURL(port int) string {
	return "http://" + localAddress(port)
}

func localAddress(port int) string {
	return net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
}
