package tests

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"hufu/contracts/proofs"

	bls12381 "github.com/consensys/gnark-crypto/ecc/bls12-381"
	"github.com/consensys/gnark-crypto/ecc/bls12-381/fr"
	groth16 "github.com/consensys/gnark/backend/groth16/bls12-381"
	"github.com/nspcc-dev/neo-go/pkg/compiler"
	"github.com/nspcc-dev/neo-go/pkg/neotest"
	"github.com/nspcc-dev/neo-go/pkg/smartcontract/zkpbinding"
	"github.com/nspcc-dev/neo-go/pkg/util"
	"github.com/stretchr/testify/require"
)

// TestGasOfProofs prints what a proof costs beside the contract that neo-go's zkpbinding makes for the same key:
// go test -run TestGasOfProofs -v
func TestGasOfProofs(t *testing.T) {
	p := newPilot(t)
	gas := func(contract util.Uint160, method string, args ...any) float64 {
		stack, gas, err := p.execute(callScript(t, contract, method, args...), p.payer())
		require.NoError(t, err)
		require.Equal(t, true, plain(t, stack.Pop().Item()))
		return float64(gas) / 1e8
	}
	const batched = 16
	t.Log("| circuit | inputs | of them not 0 | zkpbinding | one | a proof of 16 | ratios |")
	for _, c := range []struct {
		circuit       string
		inputs        []fr.Element
		single, batch float64 // highest ratios
	}{
		// Three pairings against four, and little else to save: 0.75 and 0.35 are out of reach with two inputs.
		{"prepare", asked(2), 0.80, 0.38},
		{"show", asked(6, 3), 0.75, 0.35},
		{"show", asked(6, 3, 3, 3, 9), 0.75, 0.35},
		{"pair", asked(7)[:7], 0.85, 0.35},
	} {
		if c.circuit == "show" {
			c.inputs = append(c.inputs, make([]fr.Element, 54-len(c.inputs))...)
		}
		key := newToyKey(c.circuit, len(c.inputs), "gas")
		key.set(p, 1+p.latestKey(c.circuit)).halts()
		var all, allInputs []byte
		for i := range batched {
			all = append(all, key.prove(c.inputs, i)...)
			allInputs = append(allInputs, littleEndian(c.inputs...)...)
		}
		size := len(c.inputs) * proofs.ScalarSize
		one := gas(p.proofs, "verify", c.circuit, 0, all[:proofs.ProofSize], allInputs[:size])
		each := gas(p.proofs, "verifyBatch", c.circuit, 0, all, allInputs) / batched
		peer := gas(p.peer(key), "verifyProof", all[:48], all[48:144], all[144:192], separate(allInputs[:size]))
		t.Logf("| %s | %d | %d | %.2f | %.2f | %.2f | %.2f, %.2f |", c.circuit, len(c.inputs), notZero(c.inputs), peer, one, each, one/peer, each/peer)
		require.LessOrEqual(t, one/peer, c.single)
		require.LessOrEqual(t, each/peer, c.batch)
	}
}

// asked are inputs that are not 0; in each further group the first is 1, as in what is asked of a value.
func asked(first int, groups ...int) (inputs []fr.Element) {
	for i := range first {
		inputs = append(inputs, seeded("asked", i))
	}
	for g, size := range groups {
		inputs = append(inputs, fr.One())
		for i := range size - 1 {
			inputs = append(inputs, seeded("asked", g, i))
		}
	}
	return inputs
}

func notZero(inputs []fr.Element) (count int) {
	for i := range inputs {
		if !inputs[i].IsZero() {
			count++
		}
	}
	return count
}

func separate(inputs []byte) (all []any) {
	for ; len(inputs) > 0; inputs = inputs[proofs.ScalarSize:] {
		all = append(all, inputs[:proofs.ScalarSize])
	}
	return all
}

func (p *pilot) latestKey(circuit string) int {
	latest := plain(p.t, p.read(p.proofs, "verifyingKey", circuit, 0))
	if latest == nil {
		return 0
	}
	return latest.([]any)[0].(int)
}

// peer deploys what zkpbinding makes for a key.
func (p *pilot) peer(key *toyKey) util.Uint160 {
	parts := key.parts()
	verifyingKey := groth16.VerifyingKey{}
	verifyingKey.G1.K = make([]bls12381.G1Affine, len(parts.inputs))
	for i, input := range parts.inputs {
		decode(p.t, &verifyingKey.G1.K[i], input)
	}
	decode(p.t, &verifyingKey.G1.Alpha, parts.alpha)
	decode(p.t, &verifyingKey.G2.Beta, parts.beta)
	decode(p.t, &verifyingKey.G2.Gamma, parts.gamma)
	decode(p.t, &verifyingKey.G2.Delta, parts.delta)
	var source bytes.Buffer
	require.NoError(p.t, zkpbinding.GenerateVerifier(zkpbinding.Config{VerifyingKey: &verifyingKey, Output: &source}))
	name := fmt.Sprintf("Peer in block %d", p.nextBlock())
	compiled[name] = neotest.CompileSource(p.t, p.Validator.ScriptHash(), strings.NewReader(source.String()), &compiler.Options{Name: name})
	return p.deploy(name, nil)
}

func decode(t testing.TB, point interface{ SetBytes([]byte) (int, error) }, encoded []byte) {
	_, err := point.SetBytes(encoded)
	require.NoError(t, err)
}
