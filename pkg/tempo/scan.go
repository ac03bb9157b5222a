package tempo

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// scanBuffer is how much of an answer is held at a time, in bytes. A longer string makes the buffer grow.
const scanBuffer = 64 << 10

// scanner reads JSON while it arrives: one pass, no tree of what was read, no copy of what is left out. A search answer
// is tens of megabytes, of which little is kept. After a mistake every method does nothing; see err.
type scanner struct {
	r         io.Reader
	buf       []byte
	start     int // of what must stay in the buffer
	pos, end  int
	reads     int // after a read, positions in the buffer are others
	received  int64
	err       error
	key       []byte
	unescaped []byte
}

func newScanner(r io.Reader) *scanner { return &scanner{r: r, buf: make([]byte, scanBuffer)} }

func (s *scanner) fail(err error) {
	if s.err == nil {
		s.err = err
	}
	s.start, s.pos, s.end = 0, 0, 0
}

// more reads on, and keeps what lies behind start.
func (s *scanner) more() bool {
	if s.err != nil {
		return false
	}
	if s.start > 0 {
		copy(s.buf, s.buf[s.start:s.end])
		s.pos, s.end, s.start = s.pos-s.start, s.end-s.start, 0
	}
	if s.end == len(s.buf) {
		s.buf = append(s.buf, make([]byte, len(s.buf))...)
	}
	s.reads++
	for range 100 {
		n, err := s.r.Read(s.buf[s.end:])
		s.end += n
		s.received += int64(n)
		if n > 0 {
			return true
		}
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		if err != nil {
			s.fail(err)
			return false
		}
	}
	s.fail(io.ErrNoProgress)
	return false
}

// peek is the first byte of the next token; 0 after a mistake. Here and in expect, what is called at each token is
// short enough for the compiler to put it in its place.
func (s *scanner) peek() byte {
	if s.pos < s.end && s.buf[s.pos] > ' ' {
		return s.buf[s.pos]
	}
	return s.nextToken()
}

func (s *scanner) nextToken() byte {
	for {
		for s.pos < s.end {
			switch c := s.buf[s.pos]; c {
			case ' ', '\t', '\r', '\n':
				s.pos++
			default:
				return c
			}
		}
		s.start = s.pos
		if !s.more() {
			return 0
		}
	}
}

func (s *scanner) expect(c byte) bool {
	if s.peek() == c {
		s.pos++
		return true
	}
	return s.refuse(c)
}

func (s *scanner) refuse(wanted byte) bool {
	s.fail(fmt.Errorf("%q where %q is expected", s.peek(), wanted))
	return false
}

// object calls each for every member; each must read or skip the value. The key is valid until then. null has none.
func (s *scanner) object(each func(key []byte)) {
	if s.null() || !s.expect('{') {
		return
	}
	for first := true; s.err == nil; first = false {
		if s.peek() == '}' && first {
			s.pos++
			return
		}
		s.key = append(s.key[:0], s.text()...)
		if !s.expect(':') {
			return
		}
		each(s.key)
		if s.peek() == '}' {
			s.pos++
			return
		}
		s.expect(',')
	}
}

// array calls each for every element; each must read or skip it. null has none.
func (s *scanner) array(each func()) {
	if s.null() || !s.expect('[') {
		return
	}
	for first := true; s.err == nil; first = false {
		if s.peek() == ']' && first {
			s.pos++
			return
		}
		each()
		if s.peek() == ']' {
			s.pos++
			return
		}
		s.expect(',')
	}
}

// null reads a null, if one is next.
func (s *scanner) null() bool {
	if s.peek() != 'n' {
		return false
	}
	if word := s.literal(); string(word) != "null" {
		s.fail(fmt.Errorf("%q is no JSON", word))
	}
	return true
}

// text reads a string. It is valid until the next read.
func (s *scanner) text() []byte {
	if !s.expect('"') {
		return nil
	}
	if plain, rest, ok := cutPlain(s.buf[s.pos:s.end]); ok {
		s.pos = s.end - len(rest)
		return plain
	}
	s.start = s.pos - 1
	escaped := false
	for from := s.pos; ; {
		i := bytes.IndexByte(s.buf[from:s.end], '"')
		if i >= 0 && !endsInEscape(s.buf[s.start+1:from+i]) {
			escaped = escaped || bytes.IndexByte(s.buf[s.start:from+i], '\\') >= 0
			s.pos = from + i + 1
			break
		}
		if i >= 0 {
			from += i + 1
			continue
		}
		seen := s.end - s.start
		if !s.more() {
			return nil
		}
		from = s.start + seen
	}
	raw := s.buf[s.start:s.pos]
	if !escaped {
		return raw[1 : len(raw)-1]
	}
	var plain string
	if err := json.Unmarshal(raw, &plain); err != nil {
		s.fail(err)
		return nil
	}
	s.unescaped = append(s.unescaped[:0], plain...)
	return s.unescaped
}

// cutPlain takes the rest of a string without escapes off.
func cutPlain(b []byte) (text, rest []byte, ok bool) {
	end := bytes.IndexByte(b, '"')
	if end < 0 || bytes.IndexByte(b[:end], '\\') >= 0 {
		return nil, nil, false
	}
	return b[:end], b[end+1:], true
}

// endsInEscape says whether the next byte is escaped: an odd number of backslashes stands before it.
func endsInEscape(b []byte) bool {
	n := 0
	for n < len(b) && b[len(b)-1-n] == '\\' {
		n++
	}
	return n%2 == 1
}

// scalar reads a string, a number, or a word such as true, as text. Protobuf writes numbers of 64 bits as strings.
func (s *scanner) scalar() []byte {
	if s.peek() == '"' {
		return s.text()
	}
	return s.literal()
}

// literal reads a number or a word. It is valid until the next read.
func (s *scanner) literal() []byte {
	s.peek()
	s.start = s.pos
	for i := s.pos; ; i++ {
		if i == s.end {
			seen := i - s.start
			if !s.more() {
				return nil
			}
			i = s.start + seen
		}
		switch c := s.buf[i]; {
		case c == ',' || c == '}' || c == ']' || c <= ' ':
			if i == s.start {
				s.fail(fmt.Errorf("%q where a value is expected", c))
				return nil
			}
			s.pos = i
			return s.buf[s.start:i]
		case c == '"' || c == '{' || c == '[' || c == ':':
			s.fail(fmt.Errorf("%q within a value", c))
			return nil
		}
	}
}

// skip leaves a value out.
func (s *scanner) skip() {
	for depth := 0; s.err == nil; {
		switch s.peek() {
		case '{', '[':
			depth++
			s.pos++
		case '}', ']':
			depth--
			s.pos++
		case ',', ':':
			if depth == 0 {
				s.fail(errors.New("a value is missing"))
				return
			}
			s.pos++
			continue
		case '"':
			s.text()
		default:
			s.literal()
		}
		if depth < 0 {
			s.fail(errors.New("a bracket too many"))
		}
		if depth <= 0 {
			return
		}
	}
}
