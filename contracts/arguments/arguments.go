/*
Package arguments parses what callers pass. The VM hands over whatever stack
item a caller chose, of any type and size and possibly null, so every argument
goes through here before it is used: what comes out has the type and the bounds
that its name says. It compiles into each contract that uses it.
*/
package arguments

import (
	"github.com/nspcc-dev/neo-go/pkg/interop"
	"github.com/nspcc-dev/neo-go/pkg/interop/convert"
)

const (
	// MaxTimeMs is the last millisecond that an ECMAScript date can hold; it
	// stands for "without end".
	MaxTimeMs = 8_640_000_000_000_000
	// MaxUint32 bounds everything that is counted: versions, positions, indexes.
	MaxUint32 = 0xFFFFFFFF

	// DigestSize is the size of a SHA-256 digest or a tree's root, in bytes.
	DigestSize = 32

	// ErrHash is thrown when bytes that stand for a hash have another length.
	ErrHash = "hash of wrong length"
	// ErrInteger is thrown when a number is missing or out of its range.
	ErrInteger = "number out of range"
	// ErrBytes is thrown when bytes are missing, too few or too many.
	ErrBytes = "bytes of wrong length"
	// ErrName is thrown when a name is missing, too long, or has a character
	// other than letters, digits, dot, underscore, colon and hyphen.
	ErrName = "name malformed"
)

// Hash160 parses a script hash.
func Hash160(value interop.Hash160) interop.Hash160 {
	hash := interop.Hash160(value)
	if len(hash) != interop.Hash160Len {
		panic(ErrHash)
	}
	return hash
}

// Digest parses a digest of 32 bytes.
func Digest(value []byte) []byte {
	digest := ByteString(value)
	if len(digest) != DigestSize {
		panic(ErrHash)
	}
	return digest
}

// Integer parses a number from minimum to maximum, both included.
func Integer(value, minimum, maximum int) int {
	// A caller can pass null even for a number.
	if any(value) == nil {
		panic(ErrInteger)
	}
	number := convert.ToInteger(value)
	if number < minimum || number > maximum {
		panic(ErrInteger)
	}
	return number
}

// Time parses a moment in milliseconds since 1970.
func Time(value int) int {
	return Integer(value, 0, MaxTimeMs)
}

// Boolean parses a truth value: whatever is neither null, 0 nor empty is true.
func Boolean(value bool) bool {
	return convert.ToBool(value)
}

// Bytes parses 1 to maximum bytes.
func Bytes(value []byte, maximum int) []byte {
	bytes := ByteString(value)
	size := len(bytes)
	if size < 1 || size > maximum {
		panic(ErrBytes)
	}
	return bytes
}

// Name parses a name of 1 to maximum characters.
func Name(value string, maximum int) string {
	name := string(value)
	size := len(name)
	if size < 1 || size > maximum {
		panic(ErrName)
	}
	for i := range size {
		c := name[i]
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '.' || c == '_' || c == ':' || c == '-') {
			panic(ErrName)
		}
	}
	return name
}

// ByteString makes an immutable ByteString, of any length, of a Buffer or a number, as
// the compiler does for a conversion to any of interop's types of bytes.
func ByteString(value []byte) []byte {
	return interop.Signature(value)
}
