import { council as councilOf, identifiers, trust } from '@hufu/bindings'
import { type Account, asNumber, type ContractCall, type LedgerWriter, singleAccount, type Write } from '@hufu/ledger'
import { canonicalJsonBytes, utf8ToBytes } from '@hufu/primitives'
import { fixedSigner, startTestNetwork } from '@hufu/testkit'
import { addAuthority, endOfTimeMs, ledgerTrustSource, mayAsk, registerQuery } from '@hufu/trust'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { castVote, executeProposal, retractVote, vetoProposal, withdrawProposal } from './cast-vote.ts'
import { decide } from './decide.ts'
import { describePayload } from './describe-payload.ts'
import { endFounding } from './end-founding.ts'
import { encodePayload, payloadHash } from './payload.ts'
import { standingOfProposal } from './proposal.ts'
import { proposalIdOf, propose } from './propose.ts'
import { proposingWriter } from './proposing-writer.ts'
import { readCouncil } from './read-council.ts'
import { readProposal, readProposals } from './read-proposals.ts'
import { requestStop } from './request-stop.ts'
import { type Rules, rulesArgument } from './rules.ts'

// Four seats: three agree, two veto, two stop.
const network = await startTestNetwork({ validators: 4 })
const { committee, seats, descriptor, ledger: client } = network
const ledger = { client, network: descriptor }
/** Remembers nothing of what the other has written. */
const elsewhere = { client: network.client(), network: descriptor }
const sponsor = committee
const registry = trust(descriptor.contracts.trust.hash)
const contract = councilOf(descriptor.contracts.council.hash)
const source = ledgerTrustSource(client, descriptor)
const [first, second, third, fourth] = seats as [Seat, Seat, Seat, Seat]
const texts = { 'zh-CN': '开户', en: 'Opening an account' }
const content = { dcql: { credentials: [] }, purpose: texts, legalBasis: texts, retentionDays: 30 }
let bureau: Account
let bank: Account
let rules: Rules
let attempts = 0

type Seat = (typeof seats)[number]

beforeAll(async () => {
  bureau = await registered('bureau')
  bank = await registered('bank')
  // Rules that a test can wait for.
  rules = { ...(await readCouncil(ledger)).rules, delayMs: 1_500, vetoDelayMs: 3_500, stopMs: 6_000, stopPauseMs: 8_000 }
  await founded({ contract: contract.version().contract, method: 'setRules', args: [rulesArgument(rules)] })
  await founded(registry.addAuthority({ authority: bureau.scriptHash, region: '990100', validUntilMs: BigInt(endOfTimeMs) }))
  const by = { account: bureau, sponsor, idempotencyKey: 'institution' }
  const kind = { authority: bureau.scriptHash, institution: bank.scriptHash, kind: 'bank', validUntilMs: BigInt(endOfTimeMs) }
  await inBlock(client.submit([registry.addInstitution(kind)], by))
})

afterAll(() => network.stop())

async function registered(name: string): Promise<Account> {
  const account = singleAccount(await fixedSigner(`council: ${name}`))
  const call = identifiers(descriptor.contracts.identifiers.hash).register({
    identifier: account.scriptHash,
    document: utf8ToBytes('{}'),
    recovery: null,
    recoveryDelayMs: 0n,
  })
  await inBlock(client.submit([call], { account, sponsor, idempotencyKey: name }))
  return account
}

async function inBlock(write: Promise<Write>) {
  return (await write).inBlock()
}

function founded(call: ContractCall) {
  return inBlock(network.founding.submit([call], { account: committee, idempotencyKey: `founded ${attempts++}` }))
}

function by({ name, account }: Seat) {
  return { seat: name, account, sponsor }
}

function askCall(queryId: string): ContractCall {
  const parts = { authority: bureau.scriptHash, institution: bank.scriptHash }
  return registry.registerQuery({ ...parts, queryId, content: canonicalJsonBytes(content) })
}

