pragma circom 2.1.0;

include "range.circom";

// What may be asked of a value: ranged, least, most, and the coefficients c0 ... c8 of a polynomial that is 0 at it.
template Predicate() {
    signal input value;
    signal input asked[12];
    signal input leastBits[31];
    signal input mostBits[31];

    // Without a range both differences are 0.
    signal bounded <== asked[0] * value;
    component aboveLeast = InRange(32);
    aboveLeast.value <== bounded - asked[1];
    aboveLeast.bits <== leastBits;
    component belowMost = InRange(32);
    belowMost.value <== asked[2] - bounded;
    belowMost.bits <== mostBits;

    // Horner's rule.
    signal products[7];
    var sum = asked[11];
    for (var i = 0; i < 7; i++) {
        products[i] <== sum * value;
        sum = products[i] + asked[10 - i];
    }
    sum * value === -asked[3];
}
