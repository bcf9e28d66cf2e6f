// A console on a real network: what it shows is what the contracts say, can be proven in a browser, and a node that lies is found out.
import { status, trust } from '@hufu/bindings'
import { asBoolean, asNumber, type NetworkDescriptor, trustAnchorOf, verifyProofBundle } from '@hufu/ledger'
import { base64ToBytes, bytesToBase64, hexToBytes } from '@hufu/primitives'
import { auditGenesisHash, auditHashOf, type ChainedAuditRecord } from '@hufu/service'
import { startTestNetwork } from '@hufu/testkit'
import { grantKinds } from '@hufu/trust'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Asked } from '../pages/src/verify/asked.ts'
import { type Answer, checkAnswer } from '../pages/src/verify/check-answer.ts'
import { fingerprintOf, type TrustedNetwork } from '../pages/src/verify/trusted-network.ts'
import type { Evidence, Fleet, Prepared, TrustAt, TrustHistory } from './api-types.ts'
import { type ConsoleBench, type History, openConsoleBench, queryId, typeId, writeHistory } from './console-fixture.ts'

const network = await startTestNetwork({ validators: 4 })
const descriptor: NetworkDescriptor = network.descriptor
const anchor = trustAnchorOf(descriptor)
const trusted: TrustedNetwork = {
  ...{ descriptor, anchor, fingerprint: fingerprintOf(descriptor), source: 'file', sinceMs: 0, isOther: false },
}
const contract = trust(descriptor.contracts.trust.hash)
/** How often each part of the evidence is flipped, each time at another place. */
const rounds = Number(process.env.TRIES ?? 3)
let history: History
let bench: ConsoleBench

beforeAll(async () => {
  history = await writeHistory(network)
  bench = await openConsoleBench(network, { people: [['member'], ['auditor'], ['operator'], ['administrator']] })
  const height = (await network.ledger.getBlockCount()) - 1
  await until(async () => ((await bench.get('/v1/trust/registry')).json().indexedThrough as number) >= height)
  await until(async () => ((await bench.get('/v1/explorer/notifications')).json().indexedThrough as number) >= height)
})

afterAll(async () => {
  await bench?.close()
  await network.stop()
})

async function until(isSo: () => Promise<boolean>, withinMs = 20_000): Promise<void> {
  const deadline = performance.now() + withinMs
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error('it did not come')
    await new Promise(resolve => setTimeout(resolve, 50))
  }
}

async function ask(path: string, from = bench): Promise<Answer> {
  const answer = await from.get(`/v1/explorer/${path}`)
  expect(answer.statusCode, answer.body).toBe(200)
  return answer.json()
}

/** Before, at and after every change, between them, and long after. */
function times(): readonly number[] {
  return [...new Set([0, 1, ...history.timesMs.flatMap(timeMs => [timeMs - 1, timeMs, timeMs + 1]), Date.now(), Date.now() + 10 ** 12])]
}

const standingNumbers = { none: 0, active: 1, suspended: 2, revoked: 3, notYet: 4, expired: 5 } as const