/** A proposal of the first seat. */
async function proposed(...calls: readonly ContractCall[]) {
  const id = proposalIdOf(await inBlock(propose(ledger, { ...by(first), title: 'test', calls, attempt: `${attempts++}` })))
  return { id, payloadHash: payloadHash(encodePayload(calls)) }
}

interface Proposed {
  readonly id: number
  readonly payloadHash: Uint8Array
}

async function agreed(of: Proposed, ...voters: readonly Seat[]): Promise<void> {
  for (const voter of voters) await inBlock(castVote(ledger, { ...by(voter), ...of, agrees: true }))
}

async function stateOf({ id }: Proposed) {
  return (await readProposal(ledger, id)).proposal.state
}

function refused(code: string) {
  return expect.objectContaining({ code })
}

/** Executes as soon as the delay is over. */
async function executedInTime(of: Proposed, seat = first) {
  for (;;) {
    try {
      return await inBlock(executeProposal(ledger, { ...by(seat), ...of }))
    } catch (error) {
      if ((error as { code?: string }).code !== 'ERR_COUNCIL_TOO_EARLY') throw error
      await sleep(100)
    }
  }
}

/** Numbers of how a proposal stands by the contract's word. */
const standings = { expired: 6, executable: 7, lapsed: 8 } as const

/** Waits until the ledger's time, which is that of its blocks, has made so much of a proposal. */
async function untilStanding({ id }: Proposed, standing: keyof typeof standings): Promise<void> {
  while (asNumber(await client.invokeRead(contract.standing({ id: BigInt(id) }))) !== standings[standing]) await sleep(100)
}

function sleep(ms: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, ms))
}

async function mayAskNow(queryId: string): Promise<boolean> {
  return (await mayAsk(source, bank.scriptHash, queryId, Date.now() + 1_000)).allowed
}

