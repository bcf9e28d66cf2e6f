package main

import (
	"math"
	"slices"
	"time"

	"github.com/nspcc-dev/neo-go/pkg/core/transaction"
	"github.com/nspcc-dev/neo-go/pkg/network"
	"github.com/nspcc-dev/neo-go/pkg/network/payload"
	"github.com/nspcc-dev/neo-go/pkg/util"
	"github.com/nspcc-dev/neo-go/pkg/vm/opcode"
)

// behaviour is one way to misbehave. All three are called one at a time.
type behaviour struct {
	// say gets what an honest validator would now send to everybody.
	say func(l *liar, m message, e *payload.Extensible)
	// hear gets what others said, after it was remembered, and says whether the own consensus service may hear it.
	hear func(l *liar, m message) bool
	// talk is called every 100 ms.
	talk func(l *liar)
}

const lastTimestampMs = math.MaxUint64 / uint64(time.Millisecond)

var modes = map[string]behaviour{
	// Nothing wrong: the control, which shows that the program itself takes part.
	"honest": {say: honestly},
	// Two proposals, two answers, two commits, each to some; commits to all in the end.
	"equivocate": {say: equivocate},
	// Four get one proposal, two another, and then nobody hears from it again in that height: the lock that one dishonest validator can make.
	"lock":                  {say: proposeTwiceAndLeave, hear: finishNothing},
	"bad-signatures":        {say: signBadly},
	"old-messages":          {say: honestly, talk: sayOld},
	"replay":                {say: honestly, hear: replayAll},
	"garbage":               {say: honestly, talk: talkGarbage},
	"forged-recovery":       {say: honestly, talk: forgeRecovery},
	"silent-after-response": {say: silentFrom(prepareResponse), hear: finishNothing},
	"silent-after-commit":   {say: silentFrom(commit), hear: finishNothing},
	"clock-forward":         {say: changingProposal("a time to come", (*liar).moveForward)},
	"clock-back":            {say: changingProposal("a time gone by", (*liar).moveBack)},
	"invalid-transactions":  {say: proposeInvalid},
	"wrong-state-root":      {say: proposeWrongRoot},
}

