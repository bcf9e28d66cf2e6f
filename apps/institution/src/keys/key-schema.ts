import type { PartMigrations } from '@hufu/staff'

/**
 * Keys of the institution. `secret` is sealed; those of a token have its label instead, and those of the identity file neither. A key is `made`, then `listed` in the DID document, then `signing`, then
 * `old`: still listed, for what it signed; at last `retired`.
 */
export const keyMigrations: PartMigrations = [
  {
    name: 'institution keys 1',
    sql: `
      create table institution_keys (
        id text primary key,
        secret bytea,
        state text not null,
        made_at_ms double precision not null,
        listed_at_ms double precision,
        signing_at_ms double precision,
        listed_until_ms double precision,
        retired_at_ms double precision
      )`,
  },
  { name: 'institution keys 2: in a token', sql: 'alter table institution_keys add column token_label text' },
]
