package main

import (
	bls12381 "github.com/consensys/gnark-crypto/ecc/bls12-381"
	"github.com/consensys/gnark-crypto/ecc/bls12-381/fp"
)

// answer is what is found of a claim or a key: that it is accepted, or why not. The
// codes of packages/proofs, numbered.
type answer byte

const (
	accepted        answer = 0
	refusedEncoding answer = 1 // ERR_PROOF_ENCODING
	refusedPoint    answer = 2 // ERR_PROOF_POINT
	refusedScalar   answer = 3 // ERR_PROOF_SCALAR
	refusedInput    answer = 4 // ERR_PROOF_INPUT
	refusedInvalid  answer = 5 // ERR_PROOF_INVALID
	refusedKey      answer = 6 // ERR_PROOF_KEY
)

const (
	g1Size    = bls12381.SizeOfG1AffineCompressed
	g2Size    = bls12381.SizeOfG2AffineCompressed
	proofSize = g1Size + g2Size + g1Size

	// Flags in a compressed point's first byte.
	compressedFlag = 0x80
	infinityFlag   = 0x40
	largerFlag     = 0x20
	flags          = compressedFlag | infinityFlag | largerFlag
)

// checkEncoding tells if bytes encode a point other than infinity in its one way:
// compressed, each coordinate below the modulus. They need not be of a curve.
func checkEncoding(encoded []byte) answer {
	if encoded[0]&compressedFlag == 0 {
		return refusedEncoding
	}
	if encoded[0]&infinityFlag != 0 {
		rest := encoded[0] &^ (compressedFlag | infinityFlag)
		for _, b := range encoded[1:] {
			rest |= b
		}
		if rest != 0 {
			return refusedEncoding
		}
		return refusedPoint
	}
	for start := 0; start < len(encoded); start += fp.Bytes {
		var coordinate [fp.Bytes]byte
		copy(coordinate[:], encoded[start:])
		if start == 0 {
			coordinate[0] &^= flags
		}
		if _, err := fp.BigEndian.Element(&coordinate); err != nil {
			return refusedEncoding
		}
	}
	return accepted
}

// decodePoint reads a point whose encoding was checked. It must be on its curve and in its group.
func decodePoint(point interface{ SetBytes([]byte) (int, error) }, encoded []byte) answer {
	if _, err := point.SetBytes(encoded); err != nil {
		return refusedPoint
	}
	return accepted
}
