import Type from 'typebox'
import { closed } from './closed.ts'

const manySchema = Type.Integer({ minimum: 1, maximum: 1000 })

/** The least that is accepted of an answer: `AssurancePolicy` of packages/chains. */
export const policySchema = Type.Union([
  closed({ kind: Type.Literal('lightClient') }),
  closed({ kind: Type.Literal('endorsementProof'), minEndorsers: manySchema }),
  closed({ kind: Type.Literal('attested'), minK: manySchema }),
  closed({ kind: Type.Literal('gatewaySigned') }),
])
