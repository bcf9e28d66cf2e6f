import { type Scalar, scalarModulus } from '../field/scalar-field.ts'
import { type PoseidonParameters, type PoseidonWidth, poseidonParameters } from './poseidon-parameters.ts'

/**
 * Poseidon hash of a fixed number of inputs (width − 1): element 0 of the state starts as the domain tag, and is the result. The readable form; where many
 * are hashed, the compiled one is used.
 */
export function poseidon(domain: Scalar, inputs: readonly Scalar[]): Scalar {
  const parameters = poseidonParameters((inputs.length + 1) as PoseidonWidth)
  return permute(parameters, [domain, ...inputs])[0]!
}

function permute({ width, fullRounds, partialRounds, roundConstants, mds }: PoseidonParameters, input: readonly Scalar[]): Scalar[] {
  if (input.length !== width) throw new TypeError(`poseidon: no parameters for ${input.length - 1} inputs`)
  let state = [...input]
  for (const [round, constants] of roundConstants.entries()) {
    const isFull = round < fullRounds / 2 || round >= fullRounds / 2 + partialRounds
    const boxed = state.map((element, index) => {
      const sum = element + constants[index]!
      return isFull || index === 0 ? fifthPower(sum) : sum
    })
    state = mds.map(row => row.reduce((sum, share, index) => sum + share * boxed[index]!, 0n) % scalarModulus)
  }
  return state
}

function fifthPower(value: Scalar): Scalar {
  const square = (value * value) % scalarModulus
  return (((square * square) % scalarModulus) * value) % scalarModulus
}
