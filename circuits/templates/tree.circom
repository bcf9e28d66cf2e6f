pragma circom 2.1.0;

include "poseidon.circom";
include "select.circom";

// One step from a node to its parent in a tree of arity 8: the node stands among the eight children at the position of these bits.
template TreeLevel() {
    signal input node;
    signal input children[8];
    signal input position[3];
    signal output parent;

    component select = Select(3);
    component hash = Poseidon(8, tagNode());
    for (var i = 0; i < 8; i++) {
        select.choices[i] <== children[i];
        hash.inputs[i] <== children[i];
    }
    for (var i = 0; i < 3; i++) {
        select.bits[i] <== position[i];
    }
    select.out === node;
    parent <== hash.out;
}
