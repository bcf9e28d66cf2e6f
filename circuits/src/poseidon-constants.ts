import { domains, type PoseidonWidth, poseidonParameters, type Scalar } from '@hufu/proofs'

const widths: readonly PoseidonWidth[] = [3, 6, 9, 17]

/** The circom file with Poseidon's round constants and matrices, both row by row in one array, and the domain tags. */
export function poseidonConstants(): string {
  const tags = Object.entries(domains).map(
    ([name, tag]) => `function tag${name[0]!.toUpperCase()}${name.slice(1)}() {\n    return ${tag};\n}\n`,
  )
  return [
    'pragma circom 2.1.0;\n',
    '// Generated from packages/proofs/src/poseidon by circuits/src/build.ts.\n',
    ...tags,
    perWidth('poseidonPartialRounds', width => `${poseidonParameters(width).partialRounds}`),
    perWidth('poseidonConstants', width => array(poseidonParameters(width).roundConstants)),
    perWidth('poseidonMatrix', width => array(poseidonParameters(width).mds)),
  ].join('\n')
}

function perWidth(name: string, result: (width: PoseidonWidth) => string): string {
  const [first, ...others] = widths.toReversed()
  const branches = others.reverse().map(width => `    if (width == ${width}) {\n        return ${result(width)};\n    }`)
  // The last without a condition: a function must return something on every way.
  return [`function ${name}(width) {`, ...branches, `    assert(width == ${first});`, `    return ${result(first!)};`, '}', ''].join('\n')
}

function array(rows: readonly (readonly Scalar[])[]): string {
  return `[\n            ${rows.map(row => row.join(',\n            ')).join(',\n            ')}\n        ]`
}
