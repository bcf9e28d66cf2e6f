package tests

import (
	"bytes"
	"crypto/sha256"
	"math/big"
	"slices"
	"strings"
	"testing"

	"hufu/contracts/access"
	"hufu/contracts/arguments"
	"hufu/contracts/proofs"
	"hufu/contracts/trust"

	"github.com/consensys/gnark-crypto/ecc"
	bls12381 "github.com/consensys/gnark-crypto/ecc/bls12-381"
	"github.com/consensys/gnark-crypto/ecc/bls12-381/fp"
	"github.com/consensys/gnark-crypto/ecc/bls12-381/fr"
	"github.com/nspcc-dev/neo-go/pkg/neotest"
	"github.com/stretchr/testify/require"
)

// errDecode is how CryptoLib's texts begin for bytes that are no point of a group.
const errDecode = "failed to decode bls12381"

func TestProofs(t *testing.T) {
	shared := newPilot(t)
	for _, test := range []struct {
		name string
		run  func(t *testing.T, p *pilot)
	}{
		{"accepts a proof and refuses its neighbours", neighboursAreRefused},
		{"malformed proofs and inputs fault", malformedFaults},
		{"a batch holds if all of it holds", batchHolds},
		{"errors that cancel out do not pass in a batch", errorsDoNotCancel},
		{"a presentation's two proofs hold together", presentationHolds},
		{"every version of a key stays", everyKeyStays},
		{"degenerate keys are refused", degenerateKeys},
		{"root sets are hashed as everywhere", rootSetsAreHashed},
		{"a root set is as old as its first replaced root", rootSetsAge},
		{"only roots that stood together, in order, of accredited issuers", rootSetRules},
		{"a presentation is spent once", spentOnce},
		{"a nullifier belongs to a scope", scopesAreApart},
		{"whatever a presentation is bound to, it is refused elsewhere", spendingIsBound},
		{"days and ages", spendingInTime},
		{"only a verifier with the right to ask spends", onlyVerifiersSpend},
		{"names, sizes and ranges", proofsBounds},
	} {
		t.Run(test.name, func(t *testing.T) { test.run(t, shared.in(t)) })
	}
}

// inputsOf are count different public inputs, of which some are 0 and one is 1.
func inputsOf(count int, seed ...any) []fr.Element {
	inputs := make([]fr.Element, count)
	for i := range inputs {
		switch i % 4 {
		case 0, 2:
			inputs[i] = seeded("input", append(seed, i)...)
		case 1:
			inputs[i].SetOne()
		}
	}
	return inputs
}

func neighboursAreRefused(t *testing.T, p *pilot) {
	key, other := newToyKey("neighbours", 5, "one"), newToyKey("neighbours-other", 5, "two")
	key.set(p, 1).halts()
	other.set(p, 1).halts()
	inputs := inputsOf(5, "n")
	proof := key.prove(inputs, "n")
	verify := func(circuit string, proof []byte, inputs []fr.Element) bool {
		return p.readBool(p.proofs, "verify", circuit, 1, proof, littleEndian(inputs...))
	}
	require.True(t, verify(key.circuit, proof, inputs))
	require.True(t, verify(key.circuit, key.prove(inputs, "another"), inputs))
	require.True(t, verify(key.circuit, rerandomised(proof), inputs), "as good as the one it was made from")
	zeros := make([]fr.Element, 5)
	require.True(t, verify(key.circuit, key.prove(zeros, "n"), zeros))
	require.False(t, verify(key.circuit, proof, zeros))

	require.False(t, verify(other.circuit, proof, inputs))
	for i := range inputs {
		for _, difference := range []uint64{1, 2} {
			for _, sign := range []bool{true, false} {
				changed := slices.Clone(inputs)
				step := fr.NewElement(difference)
				if sign {
					changed[i].Add(&changed[i], &step)
				} else {
					changed[i].Sub(&changed[i], &step)
				}
				require.False(t, verify(key.circuit, proof, changed), "input %d", i)
			}
		}
	}
	swapped := slices.Clone(inputs)
	slices.Reverse(swapped)
	require.False(t, verify(key.circuit, proof, swapped))

	a, b, c := proof[:48], proof[48:144], proof[144:]
	foreign := key.prove(inputs, "another")
	for name, spoiled := range map[string][]byte{
		"A and C swapped": slices.Concat(c, b, a),
		"another A":       slices.Concat(foreign[:48], b, c),
		"another B":       slices.Concat(a, foreign[48:144], c),
		"another C":       slices.Concat(a, b, foreign[144:]),
		"-A":              slices.Concat(negative(a), b, c),
		"-B":              slices.Concat(a, negative(b), c),
		"-C":              slices.Concat(a, b, negative(c)),
		"the key's alpha": slices.Concat(g1(key.alpha), b, c),
		"the key's beta":  slices.Concat(a, g2(key.beta), c),
		"another key's":   other.prove(inputs, "n"),
		"alpha, beta":     slices.Concat(g1(key.alpha), g2(key.beta), c),
	} {
		require.False(t, verify(key.circuit, spoiled, inputs), name)
	}
	require.True(t, verify(key.circuit, slices.Concat(negative(a), negative(b), c), inputs), "-A and -B pair as A and B do")
}

// negative is the point's negative.
func negative(encoded []byte) []byte {
	flipped := slices.Clone(encoded)
	flipped[0] ^= 0x20
	return flipped
}

// rerandomised is a proof of the same, as anybody can make it from one.
func rerandomised(proof []byte) []byte {
	factor := seeded("factor")
	var inverse fr.Element
	inverse.Inverse(&factor)
	var a bls12381.G1Affine
	var b bls12381.G2Affine
	a.SetBytes(proof[:48])
	b.SetBytes(proof[48:144])
	a.ScalarMultiplication(&a, factor.BigInt(new(big.Int)))
	b.ScalarMultiplication(&b, inverse.BigInt(new(big.Int)))
	first, second := a.Bytes(), b.Bytes()
	return slices.Concat(first[:], second[:], proof[144:])
}

