/*
Package ballot holds a seat's share of NEO, which elects the committee of the
ledger, and votes with it as the council says: neither the city whose seat it is
nor whoever runs its validator can move it. There is one for each seat, of the
same code, by the name hufu-ballot-<seat>.

The GAS that the ledger pays for voting comes here, too. The council can move
both, as when seats are shared out anew.

The contract produces no notifications; NEO and GAS produce theirs.
*/
package ballot

/*
Contract storage model.

Key-value storage format:
  - 'o' -> hash of the contract council
    its owner
*/
