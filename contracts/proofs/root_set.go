package proofs

import (
	"github.com/nspcc-dev/neo-go/pkg/interop/math"
	"github.com/nspcc-dev/neo-go/pkg/interop/native/std"
)

const (
	// MaxRoots is how many roots a set holds.
	MaxRoots = 8

	fullRounds    = 8
	partialRounds = 57
)

// rootSetOf hashes eight roots: Poseidon of docs/zk.md, of width 9. The state is nine
// variables, for to write to an array costs a hundred multiplications.
func rootSetOf(roots []int) []byte {
	parameters := std.Deserialize([]byte(poseidonParameters)).([]int)
	order := parameters[orderPosition]
	s0, s1, s2, s3, s4, s5, s6, s7, s8 := parameters[tagPosition], roots[0], roots[1], roots[2], roots[3], roots[4], roots[5], roots[6], roots[7]
	next := constantsPosition
	for round := range fullRounds + partialRounds {
		s0 = fifthPower(s0, parameters[next], order)
		next++
		if round < fullRounds/2 || round >= fullRounds/2+partialRounds {
			s1 = fifthPower(s1, parameters[next], order)
			s2 = fifthPower(s2, parameters[next+1], order)
			s3 = fifthPower(s3, parameters[next+2], order)
			s4 = fifthPower(s4, parameters[next+3], order)
			s5 = fifthPower(s5, parameters[next+4], order)
			s6 = fifthPower(s6, parameters[next+5], order)
			s7 = fifthPower(s7, parameters[next+6], order)
			s8 = fifthPower(s8, parameters[next+7], order)
			next += MaxRoots
		}
		t0 := mix(parameters, 0, s0, s1, s2, s3, s4, s5, s6, s7, s8)
		t1 := mix(parameters, 1, s0, s1, s2, s3, s4, s5, s6, s7, s8)
		t2 := mix(parameters, 2, s0, s1, s2, s3, s4, s5, s6, s7, s8)
		t3 := mix(parameters, 3, s0, s1, s2, s3, s4, s5, s6, s7, s8)
		t4 := mix(parameters, 4, s0, s1, s2, s3, s4, s5, s6, s7, s8)
		t5 := mix(parameters, 5, s0, s1, s2, s3, s4, s5, s6, s7, s8)
		t6 := mix(parameters, 6, s0, s1, s2, s3, s4, s5, s6, s7, s8)
		t7 := mix(parameters, 7, s0, s1, s2, s3, s4, s5, s6, s7, s8)
		t8 := mix(parameters, 8, s0, s1, s2, s3, s4, s5, s6, s7, s8)
		s0, s1, s2, s3, s4, s5, s6, s7, s8 = t0, t1, t2, t3, t4, t5, t6, t7, t8
	}
	return scalarBytes(s0)
}

// fifthPower returns the fifth power of a sum.
func fifthPower(element, constant, order int) int {
	sum := plus(element, constant, order)
	square := math.ModMul(sum, sum, order)
	return math.ModMul(math.ModMul(square, square, order), sum, order)
}

// mix returns an element of the state after a round: a row of the matrix times the
// state. As in plus, a sum must not grow beyond the order.
func mix(parameters []int, row, s0, s1, s2, s3, s4, s5, s6, s7, s8 int) int {
	order := parameters[orderPosition]
	first := matrixPosition + row*(MaxRoots+1)
	sum := math.ModMul(parameters[first], s0, order)
	sum -= order - math.ModMul(parameters[first+1], s1, order)
	if sum < 0 {
		sum += order
	}
	sum -= order - math.ModMul(parameters[first+2], s2, order)
	if sum < 0 {
		sum += order
	}
	sum -= order - math.ModMul(parameters[first+3], s3, order)
	if sum < 0 {
		sum += order
	}
	sum -= order - math.ModMul(parameters[first+4], s4, order)
	if sum < 0 {
		sum += order
	}
	sum -= order - math.ModMul(parameters[first+5], s5, order)
	if sum < 0 {
		sum += order
	}
	sum -= order - math.ModMul(parameters[first+6], s6, order)
	if sum < 0 {
		sum += order
	}
	sum -= order - math.ModMul(parameters[first+7], s7, order)
	if sum < 0 {
		sum += order
	}
	sum -= order - math.ModMul(parameters[first+8], s8, order)
	if sum < 0 {
		sum += order
	}
	return sum
}
