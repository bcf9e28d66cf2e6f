// A verifier that knows the test issuer; for tests.
import {
  BitstringStatusLists,
  type FetchStatusList,
  TokenStatusLists,
  type VerifiedSdJwtVc,
  verifySdJwtVc,
  verifyW3cCredential,
} from '@hufu/credentials'
import { credentialTypes } from '@hufu/samples'
import type { Institution } from '../institution.ts'
import type { IssuerBench } from './issuer-fixture.ts'

export interface TestVerifier {
  sdJwt(credential: string): Promise<VerifiedSdJwtVc>
  w3c(credential: unknown): Promise<unknown>
}

/** A verifier without memory: every list is fetched. Lists must be those that were anchored. */
export function verifierOf({
  institution,
  server,
  ledger,
  clock,
}: Pick<IssuerBench, 'institution' | 'server' | 'ledger' | 'clock'>): TestVerifier {
  const { self }: Institution = institution
  const fetchStatusList: FetchStatusList = async uri => {
    const answer = await server.inject(new URL(uri).pathname)
    if (answer.statusCode !== 200) throw new Error(`status ${answer.statusCode}`)
    return answer.body
  }
  const policy = {
    resolveIssuerKey: async ({ kid }: { kid: string }) => {
      const key = self.keys.find(({ id }) => id === kid)
      return key === undefined ? null : { controller: self.did, publicKey: key.signer.publicKey, evidence: {} }
    },
    mayIssue: async () => ({ allowed: true, evidence: {} }),
    clock,
  }
  const listOptions = () => ({
    ...policy,
    fetchStatusList: async (uri: string) => {
      const text = await fetchStatusList(uri)
      if (!ledger.anchored.some(list => list.uri === uri && list.text === text)) throw new Error('not anchored')
      return text
    },
  })
  return {
    sdJwt: credential =>
      verifySdJwtVc(credential, {
        ...policy,
        credentialTypes: Object.keys(credentialTypes),
        keyBinding: 'none',
        status: { lists: new TokenStatusLists(listOptions()), maxAgeMs: 86_400_000 },
      }),
    w3c: credential =>
      verifyW3cCredential(credential, { ...policy, status: { lists: new BitstringStatusLists(listOptions()), maxAgeMs: 86_400_000 } }),
  }
}