// damage is a proof that is no proof, and the fault it makes.
type damage struct {
	name  string
	proof []byte
	fault string
}

func damages(proof []byte) []damage {
	a, b, c := proof[:48], proof[48:144], proof[144:]
	var all []damage
	spoil := func(name, fault string, g1, g2 []byte) {
		all = append(all,
			damage{"A " + name, slices.Concat(g1, b, c), fault},
			damage{"B " + name, slices.Concat(a, g2, c), fault},
			damage{"C " + name, slices.Concat(a, b, g1), fault})
	}
	infinity := func(size int, first byte) []byte { return append([]byte{first}, make([]byte, size-1)...) }
	spoil("infinity", proofs.ErrPoint, infinity(48, 0xC0), infinity(96, 0xC0))
	spoil("infinity, signed", proofs.ErrPoint, infinity(48, 0xE0), infinity(96, 0xE0))
	spoil("infinity, uncompressed", proofs.ErrPoint, infinity(48, 0x40), infinity(96, 0x40))
	spoil("zeros", proofs.ErrPoint, make([]byte, 48), make([]byte, 96))
	spoil("not marked as compressed", proofs.ErrPoint, without(a, 0x80), without(b, 0x80))
	spoil("marked as infinity", proofs.ErrPoint, with(a, 0x40), with(b, 0x40))
	spoil("off the curve", errDecode, offCurve(48), offCurve(96))
	spoil("outside the group", errDecode, outsideG1(), outsideG2())
	spoil("not below the modulus", errDecode, beyondModulus(outsideG1()), beyondModulus(outsideG2()))
	for name, spoiled := range map[string][]byte{
		"nothing": {}, "short": proof[:191], "cut in front": proof[1:], "long": append(slices.Clone(proof), 0),
		"only A and B": proof[:144], "twice": slices.Concat(proof, proof),
	} {
		all = append(all, damage{name, spoiled, proofs.ErrProof})
	}
	return all
}

func with(encoded []byte, flag byte) []byte {
	changed := slices.Clone(encoded)
	changed[0] |= flag
	return changed
}

func without(encoded []byte, flag byte) []byte {
	changed := slices.Clone(encoded)
	changed[0] &^= flag
	return changed
}

// small encodes a point by a small x.
func small(size int, x uint64) []byte {
	encoded := make([]byte, size)
	encoded[size-1] = byte(x)
	encoded[0] = 0x80
	return encoded
}

// offCurve is the first x without a point.
func offCurve(size int) []byte {
	for x := uint64(1); ; x++ {
		if !onCurve(size, x) {
			return small(size, x)
		}
	}
}

func onCurve(size int, x uint64) bool {
	var value fp.Element
	value.SetUint64(x * x * x)
	four := fp.NewElement(4)
	value.Add(&value, &four)
	if size == 48 {
		return value.Legendre() >= 0
	}
	var square bls12381.E2
	square.A0, square.A1 = value, four
	return square.Legendre() >= 0
}

// outsideG1 is a point of the curve that is not in the subgroup: nearly all are.
func outsideG1() []byte {
	for x := uint64(1); ; x++ {
		if _, err := new(bls12381.G1Affine).SetBytes(small(48, x)); err != nil && onCurve(48, x) {
			return small(48, x)
		}
	}
}

func outsideG2() []byte {
	for x := uint64(1); ; x++ {
		if _, err := new(bls12381.G2Affine).SetBytes(small(96, x)); err != nil && onCurve(96, x) {
			return small(96, x)
		}
	}
}

// beyondModulus is a point by a second encoding of its x, which must be small: x + p.
func beyondModulus(encoded []byte) []byte {
	last := encoded[len(encoded)-48:]
	x := new(big.Int).SetBytes(without(last, 0xE0))
	changed := slices.Clone(encoded)
	copy(changed[len(changed)-48:], x.Add(x, ecc.BLS12_381.BaseField()).FillBytes(make([]byte, 48)))
	return with(changed, 0x80)
}

func malformedFaults(t *testing.T, p *pilot) {
	key := newToyKey("malformed", 3, "one")
	key.set(p, 1).halts()
	inputs := inputsOf(3, "m")
	proof, encoded := key.prove(inputs, "m"), littleEndian(inputs...)
	require.True(t, p.readBool(p.proofs, "verify", key.circuit, 1, proof, encoded))
	for _, d := range damages(proof) {
		t.Run(d.name, func(t *testing.T) {
			p := p.in(t)
			p.readFails(d.fault, p.proofs, "verify", key.circuit, 1, d.proof, encoded)
			if len(d.proof) == len(proof) {
				p.readFails(d.fault, p.proofs, "verifyBatch", key.circuit, 1, slices.Concat(proof, d.proof), slices.Concat(encoded, encoded))
			}
		})
	}
	order := fr.Modulus()
	for i := range inputs {
		for _, number := range []*big.Int{
			order,
			new(big.Int).Add(order, inputs[i].BigInt(new(big.Int))), // the same input in another way
			new(big.Int).Lsh(big.NewInt(1), 255),                    // negative to the VM
			new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), 256), big.NewInt(1)),
		} {
			scalar := number.FillBytes(make([]byte, 32))
			slices.Reverse(scalar)
			changed := slices.Clone(encoded)
			copy(changed[i*32:], scalar)
			p.readFails(proofs.ErrScalar, p.proofs, "verify", key.circuit, 1, proof, changed)
		}
	}
	for _, wrong := range [][]byte{{}, encoded[:64], encoded[1:], append(slices.Clone(encoded), 0), slices.Concat(encoded, make([]byte, 32))} {
		p.readFails(proofs.ErrInputs, p.proofs, "verify", key.circuit, 1, proof, wrong)
	}
	p.readFails(proofs.ErrProof, p.proofs, "verify", key.circuit, 1, nil, encoded)
	p.readFails(proofs.ErrInputs, p.proofs, "verify", key.circuit, 1, proof, nil)
	p.readFails(proofs.ErrCircuit, p.proofs, "verify", "no-such", 0, proof, encoded)
	p.readFails(proofs.ErrCircuit, p.proofs, "verify", key.circuit, 2, proof, encoded)
	p.readFails(arguments.ErrName, p.proofs, "verify", "", 0, proof, encoded)
	p.readFails(arguments.ErrInteger, p.proofs, "verify", key.circuit, -1, proof, encoded)
	// Bytes as a Buffer, which only a contract can pass, are bytes like others.
	args := []any{key.circuit, 1, proof, encoded}
	for i := 2; i < 4; i++ {
		require.True(t, p.readBool(p.proxy, "forwardBuffer", p.proofs, "verify", args, i))
	}
}

