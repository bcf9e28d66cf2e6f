package tests

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math/big"
	"slices"

	bls12381 "github.com/consensys/gnark-crypto/ecc/bls12-381"
	"github.com/consensys/gnark-crypto/ecc/bls12-381/fr"
)

// toyKey is a verifying key whose secrets are known, so that proofs are made without any circuit.
type toyKey struct {
	circuit            string
	alpha, beta, delta fr.Element
	shares             []fr.Element // of the constant 1 and of each public input
}

func newToyKey(circuit string, inputs int, seed string) *toyKey {
	k := &toyKey{
		circuit: circuit,
		alpha:   seeded(seed, "alpha"),
		beta:    seeded(seed, "beta"),
		delta:   seeded(seed, "delta"),
	}
	for i := range inputs + 1 {
		k.shares = append(k.shares, seeded(seed, "input", i))
	}
	return k
}

// keyParts are what a key's file is made of, for tests to spoil.
type keyParts struct {
	magic              string
	version, flags     byte
	nameLength         byte
	name               string
	circuitHash        []byte
	transcriptHash     []byte
	alpha              []byte
	beta, gamma, delta []byte
	count              uint16
	inputs             [][]byte
	after              []byte
}

func (k *toyKey) parts() *keyParts {
	p := &keyParts{
		magic: "HFVK", version: 1, flags: 1, nameLength: byte(len(k.circuit)), name: k.circuit,
		circuitHash: make([]byte, 32), transcriptHash: make([]byte, 32),
		alpha: g1(k.alpha), beta: g2(k.beta), gamma: g2(fr.One()), delta: g2(k.delta),
		count: uint16(len(k.shares)),
	}
	for _, share := range k.shares {
		p.inputs = append(p.inputs, g1(share))
	}
	return p
}

// with is the file with some parts spoiled.
func (p *keyParts) with(spoil func(p *keyParts)) []byte {
	spoiled := *p
	spoiled.inputs = slices.Clone(p.inputs)
	spoil(&spoiled)
	return spoiled.file()
}

func (p *keyParts) file() []byte {
	return slices.Concat([]byte(p.magic), []byte{p.version, p.flags, p.nameLength}, []byte(p.name), p.circuitHash, p.transcriptHash,
		p.alpha, p.beta, p.gamma, p.delta, binary.BigEndian.AppendUint16(nil, p.count), slices.Concat(p.inputs...), p.after)
}

func (k *toyKey) file() []byte {
	return k.parts().file()
}

// prove makes a proof for inputs, as good as one that was honestly made.
func (k *toyKey) prove(inputs []fr.Element, seed ...any) []byte {
	a, b := seeded("a", seed...), seeded("b", seed...)
	var c, product fr.Element
	c.Mul(&a, &b)
	c.Sub(&c, product.Mul(&k.alpha, &k.beta))
	c.Sub(&c, &k.shares[0])
	for i := range inputs {
		c.Sub(&c, product.Mul(&inputs[i], &k.shares[i+1]))
	}
	c.Div(&c, &k.delta)
	return slices.Concat(g1(a), g2(b), g1(c))
}

// seeded is the scalar that some words stand for.
func seeded(first string, rest ...any) (scalar fr.Element) {
	digest := sha256.Sum256(fmt.Appendln(nil, append([]any{first}, rest...)...))
	scalar.SetBytes(digest[:])
	return scalar
}

func g1(scalar fr.Element) []byte {
	var point bls12381.G1Affine
	encoded := point.ScalarMultiplicationBase(scalar.BigInt(new(big.Int))).Bytes()
	return encoded[:]
}

func g2(scalar fr.Element) []byte {
	var point bls12381.G2Affine
	encoded := point.ScalarMultiplicationBase(scalar.BigInt(new(big.Int))).Bytes()
	return encoded[:]
}

// littleEndian encodes scalars as they travel.
func littleEndian(scalars ...fr.Element) (encoded []byte) {
	for _, scalar := range scalars {
		b := scalar.Bytes()
		slices.Reverse(b[:])
		encoded = append(encoded, b[:]...)
	}
	return encoded
}

// set makes the key a circuit's on the ledger.
func (k *toyKey) set(p *pilot, version int) outcome {
	return p.found(p.proofs, "setVerifyingKey", k.circuit, version, k.file())
}

// holds tells if the ledger accepts a good proof for this key.
func (k *toyKey) holds(p *pilot) bool {
	inputs := make([]fr.Element, len(k.shares)-1)
	for i := range inputs {
		inputs[i] = seeded("held", i)
	}
	return p.readBool(p.proofs, "verify", k.circuit, 0, k.prove(inputs, "held"), littleEndian(inputs...))
}