describe('at any time', () => {
  test('says who could issue as the contract does', async () => {
    const institution = history.issuer.scriptHash
    const outcomes = new Set<boolean>()
    for (const timeMs of times()) {
      const { rights }: TrustAt = (await bench.get(`/v1/trust/at?type=${encodeURIComponent(typeId)}&time=${timeMs}`)).json()
      const allowed = rights.find(({ right }) => right.right.account === institution)?.right.allowed ?? false
      expect(allowed, `at ${timeMs}`).toBe(
        asBoolean(await network.ledger.invokeRead(contract.mayIssue({ institution, typeId, timeMs: BigInt(timeMs) }))),
      )
      outcomes.add(allowed)
    }
    expect(outcomes).toEqual(new Set([true, false]))
  })

  test('says how every grant stood as the contract does, and proves it', async () => {
    const { bureau, issuer, bank } = history
    const grants = [
      ['authority', bureau, ''],
      ['institution', issuer, ''],
      ['issue', issuer, typeId],
      ['ask', bank, queryId],
    ] as const
    const seen = new Set<string>()
    for (const [kind, { scriptHash: subject }, name] of grants)
      for (const timeMs of times()) {
        const did = history.did({ scriptHash: subject } as typeof bureau)
        const answer = await ask(`grants/${kind}/${did}?time=${timeMs}${name === '' ? '' : `&name=${encodeURIComponent(name)}`}`)
        const { standing } = answer.shown as { standing: keyof typeof standingNumbers }
        const query = { kind: BigInt(grantKinds[kind]), subject, name, timeMs: BigInt(timeMs) }
        expect(standingNumbers[standing], `${kind} at ${timeMs}`).toBe(
          asNumber(await network.ledger.invokeRead(contract.standingAt(query))),
        )
        const verdict = await checkAnswer({ kind: 'grant', grant: kind, did, name, atMs: timeMs }, answer, trusted, Date.now())
        expect(verdict, `${kind} at ${timeMs}`).toMatchObject({ outcome: 'proven' })
        seen.add(standing)
      }
    expect([...seen].toSorted()).toEqual(['active', 'none', 'revoked', 'suspended'])
  })

  test('tells the whole history, page by page', async () => {
    const all: TrustHistory = (await bench.get('/v1/trust/history?limit=200')).json()
    expect(all.next).toBeNull()
    const paged: TrustHistory['changes'] = []
    for (let before: string | null = ''; before !== null; ) {
      const page: TrustHistory = (await bench.get(`/v1/trust/history?limit=2${before === '' ? '' : `&before=${before}`}`)).json()
      paged.push(...page.changes)
      before = page.next
    }
    expect(paged).toEqual(all.changes)
    const own = all.changes.filter(({ kind, did }) => kind === 'issue' && did === history.did(history.issuer))
    expect(own.map(({ entry }) => entry.status)).toEqual(['revoked', 'active', 'suspended', 'active'])
  })
})

