pragma circom 2.1.0;

include "templates/opening.circom";

// PAIR: two commitments of one holder, and values of both that are equal where asked. See docs/zk.md.
template Pair() {
    signal input commitment1;
    signal input commitment2;
    signal input context;
    signal input equal[4];

    signal input values1[4];
    signal input meta1;
    signal input expiry1;
    signal input opening1;
    signal input values2[4];
    signal input meta2;
    signal input expiry2;
    signal input opening2;
    signal input secret;

    // Only so that a row binds it: nothing is asked of it.
    signal contextSquare <== context * context;

    component first = Commitment();
    first.values <== values1;
    first.meta <== meta1;
    first.expiry <== expiry1;
    first.secret <== secret;
    first.opening <== opening1;
    first.commitment === commitment1;

    component second = Commitment();
    second.values <== values2;
    second.meta <== meta2;
    second.expiry <== expiry2;
    second.secret <== secret;
    second.opening <== opening2;
    second.commitment === commitment2;

    for (var i = 0; i < 4; i++) {
        equal[i] * (values1[i] - values2[i]) === 0;
    }
}

component main {public [commitment1, commitment2, context, equal]} = Pair();
