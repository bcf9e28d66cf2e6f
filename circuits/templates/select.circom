pragma circom 2.1.0;

// The one of 2^bitCount choices whose number has these bits, lowest first. Bits that are neither 0 nor 1 are refused.
template Select(bitCount) {
    signal input choices[2 ** bitCount];
    signal input bits[bitCount];
    signal output out;

    var left = 2 ** bitCount;
    signal halves[left - 1];
    var current[left];
    for (var i = 0; i < left; i++) {
        current[i] = choices[i];
    }
    var used = 0;
    for (var bit = 0; bit < bitCount; bit++) {
        bits[bit] * (bits[bit] - 1) === 0;
        left = left / 2;
        for (var i = 0; i < left; i++) {
            halves[used] <== bits[bit] * (current[2 * i + 1] - current[2 * i]);
            current[i] = current[2 * i] + halves[used];
            used++;
        }
    }
    out <== current[0];
}

// value is one of the choices: the product of the differences is 0.
template OneOf(count) {
    signal input value;
    signal input choices[count];

    signal products[count - 1];
    var product = value - choices[0];
    for (var i = 1; i < count - 1; i++) {
        products[i - 1] <== product * (value - choices[i]);
        product = products[i - 1];
    }
    product * (value - choices[count - 1]) === 0;
}