// batch is count good proofs for a key and their inputs.
func batch(key *toyKey, count int) (all, inputs []byte) {
	for i := range count {
		in := inputsOf(len(key.shares)-1, "batch", i)
		all = append(all, key.prove(in, "batch", i)...)
		inputs = append(inputs, littleEndian(in...)...)
	}
	return all, inputs
}

func batchHolds(t *testing.T, p *pilot) {
	key := newToyKey("batch", 3, "one")
	key.set(p, 1).halts()
	verify := func(all, inputs []byte) bool {
		return p.readBool(p.proofs, "verifyBatch", key.circuit, 0, all, inputs)
	}
	for _, count := range []int{1, 2, 3, 16, proofs.MaxBatch} {
		all, inputs := batch(key, count)
		require.True(t, verify(all, inputs), "%d proofs", count)
	}
	all, inputs := batch(key, 4)
	for i := range 4 {
		bad := slices.Clone(all)
		copy(bad[i*192+144:], key.prove(inputsOf(3), "bad")[144:])
		require.False(t, verify(bad, inputs), "C of proof %d", i)
		for j := range 3 {
			changed := slices.Clone(inputs)
			copy(changed[(i*3+j)*32:], littleEndian(seeded("changed")))
			require.False(t, verify(all, changed), "input %d of proof %d", j, i)
		}
	}
	// Proofs and inputs out of step.
	require.False(t, verify(slices.Concat(all[192:], all[:192]), inputs))
	require.True(t, verify(slices.Concat(all[192:], all[:192]), slices.Concat(inputs[96:], inputs[:96])))
	require.True(t, verify(slices.Concat(all[:192], all[:192]), slices.Concat(inputs[:96], inputs[:96])))
	p.readFails(proofs.ErrInputs, p.proofs, "verifyBatch", key.circuit, 0, all, inputs[:288])
	p.readFails(proofs.ErrInputs, p.proofs, "verifyBatch", key.circuit, 0, all[:576], inputs)
	p.readFails(proofs.ErrProof, p.proofs, "verifyBatch", key.circuit, 0, all[:191], inputs)
	p.readFails(proofs.ErrProof, p.proofs, "verifyBatch", key.circuit, 0, []byte{}, []byte{})
	all, inputs = batch(key, proofs.MaxBatch+1)
	p.readFails(proofs.ErrProof, p.proofs, "verifyBatch", key.circuit, 0, all, inputs)
}

// With factors known ahead, what is missing in one proof could be made up for by another.
func errorsDoNotCancel(t *testing.T, p *pilot) {
	key := newToyKey("cancel", 2, "one")
	key.set(p, 1).halts()
	all, inputs := batch(key, 3)
	var shift, factor fr.Element
	shift = seeded("shift")
	for _, f := range []int64{-1, 1, 2} {
		factor.SetInt64(f)
		moved := slices.Clone(all)
		moveC(moved[144:192], shift)
		var back fr.Element
		back.Mul(&shift, &factor)
		back.Neg(&back)
		moveC(moved[192+144:192+192], back)
		require.False(t, p.readBool(p.proofs, "verifyBatch", key.circuit, 0, moved, inputs))
	}
	swapped := slices.Clone(all)
	copy(swapped[144:192], all[192+144:384])
	copy(swapped[192+144:384], all[144:192])
	require.False(t, p.readBool(p.proofs, "verifyBatch", key.circuit, 0, swapped, inputs))
}

// moveC adds a multiple of the generator to a point, in place.
func moveC(encoded []byte, by fr.Element) {
	var point, step bls12381.G1Affine
	point.SetBytes(encoded)
	step.SetBytes(g1(by))
	point.Add(&point, &step)
	moved := point.Bytes()
	copy(encoded, moved[:])
}

