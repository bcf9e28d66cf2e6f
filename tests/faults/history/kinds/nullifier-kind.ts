import { parseSpentNotification, proofs, status } from '@hufu/bindings'
import { asBoolean, asBytes, type ContractCall, type LedgerClient } from '@hufu/ledger'
import { bytesToHex, concatBytes, hexToBytes, sha256, utf8ToBytes } from '@hufu/primitives'
import { type CircuitName, encodeVerifyingKey, ledgerContext, ledgerScope, type Scalar, scalarFromBytes, scalarToBytes } from '@hufu/proofs'
import { seededScalar, type ToySetup, toySetup } from '@hufu/proofs/toy-setup-fixture'
import type { HistoryKind, HistoryWorld } from '../history-kind.ts'
import { nullifierModel } from '../models/nullifier-model.ts'
import { Recorder } from '../recorder.ts'
import type { Registry } from '../registry.ts'
import { readInTurn, readOften } from './read-often.ts'

const purpose = 'ride'
const event = 7
/** Spend at the same time, each by a client of its own: the third the same proofs as the first. */
const spenders = 3
const spendingsAtOnce = 2
const dayMs = 86_400_000
const dayOf1970 = 62_092

/** Proofs of one showing, with the commitment that they share. */
interface Showing {
  readonly commitment: Uint8Array
  readonly proofs: Uint8Array
}

/**
 * Nullifiers, each spent by several who present at the same moment. The circuits' keys are ones whose secrets are known, so that a showing costs
 * milliseconds: the contract checks proofs as ever, and what circuits show is tested elsewhere.
 */
export async function nullifierKind(world: HistoryWorld, registry: Registry): Promise<HistoryKind> {
  const { network, lives, isOver } = world
  const { contracts, magic } = network.descriptor
  const { hash } = contracts.proofs
  const contract = proofs(hash)
  const { verifier, queryId } = registry
  const keys = { prepare: toySetup(2, `${world.seed} prepare`), show: toySetup(54, `${world.seed} show`) }
  const rootSet = await prepareLedger(world, registry, keys)
  const scope = scalarToBytes(ledgerScope(verifier.scriptHash, purpose, event))
  const today = Math.floor(Date.now() / dayMs) + dayOf1970
  const meta = concatBytes(Uint8Array.of(0x10, 0x32), sha256(utf8ToBytes(`hufu:type:${registry.typeId}`)).slice(0, 29), new Uint8Array(1))
  const nonce = scalarToBytes(seededScalar(`${world.seed} nonce`))
  const context = ledgerContext({ networkMagic: magic, contract: hash, verifier: verifier.scriptHash, nonce })
  const predicates: readonly Scalar[] = Array.from({ length: 48 }, () => 0n)
  /** Commitments that were shown for each nullifier. */
  const shown = new Map<string, readonly string[]>()

  const recorder = new Recorder(network, lives, {
    model: nullifierModel,
    inquire(object, commitments) {
      const calls = [
        contract.isSpent({ scope, nullifier: hexToBytes(object) }),
        ...commitments.map(commitment => contract.isUsed({ commitment: hexToBytes(commitment) })),
      ]
      return { calls, decode: items => items.map(item => asBoolean(item)).join('; ') }
    },
    hear(notification) {
      if (notification.contract !== hash || notification.name !== 'Spent') return undefined
      const { nullifier, commitment } = parseSpentNotification(notification)
      return { object: bytesToHex(nullifier), said: `spent with ${bytesToHex(commitment)}` }
    },
  })

  function show(nullifier: Uint8Array, seed: string): Showing {
    const commitment = seededScalar(`${seed} commitment`)
    const inputs = [
      commitment,
      scalarFromBytes(meta),
      BigInt(today),
      scalarFromBytes(scope),
      scalarFromBytes(nullifier),
      context,
      ...predicates,
    ]
    const made = [keys.prepare.prove([scalarFromBytes(rootSet), commitment], seed), keys.show.prove(inputs, seed)]
    return { commitment: scalarToBytes(commitment), proofs: concatBytes(...made) }
  }

  function spend(nullifier: Uint8Array, { commitment, proofs: bytes }: Showing): ContractCall {
    return contract.spend({
      ...{
        verifier: verifier.scriptHash,
        queryId,
        purpose: utf8ToBytes(purpose),
        event: BigInt(event),
        nonce,
        maxRootAgeMs: BigInt(dayMs),
      },
      ...{
        rootSet,
        commitment,
        meta,
        today: BigInt(today),
        nullifier,
        predicates: concatBytes(...predicates.map(scalarToBytes)),
        proofs: bytes,
      },
    })
  }

  async function keepSpending(line: number): Promise<void> {
    const clients = Array.from({ length: spenders }, () => world.client())
    const random = world.random(`nullifiers ${line}`)
    const past: { nullifier: Uint8Array; showings: readonly Showing[] }[] = []
    for (let turn = 0; !isOver(); turn++) {
      const name = `${world.seed} ${line} ${turn}`
      const nullifier = scalarToBytes(seededScalar(`${name} nullifier`))
      const showings = [show(nullifier, `${name} a`), show(nullifier, `${name} b`)]
      shown.set(
        bytesToHex(nullifier),
        showings.map(({ commitment }) => bytesToHex(commitment)),
      )
      recorder.initial.set(bytesToHex(nullifier), { spentWith: undefined })
      await Promise.all(clients.map((client, index) => spendOnce(client, nullifier, showings[index % 2]!, `${name} ${index}`)))
      past.push({ nullifier, showings })
      // Somebody comes back with a ticket from before.
      const old = random.pick(past)
      await spendOnce(clients[0]!, old.nullifier, random.pick(old.showings), `${name} again`)
    }
  }

  async function spendOnce(client: LedgerClient, nullifier: Uint8Array, showing: Showing, idempotencyKey: string): Promise<void> {
    const options = { account: verifier, sponsor: network.committee, idempotencyKey }
    const action = { commitment: bytesToHex(showing.commitment) }
    await recorder.write(bytesToHex(nullifier), action, () => client.submit([spend(nullifier, showing)], options))
  }

  return {
    name: 'nullifiers',
    contract: hash,
    recorder,
    actors: () => [
      ...Array.from({ length: spendingsAtOnce }, (_, line) => keepSpending(line)),
      ...readOften(world, 'nullifiers', recorder, random => {
        const known = [...shown.keys()]
        if (known.length === 0) return undefined
        // Mostly of those that are being spent just now.
        const object = random.pick(random.below(4) === 0 ? known : known.slice(-4))
        return { object, question: shown.get(object)! }
      }),
    ],
    async readAll(node) {
      await readInTurn(
        recorder,
        node,
        [...shown].map(([object, question]) => ({ object, question })),
      )
    },
    close: async () => [],
  }
}

