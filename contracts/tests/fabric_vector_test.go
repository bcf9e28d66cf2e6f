package tests

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"hufu/contracts/gateway"
	"hufu/contracts/titles"

	"github.com/stretchr/testify/require"
)

// fabricVector is an answer of a real network of Fabric, to title.left, and the keys of the peers that endorsed it.
type fabricVector struct {
	Network, Channel, Chaincode                string
	MspIds, PublicKeys                         []string
	ChannelHeader, SignatureHeader             string
	Proposal, Answer                           string
	Endorsers, Signatures                      []string
	TransferId, AssetId, ContentHash, ToHolder string
}

func readFabricVector(t testing.TB) *fabricVector {
	file, err := os.ReadFile(filepath.Join("vectors", "fabric-title-left.json"))
	require.NoError(t, err)
	v := &fabricVector{}
	require.NoError(t, json.Unmarshal(file, v))
	return v
}

// args are what fabricAnswer takes behind the network.
func (v *fabricVector) args(t testing.TB) []any {
	decoded := func(text string) []byte {
		value, err := base64.StdEncoding.DecodeString(text)
		require.NoError(t, err)
		return value
	}
	all := func(texts []string) []any {
		values := make([]any, len(texts))
		for i, text := range texts {
			values[i] = decoded(text)
		}
		return values
	}
	return []any{
		decoded(v.ChannelHeader), decoded(v.SignatureHeader), decoded(v.Proposal), decoded(v.Answer), all(v.Endorsers), all(v.Signatures),
	}
}

// setNetworkOf sets the network that a vector is of.
func (p *pilot) setNetworkOf(v *fabricVector) {
	publicKeys := make([]any, len(v.PublicKeys))
	for i, key := range v.PublicKeys {
		publicKeys[i] = unhex(p.t, key)
	}
	p.found(p.gateway, "setFabricNetwork", v.Network, v.Channel, v.Chaincode, 2, texts(v.MspIds), publicKeys, true).halts()
}

// TestRealFabric brings what a real Hyperledger Fabric 3.1.1 with two organisations answered.
func TestRealFabric(t *testing.T) {
	p := newPilot(t)
	v := readFabricVector(t)
	p.setNetworkOf(v)
	args := v.args(t)
	answer := fields(t, p.read(p.gateway, "fabricAnswer", append([]any{v.Network}, args...)...))
	require.Equal(t, []any{[]byte("title.left"), []byte(v.TransferId)}, answer[1])
	for i, arg := range args[:4] {
		for at := 0; at < len(arg.([]byte)); at += 7 {
			altered := append([]any{}, args...)
			altered[i] = bytes.Clone(arg.([]byte))
			altered[i].([]byte)[at] ^= 1 << (at % 8)
			requireRefused(t, p.ask(v.Network, altered), fmt.Sprintf("byte %d of part %d", at, i))
		}
	}
	one := append([]any{}, args...)
	one[4], one[5] = args[4].([]any)[:1], args[5].([]any)[:1]
	require.ErrorContains(t, p.ask(v.Network, one), gateway.ErrQuorum)

	p.found(p.titles, "setRegistrar", id(p.hospital), true).halts()
	p.found(p.titles, "setCustodian", v.Network, id(p.hospital)).halts()
	arriving := append([]any{v.Network, unhex(t, v.TransferId)}, args...)
	require.Len(t, p.call(nil, p.titles, "arriveFromFabric", arriving...).halts(), 1)
	held := fields(t, p.read(p.titles, "title", v.AssetId))
	require.Equal(t, []any{1, titles.StateHeld, []byte(v.ToHolder), unhex(t, v.ContentHash)}, held[:4])
}