func presentationHolds(t *testing.T, p *pilot) {
	s := newShowing(p)
	both, inputs := s.proofs(), s.showInputs()
	verify := func(both, rootSet, inputs []byte) bool {
		return p.readBool(p.proofs, "verifyPresentation", 0, 0, both, rootSet, inputs)
	}
	require.True(t, verify(both, s.rootSet, inputs))
	require.True(t, p.readBool(p.proofs, "verifyPresentation", 1, 1, both, s.rootSet, inputs))
	require.False(t, verify(both, littleEndian(seeded("another set")), inputs))
	for i := range 54 {
		changed := slices.Clone(inputs)
		copy(changed[i*32:], littleEndian(seeded("changed")))
		require.False(t, verify(both, s.rootSet, changed), "input %d", i)
	}
	require.False(t, verify(slices.Concat(both[192:], both[:192]), s.rootSet, inputs))
	// Either proof alone is good, for another commitment.
	other := newShowing(p)
	other.nonce = s.nonce
	require.False(t, verify(slices.Concat(other.proofs()[:192], both[192:]), s.rootSet, inputs))
	require.False(t, verify(slices.Concat(both[:192], other.proofs()[192:]), s.rootSet, inputs))
	// What is missing in one is not made up for by the other.
	moved := slices.Clone(both)
	shift, back := seeded("shift"), seeded("shift")
	back.Mul(&back, &s.show.delta).Div(&back, &s.prepare.delta).Neg(&back)
	moveC(moved[192+144:], shift)
	moveC(moved[144:192], back)
	require.False(t, verify(moved, s.rootSet, inputs))

	p.readFails(proofs.ErrProof, p.proofs, "verifyPresentation", 0, 0, both[:383], s.rootSet, inputs)
	p.readFails(proofs.ErrProof, p.proofs, "verifyPresentation", 0, 0, both[:192], s.rootSet, inputs)
	p.readFails(proofs.ErrInputs, p.proofs, "verifyPresentation", 0, 0, both, s.rootSet, inputs[:53*32])
	p.readFails(arguments.ErrHash, p.proofs, "verifyPresentation", 0, 0, both, s.rootSet[:31], inputs)
	p.readFails(proofs.ErrCircuit, p.proofs, "verifyPresentation", 9, 0, both, s.rootSet, inputs)
	p.readFails(proofs.ErrCircuit, p.proofs, "verifyPresentation", 0, 9, both, s.rootSet, inputs)
	above := bytes.Repeat([]byte{0xFF}, 31)
	p.readFails(proofs.ErrScalar, p.proofs, "verifyPresentation", 0, 0, both, append(above, 0x7F), inputs)
	for _, d := range damages(both[:192]) {
		if len(d.proof) == 192 {
			p.readFails(d.fault, p.proofs, "verifyPresentation", 0, 0, slices.Concat(d.proof, both[192:]), s.rootSet, inputs)
			p.readFails(d.fault, p.proofs, "verifyPresentation", 0, 0, slices.Concat(both[:192], d.proof), s.rootSet, inputs)
		}
	}
}

func everyKeyStays(t *testing.T, p *pilot) {
	require.Nil(t, plain(t, p.read(p.proofs, "verifyingKey", "history", 0)))
	require.Nil(t, plain(t, p.read(p.proofs, "verifyingKey", "history", 1)))
	var keys []*toyKey
	var records [][]any
	for i := range 3 {
		p.at(p.now() + day)
		key := newToyKey("history", i+1, "history")
		key.delta = seeded("delta", i)
		keyHash := sha256.Sum256(key.file())
		for _, wrong := range []any{i, i + 2, -1, arguments.MaxUint32 + 1, nil} {
			out := p.found(p.proofs, "setVerifyingKey", key.circuit, wrong, key.file())
			if number, ok := wrong.(int); ok && number >= 0 && number <= arguments.MaxUint32 {
				out.faults(proofs.ErrVersion)
			} else {
				out.faults(arguments.ErrInteger)
			}
		}
		records = append(records, []any{i + 1, key.file(), keyHash[:], key.constant(), p.now(), p.nextBlock()})
		events := key.set(p, i+1).halts()
		require.Len(t, events, 1)
		requireEvent(t, events[0], p.proofs, "VerifyingKeySet", []byte("history"), i+1, true, keyHash[:])
		keys = append(keys, key)
	}
	for i, record := range records {
		require.Equal(t, record, fields(t, p.read(p.proofs, "verifyingKey", "history", i+1)))
		inputs := inputsOf(i+1, "h")
		proof := keys[i].prove(inputs, "h")
		require.True(t, p.readBool(p.proofs, "verify", "history", i+1, proof, littleEndian(inputs...)))
		if i < 2 {
			p.readFails(proofs.ErrInputs, p.proofs, "verify", "history", i+2, proof, littleEndian(inputs...))
		}
	}
	require.Equal(t, records[2], fields(t, p.read(p.proofs, "verifyingKey", "history", 0)))
	require.Nil(t, plain(t, p.read(p.proofs, "verifyingKey", "history", 4)))
	require.Nil(t, plain(t, p.read(p.proofs, "verifyingKey", "histor", 0)))
	p.call(by(p.bureau), p.proofs, "setVerifyingKey", "history", 4, keys[0].file()).faults(access.ErrWitness)
}

// constant is e(alpha, beta) · e(IC₀, gamma).
func (k *toyKey) constant() []byte {
	var exponent fr.Element
	exponent.Mul(&k.alpha, &k.beta).Add(&exponent, &k.shares[0])
	_, _, g1Generator, g2Generator := bls12381.Generators()
	base, err := bls12381.Pair([]bls12381.G1Affine{g1Generator}, []bls12381.G2Affine{g2Generator})
	if err != nil {
		panic(err)
	}
	base.Exp(base, exponent.BigInt(new(big.Int)))
	encoded := base.Bytes()
	return encoded[:]
}

