package settings

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
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
