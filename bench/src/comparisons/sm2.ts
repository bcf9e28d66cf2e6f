import { generateSigner, isSignatureValid } from '@hufu/keys'
import { generateSm2Secret, importSm2Signer, isSm2SignatureValid } from '@hufu/keys/sm2'
import { randomBytes } from '@hufu/primitives'
import type { Comparison, Side } from '../compare.ts'
import { timed } from '../fixtures/timed.ts'
import { nodePeer } from '../peers.ts'

/** P-256 is that much quicker. */
const signaturesPerRun = { sm2: 60, p256: 1_200 } as const
const messageBytes = 256

type Sign = (message: Uint8Array) => Promise<Uint8Array>
type Verify = (message: Uint8Array, signature: Uint8Array) => boolean | Promise<boolean>

/** What a partner's suite costs beside our own: for information, nothing is claimed of it. */
export const sm2Signatures: Comparison = {
  name: 'sm2',
  description: 'sign and verify messages of 256 bytes with SM2 in JavaScript, or with P-256 by WebCrypto, one after the other; one key',
  peer: () => nodePeer('node:crypto'),
  measures: [
    { figure: 'signedPerSecond', of: 'A/B' },
    { figure: 'verifiedPerSecond', of: 'A/B' },
  ],
  async open() {
    const theirs = importSm2Signer(generateSm2Secret())
    const ours = await generateSigner('P-256')
    return {
      a: await sideOf('SM2', signaturesPerRun.sm2, theirs.sign, (message, signature) =>
        isSm2SignatureValid(theirs.publicKey, message, signature),
      ),
      b: await sideOf('P-256', signaturesPerRun.p256, ours.sign, (message, signature) =>
        isSignatureValid(ours.publicKey, message, signature),
      ),
      close: async () => undefined,
    }
  },
}

/** Void unless a signature holds, and not for another message. */
async function sideOf(name: string, count: number, sign: Sign, verify: Verify): Promise<Side> {
  const [message, other] = [randomBytes(messageBytes), randomBytes(messageBytes)]
  const signature = await sign(message)
  if (!(await verify(message, signature)) || (await verify(other, signature))) throw new Error(`expected ${name} to tell signatures apart`)
  return { name, run: () => signAndVerify(count, sign, verify) }
}

async function signAndVerify(count: number, sign: Sign, verify: Verify) {
  const messages = Array.from({ length: count }, () => randomBytes(messageBytes))
  const signatures: Uint8Array[] = []
  const signed = await timed(messages.length, async () => {
    for (const message of messages) signatures.push(await sign(message))
  })
  const verified = await timed(messages.length, async () => {
    for (const [index, message] of messages.entries())
      if (!(await verify(message, signatures[index]!))) throw new Error('expected every signature to hold')
  })
  return {
    signedPerSecond: signed.perSecond,
    verifiedPerSecond: verified.perSecond,
    cpuMsEach: signed.cpuMsEach + verified.cpuMsEach,
  }
}
