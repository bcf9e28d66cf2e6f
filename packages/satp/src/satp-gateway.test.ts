import { ChainError } from '@hufu/chains'
import type { Transfer } from '@hufu/chains/titles'
import { generateSigner } from '@hufu/keys'
import { describe, expect, test } from 'vitest'
import { SatpError } from './errors.ts'
import { counterpartA, counterpartB, formerHolder, GatewayPair, newHolder, titleId } from './fixture/gateway-pair.ts'
import type { SatpMessage } from './message/message.ts'
import { openMessage, sealMessage } from './message/sealed-message.ts'
import { defaultRules } from './rules.ts'
import type { SessionRecord } from './session/session-log.ts'

const code = (expected: string) => expect.objectContaining({ code: expected })

function kindOf(message: string): string {
  return openMessage(message).message.kind
}

/** Begins a transfer and goes on until a message of this type would go out, which it is kept from. */
async function stoppedBefore(
  kind: SatpMessage['kind'],
  pair = new GatewayPair(),
): Promise<{ pair: GatewayPair; sessionId: string; message: string }> {
  let stopped = ''
  pair.carry = async (message, deliver) => {
    if (kindOf(message) === kind) {
      stopped = message
      throw new Error('stopped')
    }
    return deliver(message)
  }
  const { sessionId } = await pair.a.begin(pair.request())
  await pair.a.advance(sessionId)
  expect(kindOf(stopped)).toBe(kind)
  return { pair, sessionId, message: stopped }
}

function firstMessage([opened]: readonly SessionRecord[]): string {
  return opened?.kind === 'opened' ? (opened.message ?? '') : ''
}

/** Lets everything through again, and goes on until both sides are done. */
async function finish(pair: GatewayPair): Promise<void> {
  pair.carry = (message, deliver) => deliver(message)
  for (let round = 0; round < 200; round++) {
    const progress = [...(await pair.a.resume()), ...(await pair.b.resume())]
    if ((await pair.logA.open()).length + (await pair.logB.open()).length === 0) return
    const again = progress.flatMap(({ againAtMs }) => (againAtMs === null ? [] : [againAtMs]))
    pair.clock.advanceTo(Math.min(...again, pair.clock.nowMs() + 60_000))
    pair.clock.advance(1)
  }
  throw new Error('a session is stuck')
}

async function outcomes(pair: GatewayPair, sessionId: string): Promise<readonly unknown[]> {
  return [(await pair.a.status(sessionId))?.outcome, (await pair.b.status(sessionId))?.outcome]
}

