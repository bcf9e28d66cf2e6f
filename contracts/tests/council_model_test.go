package tests

import (
	"math/rand/v2"
	"os"
	"strconv"
	"testing"

	"hufu/contracts/access"
	"hufu/contracts/council"

	"github.com/stretchr/testify/require"
)

// modelProposal is a proposal as the package comment of council describes it, written a second time.
type modelProposal struct {
	proposer          int
	hash              []byte
	state             int
	ends, from, until int
	passedAt          int
	extended          bool
	votes             map[int]int // kinds, by seat
	vetoes            map[int]bool
}

type councilModel struct {
	proposals    []*modelProposal
	asked        map[int]int // when a seat last asked for a stop
	began, until int         // of the latest stop
}

func (m *modelProposal) count(kind int) (count int) {
	for _, vote := range m.votes {
		if vote == kind {
			count++
		}
	}
	return count
}

func (m *modelProposal) standing(now int) int {
	switch {
	case m.state == council.Open && now >= m.ends:
		return council.Expired
	case m.state == council.Passed && now >= m.until:
		return council.Lapsed
	case m.state == council.Passed && now >= m.from:
		return council.Executable
	}
	return m.state
}

// step says how the contract must answer, "" if it must agree, and changes the model accordingly.
func (m *councilModel) step(now, seat int, method string, number int, right, agrees bool) string {
	if method == "requestStop" {
		return m.stop(now, seat)
	}
	p := m.proposals[number-1]
	needsHash := method == "vote" || method == "veto" || method == "execute"
	stopped := now < m.until
	switch {
	case p.state != council.Open && p.state != council.Passed:
		return council.ErrState
	case needsHash && !right:
		return council.ErrPayload
	}
	switch method {
	case "vote":
		if now >= p.ends {
			return council.ErrVotingOver
		}
		if p.votes[seat] != 0 {
			return council.ErrVoted
		}
		p.votes[seat] = council.Against
		if agrees {
			p.votes[seat] = council.Agrees
		}
		if p.state == council.Open && p.count(council.Agrees) >= 5 {
			p.state, p.passedAt, p.from, p.until = council.Passed, now, now+delayMs, now+delayMs+executeWithinMs
		}
	case "retract":
		if p.votes[seat] != council.Agrees {
			return council.ErrNoVote
		}
		p.votes[seat] = council.Retracted
	case "veto":
		if p.state != council.Passed {
			return council.ErrState
		}
		if now >= p.from || p.extended {
			return council.ErrVetoOver
		}
		if p.vetoes[seat] {
			return council.ErrVoted
		}
		p.vetoes[seat] = true
		if len(p.vetoes) == 3 {
			p.extended, p.from, p.until = true, p.passedAt+vetoDelayMs, p.passedAt+vetoDelayMs+executeWithinMs
		}
	case "withdraw":
		if p.proposer != seat {
			return council.ErrProposer
		}
		p.state = council.Withdrawn
	case "execute":
		switch {
		case p.state != council.Passed:
			return council.ErrState
		case now < p.from:
			return council.ErrTooEarly
		case now >= p.until:
			return council.ErrTooLate
		case stopped:
			return access.ErrStopped
		}
		p.state = council.Executed
	}
	hopeless := p.state == council.Open && 7-p.count(council.Against)-p.count(council.Retracted) < 5
	if hopeless || p.state == council.Passed && p.count(council.Agrees) < 5 {
		p.state = council.Rejected
	}
	return ""
}

func (m *councilModel) stop(now, seat int) string {
	last, before := m.asked[seat]
	if before && now < last+stopPauseMs {
		return council.ErrStopPause
	}
	m.asked[seat] = now
	asking := 0
	for _, at := range m.asked {
		if at > now-stopMs && at > m.began {
			asking++
		}
	}
	if asking >= 3 {
		m.began, m.until = now, now+stopMs
	}
	return ""
}

// TestCouncilModel lets seats do whatever they like, at any time, and compares each answer with the model's. TRIES sets how often, SEED what.
func TestCouncilModel(t *testing.T) {
	seed, tries := environment("SEED", 20_260_101), environment("TRIES", 1_500)
	t.Logf("seed %d, %d tries", seed, tries)
	random := rand.New(rand.NewPCG(uint64(seed), 0))
	p, model := newPilot(t), &councilModel{asked: map[int]int{}}
	methods := []string{"retract", "veto", "veto", "withdraw", "execute", "execute", "execute", "requestStop"}
	for range 12 {
		methods = append(methods, "vote")
	}
	jumps := []int{1, second, stopMs / 2, delayMs / 2, delayMs, delayMs, delayMs, stopMs, votingMs / 2, vetoDelayMs}
	agreed, refused := map[string]int{}, map[string]int{}
	for range tries {
		if random.IntN(16) == 0 {
			p.at(p.now() + jumps[random.IntN(len(jumps))])
		}
		now, seat := p.now(), random.IntN(7)
		if len(model.proposals) == 0 || random.IntN(40) == 0 {
			number, payloadHash := p.propose(seat, []any{p.trust, "standingAt", []any{1, id(p.bureau), "", len(model.proposals)}})
			require.Equal(t, len(model.proposals)+1, number)
			model.proposals = append(model.proposals, &modelProposal{
				proposer: seat, hash: payloadHash, state: council.Open, ends: now + votingMs, votes: map[int]int{}, vetoes: map[int]bool{},
			})
			continue
		}
		// Mostly one of the latest: earlier ones are over.
		number := max(1, len(model.proposals)-random.IntN(2))
		method, right, agrees := methods[random.IntN(len(methods))], random.IntN(20) != 0, random.IntN(12) != 0
		payloadHash := model.proposals[number-1].hash
		if !right {
			payloadHash = flipped(payloadHash)
		}
		args := map[string][]any{"vote": {number, payloadHash, agrees}, "requestStop": {1}, "retract": {number}, "withdraw": {number}}[method]
		if args == nil {
			args = []any{number, payloadHash}
		}
		out := p.say(seat, method, args...)
		if expected := model.step(now, seat, method, number, right, agrees); expected == "" {
			out.halts()
			agreed[method]++
		} else {
			out.faults(expected)
			refused[method+": "+expected]++
		}
		require.Equal(t, model.proposals[number-1].standing(p.now()), p.readInt(p.council, "standing", number))
		require.Equal(t, p.now() < model.until, p.readBool(p.council, "isStopped"))
	}
	t.Logf("%d proposals; agreed %v; refused %v", len(model.proposals), agreed, refused)
	for _, method := range methods {
		require.Positive(t, agreed[method], method)
	}
}

func environment(name string, otherwise int) int {
	if value, err := strconv.Atoi(os.Getenv(name)); err == nil {
		return value
	}
	return otherwise
}
