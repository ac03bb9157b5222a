package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"time"
)

const readyPollInterval = 50 * time.Millisecond

// announceReady prints one line to standard output as soon as both parts answer their readiness
// endpoints. It gives up silently when ctx ends.
func announceReady(ctx context.Context, tempoURL, prometheusURL string) {
	start := time.Now()
	for _, endpoint := range []string{prometheusURL + "/-/ready", tempoURL + "/ready"} {
		for !answersOK(ctx, endpoint) {
			select {
			case <-ctx.Done():
				return
			case <-time.After(readyPollInterval):
			}
		}
	}
	fmt.Fprintf(os.Stdout, "embedded: ready after %s: tempo %s, prometheus %s\n",
		time.Since(start).Round(time.Millisecond), tempoURL, prometheusURL)
}

func answersOK(ctx context.Context, endpoint string) bool {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, endpoint, nil)
	if err != nil {
		return false
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return false
	}
	defer func() { _ = res.Body.Close() }()
	return res.StatusCode == http.StatusOK
}