describe('a proposal', () => {
  test('is what its proposer meant, passes with three of four, waits, and is done once, as the council', async () => {
    const calls = [askCall('open-account')]
    const of = await proposed(...calls)
    const { proposal, payload } = await readProposal(ledger, of.id)
    // What the contract keeps is, to the byte, what is encoded here.
    expect(payload).toEqual(encodePayload(calls))
    expect(proposal).toMatchObject({
      seat: first.name,
      title: 'test',
      state: 'open',
      payloadHash: of.payloadHash,
      votes: [],
      passedMs: null,
    })
    expect(proposal.votingEndsMs - proposal.proposedMs).toBe(rules.votingMs)
    expect(describePayload(payload, { network: descriptor })[0]).toMatchObject({ known: true })

    await agreed(of, first, second)
    expect(await stateOf(of)).toBe('open')
    await expect(executeProposal(ledger, { ...by(first), ...of })).rejects.toThrow(refused('ERR_COUNCIL_STATE'))
    await expect(vetoProposal(ledger, { ...by(fourth), ...of })).rejects.toThrow(refused('ERR_COUNCIL_STATE'))
    await agreed(of, third)
    expect(await stateOf(of)).toBe('passed')
    await expect(executeProposal(ledger, { ...by(first), ...of })).rejects.toThrow(refused('ERR_COUNCIL_TOO_EARLY'))
    expect(await mayAskNow('open-account')).toBe(false)
    // Any seat may, also one that did not vote.
    const { blockTimeMs } = await executedInTime(of, fourth)
    const done = (await readProposal(ledger, of.id)).proposal
    expect(blockTimeMs).toBeGreaterThanOrEqual(done.passedMs! + rules.delayMs)
    expect(done).toMatchObject({ state: 'executed', endedMs: blockTimeMs })
    expect(done.votes.map(({ seat, kind }) => [seat, kind])).toEqual([first, second, third].map(({ name }) => [name, 'agrees']))
    expect(standingOfProposal(done, Date.now())).toBe('executed')
    expect(await mayAskNow('open-account')).toBe(true)
    for (const seat of [second, fourth])
      await expect(executeProposal(elsewhere, { ...by(seat), ...of })).rejects.toThrow(refused('ERR_COUNCIL_STATE'))
    await expect(withdrawProposal(ledger, { ...by(first), ...of })).rejects.toThrow(refused('ERR_COUNCIL_STATE'))
    await expect(castVote(ledger, { ...by(fourth), ...of, agrees: false })).rejects.toThrow(refused('ERR_COUNCIL_STATE'))
  })

  test('takes no vote for another payload, none twice, and none of whoever has no seat', async () => {
    const of = await proposed(askCall('votes'))
    const other = payloadHash(encodePayload([askCall('another')]))
    const bent = of.payloadHash.with(31, of.payloadHash[31]! ^ 1)
    for (const hash of [other, bent])
      await expect(castVote(ledger, { ...by(second), ...of, payloadHash: hash, agrees: true })).rejects.toThrow(
        refused('ERR_COUNCIL_PAYLOAD_CHANGED'),
      )
    await expect(castVote(ledger, { ...by(second), ...of, payloadHash: of.payloadHash.slice(1), agrees: true })).rejects.toMatchObject({
      code: 'ERR_LEDGER_DRY_RUN_FAULT',
    })
    await agreed(of, second)
    for (const agrees of [true, false])
      await expect(castVote(elsewhere, { ...by(second), ...of, agrees })).rejects.toThrow(refused('ERR_COUNCIL_VOTED'))
    const stranger = { ...by(third), account: bank }
    await expect(castVote(ledger, { ...stranger, ...of, agrees: true })).rejects.toThrow(refused('ERR_COUNCIL_NOT_AUTHORIZED'))
    // A seat's account acts for that seat alone; the committee for none.
    for (const account of [first.account, committee])
      await expect(castVote(ledger, { ...by(third), account, ...of, agrees: true })).rejects.toThrow(refused('ERR_COUNCIL_NOT_AUTHORIZED'))
    await expect(castVote(ledger, { ...stranger, seat: 'nobody', ...of, agrees: true })).rejects.toThrow(refused('ERR_COUNCIL_SEAT'))
    await expect(castVote(ledger, { ...by(third), ...of, id: of.id + 1, agrees: true })).rejects.toThrow(refused('ERR_COUNCIL_PROPOSAL'))
    await expect(propose(ledger, { ...stranger, title: 'x', calls: [askCall('x')], attempt: '1' })).rejects.toThrow(
      refused('ERR_COUNCIL_NOT_AUTHORIZED'),
    )
    const { votes, state } = (await readProposal(ledger, of.id)).proposal
    expect([state, votes.map(({ seat, kind }) => [seat, kind])]).toEqual(['open', [[second.name, 'agrees']]])
  })

  test('is rejected as soon as it cannot pass any more, and when an agreeing vote is taken back', async () => {
    const hopeless = await proposed(askCall('hopeless'))
    await agreed(hopeless, first)
    await inBlock(castVote(ledger, { ...by(second), ...hopeless, agrees: false }))
    expect(await stateOf(hopeless)).toBe('open')
    await inBlock(castVote(ledger, { ...by(third), ...hopeless, agrees: false }))
    expect(await stateOf(hopeless)).toBe('rejected')
    await expect(castVote(ledger, { ...by(fourth), ...hopeless, agrees: true })).rejects.toThrow(refused('ERR_COUNCIL_STATE'))

    const regretted = await proposed(askCall('regretted'))
    await agreed(regretted, first, second, third)
    await expect(retractVote(ledger, { ...by(fourth), ...regretted })).rejects.toThrow(refused('ERR_COUNCIL_NO_VOTE'))
    await inBlock(retractVote(ledger, { ...by(second), ...regretted }))
    expect(await stateOf(regretted)).toBe('rejected')
    await expect(executeProposal(ledger, { ...by(first), ...regretted })).rejects.toThrow(refused('ERR_COUNCIL_STATE'))
    expect(await mayAskNow('regretted')).toBe(false)
  })

  test('is withdrawn by whoever proposed it, and nobody else', async () => {
    const of = await proposed(askCall('withdrawn'))
    await expect(withdrawProposal(ledger, { ...by(second), ...of })).rejects.toThrow(refused('ERR_COUNCIL_PROPOSER'))
    await inBlock(withdrawProposal(ledger, { ...by(first), ...of }))
    expect(await stateOf(of)).toBe('withdrawn')
  })

  test('waits longer, once, when two veto in time; who has no seat cannot', async () => {
    const of = await proposed(askCall('vetoed'))
    await agreed(of, first, second, third)
    const stranger = { ...by(fourth), account: bank }
    await expect(vetoProposal(ledger, { ...stranger, ...of })).rejects.toThrow(refused('ERR_COUNCIL_NOT_AUTHORIZED'))
    await expect(vetoProposal(ledger, { ...stranger, seat: 'nobody', ...of })).rejects.toThrow(refused('ERR_COUNCIL_SEAT'))
    const bent = of.payloadHash.with(0, of.payloadHash[0]! ^ 1)
    await expect(vetoProposal(ledger, { ...by(fourth), ...of, payloadHash: bent })).rejects.toThrow(refused('ERR_COUNCIL_PAYLOAD_CHANGED'))
    await inBlock(vetoProposal(ledger, { ...by(fourth), ...of }))
    await expect(vetoProposal(elsewhere, { ...by(fourth), ...of })).rejects.toThrow(refused('ERR_COUNCIL_VOTED'))
    // Also one that agreed.
    await inBlock(vetoProposal(ledger, { ...by(third), ...of }))
    const { passedMs, executableFromMs, vetoedMs } = (await readProposal(ledger, of.id)).proposal
    expect([executableFromMs, vetoedMs]).toEqual([passedMs! + rules.vetoDelayMs, expect.any(Number)])
    await expect(vetoProposal(ledger, { ...by(second), ...of })).rejects.toThrow(refused('ERR_COUNCIL_VETO_OVER'))
    const { blockTimeMs } = await executedInTime(of)
    expect(blockTimeMs).toBeGreaterThanOrEqual(passedMs! + rules.vetoDelayMs)
  })

  test('takes no vote and no execution after its time', async () => {
    await founded(setRules({ ...rules, votingMs: 1_000, executeWithinMs: 1_000, delayMs: 1_000, vetoDelayMs: 1_000 }))
    const late = await proposed(askCall('late'))
    await untilStanding(late, 'expired')
    await expect(castVote(ledger, { ...by(first), ...late, agrees: true })).rejects.toThrow(refused('ERR_COUNCIL_VOTING_OVER'))
    expect(standingOfProposal((await readProposal(ledger, late.id)).proposal, Date.now())).toBe('expired')
    await founded(setRules({ ...rules, executeWithinMs: 1_000, delayMs: 1_000, vetoDelayMs: 1_000 }))
    const forgotten = await proposed(askCall('forgotten'))
    await agreed(forgotten, first, second, third)
    await untilStanding(forgotten, 'lapsed')
    await expect(vetoProposal(ledger, { ...by(fourth), ...forgotten })).rejects.toThrow(refused('ERR_COUNCIL_VETO_OVER'))
    await expect(executeProposal(ledger, { ...by(first), ...forgotten })).rejects.toThrow(refused('ERR_COUNCIL_TOO_LATE'))
    expect(standingOfProposal((await readProposal(ledger, forgotten.id)).proposal, Date.now())).toBe('lapsed')
    expect([await mayAskNow('late'), await mayAskNow('forgotten')]).toEqual([false, false])
    await founded(setRules(rules))
  })

  test('does all of its calls or none, and says why', async () => {
    const exists = registry.addAuthority({ authority: bureau.scriptHash, region: '990100', validUntilMs: BigInt(endOfTimeMs) })
    const of = await proposed(askCall('half'), exists)
    await agreed(of, first, second, third)
    await expect(executedInTime(of)).rejects.toMatchObject({ code: 'ERR_COUNCIL_CALL', cause: { reason: 'grant exists already' } })
    expect([await mayAskNow('half'), await stateOf(of)]).toEqual([false, 'passed'])
  })

  test('is refused here already where it is too large, empty, or without a title', async () => {
    const wanted = { ...by(first), title: 'x', calls: [askCall('x')], attempt: '1' }
    await expect(propose(ledger, { ...wanted, title: '' })).rejects.toThrow(refused('ERR_COUNCIL_ARGUMENT'))
    await expect(propose(ledger, { ...wanted, title: '字'.repeat(43) })).rejects.toThrow(refused('ERR_COUNCIL_ARGUMENT'))
    await expect(propose(ledger, { ...wanted, calls: [] })).rejects.toThrow(refused('ERR_COUNCIL_PAYLOAD'))
    const large: ContractCall = { ...askCall('x'), args: [{ type: 'ByteArray', value: new Uint8Array(60_000) }] }
    await expect(propose(ledger, { ...wanted, calls: [large] })).rejects.toThrow(refused('ERR_COUNCIL_PAYLOAD'))
    await expect(propose(ledger, { ...wanted, calls: Array.from({ length: 65 }, () => exampleRead) })).rejects.toThrow(
      refused('ERR_COUNCIL_PAYLOAD'),
    )
  })
})

