import type { CircuitName } from '@hufu/proofs'

/** A bug as circuits have had it elsewhere, to be planted in ours: the checks must notice it. */
export interface PlantedBug {
  readonly title: string
  /** The circuit in which the checks are to find it. */
  readonly circuit: CircuitName
  /** File below `circuits/`. */
  readonly file: string
  /** Stands in the file exactly once. */
  readonly original: string
  readonly planted: string
}

const templates = {
  poseidon: 'templates/poseidon.circom',
  range: 'templates/range.circom',
  select: 'templates/select.circom',
  tree: 'templates/tree.circom',
  predicate: 'templates/predicate.circom',
  opening: 'templates/opening.circom',
} as const

export const plantedBugs: readonly PlantedBug[] = [
  {
    title: 'bits of a range that need not be bits',
    circuit: 'show',
    file: templates.range,
    original: 'bits[i] * (bits[i] - 1) === 0;',
    planted: '',
  },
  {
    title: 'equality of three values of four',
    circuit: 'pair',
    file: 'pair.circom',
    original: 'for (var i = 0; i < 4; i++) {',
    planted: 'for (var i = 0; i < 3; i++) {',
  },
  {
    title: 'a nullifier that nothing ties to the secret',
    circuit: 'show',
    file: 'show.circom',
    original: 'pseudonym.inputs <== [secret, scope];',
    planted: 'pseudonym.inputs <== [scope, scope];',
  },
  {
    title: 'one bit of a range that need not be one',
    circuit: 'show',
    file: templates.range,
    original: 'bits[i] * (bits[i] - 1) === 0;',
    planted: 'if (i != 17) { bits[i] * (bits[i] - 1) === 0; }',
  },
  {
    title: 'a lowest bit that need not be one',
    circuit: 'show',
    file: templates.range,
    original: 'lowest * (lowest - 1) === 0;',
    planted: 'lowest * 0 === 0;',
  },
  {
    title: 'bits with two weights alike, so that a number has several decompositions',
    circuit: 'show',
    file: templates.range,
    original: 'bits[i] * 2 ** (i + 1)',
    planted: 'bits[i] * 2 ** (i == 30 ? 30 : i + 1)',
  },
  {
    title: 'a range of more bits than the field, where numbers wrap around',
    circuit: 'show',
    file: templates.range,
    original: 'bits[i] * 2 ** (i + 1)',
    planted: 'bits[i] * 2 ** (i + 1) * (i == 30 ? 2 ** 224 : 1)',
  },
  {
    title: 'a value assigned and not constrained',
    circuit: 'show',
    file: templates.predicate,
    original: 'signal bounded <== asked[0] * value;',
    planted: 'signal bounded <-- asked[0] * value;',
  },
  {
    title: 'a power in the hash assigned and not constrained',
    circuit: 'pair',
    file: templates.poseidon,
    original: 'fourth[box] <== square[box] * square[box];',
    planted: 'fourth[box] <-- square[box] * square[box];',
  },
  {
    title: 'a hash without its domain tag',
    circuit: 'pair',
    file: templates.poseidon,
    original: 'state[0] = tag;',
    planted: 'state[0] = 0;',
  },
  {
    title: 'a hash with a round too few',
    circuit: 'pair',
    file: templates.poseidon,
    original: 'round < fullRounds + partialRounds; round++',
    planted: 'round < fullRounds + partialRounds - 1; round++',
  },
  {
    title: 'no check of the expiry',
    circuit: 'show',
    file: 'show.circom',
    original: 'unexpired.value <== expiry - today;',
    planted: 'unexpired.value <== expiry * 0;',
  },
  {
    title: 'the expiry on the wrong side',
    circuit: 'show',
    file: 'show.circom',
    original: 'unexpired.value <== expiry - today;',
    planted: 'unexpired.value <== today - expiry;',
  },
  {
    title: 'an expiry a day too long',
    circuit: 'show',
    file: 'show.circom',
    original: 'unexpired.value <== expiry - today;',
    planted: 'unexpired.value <== expiry - today + 1;',
  },
  {
    title: 'a nullifier that is not bound',
    circuit: 'show',
    file: 'show.circom',
    original: 'pseudonym.out === nullifier;',
    planted: '',
  },
  {
    title: 'a commitment that is not bound',
    circuit: 'show',
    file: 'show.circom',
    original: 'opened.commitment === commitment;',
    planted: '',
  },
  {
    title: 'a commitment that does not hold the secret',
    circuit: 'show',
    file: templates.opening,
    original: 'hash.inputs[6] <== secret;',
    planted: 'hash.inputs[6] <== meta;',
  },
  {
    title: 'no least value',
    circuit: 'show',
    file: templates.predicate,
    original: 'aboveLeast.value <== bounded - asked[1];',
    planted: 'aboveLeast.value <== bounded - bounded;',
  },
  {
    title: 'a most value that counts as one more',
    circuit: 'show',
    file: templates.predicate,
    original: 'belowMost.value <== asked[2] - bounded;',
    planted: 'belowMost.value <== asked[2] - bounded + 1;',
  },
  {
    title: 'a polynomial without its constant',
    circuit: 'show',
    file: templates.predicate,
    original: 'sum * value === -asked[3];',
    planted: 'sum * value * 0 === 0;',
  },
  {
    title: 'predicates of three values of four',
    circuit: 'show',
    file: 'show.circom',
    original: 'predicates[i].value <== values[i];',
    planted: 'predicates[i].value <== values[i < 3 ? i : 0] * (i < 3 ? 1 : 0);',
  },
  {
    title: 'a second commitment that is not bound',
    circuit: 'pair',
    file: 'pair.circom',
    original: 'second.commitment === commitment2;',
    planted: '',
  },
  {
    title: 'a selection by what need not be bits',
    circuit: 'prepare',
    file: templates.select,
    original: 'bits[bit] * (bits[bit] - 1) === 0;',
    planted: '',
  },
  {
    title: 'a tree in which the node need not be among the children',
    circuit: 'prepare',
    file: templates.tree,
    original: 'select.out === node;',
    planted: '',
  },
  {
    title: 'a selection that is assigned and not constrained',
    circuit: 'prepare',
    file: templates.select,
    original: 'halves[used] <== bits[bit]',
    planted: 'halves[used] <-- bits[bit]',
  },
  {
    title: 'a list of roots whose hash is not bound',
    circuit: 'prepare',
    file: 'prepare.circom',
    original: 'rootsHash.out === rootSet;',
    planted: '',
  },
  {
    title: 'a root that nobody compares',
    circuit: 'prepare',
    file: 'prepare.circom',
    original: 'isRoot.value <== levels[depth - 1].parent;',
    planted: 'isRoot.value <== roots[0];',
  },
  {
    title: 'a product of differences without the last, which need not be 0',
    circuit: 'prepare',
    file: templates.select,
    original: 'product * (value - choices[count - 1]) === 0;',
    planted: '',
  },
  {
    title: 'a position that one level ignores',
    circuit: 'prepare',
    file: 'prepare.circom',
    original: 'levels[i].node <== levels[i - 1].parent;',
    planted: 'levels[i].node <== i == 5 ? children[i][0] + 0 * levels[i - 1].parent : levels[i - 1].parent;',
  },
  {
    title: 'a commitment that nothing ties to the expiry of the leaf',
    circuit: 'prepare',
    file: 'prepare.circom',
    original: 'made.expiry <== expiry;',
    planted: 'made.expiry <== expiry + 365;',
  },
  {
    title: 'a commitment made and not bound',
    circuit: 'prepare',
    file: 'prepare.circom',
    original: 'made.commitment === commitment;',
    planted: '',
  },
  {
    title: 'a slot that does not go into what is committed to',
    circuit: 'prepare',
    file: 'prepare.circom',
    original: 'meta += slots[i][bit] * 2 ** (4 * i + bit);',
    planted: 'meta += (i == 3 ? 0 : 1) * slots[i][bit] * 2 ** (4 * i + bit);',
  },
]