describe('evidence', () => {
  async function everyKind(): Promise<readonly (readonly [Asked, Answer])[]> {
    const { bureau, issuer, bank } = history
    const [issuerDid, bankDid] = [history.did(issuer), history.did(bank)]
    const now = Date.now()
    const { blocks } = (await bench.get('/v1/explorer/blocks?limit=20')).json()
    const { notifications } = (await bench.get('/v1/explorer/notifications?contract=trust&name=GrantChanged&limit=1')).json()
    const hash: string = notifications[0].transactionHash
    const block: number = notifications[0].blockIndex
    expect(blocks[0].index).toBeGreaterThanOrEqual(block)
    const type = encodeURIComponent(typeId)
    const asked: readonly (readonly [Asked, string])[] = [
      [{ kind: 'did', did: issuerDid, moment: 'latest' }, `dids/${issuerDid}`],
      [{ kind: 'did', did: issuerDid, moment: { version: 1 } }, `dids/${issuerDid}?version=1`],
      [{ kind: 'did', did: issuerDid, moment: { timeMs: now } }, `dids/${issuerDid}?time=${now}`],
      [
        { kind: 'grant', grant: 'authority', did: history.did(bureau), name: '', atMs: now },
        `grants/authority/${history.did(bureau)}?time=${now}`,
      ],
      [{ kind: 'right', right: 'issue', did: issuerDid, name: typeId, atMs: now }, `rights/issue/${issuerDid}/${type}?time=${now}`],
      [{ kind: 'right', right: 'ask', did: bankDid, name: queryId, atMs: now }, `rights/ask/${bankDid}/${queryId}?time=${now}`],
      [{ kind: 'credentialType', typeId, version: 'latest' }, `credential-types/${type}`],
      [{ kind: 'credentialType', typeId, version: 1 }, `credential-types/${type}?version=1`],
      [{ kind: 'query', did: bankDid, queryId, version: 'latest' }, `queries/${bankDid}/${queryId}`],
      [{ kind: 'block', block }, `blocks/${block}`],
      [{ kind: 'transaction', hash }, `transactions/${hash}`],
    ]
    return Promise.all(asked.map(async ([each, path]) => [each, await ask(path)] as const))
  }

  test('of every kind of answer holds in the browser, and not once a bit of it is flipped', async () => {
    let flips = 0
    for (const [asked, answer] of await everyKind()) {
      const outcome = asked.kind === 'transaction' ? 'told' : 'proven'
      expect(await checkAnswer(asked, answer, trusted, Date.now()), JSON.stringify(asked)).toMatchObject({ outcome })
      for (const changed of Array.from({ length: rounds }, () => withFlippedBits(answer.evidence)).flat()) {
        flips++
        const verdict = await checkAnswer(asked, { ...answer, evidence: changed }, trusted, Date.now())
        expect(verdict.outcome, `${JSON.stringify(asked)} flip ${flips}`).toBe('false')
      }
    }
    expect(flips).toBeGreaterThanOrEqual(30 * rounds)
  })

  test('holds by the light client alone, and says just what is shown', async () => {
    const did = history.did(history.issuer)
    const { evidence } = await ask(`grants/issue/${did}?name=${encodeURIComponent(typeId)}`)
    for (const { bundle, key } of evidence.entries) {
      const entry = await verifyProofBundle(bundle, anchor)
      expect(bytesToBase64(entry.key)).toBe(key)
      expect(entry.contractId).toBe(descriptor.contracts.trust.id)
      await expect(verifyProofBundle(bundle, { ...anchor, magic: anchor.magic + 1 })).rejects.toMatchObject({ code: 'ERR_LEDGER_PROOF' })
    }
  })

  test('of an answer that was changed does not hold', async () => {
    const did = history.did(history.issuer)
    const atMs = Date.now()
    const asked: Asked = { kind: 'grant', grant: 'issue', did, name: typeId, atMs }
    const answer = await ask(`grants/issue/${did}?name=${encodeURIComponent(typeId)}&time=${atMs}`)
    const shown = answer.shown as { standing: string; entry: { status: string } }
    const lies = [
      { ...shown, standing: 'active' },
      { ...shown, entry: { ...shown.entry, status: 'active' } },
      { ...shown, did: history.did(history.bank) },
    ]
    for (const lie of lies)
      expect(await checkAnswer(asked, { ...answer, shown: lie }, trusted, Date.now())).toMatchObject({ outcome: 'false' })
  })

  test('says who denies what is not there, for no proof can', async () => {
    const did = history.did(history.bank)
    const answer = await ask(`grants/authority/${did}?time=${Date.now()}`)
    expect(answer.shown).toMatchObject({ standing: 'none', entry: null })
    expect(answer.evidence.told).toEqual([{ what: 'absent', agree: descriptor.validators.map(({ name }) => name), differ: [], silent: [] }])
    const { atMs } = answer.shown as { atMs: number }
    const asked: Asked = { kind: 'grant', grant: 'authority', did, name: '', atMs }
    expect(await checkAnswer(asked, answer, trusted, Date.now())).toMatchObject({ outcome: 'told' })
    const silent = { ...answer, evidence: { ...answer.evidence, told: [] } }
    expect(await checkAnswer(asked, silent, trusted, Date.now())).toMatchObject({ outcome: 'false' })
  })
})

/** At least so many bytes of a transaction are before its witnesses, which its hash does not cover. */
const signedBytes = 100