describe('a transfer', () => {
  test('carries a title over, each thing once', async () => {
    const pair = new GatewayPair()
    const { sessionId } = await pair.a.begin(pair.request())
    const progress = await pair.a.advance(sessionId)
    expect(progress).toMatchObject({ problem: undefined, againAtMs: null, status: { outcome: 'completed', asset: 'left', stage: 3 } })
    expect(await outcomes(pair, sessionId)).toEqual(['completed', 'completed'])
    expect(pair.places()).toMatchObject({ origin: { status: 'left' }, destination: { status: 'held', holder: newHolder } })
    expect([...pair.origin.effects.values(), ...pair.destination.effects.values()]).toEqual([1, 1, 1])
    expect([...pair.quarantineA, ...pair.quarantineB]).toEqual([])
  })

  test('says what the draft says, in its order', async () => {
    const pair = new GatewayPair()
    const said: string[] = []
    pair.carry = async (message, deliver) => {
      said.push(kindOf(message))
      const answer = await deliver(message)
      if (answer !== undefined) said.push(kindOf(answer))
      return answer
    }
    const { sessionId } = await pair.a.begin(pair.request())
    await pair.a.advance(sessionId)
    expect(said).toEqual([
      'transfer-proposal-msg',
      'proposal-receipt-msg',
      'transfer-commence-msg',
      'ack-commence-msg',
      'lock-assert-msg',
      'assertion-receipt-msg',
      'commit-prepare-msg',
      'commit-ready-msg',
      'commit-final-msg',
      'ack-commit-final-msg',
      'commit-transfer-complete-msg',
    ])
  })

  test('the same request has the same signed answer, and changes nothing', async () => {
    const pair = new GatewayPair()
    const said: (readonly [message: string, answer: string | undefined])[] = []
    pair.carry = async (message, deliver) => {
      const answer = await deliver(message)
      said.push([message, answer])
      return answer
    }
    const { sessionId } = await pair.a.begin(pair.request())
    await pair.a.advance(sessionId)
    const records = await pair.logB.read(sessionId)
    pair.startB()
    for (const [message, answer] of said.toReversed()) expect(await pair.deliver(message)).toBe(answer)
    expect(await pair.logB.read(sessionId)).toEqual(records)
    expect(pair.quarantineB).toEqual([])
  })

  test('that was asked for twice is one; another under its name is refused', async () => {
    const pair = new GatewayPair()
    const request = pair.request('5a'.repeat(32))
    const first = await pair.a.begin(request)
    expect(await pair.a.begin(request)).toEqual(first)
    await expect(pair.a.begin({ ...request, toHolder: 'did:neo:pilot:NOther' })).rejects.toThrow(code('ERR_SATP_SESSION'))
  })

  test.each([
    ['a title that is not there', { assetId: 'neo3-77.other' }, 'ERR_SATP_TERMS'],
    ['a name that is none', { assetId: 'Licence' }, 'ERR_SATP_TERMS'],
    ['a holder that is no DID', { toHolder: 'Hospital' }, 'ERR_SATP_TERMS'],
    ['a lock too short', { lockForMs: defaultRules.minLockMs - 1 }, 'ERR_SATP_TERMS'],
    ['a lock too long', { lockForMs: defaultRules.maxLockMs + 1 }, 'ERR_SATP_TERMS'],
    ['an unknown gateway', { counterpart: 'did:neo:pilot:NStranger' }, 'ERR_SATP_COUNTERPART'],
    ['a network that the gateway does not speak for', { toNetwork: 'neo3:78' }, 'ERR_SATP_COUNTERPART'],
    ['a network that is not ours', { fromNetwork: 'neo3:78' }, 'ERR_SATP_TERMS'],
  ])('is not begun with %s', async (_, change, expected) => {
    const pair = new GatewayPair()
    await expect(pair.a.begin({ ...pair.request(), ...change } as never)).rejects.toThrow(code(expected))
    expect(await pair.logA.open()).toEqual([])
  })
})

