import { signMessage } from '../../../apps/institution/src/handover/peer-message.ts'
import { type AttackedInstitution, residentType } from './attacked-world.ts'
import type { AuthorizedWallet } from './resident.ts'

/** A route as the server describes it. */
export interface DescribedRoute {
  readonly method: string
  readonly path: string
  readonly access: string | readonly string[]
}

const someId = '00000000-0000-4000-8000-000000000000'
const methodsWithBodies = ['POST', 'PUT', 'PATCH', 'DELETE']

/** Routes that take a body or change something, out of the server's own description. */
export async function changingRoutes(institution: AttackedInstitution): Promise<readonly DescribedRoute[]> {
  const { paths } = await institution.done('GET', '/openapi.json')
  return Object.entries(paths as Record<string, Record<string, { 'x-access': DescribedRoute['access'] }>>).flatMap(([path, operations]) =>
    Object.entries(operations)
      .map(([method, operation]) => ({ method: method.toUpperCase(), path: addressOf(path), access: operation['x-access'] }))
      .filter(({ method }) => methodsWithBodies.includes(method)),
  )
}

/** The path with something in place of its parameters. */
function addressOf(path: string): string {
  return path
    .replace('{queryId}', 'open-account')
    .replace('{type}', encodeURIComponent(residentType))
    .replace('{uid}', 'u'.repeat(21))
    .replace(/\{[^}]+\}/g, someId)
}

/** Whoever may call a route, and what they bring. */
export async function headersFor(
  { path, access }: DescribedRoute,
  { bank, peer, wallet, body }: { bank: AttackedInstitution; peer: AttackedInstitution; wallet: AuthorizedWallet; body?: unknown },
): Promise<Readonly<Record<string, string>>> {
  if (typeof access !== 'string') return { ...(await bank.session('everything')) }
  if (access === 'system') return { authorization: `Bearer ${bank.systemToken}` }
  if (access === 'wallet') return wallet.headers(path)
  if (access === 'peer') {
    const about = { method: 'POST', path } as const
    const content = { issuer: peer.did, audience: bank.did, about, body: (body ?? {}) as object }
    return { 'hufu-message': (await signMessage(content as never, { id: peer.kid, signer: peer.signer }, Date.now())).jws }
  }
  return path.startsWith('/staff/') ? { origin: bank.url } : {}
}
