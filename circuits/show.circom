pragma circom 2.1.0;

include "templates/opening.circom";
include "templates/poseidon.circom";
include "templates/predicate.circom";
include "templates/range.circom";

// SHOW: opens a commitment against what a verifier asks. See docs/zk.md.
template Show() {
    signal input commitment;
    signal input meta;
    signal input today;
    signal input scope;
    signal input nullifier;
    signal input context;
    signal input asked[4][12];

    signal input values[4];
    signal input expiry;
    signal input secret;
    signal input opening;
    signal input expiryBits[31];
    signal input leastBits[4][31];
    signal input mostBits[4][31];

    // Only so that a row binds it: nothing is asked of it.
    signal contextSquare <== context * context;

    component opened = Commitment();
    opened.values <== values;
    opened.meta <== meta;
    opened.expiry <== expiry;
    opened.secret <== secret;
    opened.opening <== opening;
    opened.commitment === commitment;

    component unexpired = InRange(32);
    unexpired.value <== expiry - today;
    unexpired.bits <== expiryBits;

    component pseudonym = Poseidon(2, tagNullifier());
    pseudonym.inputs <== [secret, scope];
    pseudonym.out === nullifier;

    component predicates[4];
    for (var i = 0; i < 4; i++) {
        predicates[i] = Predicate();
        predicates[i].value <== values[i];
        predicates[i].asked <== asked[i];
        predicates[i].leastBits <== leastBits[i];
        predicates[i].mostBits <== mostBits[i];
    }
}

component main {public [commitment, meta, today, scope, nullifier, context, asked]} = Show();
