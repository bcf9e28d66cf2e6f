import { type VerifySdJwtVcOptions, verifySdJwtVc } from '@hufu/credentials'
import type { Comparison } from '../compare.ts'
import {
  audience,
  credentialType,
  damagedPresentations,
  issuer,
  issuerSigner,
  makePresentations,
  maxAgeMs,
  nonce,
} from '../fixtures/presentations.ts'
import { verifyWithSdJwtJs } from '../fixtures/sd-jwt-js-verifier.ts'
import { timed } from '../fixtures/timed.ts'
import { npmPeer } from '../peers.ts'

const presentationsPerRun = 200

type Verify = (presentation: string) => Promise<unknown>

const options: VerifySdJwtVcOptions = {
  credentialTypes: [credentialType],
  keyBinding: { audience, nonce, maxAgeMs },
  status: 'unchecked',
  // The issuer is known to both sides: looking it up is measured elsewhere.
  resolveIssuerKey: async query =>
    query.issuer === issuer ? { controller: issuer, publicKey: issuerSigner.publicKey, evidence: {} } : null,
  mayIssue: async () => ({ allowed: true, evidence: {} }),
}

/** A presentation verified with its holder's proof. */
export const sdJwtVerify: Comparison = {
  name: 'sd-jwt-verify',
  description: 'verify an SD-JWT VC with key binding, one after the other, or the same checks with @sd-jwt/core and jose',
  peer: () => `${npmPeer('@sd-jwt/core')}, ${npmPeer('jose')}`,
  measures: [{ figure: 'perSecond', of: 'A/B', goal: { atLeast: 2 } }],
  async open() {
    const ours: Verify = presentation => verifySdJwtVc(presentation, options)
    await expectSameVerdicts(ours, verifyWithSdJwtJs)
    // The nth run of either side gets the same presentations, and each side each of them once: no holder is known from before.
    const batches: Promise<readonly string[]>[] = []
    const side = (name: string, verify: Verify) => {
      let runs = 0
      const run = async () => {
        batches[runs] ??= makePresentations(presentationsPerRun)
        const presentations = await batches[runs++]!
        return timed(presentations.length, async () => {
          for (const presentation of presentations) await verify(presentation)
        })
      }
      return { name, run }
    }
    return { a: side('hufu', ours), b: side('@sd-jwt/core, jose', verifyWithSdJwtJs), close: async () => undefined }
  },
}

/** The comparison is void unless both accept what is right and refuse what is damaged. */
async function expectSameVerdicts(ours: Verify, peers: Verify): Promise<void> {
  for (const presentation of await makePresentations(3)) await Promise.all([ours(presentation), peers(presentation)])
  for (const [damage, presentation] of await damagedPresentations()) {
    for (const verify of [ours, peers]) {
      const accepted = await verify(presentation).then(
        () => true,
        () => false,
      )
      if (accepted) throw new Error(`expected both to refuse a presentation with this damage: ${damage}`)
    }
  }
}
