import type { PartMigrations } from '@hufu/staff'

/** Tables of authorization and sign-in. */
export const authorizationMigrations: PartMigrations = [
  {
    name: 'authorization 1: entries of the provider, claims, presentations of interactions, signing keys',
    sql: `
      create table authorization_entries (
        id text primary key,
        model text not null,
        payload text,
        sealed bytea,
        grant_key text,
        alias_key text,
        session_key text,
        consumed_ms double precision,
        expires_ms double precision not null
      );
      create index authorization_entries_by_grant on authorization_entries (grant_key) where grant_key is not null;
      create index authorization_entries_by_alias on authorization_entries (alias_key) where alias_key is not null;
      create index authorization_entries_by_expiry on authorization_entries using brin (expires_ms);
      create table sign_in_claims (
        grant_key text primary key,
        sealed bytea not null,
        expires_ms double precision not null
      );
      create index sign_in_claims_by_expiry on sign_in_claims using brin (expires_ms);
      create table sign_in_presentations (
        interaction_key text primary key,
        sealed bytea not null,
        expires_ms double precision not null
      );
      create index sign_in_presentations_by_expiry on sign_in_presentations using brin (expires_ms);
      create table id_token_keys (
        id text primary key,
        position integer not null,
        sealed bytea not null,
        created_ms double precision not null,
        ends_ms double precision
      )`,
  },
]