/** Each changed in one bit at a random place. */
function withFlippedBits(evidence: Evidence): readonly Evidence[] {
  const bundles = evidence.entries.flatMap((entry, index) =>
    (['proof', 'headers'] as const).map(part => {
      const bundle =
        part === 'proof'
          ? { ...entry.bundle, proof: flipped(entry.bundle.proof) }
          : { ...entry.bundle, headers: entry.bundle.headers.with(-1, flipped(entry.bundle.headers.at(-1)!)) }
      return { ...evidence, entries: evidence.entries.with(index, { ...entry, bundle }) }
    }),
  )
  const headers =
    evidence.headers.length === 0 ? [] : [{ ...evidence, headers: evidence.headers.with(-1, flipped(evidence.headers.at(-1)!)) }]
  const { transaction } = evidence
  const transactions =
    transaction === undefined ? [] : [{ ...evidence, transaction: { ...transaction, bytes: flipped(transaction.bytes, signedBytes) } }]
  return [...bundles, ...headers, ...transactions]
}

function flipped(base64: string, within = Number.POSITIVE_INFINITY): string {
  const bytes = base64ToBytes(base64)
  const place = Math.floor(Math.random() * Math.min(bytes.length, within))
  return bytesToBase64(bytes.with(place, bytes[place]! ^ (1 << Math.floor(Math.random() * 8))))
}

describe('a node that lies', () => {
  type Call = { readonly method: string; readonly params: readonly unknown[]; readonly id: number }
  const liar = descriptor.validators[0]!

  /** A fetch that bends what some nodes answer to some calls. */
  function bending(isLiar: (url: string) => boolean, bend: (call: Call, result: unknown) => unknown): typeof fetch {
    return async (input, init) => {
      const answer = await fetch(input, init)
      if (!isLiar(String(input)) || typeof init?.body !== 'string') return answer
      const calls = [JSON.parse(init.body)].flat() as Call[]
      const answers = [await answer.json()].flat() as { id: number; result?: unknown; error?: unknown }[]
      const bent = answers.map(each => {
        const call = calls.find(({ id }) => id === each.id)!
        const result = bend(call, each.result)
        return result === each.result
          ? each
          : result instanceof Error
            ? { id: each.id, error: { code: -104, message: 'no' } }
            : { ...each, result }
      })
      return Response.json(Array.isArray(JSON.parse(init.body)) ? bent : bent[0])
    }
  }

  test.each([
    [
      'a proof with a bit flipped',
      ({ method }: Call, result: unknown) => (method === 'getproof' && typeof result === 'string' ? flipped(result) : result),
    ],
    [
      'a header with a bit flipped',
      ({ method }: Call, result: unknown) => (method === 'getblockheader' && typeof result === 'string' ? flipped(result) : result),
    ],
    ['a denial', ({ method }: Call, result: unknown) => (method === 'getproof' ? new Error('absent') : result)],
  ])('%s is found out: the answer comes from another, and the liar is named', async (_, bend) => {
    const other = await openConsoleBench(network, { fetch: bending(url => url.startsWith(liar.rpcUrl), bend) })
    try {
      const did = history.did(history.bureau)
      const atMs = Date.now()
      const answer = await ask(`grants/authority/${did}?time=${atMs}`, other)
      expect(answer.evidence.liars).toEqual([liar.name])
      expect(answer.shown).toMatchObject({ standing: 'active' })
      expect(await checkAnswer({ kind: 'grant', grant: 'authority', did, name: '', atMs }, answer, trusted, Date.now())).toMatchObject({
        outcome: 'proven',
      })
      const { liars }: Fleet = (await other.get('/v1/fleet')).json()
      expect(liars).toMatchObject([{ node: liar.name, times: 1 }])
      // From now on it is asked last.
      expect((await ask(`grants/authority/${did}`, other)).evidence.liars).toEqual([])
    } finally {
      await other.close()
    }
  })

  test('with all others is refused, and all are named', async () => {
    const bend = ({ method }: Call, result: unknown) => (method === 'getproof' && typeof result === 'string' ? flipped(result) : result)
    const other = await openConsoleBench(network, { fetch: bending(() => true, bend) })
    try {
      const answer = await other.get(`/v1/explorer/grants/authority/${history.did(history.bureau)}`)
      expect(answer.json()).toMatchObject({ status: 502, code: 'ERR_CONSOLE_EVIDENCE' })
      for (const { name } of descriptor.validators) expect(answer.json().detail).toContain(name)
    } finally {
      await other.close()
    }
  })
})

