import type { PartMigrations } from '@hufu/staff'

/** `console_notifications` and `console_cursor` are a cache of the ledger; `console_fleet` is what the watch saw, by seconds, and cannot be had again. */
export const consoleMigrations: PartMigrations = [
  {
    name: 'console 1',
    sql: `
      create table console_notifications (
        block_index integer,
        position integer,
        contract text not null,
        name text not null,
        content text not null,
        time_ms double precision not null,
        transaction_hash text not null,
        primary key (block_index, position)
      );
      create index console_notifications_name on console_notifications (contract, name, block_index, position);
      create index console_notifications_transaction on console_notifications (transaction_hash);
      create table console_cursor (network text primary key, block_index integer not null, block_hash text not null);
      create table console_fleet (at_ms double precision primary key, margin integer not null, alarms integer not null, sample text not null)`,
  },
]
