import { readFileSync } from 'node:fs'
import { circuitFile, developmentVerifyingKeyFile, exampleInputs } from '@hufu/circuits'
import { createNodeProver } from '@hufu/circuits/node'
import { type CircuitName, circuitNames, type ProofClaim, parseCircuit, parseVerifyingKey } from '@hufu/proofs'

/** Good claims of every circuit, `each` with the same inputs and proofs of their own, made by the prover with the development keys. */
export async function makeExampleClaims(each: number): Promise<Readonly<Record<CircuitName, readonly ProofClaim[]>>> {
  const prover = createNodeProver()
  try {
    const claims = { prepare: [] as ProofClaim[], show: [] as ProofClaim[], pair: [] as ProofClaim[] }
    for (const name of circuitNames) {
      const inputs = exampleInputs(name)
      const { inputs: all, publicCount } = parseCircuit(readFileSync(circuitFile(name)))
      const publicInputs = all.filter(({ firstWire }) => firstWire <= publicCount).flatMap(input => inputs[input.name]!)
      const key = parseVerifyingKey(new Uint8Array(readFileSync(developmentVerifyingKeyFile(name))))
      for (let index = 0; index < each; index++) claims[name].push({ key, proof: await prover.prove(name, inputs), publicInputs })
    }
    return claims
  } finally {
    prover.close()
  }
}
