import type { PartMigrations } from '@hufu/staff'

/** Tables of the verifier (docs/institution.md §5). */
export const verifierMigrations: PartMigrations = [
  {
    name: 'verifier 1: presentations',
    sql: `create table presentations (
            id text primary key,
            query_id text not null,
            query_version integer not null,
            purpose_kind text not null,
            purpose_id text not null,
            status text not null,
            nonce text not null,
            state_elsewhere text not null,
            state_here text,
            response_key bytea not null,
            transaction_data text,
            return_to text,
            token_hash text not null,
            browser_hash text,
            response_code_hash text,
            failed_rule text,
            attempts integer not null,
            result bytea,
            opened_at_ms double precision,
            expires_at_ms double precision not null
          );
          create index presentations_expiry on presentations (expires_at_ms)`,
  },
  {
    name: 'verifier 2: receipts',
    sql: `create table receipts (
            id text primary key,
            presentation_id text not null,
            query_id text not null,
            query_version integer not null,
            purpose_kind text not null,
            verdict text not null,
            failed_rule text,
            code text,
            formats text not null,
            receipt bytea not null,
            content bytea,
            content_until_ms double precision,
            at_ms double precision not null
          );
          create index receipts_time on receipts (at_ms);
          create index receipts_content on receipts (content_until_ms) where content is not null`,
  },
]