describe('ending without a transfer', () => {
  test('before the lock', async () => {
    const { pair, sessionId } = await stoppedBefore('transfer-commence-msg')
    await pair.a.abort(sessionId)
    await finish(pair)
    expect(await outcomes(pair, sessionId)).toEqual(['aborted', 'aborted'])
    expect(pair.origin.effects.size).toBe(0)
  })

  test.each(['lock-assert-msg', 'commit-prepare-msg'] as const)(
    'after the lock, before %s: the title is free when its time is over',
    async kind => {
      const { pair, sessionId } = await stoppedBefore(kind)
      const progress = await pair.a.abort(sessionId)
      expect(progress.status).toMatchObject({ asset: 'unlocking', aborting: 'operator', outcome: null })
      expect(progress.againAtMs).toBeGreaterThan(progress.status.transfer.lockUntilMs)
      await finish(pair)
      expect(await outcomes(pair, sessionId)).toEqual(['aborted', 'aborted'])
      expect(pair.places()).toMatchObject({ origin: { status: 'held', holder: formerHolder }, destination: undefined })
    },
  )

  test('is too late once the title may have left', async () => {
    const { pair, sessionId } = await stoppedBefore('commit-final-msg')
    await expect(pair.a.abort(sessionId)).rejects.toThrow(code('ERR_SATP_TOO_LATE'))
    await expect(pair.b.abort(sessionId)).rejects.toThrow(code('ERR_SATP_TOO_LATE'))
    await finish(pair)
    expect(await outcomes(pair, sessionId)).toEqual(['completed', 'completed'])
    await expect(pair.a.abort(sessionId)).rejects.toThrow(code('ERR_SATP_TOO_LATE'))
  })

  test('is too late when it was not heard whether the title left', async () => {
    const pair = new GatewayPair()
    pair.disturbA = (action, when) => {
      if (action === 'leave' && when === 'after') throw new ChainError('ERR_CHAIN_UNKNOWN', 'no answer')
    }
    const { sessionId } = await pair.a.begin(pair.request())
    expect((await pair.a.advance(sessionId)).status.asset).toBe('leaving')
    await expect(pair.a.abort(sessionId)).rejects.toThrow(code('ERR_SATP_TOO_LATE'))
    pair.disturbA = () => undefined
    await finish(pair)
    expect(await outcomes(pair, sessionId)).toEqual(['completed', 'completed'])
  })

  test('by the beneficiary, before it is ready: the originator hears of it and unlocks', async () => {
    const { pair, sessionId } = await stoppedBefore('commit-prepare-msg')
    expect((await pair.b.abort(sessionId)).status).toMatchObject({ outcome: 'aborted', aborting: 'operator' })
    await finish(pair)
    expect(await pair.a.status(sessionId)).toMatchObject({ outcome: 'aborted', aborting: 'aborted-by-counterpart', asset: 'unlocked' })
    expect(pair.quarantineA).toEqual([])
  })

  test('by the beneficiary, not heard: the next message is answered with it', async () => {
    const { pair, sessionId, message } = await stoppedBefore('lock-assert-msg')
    pair.startB(ports => ({ ...ports, send: () => Promise.reject(new Error('unreachable')) }))
    await pair.b.abort(sessionId)
    expect(kindOf((await pair.deliver(message))!)).toBe('session-abort-msg')
    await finish(pair)
    expect(await outcomes(pair, sessionId)).toEqual(['aborted', 'aborted'])
  })

  test('when the other does not answer in time, before the lock', async () => {
    const { pair, sessionId } = await stoppedBefore('transfer-proposal-msg')
    pair.clock.advance(defaultRules.agreeWithinMs)
    expect((await pair.a.advance(sessionId)).status.aborting).toBe(null)
    pair.clock.advance(1)
    expect((await pair.a.advance(sessionId)).status).toMatchObject({ aborting: 'time-out' })
    await finish(pair)
    expect(pair.origin.effects.size).toBe(0)
  })

  test('when the lock is nearly over', async () => {
    const { pair, sessionId } = await stoppedBefore('commit-prepare-msg')
    const { transfer } = (await pair.a.status(sessionId))!
    pair.clock.advanceTo(transfer.lockUntilMs - defaultRules.leaveMarginMs)
    expect((await pair.a.advance(sessionId)).status.aborting).toBe(null)
    pair.clock.advance(1)
    expect((await pair.a.advance(sessionId)).status).toMatchObject({ aborting: 'time-out', asset: 'unlocking' })
    await finish(pair)
    expect(pair.places().origin).toMatchObject({ status: 'held', holder: formerHolder })
  })

  test('when the chain does not lock', async () => {
    const { pair, sessionId } = await stoppedBefore('transfer-commence-msg')
    pair.origin.issue(titleId, formerHolder, 'c1'.repeat(32))
    await finish(pair)
    expect(await pair.a.status(sessionId)).toMatchObject({ outcome: 'aborted', aborting: 'lock-refused' })
    expect(await outcomes(pair, sessionId)).toEqual(['aborted', 'aborted'])
  })

  test('when a network is switched off after the lock', async () => {
    const { pair, sessionId } = await stoppedBefore('commit-prepare-msg')
    pair.accept = async () => {
      throw new SatpError('ERR_SATP_TERMS', 'switched off')
    }
    await finish(pair)
    expect(await pair.a.status(sessionId)).toMatchObject({ outcome: 'aborted', asset: 'unlocked' })
    expect(pair.places()).toMatchObject({ origin: { status: 'held' }, destination: undefined })
  })

  test('when the counterpart is taken off the list before the title leaves', async () => {
    const { pair, sessionId } = await stoppedBefore('commit-prepare-msg')
    pair.allowed.clear()
    await finish(pair)
    expect((await pair.a.status(sessionId))!.outcome).toBe('aborted')
  })
})

