import type { PartMigrations } from '../part.ts'

/** Names are sealed; codes, tokens and challenges are kept as SHA-256. */
export const staffMigrations: PartMigrations = [
  {
    name: 'staff 1',
    sql: `
      create table staff_people (
        id text primary key,
        name bytea not null,
        roles text not null,
        state text not null,
        created_at_ms double precision not null
      );
      create table staff_passkeys (
        id text primary key,
        person_id text not null references staff_people (id),
        public_key bytea not null,
        counter double precision not null,
        transports text not null,
        label text not null,
        created_at_ms double precision not null,
        used_at_ms double precision
      );
      create index staff_passkeys_person on staff_passkeys (person_id);
      create table staff_invitations (
        id text primary key,
        code_hash text unique,
        person_id text,
        name bytea not null,
        roles text not null,
        state text not null,
        invited_by text not null,
        created_at_ms double precision not null,
        expires_at_ms double precision not null
      );
      create table staff_challenges (
        id text primary key,
        challenge text not null,
        purpose text not null,
        bound_to text not null,
        expires_at_ms double precision not null
      );
      create index staff_challenges_expiry on staff_challenges (expires_at_ms);
      create table staff_sessions (
        id text primary key,
        token_hash text unique not null,
        person_id text not null references staff_people (id),
        kind text not null,
        created_at_ms double precision not null,
        seen_at_ms double precision not null,
        confirmed_at_ms double precision not null,
        expires_at_ms double precision not null
      );
      create index staff_sessions_person on staff_sessions (person_id)`,
  },
]
