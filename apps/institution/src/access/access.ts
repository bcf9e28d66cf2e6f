import type { StaffRoles } from '@hufu/staff'

/** What a member of an institution's staff may do. One person may have several, but never approves what they entered themselves. */
export const staffRoles = ['clerk', 'officer', 'administrator', 'auditor'] as const
export type StaffRole = (typeof staffRoles)[number]

/** Officers decide over residents. */
export const institutionStaffRoles: StaffRoles = { all: staffRoles, weighty: ['officer'] }
