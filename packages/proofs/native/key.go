package main

import (
	"bytes"
	"slices"

	bls12381 "github.com/consensys/gnark-crypto/ecc/bls12-381"
	"github.com/consensys/gnark-crypto/ecc/bls12-381/fr"
)

const (
	keyMagic        = "HFVK"
	keyFormat       = 1
	hashSize        = 32
	maxPublicInputs = 256
)

// lines are what Miller's loop needs of a point of G2 that stays the same.
type lines = [2][len(bls12381.LoopCounter) - 1]bls12381.LineEvaluationAff

// gammaLines are those of gamma, which is the generator in every key.
var gammaLines = func() lines {
	_, _, _, generator := bls12381.Generators()
	return bls12381.PrecomputeLines(generator)
}()

// verifyingKey is a key made ready.
type verifyingKey struct {
	alpha                 bls12381.G1Affine
	minusAlphaBeta        bls12381.GT // e(-alpha, beta)
	betaLines, deltaLines lines
	inputs                []multiples // of the constant 1 and of each public input
}

// parseVerifyingKey parses the file of a key, as packages/proofs does, and refuses what that refuses.
func parseVerifyingKey(file []byte) (*verifyingKey, answer) {
	r := &reader{bytes: file}
	magic, format, keyFlags := r.take(4), r.uint8(), r.uint8()
	name := r.take(uint32(r.uint8()))
	circuitHash, transcriptHash := r.take(hashSize), r.take(hashSize)
	alpha, beta, gamma, delta := r.take(g1Size), r.take(g2Size), r.take(g2Size), r.take(g2Size)
	count := r.uint16()
	points := r.rest()
	if r.failed || string(magic) != keyMagic || format != keyFormat || keyFlags > 1 || len(circuitHash) != hashSize {
		return nil, refusedKey
	}
	isCeremony := !bytes.Equal(transcriptHash, make([]byte, hashSize))
	if !isName(name) || isCeremony != (keyFlags == 0) {
		return nil, refusedKey
	}
	if count < 1 || count > maxPublicInputs+1 || len(points) != count*g1Size {
		return nil, refusedKey
	}
	if !areUnrelated(beta, gamma, delta) || hasRepeated(points) {
		return nil, refusedKey
	}
	return prepare(alpha, beta, delta, points)
}

// isName tells if a circuit's name is of printable ASCII characters, and not empty.
func isName(name []byte) bool {
	for _, c := range name {
		if c < 0x21 || c > 0x7E {
			return false
		}
	}
	return len(name) > 0
}

// areUnrelated tells if gamma is the generator, and no two points are the same or opposite.
func areUnrelated(beta, gamma, delta []byte) bool {
	_, _, _, generator := bls12381.Generators()
	expected := generator.Bytes()
	return bytes.Equal(gamma, expected[:]) && unsigned(beta) != unsigned(gamma) && unsigned(beta) != unsigned(delta) &&
		unsigned(delta) != unsigned(gamma)
}

func hasRepeated(points []byte) bool {
	seen := map[string]bool{}
	for ; len(points) > 0; points = points[g1Size:] {
		x := unsigned(points[:g1Size])
		if seen[x] {
			return true
		}
		seen[x] = true
	}
	return false
}

// unsigned is what a point's and its negative's encodings have in common.
func unsigned(encoded []byte) string {
	common := bytes.Clone(encoded)
	common[0] &^= largerFlag
	return string(common)
}

func prepare(alpha, beta, delta, points []byte) (*verifyingKey, answer) {
	key := &verifyingKey{}
	var betaPoint, deltaPoint bls12381.G2Affine
	if !decodeKeyPoint(&key.alpha, alpha) || !decodeKeyPoint(&betaPoint, beta) || !decodeKeyPoint(&deltaPoint, delta) {
		return nil, refusedKey
	}
	key.inputs = make([]multiples, len(points)/g1Size)
	sideBySide(len(key.inputs), func(i int) {
		var point bls12381.G1Affine
		if decodeKeyPoint(&point, points[i*g1Size:(i+1)*g1Size]) {
			key.inputs[i] = multiplesOf(&point)
		}
	})
	if slices.ContainsFunc(key.inputs, func(m multiples) bool { return m == nil }) {
		return nil, refusedKey
	}
	var minusAlpha bls12381.G1Affine
	minusAlpha.Neg(&key.alpha)
	pairing, err := bls12381.Pair([]bls12381.G1Affine{minusAlpha}, []bls12381.G2Affine{betaPoint})
	if err != nil {
		return nil, refusedKey
	}
	key.minusAlphaBeta = pairing
	key.betaLines, key.deltaLines = bls12381.PrecomputeLines(betaPoint), bls12381.PrecomputeLines(deltaPoint)
	return key, accepted
}

func decodeKeyPoint(point interface{ SetBytes([]byte) (int, error) }, encoded []byte) bool {
	return checkEncoding(encoded) == accepted && decodePoint(point, encoded) == accepted
}

// A scalar in digits of some bits: each digit has its own multiples. 55 points take 5 MB.
const (
	digitBits  = 4
	digitCount = (fr.Bits + digitBits - 1) / digitBits
	digitRange = 1<<digitBits - 1
)

// multiples are d·2^(4i)·P at [i·15 + d − 1], for every digit i and its values d from 1.
type multiples []bls12381.G1Affine

func multiplesOf(point *bls12381.G1Affine) multiples {
	all := make([]bls12381.G1Jac, digitCount*digitRange)
	var base bls12381.G1Jac
	base.FromAffine(point)
	for i := range digitCount {
		row := all[i*digitRange : (i+1)*digitRange]
		row[0] = base
		for d := 1; d < digitRange; d++ {
			row[d].Set(&row[d-1]).AddAssign(&base)
		}
		base.AddAssign(&row[digitRange-1])
	}
	return bls12381.BatchJacobianToAffineG1(all)
}

// addTimes adds a multiple of the point to a sum.
func (m multiples) addTimes(sum *bls12381.G1Jac, scalar *fr.Element) {
	if scalar.IsZero() {
		return
	}
	words := scalar.Bits()
	for i := range digitCount {
		// 4 divides 64: no digit stands in two words.
		bit := i * digitBits
		digit := words[bit/64] >> (bit % 64) & digitRange
		if digit != 0 {
			sum.AddMixed(&m[i*digitRange+int(digit)-1])
		}
	}
}
