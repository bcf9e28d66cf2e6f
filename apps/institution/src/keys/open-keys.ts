import { parseDid, resolveDid, updateDid } from '@hufu/did'
import { generateSecret, importSigner, type Signer } from '@hufu/keys'
import { base64urlToBytes, bytesToBase64url } from '@hufu/primitives'
import { type Pkcs11Token, type Queries, ServiceError } from '@hufu/service'
import type { FastifyInstance } from 'fastify'
import type { Institution } from '../institution.ts'
import { crashPoint } from '../parts/crash-point.ts'
import type { InstitutionKeys, KeyRecord } from './institution-keys.ts'
import { listsKey, newKeyId, withKey, withoutKey } from './key-document.ts'
import { keyRoutes } from './key-routes.ts'

export interface KeysOptions extends Pick<Institution, 'database' | 'vault' | 'jobs' | 'audit' | 'approvals' | 'clock' | 'log'> {
  readonly ledger: Pick<Institution['ledger'], 'client' | 'network'> & {
    readonly registry: Pick<Institution['ledger']['registry'], 'dids' | 'refresh'>
  }
  /** The institution with the keys of its identity file: the first one signs until there is another. */
  readonly self: Pick<Institution['self'], 'did' | 'account' | 'keys'>
  /** How long after a key is on the ledger it begins to sign, so that whoever keeps documents for a while knows it; default 30 seconds. */
  readonly settleMs?: number
  /** How long a key stays listed after its last signature: as long as anything that it signed lasts; default 5 years. */
  readonly listedForMs?: number
  /** Where new keys are made, in place of the database: a PKCS#11 token that every replica reaches. */
  readonly token?: (() => Promise<Pick<Pkcs11Token, 'makeKey' | 'signer'>>) | undefined
  /** How soon this replica sees what another did; default 5 seconds. */
  readonly reloadEveryMs?: number
}

interface Row {
  readonly id: string
  readonly secret: Uint8Array | null
  readonly token_label: string | null
  readonly state: KeyRecord['state']
  readonly made_at_ms: number
  readonly listed_at_ms: number | null
  readonly signing_at_ms: number | null
  readonly listed_until_ms: number | null
  readonly retired_at_ms: number | null
}

const rotationJob = 'key rotation'
const retirementJob = 'key retirement'
const retireEveryMs = 3_600_000
/** Any number: one change of keys at a time is begun, among all replicas. */
const lockNumber = 4_848_488