func degenerateKeys(t *testing.T, p *pilot) {
	key := newToyKey("degenerate", 3, "one")
	parts := key.parts()
	set := func(file any) outcome {
		return p.found(p.proofs, "setVerifyingKey", key.circuit, 1, file)
	}
	infinity1, infinity2 := append([]byte{0xC0}, make([]byte, 47)...), append([]byte{0xC0}, make([]byte, 95)...)
	for name, refused := range map[string]struct {
		fault string
		spoil func(k *keyParts)
	}{
		"another file":              {proofs.ErrKey, func(k *keyParts) { k.magic = "HFPK" }},
		"another format":            {proofs.ErrKey, func(k *keyParts) { k.version = 2 }},
		"unknown flags":             {proofs.ErrKey, func(k *keyParts) { k.flags = 3 }},
		"another circuit":           {proofs.ErrKey, func(k *keyParts) { k.name = "degenerats" }},
		"a longer name":             {proofs.ErrKey, func(k *keyParts) { k.name += "x"; k.nameLength++ }},
		"a shorter name":            {proofs.ErrKey, func(k *keyParts) { k.name = k.name[1:]; k.nameLength-- }},
		"a name's length too short": {proofs.ErrKey, func(k *keyParts) { k.nameLength-- }},
		"development with ceremony": {proofs.ErrKey, func(k *keyParts) { k.transcriptHash = root(1) }},
		"neither":                   {proofs.ErrKey, func(k *keyParts) { k.flags = 0 }},
		"too few points":            {proofs.ErrKey, func(k *keyParts) { k.inputs = k.inputs[:3] }},
		"too many points":           {proofs.ErrKey, func(k *keyParts) { k.count-- }},
		"no points":                 {proofs.ErrKey, func(k *keyParts) { k.count, k.inputs = 0, nil }},
		"a byte left over":          {proofs.ErrKey, func(k *keyParts) { k.after = []byte{0} }},
		"cut":                       {proofs.ErrKey, func(k *keyParts) { k.inputs[3] = k.inputs[3][:47] }},
		"gamma not the generator":   {proofs.ErrKey, func(k *keyParts) { k.gamma = g2(seeded("gamma")) }},
		"gamma negative":            {proofs.ErrKey, func(k *keyParts) { k.gamma = negative(k.gamma) }},
		"gamma infinity":            {proofs.ErrKey, func(k *keyParts) { k.gamma = infinity2 }},
		"delta = gamma":             {proofs.ErrKey, func(k *keyParts) { k.delta = k.gamma }},
		"delta = -gamma":            {proofs.ErrKey, func(k *keyParts) { k.delta = negative(k.gamma) }},
		"beta = gamma":              {proofs.ErrKey, func(k *keyParts) { k.beta = k.gamma }},
		"beta = -gamma":             {proofs.ErrKey, func(k *keyParts) { k.beta = negative(k.gamma) }},
		"beta = delta":              {proofs.ErrKey, func(k *keyParts) { k.beta = k.delta }},
		"beta = -delta":             {proofs.ErrKey, func(k *keyParts) { k.beta = negative(k.delta) }},
		"IC twice":                  {proofs.ErrKey, func(k *keyParts) { k.inputs[3] = k.inputs[1] }},
		"IC and its negative":       {proofs.ErrKey, func(k *keyParts) { k.inputs[2] = negative(k.inputs[0]) }},
		"alpha infinity":            {proofs.ErrPoint, func(k *keyParts) { k.alpha = infinity1 }},
		"beta infinity":             {proofs.ErrPoint, func(k *keyParts) { k.beta = infinity2 }},
		"delta infinity":            {proofs.ErrPoint, func(k *keyParts) { k.delta = infinity2 }},
		"IC infinity":               {proofs.ErrPoint, func(k *keyParts) { k.inputs[2] = infinity1 }},
		"IC of 1 infinity":          {proofs.ErrPoint, func(k *keyParts) { k.inputs[0] = infinity1 }},
		"alpha off the curve":       {errDecode, func(k *keyParts) { k.alpha = offCurve(48) }},
		"beta off the curve":        {errDecode, func(k *keyParts) { k.beta = offCurve(96) }},
		"delta off the curve":       {errDecode, func(k *keyParts) { k.delta = offCurve(96) }},
		"IC off the curve":          {errDecode, func(k *keyParts) { k.inputs[1] = offCurve(48) }},
		"alpha outside its group":   {errDecode, func(k *keyParts) { k.alpha = outsideG1() }},
		"beta outside its group":    {errDecode, func(k *keyParts) { k.beta = outsideG2() }},
		"delta outside its group":   {errDecode, func(k *keyParts) { k.delta = outsideG2() }},
		"IC outside its group":      {errDecode, func(k *keyParts) { k.inputs[3] = outsideG1() }},
	} {
		t.Run(name, func(t *testing.T) {
			out := set(parts.with(refused.spoil))
			out.n = p.in(t).network
			out.faults(refused.fault)
		})
	}
	set([]byte{}).faults(arguments.ErrBytes)
	set(nil).faults(arguments.ErrBytes)
	set(parts.file()[:100]).faults(proofs.ErrKey)
	set(make([]byte, 20_000)).faults(arguments.ErrBytes)
	tooMany := newToyKey(key.circuit, proofs.MaxPublicInputs, "many").parts()
	set(tooMany.with(func(k *keyParts) { k.inputs = append(k.inputs, g1(seeded("one more"))); k.count++ })).faults(arguments.ErrBytes)
	require.Nil(t, plain(t, p.read(p.proofs, "verifyingKey", key.circuit, 0)))
	set(parts.with(func(k *keyParts) { k.flags, k.transcriptHash = 0, root(1) })).halts()
	require.True(t, key.holds(p))
	most := newToyKey(strings.Repeat("x", proofs.MaxCircuitIdLength), proofs.MaxPublicInputs, "most")
	most.set(p, 1).halts()
	require.True(t, most.holds(p))
	none := newToyKey("none", 0, "none")
	none.set(p, 1).halts()
	require.True(t, none.holds(p))
}

// A network in production takes keys from a ceremony only.
func TestProduction(t *testing.T) {
	p := newPilot(t)
	require.False(t, p.readBool(p.proofs, "production"))
	production := newChain(t)
	production.deployAll(true)
	p = &pilot{network: production}
	require.True(t, p.readBool(p.proofs, "production"))
	key := newToyKey("show", 2, "one")
	key.set(p, 1).faults(proofs.ErrDevelopment)
	ceremony := key.parts().with(func(k *keyParts) { k.flags, k.transcriptHash = 0, root(1) })
	p.found(p.proofs, "setVerifyingKey", key.circuit, 1, ceremony).halts()
	require.True(t, key.holds(p))
}