const exampleRead: ContractCall = registry.version()

function setRules(changed: Rules): ContractCall {
  return { contract: descriptor.contracts.council.hash, method: 'setRules', args: [rulesArgument(changed)] }
}

test('a seat changes hands: whoever held it has no vote any more, and one that was taken away none that counts', async () => {
  const heir = singleAccount(await fixedSigner('council: heir'))
  await decided('hands', contract.setSeat({ name: fourth.name, account: heir.scriptHash }))
  const of = await proposed(askCall('heir'))
  await expect(castVote(ledger, { ...by(fourth), ...of, agrees: true })).rejects.toThrow(refused('ERR_COUNCIL_NOT_AUTHORIZED'))
  await inBlock(castVote(ledger, { ...by(fourth), account: heir, ...of, agrees: true }))
  await decided('back', contract.setSeat({ name: fourth.name, account: fourth.account.scriptHash }))
  expect((await readCouncil(ledger)).seats.map(({ account }) => account)).toEqual(seats.map(({ account }) => account.scriptHash))
  // Nobody but the council itself gives seats away; no seat takes another's account; rules must fit.
  await expect(
    client.submit([contract.setSeat({ name: fourth.name, account: heir.scriptHash })], { account: committee, idempotencyKey: 'seat' }),
  ).rejects.toMatchObject({ code: 'ERR_LEDGER_DRY_RUN_FAULT' })
  await Promise.all(
    [
      contract.setSeat({ name: fourth.name, account: first.account.scriptHash }),
      setRules({ ...rules, votesNeeded: 2 }),
      setRules({ ...rules, vetoesNeeded: 1 }),
      setRules({ ...rules, delayMs: 0 }),
    ].map(call => expect(decided('rules', call)).rejects.toMatchObject({ code: expect.stringMatching(/^ERR_COUNCIL_(RULES|ARGUMENT)$/) })),
  )
})

