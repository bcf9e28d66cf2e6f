pragma circom 2.1.0;

include "templates/opening.circom";
include "templates/poseidon.circom";
include "templates/select.circom";
include "templates/tree.circom";

// PREPARE: a credential stands in one of up to eight trees, and what is needed of it stands in a one-time commitment. See docs/zk.md.
template Prepare(depth) {
    signal input rootSet;
    signal input commitment;

    signal input type;
    signal input attributes[16];
    signal input secret;
    signal input blinding;
    signal input expiry;
    signal input salt;
    signal input children[depth][8];
    signal input position[depth][3];
    signal input roots[8];
    signal input slots[4][4];
    signal input opening;

    component attributesHash = Poseidon(16, tagAttributes());
    attributesHash.inputs <== attributes;
    component holder = Poseidon(2, tagHolder());
    holder.inputs <== [secret, blinding];
    component leaf = Poseidon(5, tagLeaf());
    leaf.inputs <== [type, attributesHash.out, holder.out, expiry, salt];

    component levels[depth];
    for (var i = 0; i < depth; i++) {
        levels[i] = TreeLevel();
        if (i == 0) {
            levels[i].node <== leaf.out;
        } else {
            levels[i].node <== levels[i - 1].parent;
        }
        levels[i].children <== children[i];
        levels[i].position <== position[i];
    }

    component isRoot = OneOf(8);
    isRoot.value <== levels[depth - 1].parent;
    isRoot.choices <== roots;
    component rootsHash = Poseidon(8, tagRoots());
    rootsHash.inputs <== roots;
    rootsHash.out === rootSet;

    var meta = type * 2 ** 16;
    component values[4];
    for (var i = 0; i < 4; i++) {
        values[i] = Select(4);
        values[i].choices <== attributes;
        values[i].bits <== slots[i];
        for (var bit = 0; bit < 4; bit++) {
            meta += slots[i][bit] * 2 ** (4 * i + bit);
        }
    }
    component made = Commitment();
    for (var i = 0; i < 4; i++) {
        made.values[i] <== values[i].out;
    }
    made.meta <== meta;
    made.expiry <== expiry;
    made.secret <== secret;
    made.opening <== opening;
    made.commitment === commitment;
}

component main {public [rootSet, commitment]} = Prepare(11);
