import type { PartMigrations } from '../part.ts'

/**
 * `audit_entries`: `entry` is canonical JSON of all but time and position; the rest is filled in when it is chained. `audit_head`: one row, where the chain ends.
 * `audit_anchors`: heads that are, or are about to be, on the ledger.
 */
export const auditMigrations: PartMigrations = [
  {
    name: 'audit 1',
    sql: `
      create table audit_entries (
        id bigint generated always as identity primary key,
        at_ms double precision not null,
        entry text not null,
        sequence double precision unique,
        previous_hash text,
        hash text
      );
      create index audit_entries_unchained on audit_entries (id) where sequence is null;
      create table audit_head (single boolean primary key default true check (single), sequence double precision not null, hash text not null);
      insert into audit_head (sequence, hash) values (0, '${'00'.repeat(32)}');
      create table audit_anchors (
        sequence double precision primary key,
        hash text not null,
        begun_at_ms double precision not null,
        block_index double precision,
        time_ms double precision,
        transaction_hash text
      )`,
  },
]
