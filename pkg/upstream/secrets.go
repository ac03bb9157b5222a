package upstream

import (
	"encoding/base64"
	"encoding/json"
	"html"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/grafana/grafana-plugin-sdk-go/backend/httpclient"
)

const (
	// masked stands where a secret was.
	masked = "[secret]"
	// plainSecret is how long a secret must be to be masked wherever it stands, in bytes. Shorter ones are masked as whole
	// words: else the gaps in common words would tell them.
	plainSecret = 4
)

// mask takes secrets out of a text, however it writes them.
func mask(text string, secrets []string) string {
	forms := formsOf(secrets)
	for _, f := range forms {
		if len(f) >= plainSecret {
			text = strings.ReplaceAll(text, f, masked)
		} else {
			text = maskWord(text, f)
		}
	}
	return maskCut(text, forms)
}

// formsOf are the ways in which a server may write a secret: as it is, or quoted for JSON, a URL or HTML; the longest
// first, because one may be a part of another.
func formsOf(secrets []string) []string {
	var forms []string
	for _, s := range secrets {
		if s == "" {
			continue
		}
		inJSON, _ := json.Marshal(s) // texts can always be written
		ascii, quoted := strconv.QuoteToASCII(s), strconv.Quote(s)
		forms = append(forms, s, string(inJSON[1:len(inJSON)-1]), ascii[1:len(ascii)-1], quoted[1:len(quoted)-1],
			strings.ReplaceAll(s, `"`, `\"`), url.QueryEscape(s), url.PathEscape(s), lowerHex(url.QueryEscape(s)), lowerHex(url.PathEscape(s)),
			html.EscapeString(s), base64.StdEncoding.EncodeToString([]byte(s)))
	}
	slices.SortFunc(forms, func(a, b string) int {
		if len(a) != len(b) {
			return len(b) - len(a)
		}
		return strings.Compare(a, b)
	})
	return slices.Compact(forms)
}

// lowerHex writes the codes of a quoted URL as some servers do: %2f for %2F.
func lowerHex(quoted string) string {
	b := []byte(quoted)
	for i := 0; i+2 < len(b); i++ {
		if b[i] == '%' {
			b[i+1], b[i+2] = byte(unicode.ToLower(rune(b[i+1]))), byte(unicode.ToLower(rune(b[i+2])))
		}
	}
	return string(b)
}

// maskWord masks a word where no letter or digit stands beside it.
func maskWord(text, word string) string {
	var out strings.Builder
	for at := 0; ; {
		i := strings.Index(text[at:], word)
		if i < 0 {
			out.WriteString(text[at:])
			return out.String()
		}
		start, end := at+i, at+i+len(word)
		before, _ := utf8.DecodeLastRuneInString(text[:start])
		after, _ := utf8.DecodeRuneInString(text[end:])
		out.WriteString(text[at:start])
		if isWordRune(before) || isWordRune(after) {
			out.WriteString(word)
		} else {
			out.WriteString(masked)
		}
		at = end
	}
}

func isWordRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// maskCut masks the beginning of a secret at the end of a text that was cut off there, also within a character.
func maskCut(text string, forms []string) string {
	const marks = " .…\"'`)]}\n\r\t"
	for _, whole := range []string{strings.TrimRight(text, marks), strings.TrimRight(text, marks+"\ufffd")} {
		for _, f := range forms {
			for n := len(f) - 1; n >= plainSecret; n-- {
				if strings.HasSuffix(whole, f[:n]) {
					return whole[:len(whole)-n] + masked
				}
			}
		}
	}
	return text
}

// secretsOf lists what must not appear in an error, in case an upstream repeats its request's headers.
func secretsOf(o httpclient.Options) []string {
	var secrets []string
	if b := o.BasicAuth; b != nil {
		secrets = append(secrets, b.Password, base64.StdEncoding.EncodeToString([]byte(b.User+":"+b.Password)))
	}
	for name, values := range o.Header {
		if http.CanonicalHeaderKey(name) == TenantHeader {
			continue
		}
		for _, v := range values {
			secrets = append(secrets, secretsIn(name, v)...)
		}
	}
	if t := o.TLS; t != nil {
		secrets = append(secrets, t.ClientKey)
	}
	return secrets
}

// forwardedSecrets lists what a request carries of the user who asked (with OAuth pass-through).
func forwardedSecrets(req *http.Request) []string {
	var secrets []string
	for _, name := range []string{"Authorization", "Cookie", "X-Id-Token", "X-Grafana-Id"} {
		if v := req.Header.Get(name); v != "" {
			secrets = append(secrets, secretsIn(name, v)...)
		}
	}
	return secrets
}

// schemes of authentication are no secrets, what stands behind them is.
var schemes = []string{"bearer", "basic", "token", "apikey", "api-key", "digest", "negotiate"}

// secretsIn are what in a header's value is a secret: all of it, or the token behind its scheme, also the password of
// basic authentication and the value of each cookie.
func secretsIn(name, value string) []string {
	secrets := []string{value}
	if scheme, token, ok := strings.Cut(value, " "); ok && slices.Contains(schemes, strings.ToLower(scheme)) {
		secrets = []string{strings.TrimSpace(token)}
		plain, err := base64.StdEncoding.DecodeString(secrets[0])
		if _, password, ok := strings.Cut(string(plain), ":"); ok && err == nil && strings.EqualFold(scheme, "basic") {
			secrets = append(secrets, password)
		}
	}
	if http.CanonicalHeaderKey(name) == "Cookie" {
		for part := range strings.SplitSeq(value, ";") {
			if _, v, ok := strings.Cut(part, "="); ok {
				secrets = append(secrets, strings.TrimSpace(v))
			}
		}
	}
	return secrets
}