/** Sets the keys and records a root set. @returns the root set */
async function prepareLedger(
  world: HistoryWorld,
  { typeId, verifier }: Registry,
  keys: Readonly<Record<'prepare' | 'show', ToySetup>>,
): Promise<Uint8Array> {
  const { network } = world
  const { contracts } = network.descriptor
  const contract = proofs(contracts.proofs.hash)
  const circuits: readonly CircuitName[] = ['prepare', 'show']
  for (const circuit of circuits) {
    const key = encodeVerifyingKey({ ...keys[circuit as 'prepare' | 'show'].key, circuit })
    const call = contract.setVerifyingKey({ circuitId: circuit, version: 1n, key })
    await (await network.founding.submit([call], { account: network.committee, idempotencyKey: `key ${circuit}` })).inBlock()
  }
  // The verifier may issue, too: its tree is nobody else's.
  const append = {
    issuer: verifier.scriptHash,
    typeId,
    firstIndex: 0n,
    leaves: scalarToBytes(1n),
    root: scalarToBytes(seededScalar('root')),
  }
  const signing = { account: verifier, sponsor: network.committee }
  const leaf = await network.ledger.submit([status(contracts.status.hash).append(append)], { ...signing, idempotencyKey: 'a leaf' })
  await leaf.inBlock()
  const record = contract.recordRootSet({ typeId, issuers: [verifier.scriptHash], rootIndexes: [1n] })
  const write = await network.ledger.submit([record], { ...signing, idempotencyKey: 'a root set' })
  const { notifications } = await write.durable()
  return asBytes(notifications.find(({ name }) => name === 'RootSetRecorded')!.items[1])
}
