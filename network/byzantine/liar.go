package main

import (
	"encoding/json"
	"math/rand/v2"
	"os"
	"sync"
	"time"

	"github.com/nspcc-dev/neo-go/pkg/core"
	"github.com/nspcc-dev/neo-go/pkg/core/block"
	"github.com/nspcc-dev/neo-go/pkg/crypto/hash"
	"github.com/nspcc-dev/neo-go/pkg/crypto/keys"
	"github.com/nspcc-dev/neo-go/pkg/network/payload"
	"github.com/nspcc-dev/neo-go/pkg/smartcontract"
)

const (
	maxRemembered = 2_000
	talkEvery     = 100 * time.Millisecond
)

// liar stands between the consensus service, which thinks honestly, and the peers.
type liar struct {
	mode   string
	behave behaviour
	key    *keys.PrivateKey
	magic  uint32
	chain  *core.Blockchain
	mouths []*mouth

	lock   sync.Mutex
	random *rand.Rand
	// What this validator and the others said, for replays.
	heard []*payload.Extensible
	// The second proposal of a height and view that this validator made, and who was told it.
	second map[place]proposal
	fooled map[place]map[int]bool
}

type place struct {
	height uint32
	view   byte
}

func newLiar(mode string, behave behaviour, seed uint64, key *keys.PrivateKey, chain *core.Blockchain, peers []string) *liar {
	magic := chain.GetConfig().Magic
	l := &liar{
		mode:   mode,
		behave: behave,
		key:    key,
		magic:  uint32(magic),
		chain:  chain,
		random: rand.New(rand.NewPCG(seed, 0)),
		second: make(map[place]proposal),
		fooled: make(map[place]map[int]bool),
	}
	for _, address := range peers {
		l.mouths = append(l.mouths, newMouth(address, magic))
	}
	return l
}

// say takes what the consensus service wants everybody to hear.
func (l *liar) say(e *payload.Extensible) {
	m, err := decodeMessage(e.Data)
	if err != nil {
		return
	}
	l.lock.Lock()
	defer l.lock.Unlock()
	l.remember(e)
	l.behave.say(l, m, e)
}

// hear takes what others said, from the node's own connections, and says whether the own consensus service may hear it.
func (l *liar) hear(e *payload.Extensible) bool {
	m, err := decodeMessage(e.Data)
	if err != nil {
		return true
	}
	l.lock.Lock()
	defer l.lock.Unlock()
	l.remember(e)
	return l.behave.hear == nil || l.behave.hear(l, m)
}

// keepTalking lets a mode speak out of turn.
func (l *liar) keepTalking(stop <-chan struct{}) {
	if l.behave.talk == nil {
		return
	}
	for ticker := time.NewTicker(talkEvery); ; {
		select {
		case <-stop:
			return
		case <-ticker.C:
			l.lock.Lock()
			l.behave.talk(l)
			l.lock.Unlock()
		}
	}
}

func (l *liar) remember(e *payload.Extensible) {
	if len(l.heard) < maxRemembered {
		l.heard = append(l.heard, e)
		return
	}
	l.heard[l.random.IntN(maxRemembered)] = e
}

func (l *liar) everybody() []int {
	all := make([]int, len(l.mouths))
	for index := range all {
		all[index] = index
	}
	return all
}

// split draws two groups of peers; the first has as many as named.
func (l *liar) split(first int) (one, other []int) {
	all := l.everybody()
	l.random.Shuffle(len(all), func(a, b int) { all[a], all[b] = all[b], all[a] })
	return all[:first], all[first:]
}

func (l *liar) tell(to []int, e *payload.Extensible) {
	raw := extensibleFrame(e)
	for _, index := range to {
		l.mouths[index].say(raw)
	}
}

func (l *liar) seal(m message) *payload.Extensible {
	return seal(m, l.key, l.magic)
}

// note prints what was done, for whoever runs it.
func (l *liar) note(m message, what string, to []int) {
	ended := 0
	for _, each := range l.mouths {
		ended += each.endedByPeer()
	}
	_ = json.NewEncoder(os.Stdout).Encode(map[string]any{
		"mode": l.mode, "what": what, "type": typeNames[m.kind], "height": m.height, "view": m.view, "to": to, "endedByPeers": ended,
	})
}

// commitTo is a Commit over the block that a proposal of this validator would become.
func (l *liar) commitTo(p proposal, at message) (*payload.Extensible, error) {
	script, err := smartcontract.CreateDefaultMultiSigRedeemScript(l.chain.ComputeNextBlockValidators())
	if err != nil {
		return nil, err
	}
	header := &block.Header{
		Version:          p.version,
		PrevHash:         p.prevHash,
		MerkleRoot:       hash.CalcMerkleRoot(append(p.transactions[:0:0], p.transactions...)),
		Timestamp:        p.timestampMs,
		Nonce:            p.nonce,
		Index:            at.height,
		PrimaryIndex:     at.validator,
		NextConsensus:    hash.Hash160(script),
		StateRootEnabled: true,
		PrevStateRoot:    p.stateRoot,
	}
	signature := l.key.SignHashable(l.magic, header)
	return l.seal(message{kind: commit, height: at.height, validator: at.validator, view: at.view, body: signature}), nil
}
