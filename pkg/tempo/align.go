package tempo

import (
	"strings"
	"unicode/utf8"
)

// Tempo's lexer reads a query through a buffer of this many bytes. When it looks ahead in an attribute it works on a
// copy of the scanner, and what the copy reads from beyond the end of the buffer is lost to the scanner itself: a
// query of more than 1024 bytes is refused ("unexpected $end") when the end of the buffer falls into an attribute.
const (
	lexerBuffer    = 1024
	lexerLookahead = 32 // from the scope of an attribute on, generously
)

// Align moves attributes away from the ends of the lexer's buffer by putting spaces before them. The query means what
// it meant before. String literals may lie across an end.
func Align(query string) string {
	if len(query) < lexerBuffer-lexerLookahead {
		return query
	}
	var b strings.Builder
	b.Grow(len(query) + lexerLookahead*(1+len(query)/lexerBuffer))
	end := bufferEnd{at: lexerBuffer}
	for rest := query; rest != ""; {
		n := tokenLength(rest)
		if !strings.HasPrefix(rest, `"`) {
			end.advance(b.String(), b.Len())
			if gap := end.at - b.Len(); gap <= lexerLookahead {
				b.WriteString(strings.Repeat(" ", gap))
			}
		}
		b.WriteString(rest[:n])
		rest = rest[n:]
	}
	return b.String()
}

// bufferEnd is the offset at which the lexer fills its buffer next.
type bufferEnd struct{ at int }

// advance moves on until the end lies behind length. A character that an end cuts is read again with the next buffer.
func (e *bufferEnd) advance(text string, length int) {
	for e.at <= length {
		cut := e.at
		for cut > 0 && cut < len(text) && !utf8.RuneStart(text[cut]) {
			cut--
		}
		e.at = cut + lexerBuffer
	}
}

// tokenLength is the length of the string literal or of the word at the start of a query; anything else counts alone.
func tokenLength(s string) int {
	if s[0] == '"' {
		for i := 1; i < len(s); i++ {
			switch s[i] {
			case '\\':
				i++
			case '"':
				return i + 1
			}
		}
		return len(s)
	}
	switch i := strings.IndexAny(s, " \","); i {
	case -1:
		return len(s)
	case 0:
		return 1
	default:
		return i
	}
}
