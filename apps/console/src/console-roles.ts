import type { StaffRoles } from '@hufu/staff'

/**
 * Who works with the console: `operator` runs a validator, `member` sits in the council, `auditor` checks logs, `administrator` looks after people. What is decided
 * takes keys of the seats, which this server has not; yet whoever is a member prepares what others sign.
 */
export const consoleRoles: StaffRoles = { all: ['operator', 'member', 'auditor', 'administrator'], weighty: ['member'] }