func modeNames() []string {
	names := make([]string, 0, len(modes))
	for name := range modes {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func honestly(l *liar, _ message, e *payload.Extensible) {
	l.tell(l.everybody(), e)
}

func equivocate(l *liar, m message, e *payload.Extensible) {
	at := place{m.height, m.view}
	switch m.kind {
	case prepareRequest:
		p, err := decodeProposal(m)
		if err != nil {
			return
		}
		one, other := l.split(l.random.IntN(len(l.mouths) + 1))
		l.proposeTwice(m, e, p, one, other)
	case prepareResponse:
		one, other := l.split(l.random.IntN(len(l.mouths) + 1))
		l.tell(one, e)
		l.tell(other, l.seal(l.withBody(m, l.randomBytes(util.Uint256Size))))
		l.note(m, "two answers", other)
	case commit:
		p, isSecond := l.second[at]
		if !isSecond {
			one, other := l.split(l.random.IntN(len(l.mouths) + 1))
			l.tell(one, e)
			l.tell(other, l.seal(l.withBody(m, l.randomBytes(64))))
			l.note(m, "two commits", other)
			return
		}
		second, err := l.commitTo(p, m)
		if err != nil {
			return
		}
		for index := range l.mouths {
			if l.fooled[at][index] {
				l.tell([]int{index}, second)
			} else {
				l.tell([]int{index}, e)
			}
		}
		l.note(m, "two commits", keysOf(l.fooled[at]))
	default:
		l.tell(l.everybody(), e)
	}
}

// proposeTwice tells one group the honest proposal and the other one a second: another nonce, another time, half of the transactions.
func (l *liar) proposeTwice(m message, e *payload.Extensible, p proposal, one, other []int) {
	second := p
	second.nonce = l.random.Uint64()
	second.timestampMs++
	second.transactions = p.transactions[:len(p.transactions)/2]
	at := place{m.height, m.view}
	l.second[at] = second
	l.fooled[at] = make(map[int]bool)
	for _, index := range other {
		l.fooled[at][index] = true
	}
	// Both are ready before either is said, for peers pass on what they hear: who hears the other one first believes that.
	sealed := l.seal(l.withBody(m, second.encode()))
	l.tell(other, sealed)
	l.tell(one, e)
	// Who believes the second one commits to it with the others who do; the commit to it is sent along.
	if c, err := l.commitTo(second, m); err == nil && l.mode == "equivocate" {
		l.tell(other, c)
	}
	l.note(m, "two proposals", other)
}

func proposeTwiceAndLeave(l *liar, m message, e *payload.Extensible) {
	if _, hasSplit := l.second[place{m.height, 0}]; hasSplit {
		return
	}
	if m.kind != prepareRequest || m.view != 0 {
		honestly(l, m, e)
		return
	}
	p, err := decodeProposal(m)
	if err != nil {
		return
	}
	one, other := l.split(len(l.mouths) - 2)
	l.proposeTwice(m, e, p, one, other)
}

func signBadly(l *liar, m message, e *payload.Extensible) {
	bad := *e
	what := ""
	switch l.random.IntN(4) {
	case 0:
		what = "one bit of the signature flipped"
		bad.Witness.InvocationScript = slices.Clone(e.Witness.InvocationScript)
		bad.Witness.InvocationScript[2+l.random.IntN(64)] ^= 1 << l.random.IntN(8)
	case 1:
		what = "no signature"
		bad.Witness.InvocationScript = []byte{byte(opcode.PUSH1)}
	case 2:
		what = "in another validator's name"
		forged := m
		forged.validator = byte((int(m.validator) + 1 + l.random.IntN(len(l.mouths))) % (len(l.mouths) + 1))
		bad = *l.seal(forged)
	default:
		what = "signature inside broken"
		if m.kind == commit {
			bad = *l.seal(l.withBody(m, l.randomBytes(64)))
		} else {
			bad.Witness.InvocationScript = signatureScript(l.randomBytes(64))
		}
	}
	l.tell(l.everybody(), &bad)
	l.note(m, what, l.everybody())
}

// sayOld sends messages of earlier heights and views as they were, and new ones for old and for far places.
func sayOld(l *liar) {
	if len(l.heard) == 0 {
		return
	}
	e := l.heard[l.random.IntN(len(l.heard))]
	l.tell(l.everybody(), e)
	m, err := decodeMessage(e.Data)
	if err != nil || e.Sender != l.key.GetScriptHash() {
		return
	}
	made := m
	height := l.chain.BlockHeight() + 1
	switch l.random.IntN(4) {
	case 0: // an old one under today's height
		made.height = height
	case 1:
		made.height = height + uint32(l.random.IntN(1000))
	case 2:
		made.height, made.view = height, byte(l.random.IntN(256))
	default:
		made.height = uint32(l.random.IntN(int(height)))
	}
	l.tell(l.everybody(), l.seal(made))
	l.note(made, "out of its place", l.everybody())
}

// finishNothing keeps the commits of a height in which this validator has fallen silent from its own consensus service: with its own one, which
// nobody else has, it would make the block and pass it on.
func finishNothing(l *liar, m message) bool {
	carriesCommits := m.kind == commit || m.kind == recoveryMessage
	return !carriesCommits || l.fooled[place{m.height, 0}] == nil
}

func replayAll(l *liar, m message) bool {
	for range 4 {
		l.tell(l.everybody(), l.heard[l.random.IntN(len(l.heard))])
	}
	if m.kind == commit {
		l.note(m, "said again", l.everybody())
	}
	return true
}

// talkGarbage sends what is no message, or hardly one, rightly signed where that can be.
func talkGarbage(l *liar) {
	height := l.chain.BlockHeight() + 1
	kinds := []byte{changeView, prepareRequest, prepareResponse, commit, recoveryRequest, recoveryMessage, byte(l.random.IntN(256))}
	m := message{kind: kinds[l.random.IntN(len(kinds))], height: height, validator: l.index(), view: byte(l.random.IntN(3))}
	switch l.random.IntN(4) {
	case 0:
		m.body = l.randomBytes(l.random.IntN(300))
	case 1:
		m.body = nil
	case 2: // lengths that promise more than follows
		m.body = append(l.randomBytes(l.random.IntN(60)), 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f)
	default:
		m.validator = byte(l.random.IntN(256))
		m.body = l.randomBytes(64)
	}
	l.tell(l.everybody(), l.seal(m))
	l.note(m, "garbage", l.everybody())
	if l.random.IntN(10) == 0 { // not even a frame
		for _, each := range l.mouths {
			each.say(append([]byte{0, byte(network.CMDExtensible), 0xfd, 0xff, 0xff}, l.randomBytes(40)...))
		}
	}
}

func silentFrom(last byte) func(*liar, message, *payload.Extensible) {
	return func(l *liar, m message, e *payload.Extensible) {
		at := place{m.height, 0}
		if l.fooled[at] != nil {
			return
		}
		// A primary's proposal is its answer, too.
		if m.kind == last || last == prepareResponse && m.kind == prepareRequest {
			l.fooled[at] = map[int]bool{}
			l.note(m, "its last word", l.everybody())
		}
		honestly(l, m, e)
	}
}

// moveForward takes the time hours ahead, or to the last one that consensus, which counts nanoseconds, can hold.
func (l *liar) moveForward(p *proposal) {
	if l.random.IntN(3) == 0 {
		p.timestampMs = lastTimestampMs
		return
	}
	p.timestampMs += l.someHoursMs()
}

func (l *liar) moveBack(p *proposal) {
	p.timestampMs -= l.someHoursMs()
}

func (l *liar) someHoursMs() uint64 {
	return uint64(time.Hour/time.Millisecond) * (1 + l.random.Uint64N(48))
}

// proposeInvalid names transactions that nobody has, that are spent already, twice the same, or that pay for nothing.
func proposeInvalid(l *liar, m message, e *payload.Extensible) {
	p, err := decodeProposal(m)
	if err != nil {
		honestly(l, m, e)
		return
	}
	what := ""
	switch l.random.IntN(3) {
	case 0:
		what = "a transaction that nobody has"
		p.transactions = append(p.transactions, util.Uint256(l.randomBytes(util.Uint256Size)))
	case 1:
		what = "a transaction that cannot be paid for"
		t := l.unpaidTransaction()
		p.transactions = append(p.transactions, t.Hash())
		if raw, err := encodeFrame(network.CMDTX, t); err == nil {
			for _, each := range l.mouths {
				each.say(raw)
			}
		}
	default:
		what = "a transaction that is in a block already"
		spent := l.spentTransaction()
		if spent == nil {
			what, spent = "the same transaction twice", p.transactions
		}
		p.transactions = append(p.transactions, spent...)
	}
	l.tell(l.everybody(), l.seal(l.withBody(m, p.encode())))
	l.note(m, what, l.everybody())
}

var proposeWrongRoot = changingProposal("a wrong state root", func(l *liar, p *proposal) {
	p.stateRoot[l.random.IntN(len(p.stateRoot))] ^= 1
})

func changingProposal(what string, change func(*liar, *proposal)) func(*liar, message, *payload.Extensible) {
	return func(l *liar, m message, e *payload.Extensible) {
		at := place{m.height, m.view}
		p, err := decodeProposal(m)
		switch {
		case err == nil:
			change(l, &p)
			l.second[at] = p
			l.tell(l.everybody(), l.seal(l.withBody(m, p.encode())))
			l.note(m, what, l.everybody())
		case m.kind == commit && l.hasChanged(at):
			if c, err := l.commitTo(l.second[at], m); err == nil {
				l.tell(l.everybody(), c)
			}
		default:
			honestly(l, m, e)
		}
	}
}

func (l *liar) hasChanged(at place) bool {
	_, has := l.second[at]
	return has
}

func (l *liar) withBody(m message, body []byte) message {
	m.body = body
	return m
}

func (l *liar) randomBytes(count int) []byte {
	made := make([]byte, count)
	for index := range made {
		made[index] = byte(l.random.IntN(256))
	}
	return made
}

// index is this validator's place among those of the next block.
func (l *liar) index() byte {
	validators, err := l.chain.GetNextBlockValidators()
	if err != nil {
		return 0
	}
	return byte(slices.IndexFunc(validators, l.key.PublicKey().Equal))
}

func (l *liar) unpaidTransaction() *transaction.Transaction {
	t := transaction.New([]byte{byte(opcode.PUSH1)}, 1)
	t.Nonce = l.random.Uint32()
	t.NetworkFee = 1
	t.ValidUntilBlock = l.chain.BlockHeight() + 100
	t.Signers = []transaction.Signer{{Account: l.key.GetScriptHash(), Scopes: transaction.CalledByEntry}}
	t.Scripts = []transaction.Witness{{
		InvocationScript:   signatureScript(l.key.SignHashable(l.magic, t)),
		VerificationScript: l.key.PublicKey().GetVerificationScript(),
	}}
	return t
}

// spentTransaction looks for one in the latest blocks.
func (l *liar) spentTransaction() []util.Uint256 {
	height := l.chain.BlockHeight()
	for back := range min(height, 20) {
		b, err := l.chain.GetBlock(l.chain.GetHeaderHash(height - back))
		if err == nil && len(b.Transactions) > 0 {
			return []util.Uint256{b.Transactions[0].Hash()}
		}
	}
	return nil
}

func keysOf(set map[int]bool) []int {
	made := make([]int, 0, len(set))
	for key := range set {
		made = append(made, key)
	}
	slices.Sort(made)
	return made
}
