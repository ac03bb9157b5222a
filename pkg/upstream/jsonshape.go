package upstream

import (
	"bytes"
	"errors"
)

const (
	// deepestJSON is how deep answers are nested at most: those of Prometheus are six deep.
	deepestJSON = 64
	// perValue is what a value of JSON takes in memory once it is decoded, in bytes, however short it is written.
	perValue = 32
)

var errTooDeep = errors.New("nested too deep")

// isJSON says whether a body may be JSON: an object or a list.
func isJSON(body []byte) bool {
	start := bytes.TrimLeft(body[:min(len(body), 64)], " \t\r\n")
	return len(start) > 0 && (start[0] == '{' || start[0] == '[')
}

// CountJSON is how many values an answer of JSON has, counted without decoding it.
func CountJSON(body []byte) int64 {
	values, _ := countJSON(body) // what is too deep was refused before
	return values
}

// countJSON counts the values of JSON without decoding them: a megabyte of empty lists becomes tens of them.
// The error is errTooDeep. What is no JSON is left to the decoder.
func countJSON(body []byte) (values int64, err error) {
	values = 1
	depth := 0
	for i := 0; i < len(body); i++ {
		switch body[i] {
		case '"':
			i = endOfText(body, i)
		case ',':
			values++
		case '{', '[':
			values++
			if depth++; depth > deepestJSON {
				return values, errTooDeep
			}
		case '}', ']':
			depth--
		}
	}
	return values, nil
}

// endOfText is the index of the quote that ends the string which begins at i.
func endOfText(body []byte, i int) int {
	for i++; i < len(body); i++ {
		end := bytes.IndexByte(body[i:], '"')
		if end < 0 {
			return len(body)
		}
		escapes := 0
		for escapes < end && body[i+end-1-escapes] == '\\' {
			escapes++
		}
		if i += end; escapes%2 == 0 {
			return i
		}
	}
	return i
}
