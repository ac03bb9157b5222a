package settings

import (
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestLimits(t *testing.T) {
	for name, tt := range map[string]struct {
		jsonData string
		want     Limits
		err      string
	}{
		"none":       {`{}`, DefaultLimits(), ""},
		"null":       {`{"limits":null}`, DefaultLimits(), ""},
		"some":       {`{"limits":{"jobs":50,"seconds":"5"}}`, Limits{50, 40, 256 << 20, 5 * time.Second, 512 << 20, 7168}, ""},
		"all":        {`{"limits":{"jobs":1,"requests":2,"megabytes":3,"seconds":4,"instanceMegabytes":5,"urlBytes":2000}}`, Limits{1, 2, 3 << 20, 4 * time.Second, 5 << 20, 2000}, ""},
		"one query":  {`{"limits":{"megabytes":600}}`, Limits{20_000, 40, 600 << 20, 120 * time.Second, 600 << 20, 7168}, ""},
		"emptied":    {`{"limits":{"jobs":"","requests":null}}`, DefaultLimits(), ""},
		"zero":       {`{"limits":{"jobs":0}}`, Limits{}, "Limits: jobs per run must be a whole number from 1 to 1000000."},
		"a fraction": {`{"limits":{"seconds":1.5}}`, Limits{}, "Limits: seconds per query must be a whole number from 1 to 3600."},
		"too few":    {`{"limits":{"requests":1}}`, Limits{}, "Limits: requests per query must be a whole number from 2 to 10000."},
		"too many":   {`{"limits":{"megabytes":99999}}`, Limits{}, "Limits: megabytes per query must be a whole number from 1 to 8192."},
		"too short":  {`{"limits":{"urlBytes":1000}}`, Limits{}, "Limits: bytes of a URL must be a whole number from 1024 to 1048576."},
		"a list":     {`{"limits":[]}`, Limits{}, "The limits in the data source's settings cannot be read: \"\" must be of another type than array."},
	} {
		t.Run(name, func(t *testing.T) {
			loaded, err := Load(t.Context(), backend.DataSourceInstanceSettings{JSONData: []byte(tt.jsonData)})
			if tt.err != "" {
				require.EqualError(t, err, tt.err)
				return
			}
			require.NoError(t, err)
			assert.Equal(t, tt.want, loaded.Limits)
		})
	}
}
