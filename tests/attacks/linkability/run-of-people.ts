import { readFileSync } from 'node:fs'
import { generateSigner } from '@hufu/keys'
import { seededRandom } from '@hufu/network'
import type { ProofMaker } from '@hufu/proofs'
import { residentsFile } from '@hufu/samples'
import { expect } from 'vitest'
import { answer, post, type TestWallet } from '../../../apps/institution/src/verifier/wallet-fixture.ts'
import { type AttackedInstitution, type AttackedWorld, residentType } from '../world/attacked-world.ts'
import { collectZk } from '../world/collect-zk.ts'
import { handOver } from '../world/hand-over.ts'
import type { InstitutionProcess } from '../world/institution-process.ts'
import { askNode, transactionsSince } from '../world/read-ledger.ts'
import { AuthorizedWallet, ask, makeOffer, walletFor } from '../world/resident.ts'
import { signInAtShop } from '../world/sign-in-at-shop.ts'
import { type KeptRow, KeptRows } from './kept-rows.ts'
import { type KeptEvent, momentActs } from './measure-joins.ts'
import { valuesIn } from './values-in.ts'

/** Each person does each thing as often as this at each verifier. */
const rounds = 2
const kinds = ['show', 'prove', 'sign-in'] as const

interface Person {
  readonly name: string
  /** One for each time a copy is shown. */
  readonly wallets: readonly TestWallet[]
}

/**
 * People get credentials from the bank, show copies, show proofs and sign in at every institution, each several times, in an order that has nothing to do with who they are:
 * what follows one another in time is of anybody. After each event, what is new at everybody is taken down with whose doing it was.
 */
export async function runOfPeople(
  world: AttackedWorld,
  servers: readonly InstitutionProcess[],
  prover: ProofMaker,
  count: number,
): Promise<readonly KeptEvent[]> {
  const { institutions, bank } = world
  const keepers = await Promise.all(institutions.map((institution, place) => KeptRows.open(institution, servers[place]!)))
  const events: KeptEvent[] = []
  /** What others have noted meanwhile is their own housekeeping, and belongs to nobody. */
  let act = 0
  const note = async (person: string, role: KeptEvent['role'], kind: string, ...at: readonly AttackedInstitution[]) => {
    act++
    for (const [place, { name }] of institutions.entries()) {
      if (at.every(one => one.name !== name)) await keepers[place]!.skip()
      else events.push({ person, party: name, role, kind, act, values: valuesOfRows(await keepers[place]!.fresh()) })
    }
  }
  try {
    const people: Person[] = []
    for (const claims of claimsOfPeople(count)) {
      const rpcUrl = world.network.descriptor.validators[0]!.rpcUrl
      const before = await askNode<number>(rpcUrl, 'getblockcount')
      people.push(await issue(world, prover, claims, rounds * institutions.length))
      const name = people.at(-1)!.name
      await note(name, 'issuer', 'issue', bank)
      const values = valuesIn(await transactionsSince(rpcUrl, before), 'transactions')
      events.push({ person: name, party: 'ledger', role: 'ledger', kind: 'issue', act, values })
    }
    // The list that the copies are in must be on the ledger, as they stand.
    const first = people[0]!.wallets[0]!
    await expect.poll(() => show(bank, first, 'open-account'), { timeout: 20_000, interval: 300 }).toBe(200)
    await Promise.all(keepers.map(keeper => keeper.skip()))
    // A while later.
    act += momentActs
    const shown = new Map<Person, number>()
    const acts = people.flatMap(person =>
      institutions.flatMap(at => kinds.flatMap(kind => Array.from({ length: rounds }, () => ({ person, at, kind })))),
    )
    for (const { person, at, kind } of inNoOrder(acts)) {
      if (kind === 'show') {
        // A copy is shown once. The first of each was, before the list was on the ledger.
        const copy = (shown.get(person) ?? 0) + 1
        shown.set(person, copy)
        expect(await show(at, person.wallets[copy]!, 'open-account')).toBe(200)
      } else if (kind === 'prove') expect(await show(at, person.wallets[0]!, 'open-account-zk')).toBe(200)
      else await signInAtShop(at, person.wallets[0]!)
      await note(person.name, 'verifier', kind, at)
    }
    const [receiver, holder] = institutions as readonly [AttackedInstitution, AttackedInstitution]
    for (const { name, wallets } of people) {
      await handOver(holder, receiver, wallets[0]!, { finding: crypto.randomUUID() })
      await note(name, 'verifier', 'hand-over', holder, receiver)
    }
    return events
  } finally {
    await Promise.all(keepers.map(keeper => keeper.close()))
  }
}

/** Nobody twice in a row: what happens at the same moment is of different people. */
function inNoOrder<Act extends { readonly person: Person }>(acts: readonly Act[]): readonly Act[] {
  const random = seededRandom('people')
  const ordered: Act[] = []
  const left = new Set(acts)
  while (left.size > 0) {
    const others = [...left].filter(({ person }) => ordered.slice(-2).every(before => before.person !== person))
    const next = random.pick(others.length > 0 ? others : [...left])
    ordered.push(next)
    left.delete(next)
  }
  return ordered
}

function valuesOfRows(rows: readonly KeptRow[]): KeptEvent['values'] {
  return rows.flatMap(({ table, content }) => valuesIn(content, table))
}

interface Claims {
  readonly name: string
  readonly validFrom: string
  readonly validUntil: string
  readonly claims: Readonly<Record<string, string>>
}

/** Of the file of a city, whoever is of age, in different quarters. */
function claimsOfPeople(count: number): readonly Claims[] {
  const [header, ...lines] = readFileSync(residentsFile('lanyu'), 'utf8').trimEnd().split('\n')
  const columns = header!.split(',')
  const rows = lines
    .filter(line => !line.includes('"'))
    .map(line => Object.fromEntries(line.split(',').map((cell, place) => [columns[place]!, cell])))
  return rows
    .filter(({ birth_date: born }) => born! < '2005-01-01')
    .slice(0, count)
    .map(({ valid_from: validFrom, valid_until: validUntil, concession: _, concession_until: __, ...claims }) => ({
      name: claims.name!,
      validFrom: validFrom!,
      validUntil: validUntil!,
      claims: { ...(claims as Record<string, string>), city_code: '990100' },
    }))
}

async function issue(world: AttackedWorld, prover: ProofMaker, { name, ...content }: Claims, shows: number): Promise<Person> {
  const { bank, institutions } = world
  const authorized = await AuthorizedWallet.redeem(bank, await makeOffer(bank, { application: { type: residentType, ...content } }))
  const keys = await Promise.all(Array.from({ length: shows + 1 }, () => generateSigner('P-256')))
  const { credentials } = (await authorized.collect(`${residentType}_sd-jwt`, keys)) as { credentials: readonly string[] }
  const zk = await collectZk(world, authorized, prover)
  const wallets = keys.map((signer, place) => ({ ...walletFor(institutions), zk, sdJwt: { credential: credentials[place]!, signer } }))
  return { name, wallets }
}

/** Shows a system of the institution's what its query asks for. @returns what the wallet is answered */
async function show(at: AttackedInstitution, wallet: TestWallet, queryId: string): Promise<number> {
  const { id, token, request } = await ask(at, wallet, queryId)
  const { status } = await post(wallet, request, await answer(wallet, request))
  if (status !== 200) return status
  await at.done('POST', `/verifier/presentations/${id}/finish`, { headers: { authorization: `Bearer ${token}` }, body: {} })
  return status
}
