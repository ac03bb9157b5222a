package frame

import "github.com/grafana/grafana-plugin-sdk-go/data"

// running is the key in meta.custom that says that a run has not ended.
const running = "running"

// Searching makes a frame without rows: only meta, for the time in which nothing is known.
func Searching(info Info) *data.Frame { return table("searching", info) }

// MarkRunning notes in a frame's info that the run it shows has not ended.
func MarkRunning(info Info) { info.Custom[running] = true }

// IsRunning says whether one of the frames shows a run that has not ended.
func IsRunning(frames data.Frames) bool {
	for _, f := range frames {
		if f.Meta == nil {
			continue
		}
		if custom, ok := f.Meta.Custom.(map[string]any); ok && custom[running] == true {
			return true
		}
	}
	return false
}
