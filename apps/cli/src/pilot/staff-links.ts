import { createHash, randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { writeFileWhole } from '@hufu/files'

/** A person of a pilot institution's staff, and the link by which they come in, once. */
export interface StaffLink {
  readonly name: string
  readonly roles: readonly string[]
  readonly link: string
}

type Person = Omit<StaffLink, 'link'>

/** Two of whatever two persons must agree on. */
const institutionStaff: readonly Person[] = [
  { name: '林柜员 Clerk Lin', roles: ['clerk'] },
  { name: '陈主管 Officer Chen', roles: ['officer'] },
  { name: '周主管 Officer Zhou', roles: ['officer'] },
  { name: '赵管理员 Administrator Zhao', roles: ['administrator'] },
  { name: '钱管理员 Administrator Qian', roles: ['administrator'] },
  { name: '孙审计 Auditor Sun', roles: ['auditor'] },
]

/** Who works with the console. */
export const consoleStaff: readonly Person[] = [
  { name: '吴值守 Operator Wu', roles: ['operator'] },
  { name: '郑委员 Member Zheng', roles: ['member'] },
  { name: '冯审计 Auditor Feng', roles: ['auditor'] },
  { name: '蒋管理员 Administrator Jiang', roles: ['administrator'] },
]

const lifetimeMs = 86_400_000

/**
 * Writes the file of invitations that a server reads when it starts: new codes each time, for the same persons.
 *
 * @param pagesUrl - where the staff's pages are, with a slash at its end
 */
export async function inviteStaff(
  folder: string,
  pagesUrl: string,
  staff: readonly Person[] = institutionStaff,
): Promise<readonly StaffLink[]> {
  const expiresAtMs = Date.now() + lifetimeMs
  const invited = staff.map(person => ({ ...person, code: randomBytes(32).toString('base64url') }))
  const invitations = invited.map(({ name, roles, code }) => ({
    personId: personIdOf(name),
    name,
    roles,
    codeHash: createHash('sha256').update(code).digest('base64url'),
    expiresAtMs,
  }))
  await writeFileWhole(join(folder, 'staff.json'), JSON.stringify({ version: 1, invitations }))
  return invited.map(({ name, roles, code }) => ({ name, roles, link: `${pagesUrl}#/invitation/${code}` }))
}

/** The same on every start, in the form of a UUID. */
function personIdOf(name: string): string {
  const hex = createHash('sha256').update(`hufu pilot staff ${name}`).digest('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-')
}