function decided(title: string, ...calls: readonly ContractCall[]) {
  return decide(ledger, { seats: [first, second, third], sponsor, title, calls, attempt: `${attempts++}` })
}

test('an emergency stop is asked for by two, ends by itself, and holds up what grants, not what takes away', async () => {
  const reason = { reason: 1, attempt: '1' }
  const of = await proposed(askCall('stopped'))
  await agreed(of, first, second, third)
  await expect(requestStop(ledger, { ...by(first), account: bank, ...reason })).rejects.toThrow(refused('ERR_COUNCIL_NOT_AUTHORIZED'))
  await inBlock(requestStop(ledger, { ...by(first), ...reason }))
  await expect(requestStop(ledger, { ...by(first), ...reason, attempt: '2' })).rejects.toThrow(refused('ERR_COUNCIL_STOP_PAUSE'))
  expect((await readCouncil(ledger)).isStopped).toBe(false)
  await inBlock(requestStop(ledger, { ...by(second), ...reason }))
  const { isStopped, stoppedUntilMs } = await readCouncil(ledger)
  expect([isStopped, stoppedUntilMs]).toEqual([true, expect.any(Number)])
  await untilStanding(of, 'executable')
  await expect(executeProposal(ledger, { ...by(first), ...of })).rejects.toThrow(refused('ERR_COUNCIL_STOPPED'))
  const institution = { authority: bureau.scriptHash, institution: bureau.scriptHash, kind: 'bureau', validUntilMs: BigInt(endOfTimeMs) }
  const granting = () => client.submit([registry.addInstitution(institution)], { account: bureau, sponsor, idempotencyKey: 'granting' })
  await expect(granting()).rejects.toMatchObject({ code: 'ERR_LEDGER_DRY_RUN_FAULT', reason: 'stopped by the council for now' })
  const taking = { actor: bureau.scriptHash, kind: 2n, subject: bank.scriptHash, name: '', reason: 6n }
  await inBlock(client.submit([registry.suspend(taking)], { account: bureau, sponsor, idempotencyKey: 'taking' }))
  while ((await readCouncil(ledger)).isStopped) await sleep(200)
  await inBlock(granting())
  await inBlock(client.submit([registry.reinstate({ ...taking, reason: 7n })], { account: bureau, sponsor, idempotencyKey: 'giving back' }))
  await executedInTime(of)
  expect(await mayAskNow('stopped')).toBe(true)
})

