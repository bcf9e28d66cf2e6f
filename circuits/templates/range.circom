pragma circom 2.1.0;

// value is in 0 ... 2^bitCount - 1. The bits above the lowest are given; the lowest is what remains, and all must be 0 or 1.
// bitCount stays far below the 255 bits of the field: a value has one decomposition.
template InRange(bitCount) {
    signal input value;
    signal input bits[bitCount - 1];

    var others = 0;
    for (var i = 0; i < bitCount - 1; i++) {
        bits[i] * (bits[i] - 1) === 0;
        others += bits[i] * 2 ** (i + 1);
    }
    signal lowest <== value - others;
    lowest * (lowest - 1) === 0;
}
