package tempo

import (
	"testing"

	"github.com/grafana/tempo/pkg/tempopb"
	common "github.com/grafana/tempo/pkg/tempopb/common/v1"
	trace "github.com/grafana/tempo/pkg/tempopb/trace/v1"
	"github.com/stretchr/testify/require"
)

// TestAMessageInATagIsTheStatusMessage reads a failure as Windmill 1.686 wrote it: no status, but its message as a tag.
func TestAMessageInATagIsTheStatusMessage(t *testing.T) {
	tag := &common.KeyValue{Key: "otel.status_description", Value: &common.AnyValue{Value: &common.AnyValue_StringValue{StringValue: "it broke"}}}
	for want, status := range map[string]*trace.Status{
		"it broke": nil,
		"exit 1":   {Code: trace.Status_STATUS_CODE_ERROR, Message: "exit 1"}, // the status itself counts more
	} {
		spans := traceSpans(&tempopb.Trace{ResourceSpans: []*trace.ResourceSpans{{ScopeSpans: []*trace.ScopeSpans{{
			Spans: []*trace.Span{{Name: "job a", Status: status, Attributes: []*common.KeyValue{tag}}},
		}}}}})
		require.Len(t, spans, 1)
		require.Equal(t, want, spans[0].StatusMessage)
	}
}