describe('a title that left', () => {
  test('arrives however long the other is away', async () => {
    const { pair, sessionId } = await stoppedBefore('commit-final-msg')
    pair.clock.advance(30 * 24 * 3_600_000)
    await pair.b.resume()
    expect(await outcomes(pair, sessionId)).toEqual([null, 'aborted'])
    await finish(pair)
    expect(await outcomes(pair, sessionId)).toEqual(['completed', 'completed'])
    expect(pair.places().destination).toMatchObject({ status: 'held', holder: newHolder })
  })

  test('arrives by the beneficiary alone once it has the proof', async () => {
    const { pair, sessionId, message } = await stoppedBefore('commit-final-msg')
    pair.disturbB = action => {
      if (action === 'arrive') throw new ChainError('ERR_CHAIN_UNREACHABLE', 'nobody answers')
    }
    await expect(pair.deliver(message)).rejects.toThrow(code('ERR_SATP_WAITING'))
    pair.disturbB = () => undefined
    pair.startB()
    await pair.b.resume()
    expect(await pair.b.status(sessionId)).toMatchObject({ asset: 'arrived' })
    expect(pair.places().destination).toMatchObject({ status: 'held', holder: newHolder })
  })

  test('arrives though anybody made it leave while it was given up', async () => {
    for (const kind of ['lock-assert-msg', 'commit-prepare-msg'] as const) {
      const { pair, sessionId } = await stoppedBefore(kind)
      const { transfer } = (await pair.a.status(sessionId))!
      await pair.b.abort(sessionId)
      await pair.origin.end().leave(transfer)
      await finish(pair)
      expect(await outcomes(pair, sessionId)).toEqual(['completed', 'completed'])
      expect(pair.places().destination).toMatchObject({ status: 'held', holder: newHolder })
    }
  })

  test('arrives though its time was over before the lock was even asserted', async () => {
    const { pair, sessionId } = await stoppedBefore('lock-assert-msg')
    await pair.origin.end().leave((await pair.a.status(sessionId))!.transfer)
    pair.clock.advance(24 * 3_600_000)
    await finish(pair)
    expect(await outcomes(pair, sessionId)).toEqual(['completed', 'completed'])
  })

  test('is known to have left though it came back meanwhile', async () => {
    const { pair, sessionId } = await stoppedBefore('commit-prepare-msg')
    const { transfer } = (await pair.a.status(sessionId))!
    const [origin, destination] = [pair.origin.end(), pair.destination.end()]
    await origin.leave(transfer)
    await destination.arrive(transfer, await origin.proveLeft(transfer))
    const back: Transfer = {
      ...transfer,
      transferId: '0b'.repeat(32),
      fromNetwork: transfer.toNetwork,
      toNetwork: transfer.fromNetwork,
      toHolder: formerHolder,
    }
    await destination.lock(back)
    await destination.leave(back)
    await origin.arrive(back, await destination.proveLeft(back))
    await pair.a.abort(sessionId)
    await finish(pair)
    expect(await outcomes(pair, sessionId)).toEqual(['completed', 'completed'])
    expect(pair.places()).toMatchObject({ origin: { status: 'held', holder: formerHolder }, destination: { status: 'left' } })
  })

  test('that somebody else brought is there once', async () => {
    const { pair, sessionId } = await stoppedBefore('commit-final-msg')
    const { transfer } = (await pair.a.status(sessionId))!
    await pair.destination.end().arrive(transfer, await pair.origin.end().proveLeft(transfer))
    await finish(pair)
    expect(await outcomes(pair, sessionId)).toEqual(['completed', 'completed'])
    expect(pair.destination.effects.get(`arrive ${sessionId}`)).toBe(1)
  })

  test('is acknowledged though it arrived by another proof than the one that is asked about', async () => {
    const { pair, sessionId, message } = await stoppedBefore('commit-final-msg')
    const final = openMessage(message).message
    if (final.kind !== 'commit-final-msg') throw new Error('unexpected')
    // The same proof under another hash: what was made anew while the former was on its way.
    const { text } = await sealMessage(
      { ...final, hashPrevMessage: openMessage(firstMessage(await pair.logB.read(sessionId))).hash },
      counterpartB,
    )
    expect(kindOf((await pair.deliver(text))!)).toBe('ack-commit-final-msg')
    await finish(pair)
    expect(await outcomes(pair, sessionId)).toEqual(['completed', 'completed'])
    expect(pair.destination.effects.get(`arrive ${sessionId}`)).toBe(1)
  })

  test('waits while the other chain lets nothing in, and then arrives by a new proof', async () => {
    const { pair, sessionId } = await stoppedBefore('commit-final-msg')
    pair.destination.isOn = false
    pair.carry = (message, deliver) => deliver(message)
    const progress = await pair.a.advance(sessionId)
    expect(progress).toMatchObject({ problem: code('ERR_SATP_UNANSWERED'), status: { asset: 'left', outcome: null } })
    expect(pair.quarantineB).toEqual([expect.objectContaining({ code: 'ERR_SATP_PROOF', direction: 'request', sessionId })])
    pair.destination.isOn = true
    await finish(pair)
    expect(await outcomes(pair, sessionId)).toEqual(['completed', 'completed'])
  })
})

