import { errorCode } from '@hufu/primitives'
import { expect, test } from 'vitest'
import { type Assurance, type AssurancePolicy, meetsAssurance, requireAssurance } from './assurance.ts'

const lightClient: Assurance = { kind: 'lightClient' }
const endorsed = (...endorsers: string[]): Assurance => ({ kind: 'endorsementProof', endorsers })
const attested = (k: number, n: number): Assurance => ({ kind: 'attested', k, n })
const gatewaySigned: Assurance = { kind: 'gatewaySigned' }

const policies = {
  lightClient: { kind: 'lightClient' },
  twoEndorsers: { kind: 'endorsementProof', minEndorsers: 2 },
  threeAttesters: { kind: 'attested', minK: 3 },
  gatewaySigned: { kind: 'gatewaySigned' },
} satisfies Record<string, AssurancePolicy>

test.each([
  ['a light client', lightClient, ['lightClient', 'twoEndorsers', 'threeAttesters', 'gatewaySigned']],
  ['three organisations', endorsed('A', 'B', 'C'), ['twoEndorsers', 'threeAttesters', 'gatewaySigned']],
  ['two organisations', endorsed('A', 'B'), ['twoEndorsers', 'gatewaySigned']],
  ['one organisation', endorsed('A'), ['gatewaySigned']],
  ['one organisation named three times', endorsed('A', 'A', 'A'), ['gatewaySigned']],
  ['three of five attesters', attested(3, 5), ['threeAttesters', 'gatewaySigned']],
  ['two of five attesters', attested(2, 5), ['gatewaySigned']],
  ['six of five attesters', attested(6, 5), []],
  ['none of five attesters', attested(0, 5), []],
  ['a gateway', gatewaySigned, ['gatewaySigned']],
] as const)('%s meets what it should, and nothing above', (_, given, met) => {
  const names = Object.keys(policies) as (keyof typeof policies)[]
  expect(names.filter(name => meetsAssurance(given, policies[name]))).toEqual(met)
})

test('a policy that asks for nobody is met by nobody who merely attests', () => {
  expect(meetsAssurance(endorsed(), { kind: 'endorsementProof', minEndorsers: 0 })).toBe(false)
  expect(meetsAssurance(attested(1, 1), { kind: 'attested', minK: 0 })).toBe(false)
})

test('says what was asked for and what was given', () => {
  const refused = (): void => requireAssurance(gatewaySigned, policies.twoEndorsers)
  expect(refused).toThrow('at least endorsementProof, got gatewaySigned')
  try {
    refused()
  } catch (error) {
    expect(errorCode(error)).toBe('ERR_CHAIN_ASSURANCE')
  }
  expect(() => requireAssurance(endorsed('A', 'B'), policies.twoEndorsers)).not.toThrow()
})
