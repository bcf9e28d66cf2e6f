package tests

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSmoke(t *testing.T) {
	n := newNetwork(t)
	alice := account(t)
	ev := n.call(by(alice), n.identifiers, "register", alice.ScriptHash(), []byte("{}"), nil, 0).halts()
	requireEvent(t, ev[0], n.identifiers, "Changed", hash(alice.ScriptHash()), 1, 1)
	t.Log(fields(t, n.read(n.identifiers, "get", alice.ScriptHash())))
	t.Log(fields(t, n.read(n.identifiers, "resolve", alice.ScriptHash(), 0)))
	nef, m := nextRelease(t, "../identifiers", "contractVersion = 1_000", "contractVersion = 1_001")
	require.NotEmpty(t, nef)
	n.call(by(n.Committee), n.identifiers, "update", nef, m, nil).halts()
	t.Log(n.readInt(n.identifiers, "version"))
}