describe('the council', () => {
  test('a member prepares, signs elsewhere and sends; nobody else can, and nothing else is sent', async () => {
    const member = await bench.person('member')
    const [seat, otherSeat] = network.seats
    const key = Buffer.from(seat!.account.publicKeys[0]!.bytes).toString('hex')
    const otherKey = Buffer.from(otherSeat!.account.publicKeys[0]!.bytes).toString('hex')
    const stop = { action: 'request-stop', seat: seat!.name, publicKey: key, reason: 6 }
    expect((await member.post('/v1/council/prepare', { ...stop, publicKey: otherKey })).json()).toMatchObject({ code: 'ERR_CONSOLE_SEAT' })
    expect((await member.post('/v1/council/prepare', { ...stop, seat: 'nobody' })).json()).toMatchObject({ code: 'ERR_CONSOLE_SEAT' })
    const vote = { action: 'vote', seat: seat!.name, publicKey: key, id: 77, payloadHash: '00'.repeat(32), agrees: true }
    expect((await member.post('/v1/council/prepare', vote)).json()).toMatchObject({ status: 404, code: 'ERR_CONSOLE_UNKNOWN' })
    const answer = await member.post('/v1/council/prepare', stop)
    expect(answer.statusCode, answer.body).toBe(200)
    const prepared: Prepared = answer.json()
    expect(prepared.says.en).toContain('emergency stop')
    const sign = async (account: typeof seat, message: string) =>
      bytesToBase64(await account!.account.signers[0]!.sign(base64ToBytes(message)))
    const { transaction, signedMessage } = prepared
    const signature = await sign(seat, signedMessage)
    const send = (body: object) => member.post('/v1/council/send', { transaction, signature, publicKey: key, ...body })
    expect((await send({ signature: await sign(otherSeat, signedMessage) })).json()).toMatchObject({ code: 'ERR_CONSOLE_SEAT' })
    expect((await send({ publicKey: otherKey })).json()).toMatchObject({ code: 'ERR_CONSOLE_SEAT' })
    expect((await send({ transaction: flipped(transaction) })).json().code).toMatch(/^ERR_CONSOLE_(SEAT|REQUEST)$/)
    // The seat's account has no GAS yet, so the nodes refuse what is otherwise right.
    expect((await send({})).json()).toMatchObject({ status: 409, code: 'ERR_LEDGER_REJECTED' })
  })
})