describe('what is refused', () => {
  test('a false proof: nothing arrives, it is in quarantine, and the true one counts', async () => {
    const { pair, sessionId, message } = await stoppedBefore('commit-final-msg')
    const true_ = openMessage(message).message
    if (true_.kind !== 'commit-final-msg') throw new Error('unexpected')
    const { burnAssertionClaim } = true_
    const evidence = { ...(burnAssertionClaim.proof.evidence as object), toHolder: 'did:neo:pilot:NThief' }
    const false_ = { ...true_, burnAssertionClaim: { ...burnAssertionClaim, proof: { ...burnAssertionClaim.proof, evidence } } }
    const answer = openMessage((await pair.deliver((await sealMessage(false_, counterpartB)).text))!).message
    expect(answer).toMatchObject({ kind: 'error-msg', code: 'err_3.5.4' })
    expect(pair.places().destination).toBe(undefined)
    expect(pair.quarantineB).toEqual([expect.objectContaining({ code: 'ERR_SATP_PROOF', signedBy: counterpartA.did })])
    await finish(pair)
    expect(await outcomes(pair, sessionId)).toEqual(['completed', 'completed'])
  })

  test('a proof before anything left', async () => {
    const { pair, message } = await stoppedBefore('commit-prepare-msg')
    const { sessionId, transferContextId } = openMessage(message).message
    const { transfer } = (await pair.a.status(sessionId))!
    const early: SatpMessage = {
      kind: 'commit-final-msg',
      sessionId,
      transferContextId,
      hashPrevMessage: (openMessage(message).message as { hashPrevMessage: string }).hashPrevMessage,
      burnAssertionClaimFormat: 'BURN_ASSERTION_CLAIM_FORMAT_1',
      burnAssertionClaim: {
        networkId: transfer.fromNetwork,
        titleId,
        proof: { format: 'fake/1', network: transfer.fromNetwork, evidence: { ...transfer } },
      },
    }
    const answer = await pair.deliver((await sealMessage(early, counterpartB)).text)
    expect(openMessage(answer!).message).toMatchObject({ kind: 'error-msg', code: 'err_3.5.4' })
    await finish(pair)
    expect(await outcomes(pair, sessionId)).toEqual(['completed', 'completed'])
  })

  test.each([
    'transfer-proposal-msg',
    'transfer-commence-msg',
    'lock-assert-msg',
    'commit-prepare-msg',
    'commit-final-msg',
    'commit-transfer-complete-msg',
  ] as const)(
    '%s with a bit flipped, of another key, a stranger, another session, or an old hash; the true one counts after all of these',
    async kind => {
      const { pair, sessionId, message } = await stoppedBefore(kind)
      const records = await pair.logB.read(sessionId)
      const { message: content } = openMessage(message)

      const middle = Math.floor(message.length / 2)
      const flipped = `${message.slice(0, middle)}${message[middle] === 'A' ? 'B' : 'A'}${message.slice(middle + 1)}`
      await expect(pair.deliver(flipped)).rejects.toThrow(/ERR_|expected/)

      const thief = { own: { ...counterpartB.own, signer: await generateSigner('P-256') } }
      await expect(pair.deliver((await sealMessage(content, thief)).text)).rejects.toThrow(code('ERR_SATP_SIGNATURE'))

      const otherKey = { own: { ...counterpartB.own, kid: `${counterpartB.own.did}#another` } }
      await expect(pair.deliver((await sealMessage(content, otherKey)).text)).rejects.toThrow(code('ERR_SATP_SIGNER'))

      const stranger = { own: { ...counterpartB.own, kid: 'did:neo:pilot:NStranger#key' } }
      await expect(pair.deliver((await sealMessage(content, stranger)).text)).rejects.toThrow(code('ERR_SATP_COUNTERPART'))

      if (kind !== 'transfer-proposal-msg') {
        const elsewhere = { ...content, sessionId: 'ab'.repeat(32) } as SatpMessage
        expect(openMessage((await pair.deliver((await sealMessage(elsewhere, counterpartB)).text))!).message).toMatchObject({
          kind: 'error-msg',
        })
        const old = { ...content, hashPrevMessage: 'ab'.repeat(32) } as SatpMessage
        const answer = openMessage((await pair.deliver((await sealMessage(old, counterpartB)).text))!).message
        expect(answer).toMatchObject({ kind: 'error-msg', code: expect.stringMatching(/^err_[123]\.[1359]?2?\.?[1-9]/) })
        expect(pair.quarantineB.at(-1)).toMatchObject({ code: 'ERR_SATP_HASH', signedBy: counterpartA.did })
      }
      const otherContext = { ...content, transferContextId: 'cd'.repeat(32) } as SatpMessage
      expect(openMessage((await pair.deliver((await sealMessage(otherContext, counterpartB)).text))!).message).toMatchObject({
        kind: 'error-msg',
      })

      expect(await pair.logB.read(sessionId)).toEqual(records)
      expect(pair.quarantineB.length).toBeGreaterThanOrEqual(5)
      await finish(pair)
      expect(await outcomes(pair, sessionId)).toEqual(['completed', 'completed'])
    },
  )

  test('an answer that is false counts as none: the same question is asked again', async () => {
    const pair = new GatewayPair()
    let former: string | undefined
    const tries = new Map<string, number>()
    pair.carry = async (message, deliver) => {
      const answer = await deliver(message)
      const kind = kindOf(message)
      const count = tries.get(kind) ?? 0
      tries.set(kind, count + 1)
      const old = former
      if (answer === undefined) return undefined
      if (count === 0) return `${answer.slice(0, -4)}AAAA`
      if (count === 1 && old !== undefined) return old
      if (count === 2) return 'nonsense'
      if (count === 3) {
        const { message: content } = openMessage(answer)
        const lie = { ...content, hashPrevMessage: 'ab'.repeat(32) } as SatpMessage
        return (await sealMessage(lie, counterpartA)).text
      }
      former = answer
      return answer
    }
    const { sessionId } = await pair.a.begin(pair.request())
    for (let round = 0; round < 40; round++) {
      const { againAtMs } = await pair.a.advance(sessionId)
      if (againAtMs !== null) pair.clock.advanceTo(Math.min(againAtMs, pair.clock.nowMs() + 1000))
    }
    expect(await outcomes(pair, sessionId)).toEqual(['completed', 'completed'])
    const codes = new Set(pair.quarantineA.map(item => item.code))
    expect([...codes].sort()).toEqual(['ERR_SATP_HASH', 'ERR_SATP_MALFORMED', 'ERR_SATP_SIGNATURE', 'ERR_SATP_STATE'])
  })

  test('a title that is at the destination already, when it is proposed and before it is promised', async () => {
    const pair = new GatewayPair()
    pair.destination.titles.set(titleId, { status: 'held', assetId: titleId, holder: newHolder, contentHash: 'c0'.repeat(32) })
    const message = await stoppedProposal(pair)
    expect(openMessage((await pair.deliver(message))!).message).toMatchObject({ kind: 'error-msg', code: 'err_1.1.11' })
    expect(await pair.logB.open()).toEqual([])
  })

  test('a session of another counterpart', async () => {
    const { pair, sessionId, message } = await stoppedBefore('transfer-commence-msg')
    const signer = await generateSigner('P-256')
    const did = 'did:neo:pilot:NGatewayC'
    const c = { ...counterpartA, did, kid: `${did}#k`, publicKey: signer.publicKey }
    pair.startB(ports => ({
      ...ports,
      counterparts: { find: async who => (who === did ? c : who === counterpartA.did ? counterpartA : undefined) },
    }))
    const asC = { own: { did, kid: c.kid, signer } }
    const answer = await pair.deliver((await sealMessage(openMessage(message).message, asC)).text)
    expect(openMessage(answer!).message).toMatchObject({ kind: 'error-msg', code: 'err_0.1.2' })
    expect(pair.quarantineB).toEqual([expect.objectContaining({ code: 'ERR_SATP_SIGNER', signedBy: did, sessionId })])
    await finish(pair)
    expect(await outcomes(pair, sessionId)).toEqual(['completed', 'completed'])
  })

  test('whatever comes by itself to an originator, but an abort', async () => {
    const { pair, sessionId, message } = await stoppedBefore('commit-prepare-msg')
    const content = { ...openMessage(message).message } as SatpMessage
    const { text } = await sealMessage(content, counterpartA)
    const reply = await pair.a.receive(text)
    expect(reply.status).toBe(400)
    expect(pair.quarantineA).toEqual([expect.objectContaining({ code: 'ERR_SATP_STATE', sessionId })])
  })
})

