package loki

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestNoEmailIsKept: records of ends carry the email of who ran the job, as metadata and in JSON alike.
func TestNoEmailIsKept(t *testing.T) {
	l := Line{Body: `{"message":"inserted completed job: x (success: true)","job_id":"x","email":"\"ann@example.com\"","span":{"email":"ann@example.com"}}`}
	require.True(t, l.readJSON(nil))
	require.NotContains(t, l.Labels, "email")
	labels := map[string]string{"email": "ann@example.com", "job_id": "x"}
	dropPrivate(labels)
	require.Equal(t, map[string]string{"job_id": "x"}, labels)
}

func TestShortenedQueriesNameTheFirstIDs(t *testing.T) {
	f := Filter{Messages: []string{"done: a", "done: b", "done: c", "done: d"}}
	got := shortened([]string{f.LogQL("{a=\"b\"}", FormMetadata)}, f.Messages)
	require.Equal(t, []string{`{a="b"} |~ "done: a|done: b|done: c|..." | job_id!=""`}, got)
}
