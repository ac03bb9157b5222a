package loki

import (
	"encoding/json"
	"slices"
	"strconv"
)

// readJSON turns a line of JSON, as a worker with JSON_FMT=true prints it, into the message with its tags: the event's
// own fields, and those of the span around it where the event has none of that name. extracted are the tags that the
// query has read from the line already. false: this is no such line.
func (l *Line) readJSON(extracted []string) bool {
	var event map[string]any
	if json.Unmarshal([]byte(l.Body), &event) != nil {
		return false
	}
	message, ok := event["message"].(string)
	if !ok {
		return false
	}
	labels := map[string]string{}
	if span, ok := event["span"].(map[string]any); ok {
		addTexts(labels, span, "name") // the span's name is no tag of the job
	}
	addTexts(labels, event, "message")
	for name, value := range l.Labels { // labels of the stream
		_, known := labels[name]
		ofQuery := name == "message" || slices.ContainsFunc(extracted, func(tag string) bool { return name == ofSpan(tag) })
		if !known && !ofQuery && value != "" {
			labels[name] = value
		}
	}
	dropPrivate(labels)
	l.Body, l.Labels, l.Level = message, labels, level(labels)
	return true
}

// addTexts takes over the fields that have a plain value.
func addTexts(to map[string]string, from map[string]any, except string) {
	for name, value := range from {
		if name == except {
			continue
		}
		switch v := value.(type) {
		case string:
			to[name] = v
		case bool:
			to[name] = strconv.FormatBool(v)
		case float64:
			to[name] = strconv.FormatFloat(v, 'f', -1, 64)
		}
	}
}
