import type { StaffRole } from '../api/staff-answers.ts'
import type { frameTexts } from './frame-texts.ts'

export type PlaceName = keyof (typeof frameTexts)['en']['places']

/** A page that somebody can go to. */
export interface Place {
  readonly name: PlaceName
  readonly path: string
}

export interface PlaceGroup {
  readonly name: StaffRole | 'own'
  readonly places: readonly Place[]
}

interface KnownPlace extends Place {
  readonly group: StaffRole
  /** Roles of the staff that open it. */
  readonly roles: readonly StaffRole[]
  /** What the server must do for there to be anything. */
  readonly needs?: string
}

const known: readonly KnownPlace[] = [
  { name: 'applications', path: '/applications', group: 'clerk', roles: ['clerk'], needs: 'issuer' },
  { name: 'imports', path: '/imports', group: 'clerk', roles: ['clerk', 'officer'], needs: 'issuer' },
  { name: 'verify', path: '/verify', group: 'clerk', roles: ['clerk'], needs: 'verifier' },
  { name: 'review', path: '/review', group: 'officer', roles: ['officer'], needs: 'issuer' },
  { name: 'credentials', path: '/credentials', group: 'officer', roles: ['officer'], needs: 'issuer' },
  { name: 'receipts', path: '/receipts', group: 'officer', roles: ['officer', 'auditor'], needs: 'verifier' },
  { name: 'grants', path: '/grants', group: 'officer', roles: ['officer', 'auditor'], needs: 'hand-over' },
  { name: 'approvals', path: '/approvals', group: 'officer', roles: ['officer', 'administrator'] },
  { name: 'people', path: '/people', group: 'administrator', roles: ['administrator'] },
  { name: 'keys', path: '/keys', group: 'administrator', roles: ['administrator', 'auditor'] },
  { name: 'server', path: '/server', group: 'administrator', roles: ['administrator'] },
  { name: 'audit', path: '/audit', group: 'auditor', roles: ['auditor'] },
]

const own: Place = { name: 'account', path: '/account' }

/** Where somebody may go, grouped by whose work it is: their own role's where the group's is another's. */
export function placesFor(roles: readonly string[], serverRoles: readonly string[]): readonly PlaceGroup[] {
  const open = known.filter(
    place => place.roles.some(role => roles.includes(role)) && (place.needs === undefined || serverRoles.includes(place.needs)),
  )
  const groupOf = (place: KnownPlace): StaffRole =>
    roles.includes(place.group) ? place.group : place.roles.find(role => roles.includes(role))!
  const groups = (['clerk', 'officer', 'administrator', 'auditor'] as const).map(name => ({
    name,
    places: open.filter(place => groupOf(place) === name),
  }))
  return [...groups.filter(({ places }) => places.length > 0), { name: 'own', places: [own] }]
}
