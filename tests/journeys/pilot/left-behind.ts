// What a run of the pilot leaves behind, as bytes, and what must not be in it.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { LocalNetwork, openNetworkFolder } from '@hufu/network'
import { cities, residentsFile } from '@hufu/samples'
import { openEmbeddedDatabase } from '@hufu/service'
import type { Secret, SecretKey } from '../../attacks/input/find-traces.ts'
import { filesIn } from '../../attacks/world/files-in.ts'
import { storageOf, transactionsSince } from '../../attacks/world/read-ledger.ts'
import { tableBytes } from '../../attacks/world/table-bytes.ts'

interface Place {
  readonly place: string
  readonly bytes: Uint8Array
}

/** Of each city, so many of the first residents of its file. */
const residentsOfEach = 6
const personalColumns = ['resident_number', 'name', 'name_latin', 'birth_date', 'address'] as const

/** Where secrets must be, by name: a resident's own, what the run leaves for its user to look at, and each party's own keys. */
const ownPlaces: Readonly<Record<string, RegExp>> = {
  'what the run leaves to look at': /^pilot\//,
  "the resident's wallet": /^wallets\//,
  "institutions' keys": /^identities\//,
  "validators' keys of a local network": /^network\/validators\.secret\.json$/,
  "keys of servers' vaults, tokens of their systems, secrets of shops": /^servers\/[\w-]+\/(vault\.key|system-token|shop-secret)$/,
  'keys of sealed journals': /^issuers\/[\w-]+\/secret$/,
}

export function isOwnPlace(place: string): boolean {
  return Object.values(ownPlaces).some(own => own.test(place))
}

/** Residents' data. */
export function personsOfPilot(): readonly Secret[] {
  return cities.flatMap(({ slug }) => {
    const [header, ...rows] = readFileSync(residentsFile(slug), 'utf8').trimEnd().split('\n')
    const columns = header!.split(',')
    return rows
      .slice(0, residentsOfEach)
      .filter(row => !row.includes('"'))
      .flatMap((row, place) => {
        const cells = row.split(',')
        return personalColumns.map(column => ({
          what: `${column} of resident ${place} of ${slug}`,
          text: cells[columns.indexOf(column)]!,
          isPersonal: true,
        }))
      })
  })
}

/** Keys, seeds and tokens, out of the places where they belong. */
export function keysOfPilot(home: string): readonly (Secret | SecretKey)[] {
  const files = filesIn(home).map(file => ({ file, place: relative(home, file) }))
  const inJson = files
    .filter(({ place }) => /^(identities\/.*\.json|network\/validators\.secret\.json|wallets\/[^/]+\/wallet\.json)$/.test(place))
    .flatMap(({ file, place }) =>
      [...readFileSync(file, 'utf8').matchAll(/"(\w*[sS]ecret|controller)": ?"([\w-]{43})"/g)].map(([, name, text]) => ({
        what: `${name} of ${place}`,
        key: new Uint8Array(Buffer.from(text!, 'base64url')),
      })),
    )
  const whole = files
    .filter(({ place }) => /^servers\/[\w-]+\/(system-token|shop-secret|vault\.key)$/.test(place))
    .map(({ file, place }) => ({ what: place, text: readFileSync(file, 'utf8').trim() }))
  const vaults = whole
    .filter(({ text }) => /^[0-9a-f]{64}$/.test(text))
    .map(({ what, text }) => ({ what, key: new Uint8Array(Buffer.from(text, 'hex')) }))
  const journals = files
    .filter(({ place }) => /^issuers\/[\w-]+\/secret$/.test(place))
    .map(({ file, place }) => ({ what: place, key: new Uint8Array(readFileSync(file)) }))
  return [...inJson, ...whole, ...vaults, ...journals]
}

/** Every file: nodes' and servers' databases, logs, journals, outboxes, published lists. Of files that are the same, as a new database's are, the first. */
export function filesOfPilot(home: string): readonly Place[] {
  const seen = new Set<string>()
  return filesIn(home)
    .map(file => ({ place: relative(home, file), file }))
    .filter(({ place }) => !place.startsWith('compile-cache/'))
    .map(({ place, file }) => ({ place, bytes: readFileSync(file) }))
    .filter(({ place, bytes }) => {
      const hash = createHash('sha1').update(bytes).digest('hex')
      const isNew = !seen.has(hash) || isOwnPlace(place)
      seen.add(hash)
      return isNew
    })
}

/** Every table of every server, for what a database compresses stands in no file as it is. */
export async function tablesOfPilot(home: string): Promise<readonly Place[]> {
  const folders = filesIn(join(home, 'servers'))
    .filter(file => file.endsWith('/tables/PG_VERSION'))
    .map(file => join(file, '..'))
  const places: Place[] = []
  for (const folder of folders) {
    const database = await openEmbeddedDatabase(folder)
    const tables = await tableBytes(database)
    places.push(...tables.map(({ table, bytes }) => ({ place: `table ${table} in ${relative(home, folder)}`, bytes })))
    await database.close()
  }
  return places
}

interface LedgerPlaces {
  readonly places: readonly Place[]
  /** Entries in the storage of our contracts. */
  readonly items: number
  readonly transactions: number
  /** Nodes whose storage is not that of the first. */
  readonly differing: readonly string[]
}

/** All storage of all our contracts at every node; all transactions, with scripts, witnesses and signers, and what contracts told. */
export async function ledgerOfPilot(home: string): Promise<LedgerPlaces> {
  const network = await LocalNetwork.start(await openNetworkFolder(join(home, 'network')))
  try {
    const { contracts } = JSON.parse(readFileSync(join(home, 'network', 'network.json'), 'utf8')) as {
      contracts: Record<string, { hash: string }>
    }
    const storages = await Promise.all(
      network.files.nodes.map(async ({ name, ports }) => {
        const byContract = await Promise.all(
          Object.entries(contracts).map(async ([contract, { hash }]) => ({
            contract,
            items: await storageOf(`http://127.0.0.1:${ports.rpc}`, hash),
          })),
        )
        return { name, byContract }
      }),
    )
    const [first, ...others] = storages
    const transactions = await transactionsSince(`http://127.0.0.1:${network.files.nodes[0]!.ports.rpc}`, 0)
    const storagePlaces = first!.byContract.map(({ contract, items }) => ({ place: `storage of ${contract}`, bytes: decodedBytes(items) }))
    return {
      places: [...storagePlaces, { place: 'transactions', bytes: decodedBytes(transactions) }],
      items: first!.byContract.reduce((sum, { items }) => sum + items.length, 0),
      transactions: transactions.length,
      differing: others
        .filter(({ byContract }) => JSON.stringify(byContract) !== JSON.stringify(first!.byContract))
        .map(({ name }) => name),
    }
  } finally {
    await network.stop()
  }
}

/** As JSON, and all that is Base64 in it as the bytes that it is. */
function decodedBytes(json: unknown): Uint8Array {
  const text = JSON.stringify(json)
  const inside = [...text.matchAll(/"([\w+/]{8,}={0,2})"/g)].map(([, encoded]) => Buffer.from(encoded!, 'base64'))
  return Buffer.concat([Buffer.from(text), ...inside])
}
