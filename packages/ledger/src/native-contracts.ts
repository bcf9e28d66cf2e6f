import { parseScriptHash } from './script-hash.ts'

/** Contracts that are part of every Neo N3 node. */
export const nativeContracts = {
  contractManagement: parseScriptHash('fffdc93764dbaddd97c48f252a53ea4643faa3fd'),
  gasToken: parseScriptHash('d2a4cff31913016155e38e474a2c06d08be276cf'),
  neoToken: parseScriptHash('ef4073a0f2b305a38ec4050e4d3d28bc40ea63f5'),
  policy: parseScriptHash('cc5e4edd9f5f8dba8bb65734541df7a1c081c67b'),
  roleManagement: parseScriptHash('49cf4e5378ffcd4dec034fd98a174c5491e395e2'),
} as const
