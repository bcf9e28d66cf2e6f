import type { AssetEnd } from '@hufu/chains/titles'
import { errorCode } from '@hufu/primitives'
import type { Counterpart } from './counterpart.ts'
import { SatpError } from './errors.ts'
import { sealMessage } from './message/sealed-message.ts'
import type { GatewayPorts } from './ports.ts'
import { quarantine } from './quarantine.ts'
import type { Rules } from './rules.ts'
import { composeAnswer } from './session/beneficiary-messages.ts'
import { type BeneficiaryStep, beneficiaryStep } from './session/beneficiary-step.ts'
import type { OpenSession } from './session/open-session.ts'
import { isRefusal } from './settle.ts'

/**
 * Goes on with a session from where its records say it is, until it waits for a message or for time to pass.
 *
 * @returns when there is something to do again; null if nothing
 * @throws SatpError `ERR_SATP_PROOF`: the chain refused the proof that waited, which is in quarantine then; or whatever kept it from going on
 */
export async function runBeneficiary(session: OpenSession, ports: GatewayPorts, rules: Rules): Promise<number | null> {
  for (;;) {
    const step = beneficiaryStep(session.state, ports.clock.nowMs(), rules)
    if (step.do === 'wait') return step.untilMs
    await take(step, session, ports)
  }
}

async function take(step: Exclude<BeneficiaryStep, { do: 'wait' }>, session: OpenSession, ports: GatewayPorts): Promise<void> {
  switch (step.do) {
    case 'arrive':
      return arrive(session, ports)
    case 'answer':
      return answer(session, ports)
    case 'close':
      return session.append({ kind: 'closed', outcome: step.outcome, reason: step.reason })
  }
}

async function answer(session: OpenSession, ports: GatewayPorts): Promise<void> {
  const counterpart = await ports.counterparts.find(session.state.opened.counterpart)
  if (counterpart === undefined) throw new SatpError('ERR_SATP_COUNTERPART', 'counterpart: expected one that is allowed')
  const message = composeAnswer(session.state.pending!, session.state, ports.clock.nowMs())
  const { text } = await sealMessage(message, counterpart)
  await session.append({ kind: 'sent', message: text })
}

async function arrive(session: OpenSession, ports: GatewayPorts): Promise<void> {
  const { opened, asset, pending } = session.state
  const final = pending!.message
  if (final.kind !== 'commit-final-msg') throw new TypeError('expected a proof that waits')
  const end = endOf(session, ports)
  if (asset !== 'arriving') await session.append({ kind: 'acting', action: 'arrive' })
  let transactionId: string | null
  try {
    transactionId = (await end.arrive(opened.transfer, final.burnAssertionClaim.proof)).transactionId
  } catch (error) {
    if (!isRefusal(error)) throw error
    // Somebody else may have brought it, with a true proof of what was agreed: anybody may.
    const isThere = errorCode(error) === 'ERR_CHAIN_REFUSED' && (await end.arrived(opened.transfer))
    if (!isThere) return refuseProof(error, session, ports)
    transactionId = null
  }
  await session.append({ kind: 'acted', action: 'arrive', outcome: 'done', transactionId })
}

/** Drops the proof that waits; another may come. */
async function refuseProof(cause: unknown, session: OpenSession, ports: GatewayPorts): Promise<never> {
  const { sessionId, opened, pending } = session.state
  const error = new SatpError('ERR_SATP_PROOF', 'burnAssertionClaim.proof: expected one of this transfer that the chain finds true', {
    cause,
  })
  // One that is only older than what the chain has seen is no lie.
  if (errorCode(cause) !== 'ERR_CHAIN_ROLLBACK')
    await quarantine(error, { direction: 'request', message: pending!.text, signedBy: opened.counterpart, sessionId }, ports)
  await session.append({ kind: 'acted', action: 'arrive', outcome: 'refused', transactionId: null })
  throw error
}

/**
 * Whether this gateway can promise to take the title, which cannot be taken back: policy allows it, and the chain has room for it.
 *
 * @throws SatpError `ERR_SATP_TERMS`
 */
export async function checkIsTakeable(session: OpenSession, counterpart: Counterpart, ports: GatewayPorts): Promise<void> {
  const { transfer } = session.state.opened
  await ports.accept?.(transfer, 'beneficiary', counterpart)
  await checkIsAbsent(endOf(session, ports), transfer.assetId)
}

/** A title that is on this chain cannot arrive there: it would have left for nowhere. @throws SatpError `ERR_SATP_TERMS` */
export async function checkIsAbsent(end: AssetEnd, assetId: string): Promise<void> {
  const title = await end.get(assetId)
  if (title !== undefined && title.status !== 'left')
    throw new SatpError('ERR_SATP_TERMS', 'digitalAssetId: expected a title that is not here', { protocolCode: 'err_1.1.11' })
}

function endOf({ state }: OpenSession, ports: GatewayPorts): AssetEnd {
  const end = ports.endOf(state.opened.transfer.toNetwork)
  if (end === undefined) throw new SatpError('ERR_SATP_WAITING', 'toNetwork: expected a network of this gateway')
  return end
}
