package upstream

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/grafana/grafana-plugin-sdk-go/backend/httpclient"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestMask(t *testing.T) {
	for name, tt := range map[string]struct{ text, secret, want string }{
		"plain":            {"token hunter2 is wrong", "hunter2", "token [secret] is wrong"},
		"within a word":    {"xhunter2x", "hunter2", "x[secret]x"},
		"short":            {"password=abc, abcabc and cab", "abc", "password=[secret], abcabc and cab"},
		"one letter":       {`user "a" has a key`, "a", `user "[secret]" has [secret] key`},
		"short at the end": {"the key is abc", "abc", "the key is [secret]"},
		"in JSON":          {`{"key":"p\"a\\ss"}`, `p"a\ss`, `{"key":"[secret]"}`},
		"in a URL":         {"http://h/?k=a%2Fb%3Dc&x", "a/b=c", "http://h/?k=[secret]&x"},
		"in lower case":    {"http://h/?k=a%2fb%3dc&x", "a/b=c", "http://h/?k=[secret]&x"},
		"in HTML":          {"<p>a&lt;b&gt;c&amp;d</p>", "a<b>c&d", "<p>[secret]</p>"},
		"in base64":        {"Basic aHVudGVyMg==", "hunter2", "Basic [secret]"},
		"cut off":          {"the key is hunte", "hunter2", "the key is [secret]"},
		"cut off, dots":    {`the key is "hunte..."`, "hunter2", `the key is "[secret]`},
		"cut off, quoted":  {`k=a%2Fb`, "a/b=c", "k=[secret]"},
		"nothing":          {"no secret", "", "no secret"},
		"of another":       {"long-secret", "long", "[secret]-secret"},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, tt.want, mask(tt.text, []string{tt.secret}))
		})
	}
	assert.Equal(t, "[secret] [secret]", mask("long-secret long", []string{"long", "long-secret"}), "the longest first")
}

// TestMaskOfEveryForm: whatever characters a secret has and however a server quotes it, and wherever it is cut.
func TestMaskOfEveryForm(t *testing.T) {
	for _, secret := range []string{"hunter2hunter2", `p"a\s/s`, "pä ss\nwörd", "<&>'\"%+=", "a\tb\u2028c"} {
		inJSON, err := json.Marshal(map[string]string{"key": secret})
		require.NoError(t, err)
		for form, text := range map[string]string{
			"plain": secret, "JSON": string(inJSON), "Go": fmt.Sprintf("%q", secret), "ASCII": fmt.Sprintf("%+q", secret),
			"query": url.QueryEscape(secret), "path": url.PathEscape(secret), "HTML": html.EscapeString(secret),
			"base64": base64.StdEncoding.EncodeToString([]byte(secret)),
		} {
			got := mask("before "+text+" after", []string{secret})
			assert.Contains(t, got, masked, "%s of %q", form, secret)
			assert.True(t, strings.HasPrefix(got, "before ") && strings.HasSuffix(got, " after"), got)
			assert.NotContains(t, got, secret)
		}
		for cut := plainSecret; cut < len(secret); cut++ {
			if strings.TrimRight(secret[:cut], " .…\"'`)]}\n\r\t") != secret[:cut] {
				continue // what is left of it ends as a text may
			}
			assert.Equal(t, "it is "+masked, mask("it is "+secret[:cut], []string{secret}))
		}
	}
}

func TestShortAndCutSecretsAreNotRepeated(t *testing.T) {
	for name, answer := range map[string]string{
		"JSON":      `{"message":"password=abc of bearer tok-1234567"}`,
		"text":      "password=abc of bearer tok-1234567",
		"cut":       "password=abc, " + strings.Repeat("x ", (longestRead-16)/2-10) + "tok-1234567",
		"cookie":    "password=abc, session=s3ss10n-of-ann",
		"long JSON": `{"message":"password=abc ` + strings.Repeat("y", 1<<20) + `"}`,
	} {
		t.Run(name, func(t *testing.T) {
			s := httptest.NewServer(answers(400, "application/json", answer))
			defer s.Close()
			c := client(t, s.URL, func(o *Options) {
				o.HTTP.BasicAuth = &httpclient.BasicAuthOptions{User: "ann", Password: "abc"}
				o.HTTP.Header = http.Header{"X-Key": {"Bearer tok-1234567"}, "Cookie": {"session=s3ss10n-of-ann; theme=dark"}}
			})
			e := get(c)
			for _, secret := range []string{"=abc", "tok-1", "s3ss10n"} {
				assert.NotContains(t, e.Message, secret)
			}
			assert.Less(t, len(e.Message), 1000)
		})
	}
}

// TestErrorsAreShort: an error may quote what somebody wrote, but not a megabyte of it.
func TestErrorsAreShort(t *testing.T) {
	e := NewError("Tempo", 400, nil, "Tag %q is unknown: use the name of a filter.", strings.Repeat("ä", 1<<20))
	assert.Less(t, len(e.Message), 4000)
	assert.True(t, strings.HasSuffix(e.Message, "is unknown: use the name of a filter."), "what to do stays")
	assert.Equal(t, strings.Repeat("ä", 900), ShortMessage(strings.Repeat("ä", 900)))
	c := client(t, "http://localhost")
	assert.Len(t, c.CleanAll(make([]string, 1000)), mostWarnings)
}