// publishRoot gives an issuer's tree a root, and returns the change's number.
func (p *pilot) publishRoot(issuer neotest.Signer, root []byte) int {
	size, index := 0, 1
	if tree := plain(p.t, p.read(p.status, "tree", id(issuer), typeId)); tree != nil {
		size, index = tree.([]any)[0].(int), tree.([]any)[3].(int)+1
	}
	p.call(by(issuer), p.status, "append", id(issuer), typeId, size, leaves(size, 1), root).halts()
	return index
}

// issuers are count accredited issuers in the order of their script hashes.
func (p *pilot) issuers(count int) []neotest.Signer {
	var all []neotest.Signer
	for range count {
		all = append(all, p.issuer())
	}
	slices.SortFunc(all, func(a, b neotest.Signer) int { return bytes.Compare(hash(id(a)), hash(id(b))) })
	return all
}

func ids(holders []neotest.Signer) (all []any) {
	for _, holder := range holders {
		all = append(all, id(holder))
	}
	return all
}

func rootSetsAreHashed(t *testing.T, p *pilot) {
	issuers := p.issuers(8)
	for _, vector := range rootSetVectors(t) {
		var indexes []any
		var inStore [][]byte
		var listed []int
		for i, digits := range vector.Roots {
			index := p.publishRoot(issuers[i], unhex(t, digits))
			indexes, listed = append(indexes, index), append(listed, index)
			inStore = append(inStore, hash(id(issuers[i])))
		}
		count := len(vector.Roots)
		rootSet := unhex(t, vector.RootSet)
		require.Nil(t, plain(t, p.read(p.proofs, "rootSet", rootSet)))
		now, block := p.now(), p.nextBlock()
		events := p.call(nil, p.proofs, "recordRootSet", typeId, ids(issuers[:count]), indexes).halts()
		require.Len(t, events, 1)
		requireEvent(t, events[0], p.proofs, "RootSetRecorded", []byte(typeId), rootSet, now)
		record := fields(t, p.read(p.proofs, "rootSet", rootSet))
		require.Equal(t, []byte(typeId), record[0])
		require.Equal(t, []any{now, block}, record[3:])
		for i := range count {
			require.Equal(t, inStore[i], record[1].([]any)[i])
			require.Equal(t, listed[i], record[2].([]any)[i])
		}
	}
}

func rootSetsAge(t *testing.T, p *pilot) {
	issuers := p.issuers(2)
	first, second := p.publishRoot(issuers[0], littleEndian(seeded("first"))), p.publishRoot(issuers[1], littleEndian(seeded("second")))
	record := func(indexes ...any) int {
		events := p.call(nil, p.proofs, "recordRootSet", typeId, ids(issuers), indexes).halts()
		return fields(t, events[0].Item)[2].(int)
	}
	require.Equal(t, p.now(), record(first, second))
	p.at(p.now() + day)
	require.Equal(t, p.now(), record(first, second), "still the latest")
	replacedMs := p.now()
	next := p.publishRoot(issuers[1], littleEndian(seeded("next")))
	p.at(p.now() + day)
	require.Equal(t, replacedMs, record(first, second), "as of when the second was replaced")
	require.Equal(t, p.now(), record(first, next))
	otherMs := p.now()
	p.publishRoot(issuers[0], littleEndian(seeded("other")))
	p.at(p.now() + day)
	require.Equal(t, replacedMs, record(first, second))
	require.Equal(t, otherMs, record(first, next))
	// The first one's latest never stood beside the second one's first.
	p.call(nil, p.proofs, "recordRootSet", typeId, ids(issuers), []any{first + 1, second}).faults(proofs.ErrRoots)
}

func rootSetRules(t *testing.T, p *pilot) {
	issuers := p.issuers(9)
	var indexes []any
	for i, issuer := range issuers {
		indexes = append(indexes, p.publishRoot(issuer, littleEndian(seeded("rule", i))))
	}
	record := func(issuers, indexes any) outcome {
		return p.call(nil, p.proofs, "recordRootSet", typeId, issuers, indexes)
	}
	record(ids(issuers[:8]), indexes[:8]).halts()
	record(ids(issuers[8:]), indexes[8:]).halts()
	record(ids(issuers), indexes).faults(proofs.ErrRoots)
	record([]any{}, []any{}).faults(proofs.ErrRoots)
	record(ids(issuers[:2]), indexes[:1]).faults(proofs.ErrRoots)
	record(ids(issuers[:1]), indexes[:2]).faults(proofs.ErrRoots)
	record([]any{id(issuers[1]), id(issuers[0])}, indexes[:2]).faults(proofs.ErrRoots)
	record([]any{id(issuers[0]), id(issuers[0])}, indexes[:2]).faults(proofs.ErrRoots)
	record(ids(issuers[:1]), []any{2}).faults(proofs.ErrRoots)
	record(ids(issuers[:1]), []any{0}).faults(arguments.ErrInteger)
	record(ids(issuers[:1]), []any{arguments.MaxUint32}).faults(arguments.ErrInteger)
	record(ids(issuers[:1]), []any{nil}).faults(arguments.ErrInteger)
	record([]any{[]byte("short")}, []any{1}).faults(arguments.ErrHash)
	record([]any{nil}, []any{1}).faults(arguments.ErrHash)
	record(ids([]neotest.Signer{p.issuer()}), []any{1}).faults(proofs.ErrRoots)
	p.call(nil, p.proofs, "recordRootSet", "other", ids(issuers[:1]), []any{1}).faults(proofs.ErrAccreditation)
	p.call(nil, p.proofs, "recordRootSet", "", ids(issuers[:1]), []any{1}).faults(arguments.ErrName)
	p.asOwner("suspend", trust.KindIssue, issuers[1], typeId)
	record(ids(issuers[:2]), indexes[:2]).faults(proofs.ErrAccreditation)
	record(ids(issuers[:1]), indexes[:1]).halts()
	p.asOwner("reinstate", trust.KindIssue, issuers[1], typeId)
	record(ids(issuers[:2]), indexes[:2]).halts()
	// A root that is no scalar could not be proven, and is none here.
	beyond := p.publishRoot(issuers[0], bytes.Repeat([]byte{0xFF}, 32))
	record(ids(issuers[:1]), []any{beyond}).faults(proofs.ErrScalar)
	p.readFails(arguments.ErrHash, p.proofs, "rootSet", []byte{1})
}

