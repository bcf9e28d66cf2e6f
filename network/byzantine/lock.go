package main

import (
	"math/rand/v2"
	"time"
)

// How a dBFT lock is made of honest nodes and delayed messages alone, with seven validators (f = 2, five needed), in the first view of one height:
//
//   - the primary and three others stay and commit, three move on to the next view. Four commits are too few, and so are three of the next view;
//     who has committed never changes view, so nothing moves any more, whatever is delivered from then on (neo-go #2552).
//   - for a change of view, five must have asked for it: two of those who commit ask first. They have answers of others but no proposal yet; when
//     it comes, late, they take it, see that it has its five preparations, and commit, although they asked to leave.
//
// Steps: waiting (for the height), splitting (proposal reaches all but the two late ones; answers reach only those who stay; five ask to change),
// committing (the late ones get the proposal), locked (everything that was held is delivered, nothing is held any more).
type lockPhase string

const (
	phaseSplitting  lockPhase = "splitting"
	phaseCommitting lockPhase = "committing"
	phaseLocked     lockPhase = "locked"
)

type lockRole byte

const (
	rolePrimary lockRole = iota
	// Commits at once.
	roleFirm
	// Asks to change view, then gets the proposal and commits.
	roleLate
	// Answers the proposal, asks to change view, and does.
	roleLeaving
)

var roleNames = map[lockRole]string{rolePrimary: "primary", roleFirm: "firm", roleLate: "late", roleLeaving: "leaving"}

type verdict byte

const (
	deliver verdict = iota
	hold
	drop
)

const (
	lockValidators = 7
	// From the first message of the height on; then everything is let go, and the next height tried.
	attemptTimeout = 30 * time.Second
)

type lockPlan struct {
	seed      uint64
	attempt   int
	height    uint32
	roles     [lockValidators]lockRole
	phase     lockPhase
	began     time.Time
	asked     [lockValidators]bool
	committed [lockValidators]bool
	moved     [lockValidators]bool
}

// newLockPlan deals the roles for a height; the primary of its first view is given by the protocol.
func newLockPlan(seed uint64, attempt int, height uint32) *lockPlan {
	p := &lockPlan{seed: seed, attempt: attempt, height: height, phase: phaseSplitting}
	primary := int(height % lockValidators)
	others := make([]int, 0, lockValidators-1)
	for index := range lockValidators {
		if index != primary {
			others = append(others, index)
		}
	}
	source := rand.New(rand.NewPCG(seed, uint64(attempt)))
	source.Shuffle(len(others), func(a, b int) { others[a], others[b] = others[b], others[a] })
	p.roles[primary] = rolePrimary
	for place, index := range others {
		switch {
		case place == 0:
			p.roles[index] = roleFirm
		case place <= 2:
			p.roles[index] = roleLate
		default:
			p.roles[index] = roleLeaving
		}
	}
	return p
}

// failed says that the height was decided, or that it takes too long.
func (p *lockPlan) failed(m message, now time.Time) bool {
	if p.phase == phaseLocked {
		return false
	}
	return m.height > p.height || (!p.began.IsZero() && now.Sub(p.began) > attemptTimeout)
}

// observe takes note of a message on its way and says whether the plan came a step further.
func (p *lockPlan) observe(m message, now time.Time) bool {
	if m.height != p.height || int(m.validator) >= lockValidators || p.phase == phaseLocked {
		return false
	}
	if p.began.IsZero() {
		p.began = now
	}
	switch {
	case m.view > 0:
		p.moved[m.validator] = true
	case m.kind == changeView:
		p.asked[m.validator] = true
	case m.kind == commit:
		p.committed[m.validator] = true
	}
	switch {
	case p.phase == phaseSplitting && p.all(p.asked, roleLate, roleLeaving):
		p.phase = phaseCommitting
	case p.phase == phaseCommitting && p.all(p.committed, rolePrimary, roleFirm, roleLate) && p.all(p.moved, roleLeaving):
		p.phase = phaseLocked
	default:
		return false
	}
	return true
}

func (p *lockPlan) all(did [lockValidators]bool, roles ...lockRole) bool {
	for index, role := range p.roles {
		for _, wanted := range roles {
			if role == wanted && !did[index] {
				return false
			}
		}
	}
	return true
}

// verdict says what becomes of a message on its way to a validator.
func (p *lockPlan) verdict(m message, to int) verdict {
	if m.height != p.height || p.phase == phaseLocked {
		return deliver
	}
	role := p.roles[to]
	isLeaving := role == roleLeaving
	isEarlyForLate := role == roleLate && p.phase == phaseSplitting
	switch {
	case m.kind == recoveryMessage:
		return drop
	case m.kind == recoveryRequest:
		return deliver
	case m.view > 0:
		return holdIf(!isLeaving)
	case m.kind == prepareRequest:
		return holdIf(isEarlyForLate)
	case m.kind == prepareResponse:
		return holdIf(isLeaving)
	case m.kind == commit:
		return holdIf(isLeaving || isEarlyForLate)
	case m.kind == changeView:
		return holdIf(!isLeaving)
	}
	return deliver
}

func holdIf(condition bool) verdict {
	if condition {
		return hold
	}
	return deliver
}
