package main

import (
	"crypto/rand"
	"encoding/binary"
	"math/big"
	"runtime"
	"slices"
	"sync"

	bls12381 "github.com/consensys/gnark-crypto/ecc/bls12-381"
	"github.com/consensys/gnark-crypto/ecc/bls12-381/fr"
)

// claim is that a proof holds for public inputs, 32 bytes each, little-endian.
type claim struct {
	key    *verifyingKey
	proof  []byte
	inputs []byte
}

// weighted is a claim whose points are in their groups, taken a number of times.
type weighted struct {
	index       int
	key         *verifyingKey
	coefficient fr.Element
	minusA      bls12381.G1Affine // −rA
	b           bls12381.G2Affine
	c           bls12381.G1Jac // rC
	scalars     []fr.Element   // r·1, r·x₁, …
}

// eigenvalue is x² − 1, by which the endomorphism of G1 multiplies, where x is the curve's
// parameter.
var eigenvalue = func() *big.Int {
	x := big.NewInt(0).SetUint64(0xd201000000010000)
	x.Mul(x, x)
	return x.Sub(x, big.NewInt(1))
}()

// verifyClaims looks at all claims together, and says what is found of each.
func verifyClaims(claims []claim) []answer {
	answers := make([]answer, len(claims))
	all := make([]weighted, len(claims))
	sideBySide(len(claims), func(i int) {
		all[i].index = i
		answers[i] = all[i].parse(claims[i], len(claims) > 1)
	})
	settle(slices.DeleteFunc(all, func(w weighted) bool { return answers[w.index] != accepted }), answers)
	return answers
}

// parse does all that concerns one claim alone. In a batch it is taken a random number of times, otherwise once.
func (w *weighted) parse(c claim, isBatch bool) answer {
	if c.key == nil {
		return refusedKey
	}
	w.key = c.key
	if refusal := w.parseInputs(c.inputs); refusal != accepted {
		return refusal
	}
	var a, last bls12381.G1Affine
	if refusal := parseProof(c.proof, &a, &w.b, &last); refusal != accepted {
		return refusal
	}
	w.c.FromAffine(&last)
	if isBatch {
		var minusA bls12381.G1Jac
		minusA.FromAffine(&a)
		times := w.takeRandomTimes()
		minusA.ScalarMultiplication(&minusA, times)
		w.c.ScalarMultiplication(&w.c, times)
		a.FromJacobian(&minusA)
	}
	w.minusA.Neg(&a)
	return accepted
}

func (w *weighted) parseInputs(inputs []byte) answer {
	if len(inputs) != (len(w.key.inputs)-1)*fr.Bytes {
		return refusedInput
	}
	w.scalars = make([]fr.Element, len(w.key.inputs))
	w.scalars[0].SetOne()
	for i := range w.scalars[1:] {
		scalar, err := fr.LittleEndian.Element((*[fr.Bytes]byte)(inputs[i*fr.Bytes:]))
		if err != nil {
			return refusedScalar
		}
		w.scalars[i+1] = scalar
	}
	w.coefficient.SetOne()
	return accepted
}

// parseProof reads a proof's points: first whether each is well encoded, then whether it is in its group.
func parseProof(proof []byte, a *bls12381.G1Affine, b *bls12381.G2Affine, c *bls12381.G1Affine) answer {
	if len(proof) != proofSize {
		return refusedEncoding
	}
	parts := [][]byte{proof[:g1Size], proof[g1Size : g1Size+g2Size], proof[g1Size+g2Size:]}
	for _, part := range parts {
		if refusal := checkEncoding(part); refusal != accepted {
			return refusal
		}
	}
	points := []interface{ SetBytes([]byte) (int, error) }{b, a, c} // the longest work first
	encoded := [][]byte{parts[1], parts[0], parts[2]}
	var refusals [3]answer
	sideBySide(len(points), func(i int) { refusals[i] = decodePoint(points[i], encoded[i]) })
	if slices.Contains(refusals[:], refusedPoint) {
		return refusedPoint
	}
	return accepted
}

// takeRandomTimes takes the claim s₀ + s₁·λ times, for random s₀, s₁ of 64 bits: no two choices are the same number, and a point is multiplied by it
// in half the steps, λ being what the endomorphism multiplies by.
func (w *weighted) takeRandomTimes() *big.Int {
	var random [16]byte
	for random == [16]byte{} {
		// Never fails: crypto/rand ends the program instead.
		_, _ = rand.Read(random[:])
	}
	times, s0 := new(big.Int), new(big.Int)
	times.SetUint64(binary.BigEndian.Uint64(random[8:])).Mul(times, eigenvalue)
	times.Add(times, s0.SetUint64(binary.BigEndian.Uint64(random[:8])))
	times.Mod(times, fr.Modulus())
	w.coefficient.SetBigInt(times)
	for i := range w.scalars {
		w.scalars[i].Mul(&w.scalars[i], &w.coefficient)
	}
	return times
}