func spentOnce(t *testing.T, p *pilot) {
	s := newShowing(p)
	require.Equal(t, s.scope(), plain(t, p.read(p.proofs, "scopeOf", id(s.verifier), s.purpose, s.event)))
	require.Equal(t, s.context(), plain(t, p.read(p.proofs, "contextOf", id(s.verifier), s.nonce)))
	scope, nullifier, commitment := s.scope(), littleEndian(s.nullifier), littleEndian(s.commitment)
	require.False(t, p.readBool(p.proofs, "isSpent", scope, nullifier))
	require.False(t, p.readBool(p.proofs, "isUsed", commitment))
	events := s.spend().halts()
	require.Len(t, events, 1)
	requireEvent(t, events[0], p.proofs, "Spent", hash(id(s.verifier)), []byte(queryId), scope, nullifier, commitment)
	require.True(t, p.readBool(p.proofs, "isSpent", scope, nullifier))
	require.True(t, p.readBool(p.proofs, "isUsed", commitment))

	s.spend().faults(proofs.ErrSpent)
	s.commitment = seeded("fresh commitment")
	s.spend().faults(proofs.ErrSpent)
	s.event++
	s.spend().halts()
	require.False(t, p.readBool(p.proofs, "isSpent", s.scope(), littleEndian(seeded("another"))))
	s.event++
	s.spend().faults(proofs.ErrUsed)
	s.nullifier = seeded("another person")
	s.spend().faults(proofs.ErrUsed)
}

func scopesAreApart(t *testing.T, p *pilot) {
	s := newShowing(p)
	s.spend().halts()
	bank := p.institution(p.bureau)
	p.found(p.trust, "registerQuery", id(p.bureau), id(bank), queryId, []byte("{}")).halts()
	for i, change := range []func(){
		func() { s.purpose = []byte("Ride") },
		func() { s.event = arguments.MaxUint32 },
		func() { s.verifier = bank },
	} {
		s.commitment = seeded("apart", i)
		s.spend().faults(proofs.ErrSpent)
		change()
		s.spend().halts()
	}
}

// Proofs are made for a showing; then something else is spent with them.
func spendingIsBound(t *testing.T, p *pilot) {
	s := newShowing(p)
	other := newShowing(p)
	good := s.proofs()
	bank := p.institution(p.bureau)
	p.found(p.trust, "registerQuery", id(p.bureau), id(bank), queryId, []byte("{}")).halts()
	for name, change := range map[string]func(s *showing){
		"another purpose":    func(s *showing) { s.purpose = []byte("other") },
		"another event":      func(s *showing) { s.event++ },
		"another nonce":      func(s *showing) { s.nonce = root(7) },
		"another verifier":   func(s *showing) { s.verifier = bank },
		"another day":        func(s *showing) { s.today++ },
		"another commitment": func(s *showing) { s.commitment = other.commitment },
		"another nullifier":  func(s *showing) { s.nullifier = other.nullifier },
		"another root set":   func(s *showing) { s.rootSet = other.rootSet },
		"other slots":        func(s *showing) { s.meta = slices.Concat([]byte{0x20, 0x32}, s.meta[2:]) },
		"a younger age":      func(s *showing) { s.predicates = slices.Clone(s.predicates); s.predicates[2].SetUint64(80_001) },
		"a question less":    func(s *showing) { s.predicates = make([]fr.Element, 48) },
	} {
		t.Run(name, func(t *testing.T) {
			changed := *s
			changed.p = p.in(t)
			change(&changed)
			p.in(t).call(by(changed.verifier), p.proofs, "spend", changed.argsWith(good)...).faults(proofs.ErrInvalid)
		})
	}
	swapped := slices.Concat(good[192:], good[:192])
	p.call(by(s.verifier), p.proofs, "spend", s.argsWith(swapped)...).faults(proofs.ErrInvalid)
	p.call(by(s.verifier), p.proofs, "spend", s.argsWith(good[:383])...).faults(proofs.ErrProof)
	for _, d := range damages(good[:192]) {
		if len(d.proof) == 192 {
			p.call(by(s.verifier), p.proofs, "spend", s.argsWith(slices.Concat(d.proof, good[192:]))...).faults(d.fault)
		}
	}
	// Not the type whose trees the roots are of, nor a longer number that ends like it.
	s.meta = metaOf("other")
	s.spend().faults(proofs.ErrType)
	s.meta = metaOf(typeId)
	s.meta[31] = 1
	s.spend().faults(proofs.ErrType)
	s.meta = metaOf(typeId)
	s.rootSet = littleEndian(seeded("unknown set"))
	s.spend().faults(proofs.ErrRootSet)
	// A key that was replaced verifies, and spends no more.
	s = newShowing(p)
	replaced := *s
	s.show = newToyKey("show", 54, "replaced")
	s.show.set(p, 2).halts()
	replaced.spend().faults(proofs.ErrInvalid)
	s.spend().halts()
	replaced.show.set(p, 3).halts()
}

