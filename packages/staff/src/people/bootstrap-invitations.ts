import { parseJson } from '@hufu/primitives'
import { ServiceError } from '@hufu/service'
import type { StaffRole } from '../access/access.ts'
import { invitationLifetimeMs } from './invitations.ts'

/** An invitation that whoever runs the server makes, for the first administrator, or when none is left: `hufu staff invite` writes it. */
export interface BootstrapInvitation {
  readonly personId: string
  readonly name: string
  readonly roles: readonly StaffRole[]
  /** SHA-256 of the code, base64url: the file gives nobody the code. */
  readonly codeHash: string
  readonly expiresAtMs: number
}

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
const hashPattern = /^[A-Za-z0-9_-]{43}$/

/**
 * Reads the file of such invitations: `{ "version": 1, "invitations": [...] }`.
 *
 * @param options.nowMs - none may last longer than a day from now
 * @param options.roles - those there are
 * @throws ServiceError `ERR_SERVICE_CONFIG`
 */
export function parseBootstrapInvitations(
  text: string,
  { nowMs, roles }: { readonly nowMs: number; readonly roles: readonly StaffRole[] },
): readonly BootstrapInvitation[] {
  try {
    const { version, invitations } = parseJson(text) as { version?: unknown; invitations?: unknown }
    if (version !== 1 || !Array.isArray(invitations)) throw new TypeError('version')
    return (invitations as unknown[]).map(invitation => parseInvitation(invitation, nowMs, roles))
  } catch {
    throw new ServiceError(
      'ERR_SERVICE_CONFIG',
      'STAFF_BOOTSTRAP_FILE: expected version 1 and invitations with personId, name, roles, codeHash and expiresAtMs within a day, as hufu staff invite writes them',
    )
  }
}

function parseInvitation(json: unknown, nowMs: number, known: readonly StaffRole[]): BootstrapInvitation {
  const { personId, name, roles, codeHash, expiresAtMs } = json as Record<string, unknown>
  const areRoles = Array.isArray(roles) && roles.length > 0 && roles.every(role => known.includes(role as StaffRole))
  const isWhole =
    typeof personId === 'string' &&
    uuidPattern.test(personId) &&
    typeof name === 'string' &&
    name !== '' &&
    typeof codeHash === 'string' &&
    hashPattern.test(codeHash) &&
    typeof expiresAtMs === 'number' &&
    expiresAtMs <= nowMs + invitationLifetimeMs
  if (!isWhole || !areRoles) throw new TypeError('invitation')
  return { personId, name, roles: roles as readonly StaffRole[], codeHash, expiresAtMs }
}
