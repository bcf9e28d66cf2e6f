package tests

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/nspcc-dev/neo-go/pkg/neotest"
	"github.com/nspcc-dev/neo-go/pkg/util"
	"github.com/stretchr/testify/require"
)

// TestGas prints what calls cost, at the network's default prices: go test -run TestGas -v
func TestGas(t *testing.T) {
	p := newPilot(t)
	measure := func(name string, signers []neotest.Signer, contract util.Uint160, method string, args ...any) {
		_, gas, err := p.execute(callScript(t, contract, method, args...), append(p.payer(), scoped(calledByEntry, signers)...))
		require.NoError(t, err)
		t.Logf("| %s | %.3f |", name, float64(gas)/1e8)
	}
	for _, contract := range []struct {
		name     string
		hash     util.Uint160
		examples []example
	}{
		{"council", p.council, councilExamples(p)},
		{"identifiers", p.identifiers, identifiersExamples(p)},
		{"trust", p.trust, trustExamples(p)},
		{"status", p.status, statusExamples(p)},
		{"proofs", p.proofs, proofsExamples(p)},
		{"gateway", p.gateway, gatewayExamples(p)},
		{"titles", p.titles, titlesExamples(p)},
	} {
		for _, e := range contract.examples {
			if e.ownersAlone() {
				measure(contract.name+"."+e.method+", by founding", by(p.Committee), p.council, "found", []any{[]any{contract.hash, e.method, e.args}})
				continue
			}
			measure(contract.name+"."+e.method, e.signers, contract.hash, e.method, e.args...)
		}
	}
	alice, hospital := account(t), id(p.hospital)
	measure("identifiers.register, document of 1,024 bytes", by(alice), p.identifiers, "register",
		id(alice), bytes.Repeat([]byte("x"), 1_024), nil, 0)
	measure("status.append, 100 leaves", by(p.hospital), p.status, "append", hospital, typeId, 1, leaves(0, 100), root(1))
	measure("status.append, 2,000 leaves", by(p.hospital), p.status, "append", hospital, typeId, 1, leaves(0, 2_000), root(1))
	for _, size := range []int{4, 7, 21} {
		v := newValidators(t, "gas", size)
		o := newOtherNeo(t, map[string][]byte{leftKey("gas"): leftRecord(t, "neo3-3405643777.gas", p.thisNetwork())})
		p.setNeo(0, v).halts()
		proof := o.proof(otherContract, leftKey("gas"))
		name := fmt.Sprintf("%d of %d validators, proof of %d bytes", v.threshold, size, len(proof))
		measure("gateway.neoEntry, "+name, nil, p.gateway, "neoEntry", otherNetwork, o.header(1, v, v), []byte(leftKey("gas")), proof)
		measure("titles.arriveFromNeo, "+name, nil, p.titles, "arriveFromNeo", otherNetwork, transferOf("gas"), o.header(1, v, v), proof)
		measure("gateway.followValidators, "+name, nil, p.gateway, "followValidators", otherNetwork,
			[]any{o.header(1, v, newValidators(t, "gas, next", size))})
	}
	real := readFabricVector(t)
	p.setNetworkOf(real)
	p.found(p.titles, "setCustodian", real.Network, id(p.hospital)).halts()
	measure("gateway.fabricAnswer, two real endorsements", nil, p.gateway, "fabricAnswer", append([]any{real.Network}, real.args(t)...)...)
	measure("titles.arriveFromFabric, two real endorsements", nil, p.titles, "arriveFromFabric",
		append([]any{real.Network, unhex(t, real.TransferId)}, real.args(t)...)...)
}