describe('the log of an institution', () => {
  test('is replayed against its heads on the ledger: it holds, and whatever is done to it shows', async () => {
    const auditor = await bench.person('auditor')
    const records: ChainedAuditRecord[] = []
    for (let sequence = 1; sequence <= 6; sequence++) {
      const previousHash = records.at(-1)?.hash ?? auditGenesisHash
      const record = { sequence, atMs: Date.now(), actor: 'server', action: `step ${sequence}` }
      records.push({ ...record, previousHash, hash: auditHashOf(previousHash, record) })
    }
    const { issuer } = history
    const anchors: { readonly sequence: number; readonly hash: string }[] = []
    for (const sequence of [3, 6]) {
      const { hash } = records[sequence - 1]!
      const call = status(descriptor.contracts.status.hash).anchorStatusList({
        ...{ issuer: issuer.scriptHash, listId: 'audit:issuer', listHash: hexToBytes(hash) },
      })
      await (
        await network.ledger.submit([call], { account: issuer, sponsor: network.committee, idempotencyKey: `anchor ${sequence}` })
      ).durable()
      anchors.push({ sequence, hash })
    }
    // The state root of a block stands in the next one.
    const height = await network.ledger.getBlockCount()
    await until(async () => (await network.ledger.getBlockCount()) > height)
    const lines = (told: readonly object[], claimed: readonly object[], head: object) =>
      [
        { hufuAuditLog: 1, did: history.did(issuer), list: 'audit:issuer', exportedAtMs: Date.now() + 60_000 },
        ...told,
        ...claimed.map(anchor => ({ anchor })),
        { head },
      ]
        .map(line => `${JSON.stringify(line)}\n`)
        .join('')
    const replay = async (body: string) => (await auditor.post('/v1/audit/replay', body, 'application/jsonl')).json()
    const head = anchors[1]!
    expect(await replay(lines(records, anchors, head))).toMatchObject({
      finding: null,
      records: 6,
      ledgerAnchors: 2,
      anchorsMet: 2,
      anchoredThrough: 6,
    })
    const edited = records.with(3, { ...records[3]!, action: 'nothing' })
    expect(await replay(lines(edited, anchors, head))).toMatchObject({ finding: { kind: 'edited', from: 4, to: 4 } })
    expect(await replay(lines(records.toSpliced(1, 1), anchors, head))).toMatchObject({ finding: { kind: 'removed', from: 2, to: 2 } })
    const short = records.slice(0, 5)
    const shortHead = { sequence: 5, hash: short[4]!.hash }
    expect(await replay(lines(short, anchors.slice(0, 1), shortHead))).toMatchObject({ finding: { kind: 'truncated', from: 6, to: null } })
    const { evidence } = await ask(`anchors/${history.did(issuer)}/audit:issuer`)
    expect(evidence.entries).toHaveLength(1)
  })
})

describe('the fleet', () => {
  test('a validator that is killed by hand is seen within 3 s, with the margin and what to do', async () => {
    await until(async () => ((await bench.get('/v1/fleet')).json() as Fleet).nodes.every(({ up }) => up))
    const address = await bench.server.listen({ host: '127.0.0.1', port: 0 })
    const stop = new AbortController()
    const answer = await fetch(`${address}/v1/fleet/events`, { signal: stop.signal })
    expect(answer.headers.get('content-type')).toContain('text/event-stream')
    const events = readEvents(answer)
    const killedAt = performance.now()
    await network.nodes.killNode(3)
    const name = descriptor.validators[3]!.name
    try {
      let lastId = ''
      for await (const { id, type, fleet } of events) {
        lastId = id
        const alarm = fleet.alarms.find(({ code, node }) => code === 'ALARM_NODE_DOWN' && node === name)
        if (type !== 'alarm' || alarm === undefined) continue
        expect(performance.now() - killedAt).toBeLessThan(3_000)
        expect(fleet.nodes.find(each => each.name === name)).toMatchObject({ up: false })
        expect(fleet.margin).toBe(0)
        expect(alarm.whatToDo.en).not.toBe('')
        expect(alarm.whatToDo['zh-CN']).not.toBe('')
        expect(alarm.command).toContain('hufu')
        break
      }
      stop.abort()
      // Somebody who comes back gets the alarms that they missed.
      const before = `${lastId.split('-')[0]}-0`
      const again = new AbortController()
      const resumed = await fetch(`${address}/v1/fleet/events`, { signal: again.signal, headers: { 'last-event-id': before } })
      const first = await readEvents(resumed).next()
      expect(first.value).toMatchObject({ type: 'alarm' })
      again.abort()
    } finally {
      network.nodes.startNode(3)
    }
  })
})

interface ReadEvent {
  readonly id: string
  readonly type: string
  readonly fleet: Fleet
}

async function* readEvents(answer: Response): AsyncGenerator<ReadEvent, void, undefined> {
  let text = ''
  for await (const part of answer.body!.pipeThrough(new TextDecoderStream())) {
    text += part
    const blocks = text.split('\n\n')
    text = blocks.pop()!
    for (const block of blocks) {
      const fields = new Map(block.split('\n').map(line => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]))
      if (fields.has('data')) yield { id: fields.get('id')!, type: fields.get('event')!, fleet: JSON.parse(fields.get('data')!) }
    }
  }
}
