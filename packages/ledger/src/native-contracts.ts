import { parseScriptHash } from './script-hash.ts'

/** Contracts that are part of every Neo N3 node. */
export const nativeContracts = {
  contractManagement: parseScriptHash('fffdc93764dbaddd97c48f252a53ea4643faa3fd'),
  gasToken: parseScriptHash('d2a4cff31913016155e38e474a2c06d08be276cf'),
  policy: parseScriptHash('cc5e4edd9f5f8dba8bb65734541df7a1c081c67b'),
} as const
