pragma circom 2.1.0;

include "poseidon.circom";

// The one-time commitment that PREPARE makes and SHOW and PAIR open.
template Commitment() {
    signal input values[4];
    signal input meta;
    signal input expiry;
    signal input secret;
    signal input opening;
    signal output commitment;

    component hash = Poseidon(8, tagOpening());
    for (var i = 0; i < 4; i++) {
        hash.inputs[i] <== values[i];
    }
    hash.inputs[4] <== meta;
    hash.inputs[5] <== expiry;
    hash.inputs[6] <== secret;
    hash.inputs[7] <== opening;
    commitment <== hash.out;
}
