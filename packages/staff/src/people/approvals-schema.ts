import type { PartMigrations } from '../part.ts'

export const approvalMigrations: PartMigrations = [
  {
    name: 'approvals 1',
    sql: `
      create table approvals (
        id text primary key,
        kind text not null,
        payload text not null,
        role text not null,
        state text not null,
        requested_by text not null,
        requested_at_ms double precision not null,
        expires_at_ms double precision not null,
        decided_by text,
        decided_at_ms double precision
      );
      create index approvals_pending on approvals (requested_at_ms) where state = 'pending'`,
  },
]