func spendingInTime(t *testing.T, p *pilot) {
	p.at((p.now()/day+1)*day + day/2)
	s := newShowing(p)
	require.Equal(t, dayNumber(p.now()), s.today)
	today := s.today
	for _, wrong := range []int{today - 2, today + 2, 0, arguments.MaxUint32} {
		s.today = wrong
		s.spend().faults(proofs.ErrToday)
	}
	s.today = -1
	p.call(by(s.verifier), p.proofs, "spend", s.args()...).faults(arguments.ErrInteger)
	for i, right := range []int{today - 1, today, today + 1} {
		s.today, s.event, s.commitment = right, i+1, seeded("in time", i)
		s.spend().halts()
	}

	s.today, s.event, s.commitment = today, 9, seeded("age")
	recordedMs := fields(t, p.read(p.proofs, "rootSet", s.rootSet))[3].(int)
	s.maxRootAgeMs = p.now() - recordedMs - 1
	s.spend().faults(proofs.ErrRootAge)
	p.at(recordedMs + hourMs + 1)
	s.maxRootAgeMs = hourMs
	s.spend().faults(proofs.ErrRootAge)
	s.maxRootAgeMs = proofs.MaxRootAgeMs + 1
	s.spend().faults(arguments.ErrInteger)
	s.maxRootAgeMs = -1
	s.spend().faults(arguments.ErrInteger)
	s.maxRootAgeMs = proofs.MaxRootAgeMs
	p.at(recordedMs + proofs.MaxRootAgeMs)
	s.today = dayNumber(p.now())
	s.spend().halts()
	s.event, s.commitment = 10, seeded("too old")
	s.spend().faults(proofs.ErrRootAge)
	// Whoever replaces no root lets it be recorded again.
	p.call(nil, p.proofs, "recordRootSet", typeId, []any{id(s.issuer)}, []any{1}).halts()
	s.spend().halts()
}

func onlyVerifiersSpend(t *testing.T, p *pilot) {
	s := newShowing(p)
	s.verifier = p.institution(p.bureau)
	s.spend().faults(proofs.ErrRight)
	p.found(p.trust, "registerQuery", id(p.bureau), id(s.verifier), "another", []byte("{}")).halts()
	s.spend().faults(proofs.ErrRight)
	s.queryId = "another"
	p.asOwner("suspend", trust.KindInstitution, s.verifier, "")
	s.spend().faults(proofs.ErrRight)
	p.asOwner("reinstate", trust.KindInstitution, s.verifier, "")
	p.call(by(s.issuer), p.proofs, "spend", s.args()...).faults(access.ErrWitness)
	s.spend().halts()
	s.event++
	s.commitment = seeded("gone verifier")
	p.call(by(s.verifier), p.identifiers, "deactivate", id(s.verifier), 1).halts()
	s.spend().faults(access.ErrInactive)
}

func proofsBounds(t *testing.T, p *pilot) {
	s := newShowing(p)
	good := s.args()
	try := func(fault string, position int, values ...any) {
		for _, value := range values {
			args := slices.Clone(good)
			args[position] = value
			p.call(by(s.verifier), p.proofs, "spend", args...).faults(fault)
		}
	}
	short, long := root(1)[1:], append(root(1), 0)
	try(arguments.ErrHash, 0, []byte{1}, nil)
	try(arguments.ErrName, 1, "", strings.Repeat("x", 33))
	try(arguments.ErrBytes, 2, []byte{}, nil, bytes.Repeat([]byte{1}, proofs.MaxPurposeSize+1))
	try(arguments.ErrInteger, 3, -1, arguments.MaxUint32+1, nil)
	try(arguments.ErrHash, 4, short, long, nil)
	try(arguments.ErrInteger, 5, nil)
	try(arguments.ErrHash, 6, short, long, nil)
	try(arguments.ErrHash, 7, short, long, nil)
	try(arguments.ErrHash, 8, short, long, nil)
	try(arguments.ErrInteger, 9, nil)
	try(arguments.ErrHash, 10, short, long, nil)
	try(proofs.ErrInputs, 11, []byte{}, nil, make([]byte, 47*32), make([]byte, 49*32))
	try(proofs.ErrProof, 12, []byte{}, nil)
	above := bytes.Repeat([]byte{0xFF}, 32)
	try(proofs.ErrScalar, 7, above)
	try(proofs.ErrScalar, 10, above)
	p.call(by(s.verifier), p.proofs, "spend", good...).halts()
	p.readFails(arguments.ErrHash, p.proofs, "isSpent", short, root(1))
	p.readFails(arguments.ErrHash, p.proofs, "isSpent", root(1), long)
	p.readFails(arguments.ErrHash, p.proofs, "isUsed", short)
	p.readFails(arguments.ErrHash, p.proofs, "contextOf", id(s.verifier), short)
	p.readFails(arguments.ErrHash, p.proofs, "contextOf", []byte{1}, root(1))
	p.readFails(arguments.ErrInteger, p.proofs, "verifyingKey", "show", -1)
	for _, malformed := range append(malformedNames, strings.Repeat("x", proofs.MaxCircuitIdLength+1)) {
		p.readFails(arguments.ErrName, p.proofs, "verifyingKey", malformed, 0)
	}
	require.Nil(t, plain(t, p.read(p.proofs, "verifyingKey", everyCharacter, 0)))
	// A contract that is a verifier spends for itself.
	p.call(nil, p.proxy, "forward", p.identifiers, "register", []any{p.proxy, []byte("{}"), nil, 0}).halts()
	p.call(by(p.bureau), p.trust, "addInstitution", id(p.bureau), p.proxy, "gate", later).halts()
	p.found(p.trust, "registerQuery", id(p.bureau), p.proxy, queryId, []byte("{}")).halts()
	args := slices.Clone(good)
	args[0] = p.proxy
	args[7] = littleEndian(seeded("another commitment"))
	p.call(nil, p.proxy, "forward", p.proofs, "spend", args).faults(proofs.ErrInvalid)
}
