package main

import (
	"slices"
	"testing"
	"time"
)

func rolesOf(p *lockPlan, wanted lockRole) []int {
	var found []int
	for index, role := range p.roles {
		if role == wanted {
			found = append(found, index)
		}
	}
	return found
}

func TestTheSeedDealsTheRoles(t *testing.T) {
	first := newLockPlan(1, 1, 23)
	if first.roles[23%7] != rolePrimary || len(rolesOf(first, roleFirm)) != 1 || len(rolesOf(first, roleLate)) != 2 || len(rolesOf(first, roleLeaving)) != 3 {
		t.Fatalf("roles are dealt wrong: %v", first.roles)
	}
	if newLockPlan(1, 1, 23).roles != first.roles {
		t.Fatal("the same seed deals others")
	}
	if !slices.ContainsFunc([]uint64{2, 3, 4, 5}, func(seed uint64) bool { return newLockPlan(seed, 1, 23).roles != first.roles }) {
		t.Fatal("every seed deals the same")
	}
}

// Nobody who commits may learn of five that want to leave, and nobody who leaves of five that answered.
func TestTheSplitKeepsEachSideFromTheOthersFive(t *testing.T) {
	p := newLockPlan(4, 1, 50)
	late, firm, leaving := rolesOf(p, roleLate)[0], rolesOf(p, roleFirm)[0], rolesOf(p, roleLeaving)[0]
	at := func(kind byte) message { return message{kind: kind, height: 50} }
	for _, c := range []struct {
		kind byte
		to   int
		want verdict
	}{
		{prepareRequest, late, hold}, {prepareRequest, firm, deliver}, {prepareRequest, leaving, deliver},
		{prepareResponse, late, deliver}, {prepareResponse, leaving, hold},
		{changeView, late, hold}, {changeView, firm, hold}, {changeView, leaving, deliver},
		{commit, late, hold}, {commit, firm, deliver}, {commit, leaving, hold},
		{recoveryMessage, firm, drop}, {recoveryRequest, firm, deliver},
	} {
		if got := p.verdict(at(c.kind), c.to); got != c.want {
			t.Errorf("%s to a %s: %d, expected %d", typeNames[c.kind], roleNames[p.roles[c.to]], got, c.want)
		}
	}
	other := at(prepareRequest)
	other.height++
	if p.verdict(other, late) != deliver {
		t.Error("another height is held back, too")
	}
}

func TestStepsFollowWhatIsSeen(t *testing.T) {
	p := newLockPlan(4, 1, 50)
	now := time.Unix(0, 0)
	ask := slices.Concat(rolesOf(p, roleLate), rolesOf(p, roleLeaving))
	for place, index := range ask {
		moved := p.observe(message{kind: changeView, height: 50, validator: byte(index)}, now)
		if moved != (place == len(ask)-1) {
			t.Fatalf("after %d requests to change view: %s", place+1, p.phase)
		}
	}
	for _, index := range slices.Concat(rolesOf(p, rolePrimary), rolesOf(p, roleFirm), rolesOf(p, roleLate)) {
		p.observe(message{kind: commit, height: 50, validator: byte(index)}, now)
	}
	if p.phase != phaseCommitting {
		t.Fatal("locked before anyone has left")
	}
	for _, index := range rolesOf(p, roleLeaving) {
		p.observe(message{kind: recoveryRequest, height: 50, view: 1, validator: byte(index)}, now)
	}
	if p.phase != phaseLocked || p.verdict(message{kind: recoveryMessage, height: 50}, 0) != deliver {
		t.Fatal("it is locked, and not everything passes")
	}
}

func TestAFailedAttemptIsKnown(t *testing.T) {
	now := time.Unix(0, 0)
	p := newLockPlan(4, 1, 50)
	if !p.failed(message{height: 51}, now) || p.failed(message{height: 50}, now) {
		t.Fatal("only a later height says that the block was made")
	}
	p.observe(message{kind: prepareRequest, height: 50}, now)
	if !p.failed(message{height: 50}, now.Add(attemptTimeout+1)) {
		t.Fatal("waits for ever")
	}
}