// settle looks at all claims at once; where that does not hold, at each half, until the bad ones are found.
func settle(claims []weighted, answers []answer) {
	if len(claims) == 0 || holdTogether(claims) {
		return
	}
	if len(claims) == 1 {
		answers[claims[0].index] = refusedInvalid
		return
	}
	settle(claims[:len(claims)/2], answers)
	settle(claims[len(claims)/2:], answers)
}

// holdTogether checks Π e(−rA, B) · e(Σ r x IC, γ) · Π e(Σ r C, δ) · Π e(Σ r α, β) = 1, the last two for each key.
func holdTogether(claims []weighted) bool {
	var expected bls12381.GT
	parts := split(len(claims))
	loops := make([]bls12381.GT, len(parts)+1)
	sideBySide(len(parts)+1, func(i int) {
		if i == 0 {
			loops[0], expected = fixedPart(claims)
		} else {
			loops[i] = variablePart(claims[parts[i-1].from:parts[i-1].to])
		}
	})
	product := loops[0]
	for i := range loops[1:] {
		product.Mul(&product, &loops[i+1])
	}
	result := bls12381.FinalExponentiation(&product)
	return result.Equal(&expected)
}

func variablePart(claims []weighted) bls12381.GT {
	g1, g2 := make([]bls12381.G1Affine, len(claims)), make([]bls12381.G2Affine, len(claims))
	for i := range claims {
		g1[i], g2[i] = claims[i].minusA, claims[i].b
	}
	loop, err := bls12381.MillerLoop(g1, g2)
	if err != nil {
		panic(err)
	}
	return loop
}

// fixedPart is what pairs with points that stay the same, and what the product must be: for a claim alone, e(−α, β) stands ready.
func fixedPart(claims []weighted) (loop, expected bls12381.GT) {
	var points []bls12381.G1Jac
	var pointLines []lines
	var inputSum bls12381.G1Jac
	expected.SetOne()
	for _, key := range keysOf(claims) {
		var cSum, alpha bls12381.G1Jac
		var times fr.Element
		scalars := make([]fr.Element, len(key.inputs))
		for i := range claims {
			if claims[i].key != key {
				continue
			}
			cSum.AddAssign(&claims[i].c)
			times.Add(&times, &claims[i].coefficient)
			for j := range scalars {
				scalars[j].Add(&scalars[j], &claims[i].scalars[j])
			}
		}
		for j := range scalars {
			key.inputs[j].addTimes(&inputSum, &scalars[j])
		}
		points, pointLines = append(points, cSum), append(pointLines, key.deltaLines)
		if len(claims) == 1 && times.IsOne() {
			expected = key.minusAlphaBeta
			continue
		}
		alpha.FromAffine(&key.alpha)
		alpha.ScalarMultiplication(&alpha, times.BigInt(new(big.Int)))
		points, pointLines = append(points, alpha), append(pointLines, key.betaLines)
	}
	points, pointLines = append(points, inputSum), append(pointLines, gammaLines)
	return fixedLoop(points, pointLines), expected
}

// fixedLoop is Miller's loop with points of G2 that stay the same. Points at infinity pair to 1, and are left out: gnark-crypto's loop must not meet them.
func fixedLoop(points []bls12381.G1Jac, pointLines []lines) (loop bls12381.GT) {
	affine := bls12381.BatchJacobianToAffineG1(points)
	var present []bls12381.G1Affine
	var presentLines []lines
	for i := range affine {
		if !affine[i].IsInfinity() {
			// The loop writes into the lines: these are copies.
			present, presentLines = append(present, affine[i]), append(presentLines, pointLines[i])
		}
	}
	if len(present) == 0 {
		loop.SetOne()
		return loop
	}
	loop, err := bls12381.MillerLoopFixedQ(present, presentLines)
	if err != nil {
		panic(err)
	}
	return loop
}

func keysOf(claims []weighted) (keys []*verifyingKey) {
	for i := range claims {
		if !slices.Contains(keys, claims[i].key) {
			keys = append(keys, claims[i].key)
		}
	}
	return keys
}

type span struct{ from, to int }

// split divides a number of things among the processors.
func split(count int) (spans []span) {
	parts := min(runtime.GOMAXPROCS(0), count)
	for i := range parts {
		spans = append(spans, span{i * count / parts, (i + 1) * count / parts})
	}
	return spans
}

// sideBySide does a piece of work for each number below count, on all processors.
func sideBySide(count int, work func(i int)) {
	var running sync.WaitGroup
	next := make(chan int, count)
	for i := range count {
		next <- i
	}
	close(next)
	for range min(runtime.GOMAXPROCS(0), count) {
		running.Add(1)
		go func() {
			defer running.Done()
			for i := range next {
				work(i)
			}
		}()
	}
	running.Wait()
}
