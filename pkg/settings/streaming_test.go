package settings

import (
	"encoding/pem"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/flowsteps/windmill-datasource/pkg/tempo"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
)

func TestStreaming(t *testing.T) {
	for jsonData, want := range map[string]Streaming{
		`{}`:                           {},
		`{"tempo":null}`:               {},
		`{"tempo":{"url":"http://t"}}`: {},
		`{"tempo":{"url":"http://t","streaming":null}}`:                                       {},
		`{"tempo":{"url":"http://t","streaming":true}}`:                                       {Enabled: true},
		`{"tempo":{"url":"http://t","streaming":false}}`:                                      {},
		`{"tempo":{"url":"http://t","streaming":{"enabled":true}}}`:                           {Enabled: true},
		`{"tempo":{"url":"http://t","streaming":{"enabled":true,"grpcUrl":"http://t:9095"}}}`: {Enabled: true, GRPCURL: "http://t:9095"},
	} {
		s, err := load(jsonData, nil)
		require.NoError(t, err, jsonData)
		assert.Equal(t, want, s.Streaming, jsonData)
	}
	for jsonData, want := range map[string]string{
		`{"tempo":{"streaming":"yes"}}`:                               `Tempo: streaming must be true, false or {"enabled": true, "grpcUrl": "http://tempo:9095"}.`,
		`{"tempo":{"streaming":{"enabled":true,"grpcUrl":"t:9095"}}}`: "Tempo's gRPC: the URL must begin with http:// or https:// and name a host, for example http://host:3200.",
	} {
		_, err := load(jsonData, nil)
		assert.EqualError(t, err, want, jsonData)
	}
}

func TestConnOfTheUpstream(t *testing.T) {
	s, err := load(`{"tempo":{"url":"https://t:3200","streaming":true},"enableSecureSocksProxy":true}`, nil)
	require.NoError(t, err)
	up, err := s.Tempo.Client()
	require.NoError(t, err)
	defer up.Close()
	_, err = s.Tempo.Conn(up, "")
	assert.EqualError(t, err, "Tempo cannot be asked over gRPC through a SOCKS proxy.")

	s, err = load(`{"tempo":{"url":"http://t:3200","streaming":true}}`, nil)
	require.NoError(t, err)
	up, err = s.Tempo.Client()
	require.NoError(t, err)
	defer up.Close()
	conn, err := s.Tempo.Conn(up, s.Streaming.GRPCURL)
	require.NoError(t, err)
	conn.Close()
}

// TestStreamOverTLS asks a server that takes every call, with the certificate of a test.
func TestStreamOverTLS(t *testing.T) {
	https := httptest.NewTLSServer(http.NotFoundHandler())
	defer https.Close()
	ca := string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: https.Certificate().Raw}))
	var got metadata.MD
	server := grpc.NewServer(grpc.Creds(credentials.NewServerTLSFromCert(&https.TLS.Certificates[0])),
		grpc.UnknownServiceHandler(func(_ any, stream grpc.ServerStream) error {
			got, _ = metadata.FromIncomingContext(stream.Context())
			return status.Error(codes.InvalidArgument, "token-s3cret is no query")
		}))
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	go func() { _ = server.Serve(listener) }()
	defer server.Stop()

	for block, fails := range map[string]string{
		`"tlsAuthWithCACert":true,"tenant":"team-a","httpHeaderName1":"X-One"`: "Tempo rejected the query (status 400). It says: [secret] is no query.",
		`"tlsSkipVerify":true`: "Tempo rejected the query (status 400).",
		`"timeout":5`:          "signed by an authority that is not known here",
	} {
		s, err := load(`{"tempo":{"url":"https://`+listener.Addr().String()+`","streaming":true,`+block+`}}`, map[string]string{
			"tempo.tlsCACert": ca, "tempo.bearerToken": "token-s3cret", "tempo.httpHeaderValue1": "header1-s3cret",
		})
		require.NoError(t, err)
		up, err := s.Tempo.Client()
		require.NoError(t, err)
		conn, err := s.Tempo.Conn(up, s.Streaming.GRPCURL)
		require.NoError(t, err)
		_, err = tempo.NewStream(conn).Search(t.Context(), tempo.SearchRequest{Query: "{}"}, func(tempo.Part) {})
		require.ErrorContains(t, err, fails)
		assertNoSecret(t, err.Error())
		if strings.Contains(block, "tenant") {
			assert.Equal(t, []string{"Bearer token-s3cret"}, got.Get("authorization"))
			assert.Equal(t, []string{"team-a"}, got.Get("x-scope-orgid"))
			assert.Equal(t, []string{"header1-s3cret"}, got.Get("x-one"))
		}
		conn.Close()
		up.Close()
	}
}
