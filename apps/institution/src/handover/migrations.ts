import type { PartMigrations } from '@hufu/staff'

/** Tables of the hand-over, of both sides (docs/institution.md §6). */
export const handoverMigrations: PartMigrations = [
  {
    name: 'hand-over 1: records',
    sql: `create table handover_records (
            subject_key text not null,
            name text not null,
            content bytea not null,
            updated_at_ms double precision not null,
            primary key (subject_key, name)
          )`,
  },
  {
    name: 'hand-over 2: consents asked of people, and grants',
    sql: `create table handover_consents (
            id text primary key,
            receiver text not null,
            record text not null,
            end_ms double precision not null,
            presentation_id text not null,
            token bytea not null,
            status text not null,
            grant_id text,
            expires_at_ms double precision not null
          );
          create table handover_grants (
            id text primary key,
            jws text not null,
            receiver text not null,
            record text not null,
            subject_key text not null,
            owner_key text not null,
            not_before_ms double precision not null,
            end_ms double precision not null,
            receipt_id text not null,
            revoked_at_ms double precision,
            revoked_by text
          );
          create index handover_grants_owner on handover_grants (owner_key)`,
  },
  {
    name: 'hand-over 3: what was asked of others',
    sql: `create table handover_requests (
            id text primary key,
            holder text not null,
            remote_id text not null,
            record text not null,
            end_ms double precision not null,
            status text not null,
            grant_jws text,
            created_at_ms double precision not null,
            expires_at_ms double precision not null
          )`,
  },
  {
    name: 'hand-over 4: signed messages of both sides',
    sql: `create table handover_messages (
            id text not null,
            direction text not null,
            peer text not null,
            path text not null,
            jws text not null,
            at_ms double precision not null,
            primary key (peer, id, direction)
          );
          create index handover_messages_time on handover_messages (at_ms)`,
  },
]