test('once the founding is over the committee owns nothing, and what only the council may is a proposal', async () => {
  await expect(endFounding(ledger, bank)).rejects.toThrow(refused('ERR_COUNCIL_NOT_AUTHORIZED'))
  await inBlock(endFounding(ledger, committee))
  expect((await readCouncil(ledger)).isFounding).toBe(false)
  await expect(founded(askCall('founded'))).rejects.toMatchObject({ code: 'ERR_LEDGER_DRY_RUN_FAULT', reason: 'founding is over' })
  const other = { ...ledger, client: client as LedgerWriter }
  const authority = { authority: bank.scriptHash, region: '990200' }
  await expect(addAuthority(other, { ...authority, account: committee })).rejects.toMatchObject({ code: 'ERR_TRUST_NOT_AUTHORIZED' })

  const proposing = { network: descriptor, client: proposingWriter(ledger, { ...by(second), title: 'An authority' }) }
  const id = proposalIdOf(await inBlock(addAuthority(proposing, { ...authority, account: second.account })))
  const parts = { authority: bureau.scriptHash, institution: bank.scriptHash, queryId: 'proposed', version: 1, content }
  const next = proposalIdOf(await inBlock(registerQuery(proposing, { ...parts, account: second.account })))
  expect(next).toBe(id + 1)
  // Asked for again it is the same proposal.
  expect(proposalIdOf(await inBlock(addAuthority(proposing, { ...authority, account: second.account })))).toBe(id)
  const newest = await readProposals(ledger, { most: 2 })
  expect(newest.map(each => [each.id, each.title, each.seat])).toEqual([
    [next, 'An authority', second.name],
    [id, 'An authority', second.name],
  ])
  expect((await readProposals(ledger, { before: next, most: 1 })).map(each => each.id)).toEqual([id])
  const of = { id, payloadHash: newest[1]!.payloadHash }
  await agreed(of, first, second, third)
  await executedInTime(of)
  expect(await source.findGrant({ kind: 'authority', subject: bank.scriptHash }, Date.now() + 1_000)).toMatchObject({
    status: 'active',
    label: '990200',
    granter: descriptor.contracts.council.hash,
    actor: descriptor.contracts.council.hash,
  })
})