async function stoppedProposal(pair: GatewayPair): Promise<string> {
  return (await stoppedBefore('transfer-proposal-msg', pair)).message
}

describe('two processes over one log', () => {
  test('collide loudly, and do nothing twice', async () => {
    const pair = new GatewayPair()
    const { sessionId } = await pair.a.begin(pair.request())
    const first = pair.a
    const second = pair.startA()
    const progress = await Promise.all([first.advance(sessionId), second.advance(sessionId)])
    const problems = progress.flatMap(({ problem }) => (problem === undefined ? [] : [problem]))
    expect(problems).toEqual([code('ERR_SATP_LOG_CONFLICT')])
    await finish(pair)
    expect(await outcomes(pair, sessionId)).toEqual(['completed', 'completed'])
    expect([...pair.origin.effects.values(), ...pair.destination.effects.values()]).toEqual([1, 1, 1])
  })

  test('a damaged log is an error, and holds up no other session', async () => {
    const { pair, sessionId } = await stoppedBefore('lock-assert-msg')
    await pair.logA.append('ef'.repeat(32), 0, { kind: 'acting', action: 'lock', atMs: 0 })
    await expect(pair.a.status('ef'.repeat(32))).rejects.toThrow(code('ERR_SATP_LOG_DAMAGED'))
    const failed: string[] = []
    pair.carry = (message, deliver) => deliver(message)
    const progress = await pair.a.resume(which => failed.push(which))
    expect(failed).toEqual(['ef'.repeat(32)])
    expect(progress.map(({ status }) => [status.sessionId, status.outcome])).toEqual([[sessionId, 'completed']])
  })
})
