import { expect } from 'vitest'
import { answer, openLink, post, type TestWallet } from '../../../apps/institution/src/verifier/wallet-fixture.ts'
import type { AttackedInstitution } from './attacked-world.ts'
import { ask } from './resident.ts'

/**
 * A record of one institution's goes to another one, with the person's consent.
 *
 * @returns by what the one that has it knows the person
 */
export async function handOver(
  holder: AttackedInstitution,
  receiver: AttackedInstitution,
  wallet: TestWallet,
  content: object,
): Promise<string> {
  const begun = await ask(holder, wallet, 'sign-in')
  expect((await post(wallet, begun.request, await answer(wallet, begun.request))).status).toBe(200)
  const headers = { authorization: `Bearer ${begun.token}` }
  const { pseudonym } = await holder.done('POST', `/verifier/presentations/${begun.id}/finish`, { headers, body: {} })
  expect((await holder.system('PUT', `/handover/records/${pseudonym}/x-ray`, { content })).status).toBe(204)
  const untilMs = 1000 * Math.ceil(Date.now() / 1000) + 3_600_000
  const asked = await receiver.system('POST', '/handover/requests', { holder: holder.did, record: 'x-ray', untilMs })
  expect(asked.status, asked.text).toBe(201)
  const request = await openLink(wallet, asked.json.qr)
  expect((await post(wallet, request, await answer(wallet, request))).status).toBe(200)
  const fetched = await receiver.system('POST', `/handover/requests/${asked.json.id}/fetch`, {})
  expect([fetched.status, fetched.json.content]).toEqual([200, content])
  return pseudonym
}
