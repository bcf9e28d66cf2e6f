import { type ChainProof, verifyFabricProof, verifyNeoProof } from '@hufu/chains'
import { didOf } from '@hufu/did'
import { headerSigners, type ProofBundle, parseHeader, singleAccount, trustAnchorOf } from '@hufu/ledger'
import { base64ToBytes } from '@hufu/primitives'
import { fixedSigner } from '@hufu/testkit'
import type { Comparison } from '../compare.ts'
import { makeBareSignatures } from '../fixtures/bare-signatures.ts'
import { contract, sharedHospitalChannel } from '../fixtures/hospital-channel.ts'
import { sharedLoadNetwork } from '../fixtures/load-network.ts'
import { neoSourceOf } from '../fixtures/neo-source.ts'
import { timed } from '../fixtures/timed.ts'
import { nodePeer } from '../peers.ts'

const proofsMade = 8
const proofsPerRun = 400

/** Proofs of one chain, how they are verified, and what of that are signatures. */
interface Proofs {
  readonly proofs: readonly ChainProof[]
  readonly signaturesEach: number
  /** Bytes that each signature is over. */
  readonly messageLength: number
  verify(proof: ChainProof): Promise<unknown>
  /** The same with one bit of a signature, or behind it, flipped. */
  damaged(proof: ChainProof): ChainProof
}

/** How many proofs of Neo's state one verifier checks, beside nothing but as many signatures. */
export const neoProofsPerSecond = proofsPerSecond(
  'proofs-neo',
  'entries of a network of seven verified offline, one after the other: header, five signatures, way through the trie; beside five bare signature checks each',
  makeNeoProofs,
  [sharedLoadNetwork],
)

/** The same for what a Fabric channel endorses. */
export const fabricProofsPerSecond = proofsPerSecond(
  'proofs-fabric',
  'answers of a channel that two hospitals endorsed verified offline, one after the other, beside two bare signature checks each',
  makeFabricProofs,
  [sharedHospitalChannel],
)

function proofsPerSecond(
  name: string,
  description: string,
  make: () => Promise<Proofs>,
  shares: NonNullable<Comparison['shares']>,
): Comparison {
  return {
    name,
    description,
    peer: () => nodePeer('node:crypto'),
    shares,
    measures: [{ figure: 'perSecond', of: 'A/B' }],
    async open() {
      const { proofs, signaturesEach, messageLength, verify, damaged } = await make()
      for (const proof of proofs) {
        await verify(proof)
        await expectRefused(() => verify(damaged(proof)))
      }
      const bare = proofs.map(() => makeBareSignatures(signaturesEach, messageLength))
      const run = (work: (index: number) => unknown) => () =>
        timed(proofsPerRun, async () => {
          for (let index = 0; index < proofsPerRun; index++) await work(index % proofs.length)
        })
      return {
        a: { name: 'proofs', run: run(index => verify(proofs[index]!)) },
        b: { name: 'bare signatures, node:crypto', run: run(index => bare[index]!.check()) },
        close: async () => undefined,
      }
    },
  }
}

async function makeNeoProofs(): Promise<Proofs> {
  const neo = neoSourceOf((await sharedLoadNetwork.get()).network)
  const proofs: ChainProof[] = []
  for (let index = 0; index < proofsMade; index++) proofs.push((await neo.prove(await neo.register())).proof)
  const anchor = trustAnchorOf(neo.descriptor)
  const [header] = bundleOf(proofs[0]!).headers.map(text => parseHeader(base64ToBytes(text)))
  return {
    proofs,
    signaturesEach: (await headerSigners(header!, anchor.magic)).signers.length,
    // The network's number and a hash.
    messageLength: 36,
    verify: proof => verifyNeoProof(proof, anchor),
    damaged: proof => ({ ...proof, evidence: { ...bundleOf(proof), proof: flipped(bundleOf(proof).proof) } }),
  }
}

async function makeFabricProofs(): Promise<Proofs> {
  const { member, trust } = await sharedHospitalChannel.get()
  const { scriptHash } = singleAccount(await fixedSigner('radiology'))
  const entry = { did: didOf('test', scriptHash), status: 'active', recordHash: 'ab'.repeat(32) }
  await member.invoke({ contract, method: 'registry.put', args: ['radiology', JSON.stringify(entry)] }, { idempotencyKey: 'radiology' })
  const view = { contract, path: ['registry.get', 'Hospital1MSP', 'radiology'] }
  const minAssurance = { kind: 'endorsementProof', minEndorsers: 2 } as const
  const proofs: ChainProof[] = []
  for (let index = 0; index < proofsMade; index++) proofs.push(await member.prove(await member.read(view, { minAssurance })))
  return {
    proofs,
    signaturesEach: trust.threshold,
    // An answer and the certificate of who signed it.
    messageLength: 2_000,
    verify: proof => verifyFabricProof(proof, trust),
    damaged: proof => ({ ...proof, evidence: { transaction: flipped(transactionOf(proof)) } }),
  }
}

function bundleOf({ evidence }: ChainProof): ProofBundle {
  return evidence as ProofBundle
}

function transactionOf({ evidence }: ChainProof): string {
  return (evidence as { readonly transaction: string }).transaction
}

/** The last byte is of a signature, or of what a hash covers. */
function flipped(base64: string): string {
  const bytes = Buffer.from(base64, 'base64')
  bytes[bytes.length - 1]! ^= 1
  return bytes.toString('base64')
}

async function expectRefused(verify: () => Promise<unknown>): Promise<void> {
  const isAccepted = await verify().then(
    () => true,
    () => false,
  )
  if (isAccepted) throw new Error('expected a damaged proof to be refused')
}
