package proofs

import (
	"github.com/nspcc-dev/neo-go/pkg/interop/convert"
	"github.com/nspcc-dev/neo-go/pkg/interop/math"
	"github.com/nspcc-dev/neo-go/pkg/interop/native/crypto"
	"github.com/nspcc-dev/neo-go/pkg/interop/util"
)

// Sizes of encodings, in bytes.
const (
	ScalarSize = 32
	G1Size     = 48
	G2Size     = 96
	GTSize     = 576
	// ProofSize is that of A, B and C.
	ProofSize = G1Size + G2Size + G1Size

	hashScalarSize = 31
)

const (
	// scalarOrder is the order of the groups, 32 bytes, little-endian.
	scalarOrder = "\x01\x00\x00\x00\xff\xff\xff\xff\xfe\x5b\xfe\xff\x02\xa4\xbd\x53\x05\xd8\xa1\x09\x08\xd8\x39\x33\x48\x7d\x9d\x29\x53\xa7\xed\x73"
	// g2Generator is the generator of G2, which every key has for gamma.
	g2Generator = "\x93\xe0\x2b\x60\x52\x71\x9f\x60\x7d\xac\xd3\xa0\x88\x27\x4f\x65\x59\x6b\xd0\xd0\x99\x20\xb6\x1a\xb5\xda\x61\xbb\xdc\x7f\x50\x49\x33\x4c\xf1\x12\x13\x94\x5d\x57\xe5\xac\x7d\x05\x5d\x04\x2b\x7e" +
		"\x02\x4a\xa2\xb2\xf0\x8f\x0a\x91\x26\x08\x05\x27\x2d\xc5\x10\x51\xc6\xe4\x7a\xd4\xfa\x40\x3b\x02\xb4\x51\x0b\x64\x7a\xe3\xd1\x77\x0b\xac\x03\x26\xa8\x05\xbb\xef\xd4\x80\x56\xc8\xc1\x21\xbd\xb8"

	// Flags in a point's first byte.
	flagsMask      = 0xC0
	flagCompressed = 0x80
)

// claim is that proofs hold under one key, each for its share of inputs.
type claim struct {
	key    *VerifyingKeyVersion
	proofs []byte
	inputs []byte
}

// term is a point of G1, or none yet: a sum that starts empty.
type term struct {
	isSet bool
	point crypto.Bls12381Point
}

// holds tells if all claims hold. Equation number i is raised to the power i of a
// number that depends on everything, so that one check stands for all:
//
//	Π e(ρⁱAᵢ, Bᵢ) = Π over keys k: (e(αₖ, βₖ) · e(IC₀ₖ, γ))^(Σ ρⁱ) · e(Σ ρⁱCᵢ, δₖ) · e(Σ over keys, inputs j: (Σ ρⁱxᵢⱼ) ICⱼₖ, γ)
//
// The first proof's power is 1, and costs nothing.
func holds(claims []claim) bool {
	order := convert.ToInteger(scalarOrder)
	ratio := 1
	if len(claims) > 1 || len(claims[0].proofs) > ProofSize {
		ratio = ratioOf(claims)
	}
	coefficient := 1
	left, right := term{}, term{}
	inputSum := term{}
	for c := range claims {
		key, proofs, inputs := claims[c].key, claims[c].proofs, claims[c].inputs
		count := len(proofs) / ProofSize
		coefficients := []int{}
		exponent := 0
		deltaSum := term{}
		for i := range count {
			proof := proofs[i*ProofSize : (i+1)*ProofSize]
			a, b, last := point(proof[:G1Size]), point(proof[G1Size:G1Size+G2Size]), point(proof[G1Size+G2Size:])
			left = add(left, crypto.Bls12381Pairing(times(a, coefficient), b))
			deltaSum = add(deltaSum, times(last, coefficient))
			coefficients = append(coefficients, coefficient)
			exponent = plus(exponent, coefficient, order)
			coefficient = math.ModMul(coefficient, ratio, order)
		}
		inputSum = addInputs(inputSum, key, inputs, coefficients, order)
		right = add(right, times(crypto.Bls12381Deserialize(key.Constant), exponent))
		right = add(right, crypto.Bls12381Pairing(deltaSum.point, crypto.Bls12381Deserialize(deltaOf(key.Key))))
	}
	if inputSum.isSet {
		right = add(right, crypto.Bls12381Pairing(inputSum.point, crypto.Bls12381Deserialize([]byte(g2Generator))))
	}
	return util.Equals(left.point, right.point)
}

// ratioOf returns the number whose powers join the claims: the hash of them all.
func ratioOf(claims []claim) int {
	transcript := []byte{}
	for c := range claims {
		transcript = append(transcript, claims[c].key.Hash...)
		transcript = append(transcript, claims[c].proofs...)
		transcript = append(transcript, claims[c].inputs...)
	}
	return convert.ToInteger(hashToScalar(transcript))
}

// addInputs adds the points of a key's public inputs to sum, each times what the
// proofs have for it. An input that is 0 everywhere costs nothing but a look at it.
func addInputs(sum term, key *VerifyingKeyVersion, inputs []byte, coefficients []int, order int) term {
	width := inputCount(key.Key)
	offset := len(key.Key) - width*G1Size
	for j := range width {
		scalar := 0
		for i := range coefficients {
			start := (i*width + j) * ScalarSize
			input := convert.ToInteger(inputs[start : start+ScalarSize])
			if input < 0 || input >= order {
				panic(ErrScalar)
			}
			if input != 0 {
				scalar = plus(scalar, math.ModMul(input, coefficients[i], order), order)
			}
		}
		if scalar != 0 {
			start := offset + j*G1Size
			sum = add(sum, times(crypto.Bls12381Deserialize(key.Key[start:start+G1Size]), scalar))
		}
	}
	return sum
}

// point parses a compressed point of G1 or G2 other than infinity.
func point(encoded []byte) crypto.Bls12381Point {
	if encoded[0]&flagsMask != flagCompressed {
		panic(ErrPoint)
	}
	return crypto.Bls12381Deserialize(encoded)
}

func times(p crypto.Bls12381Point, scalar int) crypto.Bls12381Point {
	if scalar == 1 {
		return p
	}
	return crypto.Bls12381Mul(p, scalarBytes(scalar), false)
}

func add(sum term, p crypto.Bls12381Point) term {
	if !sum.isSet {
		return term{true, p}
	}
	return term{true, crypto.Bls12381Add(sum.point, p)}
}

// plus adds two numbers below the order. Their sum could be too large for the VM.
func plus(one, other, order int) int {
	sum := one - (order - other)
	if sum < 0 {
		sum += order
	}
	return sum
}

// scalarBytes encodes a number from 0 to below the order, little-endian.
func scalarBytes(number int) []byte {
	encoded := make([]byte, ScalarSize)
	copy(encoded, convert.ToBytes(number))
	return encoded
}

// scalar parses 32 bytes that encode a number below the order.
func scalar(encoded []byte) int {
	number := convert.ToInteger(encoded)
	if number < 0 || number >= convert.ToInteger(scalarOrder) {
		panic(ErrScalar)
	}
	return number
}

// hashToScalar is H of docs/zk.md: the first 31 bytes of SHA-256, little-endian.
func hashToScalar(data []byte) []byte {
	return append([]byte(crypto.Sha256(data)[:hashScalarSize]), 0)
}
