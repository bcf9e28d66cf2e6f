package tests

import (
	"testing"

	"hufu/contracts/trust"

	"github.com/nspcc-dev/neo-go/pkg/neotest"
	"github.com/nspcc-dev/neo-go/pkg/util"
)

const (
	day     = 24 * 60 * 60 * 1000
	typeId  = "resident"
	queryId = "over-18"
)

// later is the end of validities that tests do not wait for.
const later = genesisMs + 1_000*day

// pilot is a network with one authority and one institution under it, which may issue and ask.
type pilot struct {
	*network
	bureau, hospital neotest.Signer
}

func newPilot(t testing.TB) *pilot {
	p := &pilot{network: newNetwork(t), bureau: account(t), hospital: account(t)}
	p.register(p.bureau)
	p.register(p.hospital)
	p.found(p.trust, "addAuthority", id(p.bureau), "110000", later).halts()
	p.call(by(p.bureau), p.trust, "addInstitution", id(p.bureau), id(p.hospital), "hospital", later).halts()
	p.found(p.trust, "registerCredentialType", typeId, 1, []byte("{}")).halts()
	p.call(by(p.bureau), p.trust, "accreditIssuer", id(p.bureau), id(p.hospital), typeId, 0, later).halts()
	p.found(p.trust, "registerQuery", id(p.bureau), id(p.hospital), queryId, []byte("{}")).halts()
	return p
}

// in is the same pilot for a subtest.
func (p *pilot) in(t testing.TB) *pilot {
	same := *p
	same.network = p.network.in(t)
	return &same
}

// register makes the identifier of an account, which nobody may recover.
func (n *network) register(holder neotest.Signer) {
	n.call(by(holder), n.identifiers, "register", id(holder), []byte("{}"), nil, 0).halts()
}

// registered makes a new account with an identifier.
func (n *network) registered() neotest.Signer {
	holder := account(n.t)
	n.register(holder)
	return holder
}

// institution makes a new identifier an institution under an authority.
func (p *pilot) institution(authority neotest.Signer) neotest.Signer {
	holder := p.registered()
	p.call(by(authority), p.trust, "addInstitution", id(authority), id(holder), "bank", later).halts()
	return holder
}

// issuer makes a new identifier an institution that may issue.
func (p *pilot) issuer() neotest.Signer {
	holder := p.institution(p.bureau)
	p.call(by(p.bureau), p.trust, "accreditIssuer", id(p.bureau), id(holder), typeId, 0, later).halts()
	return holder
}

// authority makes a new identifier an authority.
func (p *pilot) authority(validUntilMs int) neotest.Signer {
	holder := p.registered()
	p.found(p.trust, "addAuthority", id(holder), "120000", validUntilMs).halts()
	return holder
}

// asOwner changes a grant as the owner, by suspend, reinstate or revoke.
func (p *pilot) asOwner(method string, kind int, subject neotest.Signer, name string) {
	p.found(p.trust, method, p.council, kind, id(subject), name, 7).halts()
}

func (p *pilot) suspendAuthority(authority neotest.Signer) {
	p.asOwner("suspend", trust.KindAuthority, authority, "")
}

func id(holder neotest.Signer) util.Uint160 {
	return holder.ScriptHash()
}
