package gateway

import "hufu/contracts/arguments"

// field is a field of a message: a number, or bytes of whatever has a length.
type field struct {
	number   int
	isNumber bool
	value    int
	content  []byte
}

// Types of fields.
const (
	typeNumber = 0
	typeFixed8 = 1
	typeBytes  = 2
	typeFixed4 = 5

	// maxNumberSize is the most bytes that a number takes.
	maxNumberSize = 10
)

// parseMessage parses a message of Protocol Buffers.
//
// See https://protobuf.dev/programming-guides/encoding/.
func parseMessage(message []byte) []field {
	r := &reader{message, 0, ErrMessage}
	fields := []field{}
	for !atEnd(r) {
		tag := takeNumber(r)
		kind := tag % 8
		each := field{number: tag / 8}
		if kind == typeNumber {
			each.isNumber = true
			each.value = takeNumber(r)
		} else if kind == typeBytes {
			each.content = take(r, takeNumber(r))
		} else if kind == typeFixed8 {
			each.content = take(r, 8)
		} else if kind == typeFixed4 {
			each.content = take(r, 4)
		} else {
			panic(ErrMessage)
		}
		fields = append(fields, each)
	}
	return fields
}

// takeNumber reads a number in groups of seven bits, the lowest first.
func takeNumber(r *reader) int {
	number, scale := 0, 1
	for i := 0; i < maxNumberSize; i++ {
		group := takeByte(r)
		number += group % 128 * scale
		if group < 128 {
			return number
		}
		scale *= 128
	}
	panic(ErrMessage)
}

// bytesOf returns the bytes of a field that stands at most once, empty if it does not
// stand. Readers differ over which of two counts: neither does here.
func bytesOf(fields []field, number int) []byte {
	content := []byte{}
	found := false
	for i := range fields {
		if fields[i].number != number {
			continue
		}
		if found || fields[i].isNumber {
			panic(ErrMessage)
		}
		found = true
		content = fields[i].content
	}
	return arguments.ByteString(content)
}

// integerOf returns the number in a field that stands at most once, 0 if it does not
// stand.
func integerOf(fields []field, number int) int {
	value := 0
	found := false
	for i := range fields {
		if fields[i].number != number {
			continue
		}
		if found || !fields[i].isNumber {
			panic(ErrMessage)
		}
		found = true
		value = fields[i].value
	}
	return value
}

// messageOf parses the message in a field that stands at most once.
func messageOf(fields []field, number int) []field {
	return parseMessage(bytesOf(fields, number))
}

// allOf returns the bytes of all fields with a number.
func allOf(fields []field, number int) [][]byte {
	all := [][]byte{}
	for i := range fields {
		if fields[i].number == number {
			if fields[i].isNumber {
				panic(ErrMessage)
			}
			all = append(all, arguments.ByteString(fields[i].content))
		}
	}
	return all
}
