package tempo

import "hash/maphash"

// wordSlots is a power of two: how many texts are remembered.
const wordSlots = 1024

var wordSeed = maphash.MakeSeed()

// words makes equal texts one string: of a run's many spans little more than the ids differ. A text takes the place of
// another that has the same hash, so that the memory is bound. Its zero value is empty.
type words struct{ slots [wordSlots]string }

func (w *words) of(b []byte) string {
	slot := &w.slots[maphash.Bytes(wordSeed, b)%wordSlots]
	if *slot != string(b) {
		*slot = string(b)
	}
	return *slot
}
