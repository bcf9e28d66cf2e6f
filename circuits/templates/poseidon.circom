pragma circom 2.1.0;

include "poseidon-constants.circom";

// P(tag; inputs): Poseidon with x^5 of a fixed number of inputs. Element 0 of the state starts as the domain tag and is the result.
// The state is a symbolic sum of signals, so that a round costs only its powers: three rows each, and none for the tag's in the first round.
template Poseidon(count, tag) {
    signal input inputs[count];
    signal output out;

    var width = count + 1;
    var fullRounds = 8;
    var partialRounds = poseidonPartialRounds(width);
    var constants[width * (fullRounds + partialRounds)] = poseidonConstants(width);
    var matrix[width * width] = poseidonMatrix(width);
    var boxes = fullRounds * width + partialRounds;
    signal square[boxes];
    signal fourth[boxes];
    signal fifth[boxes];

    var box = 0;
    var state[width];
    var next[width];
    state[0] = tag;
    for (var i = 0; i < count; i++) {
        state[i + 1] = inputs[i];
    }
    for (var round = 0; round < fullRounds + partialRounds; round++) {
        var isFull = round < fullRounds / 2 || round >= fullRounds / 2 + partialRounds;
        for (var i = 0; i < width; i++) {
            state[i] += constants[width * round + i];
            if (isFull || i == 0) {
                square[box] <== state[i] * state[i];
                fourth[box] <== square[box] * square[box];
                fifth[box] <== fourth[box] * state[i];
                state[i] = fifth[box];
                box++;
            }
        }
        for (var i = 0; i < width; i++) {
            next[i] = 0;
            for (var j = 0; j < width; j++) {
                next[i] += matrix[width * i + j] * state[j];
            }
        }
        for (var i = 0; i < width; i++) {
            state[i] = next[i];
        }
    }
    out <== state[0];
}
