package gateway

// reader reads bytes from front to back; whatever is not there throws its text.
type reader struct {
	data   []byte
	offset int
	fault  string
}

// take reads so many bytes.
func take(r *reader, size int) []byte {
	if size > len(r.data)-r.offset {
		panic(r.fault)
	}
	start := r.offset
	r.offset += size
	return r.data[start:r.offset]
}

// takeByte reads a number of one byte.
func takeByte(r *reader) int {
	if r.offset >= len(r.data) {
		panic(r.fault)
	}
	r.offset++
	return int(r.data[r.offset-1])
}

// takePart reads bytes behind their own length, as Neo writes it: in its shortest
// form, and nothing here is longer than 65,535 bytes.
func takePart(r *reader, maximum int) []byte {
	return take(r, takeLength(r, maximum))
}

func takeLength(r *reader, maximum int) int {
	length := takeByte(r)
	if length == 0xFD {
		length = littleEndian(take(r, 2))
		if length < 0xFD {
			panic(r.fault)
		}
	}
	if length > maximum {
		panic(r.fault)
	}
	return length
}

// atEnd tells if nothing is left to read.
func atEnd(r *reader) bool {
	return r.offset == len(r.data)
}

// littleEndian is the number that bytes stand for.
func littleEndian(bytes []byte) int {
	number := 0
	for i := len(bytes) - 1; i >= 0; i-- {
		number = number*256 + int(bytes[i])
	}
	return number
}