/** Opens the keys; their table must be there (`keyMigrations`). */
export async function openKeys(options: KeysOptions): Promise<InstitutionKeys> {
  const { database, vault, jobs, audit, approvals, clock, log, ledger, self } = options
  const { token, settleMs = 30_000, listedForMs = 157_788_000_000, reloadEveryMs = 5_000 } = options
  const did = parseDid(self.did)
  const signers = new Map<string, Signer>(self.keys.map(({ id, signer }) => [id, signer]))
  let current = self.keys

  async function rowsOf(queries: Queries): Promise<readonly Row[]> {
    // An identity file of another DID may have been here before.
    return queries.query<Row>('select * from institution_keys where id like $1 order by made_at_ms, id', [`${did}#%`])
  }

  /** What the file holds is known to the table; once the table knows keys, it decides which one signs. */
  async function adoptFile(queries: Queries): Promise<void> {
    const known = await rowsOf(queries)
    const hasSigning = known.some(({ state }) => state === 'signing')
    for (const [index, { id }] of self.keys.entries())
      await queries.query(
        'insert into institution_keys (id, state, made_at_ms, signing_at_ms) values ($1, $2, $3, $3) on conflict do nothing',
        [id, index === 0 && !hasSigning ? 'signing' : 'old', clock.nowMs()],
      )
  }

  async function reload(): Promise<void> {
    const rows = await rowsOf(database)
    for (const row of rows) if (!signers.has(row.id) && hasSigner(row)) signers.set(row.id, await signerOf(row))
    const usable = rows.filter(({ id, state }) => (state === 'signing' || state === 'old') && signers.has(id))
    const [first, ...others] = usable.toSorted((one, other) => rank(one) - rank(other)).map(({ id }) => ({ id, signer: signers.get(id)! }))
    if (first !== undefined) current = [first, ...others]
  }

  async function signerOf({ id, secret, token_label: label }: Pick<Row, 'id' | 'secret' | 'token_label'>): Promise<Signer> {
    if (secret !== null) return importSigner('P-256', base64urlToBytes((await vault.open(secret, contextOf(id))) as string))
    if (label === null || token === undefined)
      throw new ServiceError('ERR_SERVICE_CONFIG', 'PKCS11_TOKEN: expected the token that holds a key of the institution')
    return (await token()).signer(label)
  }

  /** In the confirming transaction: a key that only this institution's replicas know, and the work of bringing it in. */
  async function makeKey(queries: Queries): Promise<string> {
    await checkNoneUnderWay(queries)
    const id = newKeyId(did)
    const label = token === undefined ? null : id.slice(did.length + 1)
    if (token !== undefined && label !== null) await (await token()).makeKey(label)
    const secret = token === undefined ? await vault.seal(bytesToBase64url(generateSecret('P-256')), contextOf(id)) : null
    await queries.query(`insert into institution_keys (id, secret, token_label, state, made_at_ms) values ($1, $2, $3, 'made', $4)`, [
      ...[id, secret, label, clock.nowMs()],
    ])
    await jobs.send(queries, rotationJob, { id }, { key: id })
    return id
  }

  async function checkNoneUnderWay(queries: Queries): Promise<void> {
    await queries.query('select pg_advisory_xact_lock($1)', [lockNumber])
    if ((await rowsOf(queries)).some(({ state }) => state === 'made' || state === 'listed'))
      throw new ServiceError('ERR_SERVICE_CONFLICT', 'a new key is on its way already')
  }

  /** Goes as far as it can, from wherever a crash left it. */
  async function rotate(id: string): Promise<void> {
    const row = (await rowsOf(database)).find(each => each.id === id)
    if (row === undefined) return
    if (row.state === 'made') {
      const { publicKey } = await signerOf(row)
      await changeDocument(document => (listsKey(document, id) ? undefined : withKey(document, id, publicKey)))
      crashPoint('key listed')
      const listed = [id, clock.nowMs()]
      await database.query(`update institution_keys set state = 'listed', listed_at_ms = $2 where id = $1 and state = 'made'`, listed)
      return settle(id, settleMs)
    }
    if (row.state !== 'listed') return
    const waitMs = (row.listed_at_ms ?? 0) + settleMs - clock.nowMs()
    if (waitMs > 0) return settle(id, waitMs)
    await database.transaction(queries => beginSigning(queries, id))
    await reload()
  }

  async function settle(id: string, afterMs: number): Promise<void> {
    await database.transaction(queries => jobs.send(queries, rotationJob, { id }, { key: `${id} settled`, afterMs }))
  }

  async function beginSigning(queries: Queries, id: string): Promise<void> {
    const nowMs = clock.nowMs()
    const begun = await queries.query(
      `update institution_keys set state = 'signing', signing_at_ms = $2 where id = $1 and state = 'listed' returning id`,
      [id, nowMs],
    )
    if (begun.length === 0) return
    // Replicas that have not seen it yet sign with the old one for some seconds more.
    await queries.query(
      `update institution_keys set state = 'old', listed_until_ms = $2 where state = 'signing' and id <> $1 and id like $3`,
      [id, nowMs + reloadEveryMs + listedForMs, `${did}#%`],
    )
    await audit.append(queries, { actor: 'server', action: 'key began to sign', subject: `key ${id}` })
  }

  async function retire(): Promise<void> {
    const due = (await rowsOf(database)).filter(
      ({ state, listed_until_ms }) => state === 'old' && listed_until_ms !== null && listed_until_ms <= clock.nowMs(),
    )
    for (const { id } of due) {
      await changeDocument(document => (listsKey(document, id) ? withoutKey(document, id) : undefined))
      crashPoint('key retired')
      await database.transaction(async queries => {
        const retired = await queries.query(
          `update institution_keys set state = 'retired', retired_at_ms = $2, secret = null where id = $1 and state = 'old' returning id`,
          [id, clock.nowMs()],
        )
        if (retired.length > 0) await audit.append(queries, { actor: 'server', action: 'key retired', subject: `key ${id}` })
      })
    }
    if (due.length > 0) await reload()
  }

  /** Changes the DID document, on top of its latest version: if somebody else changes it meanwhile, the job is done again. Settles once durable. */
  async function changeDocument(
    change: (document: NonNullable<Awaited<ReturnType<typeof resolveDid>>['document']>) => object | undefined,
  ): Promise<void> {
    await ledger.registry.refresh()
    const { document, state } = await resolveDid(ledger.registry.dids, did)
    if (document === null) throw new ServiceError('ERR_SERVICE_CONFLICT', 'the DID of the institution is deactivated')
    const changed = change(document)
    if (changed === undefined) return
    const options = { did, expectedVersion: state.version, account: self.account, document: changed }
    await (await updateDid(ledger, options)).durable()
  }

  approvals.handle(rotationJob, {
    role: 'administrator',
    title: { en: 'Put a new key in place of the one that signs', 'zh-CN': '更换签名密钥' },
    confirm: async queries => ({ id: await makeKey(queries) }),
  })
  approvals.handle(retirementJob, {
    role: 'administrator',
    title: { en: 'Take an old key off the ledger before its time', 'zh-CN': '提前撤下旧密钥' },
    async confirm(queries, { payload }) {
      const { id } = payload as { id: string }
      const [due] = await queries.query(`update institution_keys set listed_until_ms = $2 where id = $1 and state = 'old' returning id`, [
        id,
        clock.nowMs(),
      ])
      if (due === undefined) throw new ServiceError('ERR_SERVICE_CONFLICT', 'expected an old key')
      await jobs.send(queries, retirementJob, null)
      return undefined
    },
  })
  jobs.work(rotationJob, payload => rotate((payload as { id: string }).id))
  jobs.work(retirementJob, retire, { everyMs: retireEveryMs })
  await database.transaction(adoptFile)
  await reload()
  const timer = setInterval(() => reload().catch(error => log.warn({ err: error }, 'reading the keys')), reloadEveryMs)
  timer.unref()

  const keys: InstitutionKeys = {
    name: 'keys',
    current: () => current,
    list: async () => (await rowsOf(database)).map(recordOf),
    requestRotation: by =>
      database.transaction(async queries => {
        await checkNoneUnderWay(queries)
        return approvals.request(queries, { kind: rotationJob, payload: {}, requestedBy: by.id })
      }),
    requestRetirement: (by, id) =>
      database.transaction(async queries => {
        if (!(await rowsOf(queries)).some(row => row.id === id && row.state === 'old'))
          throw new ServiceError('ERR_SERVICE_CONFLICT', 'expected an old key: one that signs is rotated first')
        return approvals.request(queries, { kind: retirementJob, payload: { id }, requestedBy: by.id })
      }),
    routes(server: FastifyInstance) {
      keyRoutes(server, keys)
    },
    async close() {
      clearInterval(timer)
    },
  }
  return keys
}

/** Those of the identity file are known by it. */
function hasSigner({ secret, token_label: label }: Row): boolean {
  return secret !== null || label !== null
}

/** The one that signs first, then the newest. */
function rank({ state, signing_at_ms }: Row): number {
  return state === 'signing' ? Number.NEGATIVE_INFINITY : -(signing_at_ms ?? 0)
}

function recordOf(row: Row): KeyRecord {
  return {
    id: row.id,
    state: row.state,
    madeAtMs: row.made_at_ms,
    listedAtMs: row.listed_at_ms,
    signingAtMs: row.signing_at_ms,
    listedUntilMs: row.listed_until_ms,
    retiredAtMs: row.retired_at_ms,
  }
}

function contextOf(id: string): string {
  return `institution key ${id}`
}
