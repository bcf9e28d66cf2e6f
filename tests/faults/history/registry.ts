import { trust } from '@hufu/bindings'
import { type Account, singleAccount } from '@hufu/ledger'
import { utf8ToBytes } from '@hufu/primitives'
import { fixedSigner, type TestNetwork } from '@hufu/testkit'
import { registerAll } from './register-all.ts'

/** What trees and nullifiers rest on: an authority, institutions that may issue, one that may ask. None of it changes in a run. */
export interface Registry {
  readonly authority: Account
  readonly institutions: readonly Account[]
  readonly verifier: Account
  readonly typeId: string
  readonly queryId: string
  readonly validUntilMs: number
}

const dayMs = 86_400_000

/** @param typeIds - further credential types to be registered */
export async function foundRegistry(network: TestNetwork, institutionCount: number, typeIds: readonly string[]): Promise<Registry> {
  const names = ['authority', 'verifier', ...Array.from({ length: institutionCount }, (_, index) => `institution ${index}`)]
  const accounts = await Promise.all(names.map(async name => singleAccount(await fixedSigner(name))))
  const [authority, verifier, ...institutions] = accounts as [Account, Account, ...Account[]]
  const [typeId, queryId] = ['urn:hufu:concession', 'ride']
  const validUntilMs = Date.now() + 1_000 * dayMs
  const contract = trust(network.descriptor.contracts.trust.hash)
  const ends = { authority: authority.scriptHash, validUntilMs: BigInt(validUntilMs) }
  await registerAll(network, accounts)
  const schema = utf8ToBytes('{}')
  const types = [typeId, ...typeIds].map(each => contract.registerCredentialType({ typeId: each, version: 1n, schema }))
  const founded = await network.founding.submit([contract.addAuthority({ ...ends, region: '990100' }), ...types], {
    account: network.committee,
    idempotencyKey: 'found the registry',
  })
  await founded.inBlock()
  const calls = [verifier, ...institutions].flatMap(({ scriptHash: institution }) => [
    contract.addInstitution({ ...ends, institution, kind: 'transport' }),
    contract.accreditIssuer({ ...ends, institution, typeId, validFromMs: 0n }),
  ])
  const added = await network.ledger.submit(calls, { account: authority, sponsor: network.committee, idempotencyKey: 'add institutions' })
  await added.inBlock()
  const query = contract.registerQuery({
    authority: authority.scriptHash,
    institution: verifier.scriptHash,
    queryId,
    content: utf8ToBytes('{}'),
  })
  const asked = await network.founding.submit([query], { account: network.committee, idempotencyKey: 'register the query' })
  await asked.durable()
  return { authority, institutions, verifier, typeId, queryId, validUntilMs }
}
