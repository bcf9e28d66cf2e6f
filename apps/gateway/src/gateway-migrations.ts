import type { PartMigrations } from '@hufu/staff'

/**
 * The gateway's tables. None can be had again from a chain: they belong in backups.
 *
 * - `gateway_switches`: networks that somebody has switched here; one without a row is on
 * - `gateway_session_log`: what each session did, in order; a record is never changed. It is what counts
 * - `gateway_sessions`: a line for each session, for people and for whoever looks which are not over
 * - `gateway_quarantine`: what failed proof or signature: code and SHA-256, never what it was
 */
export const gatewayMigrations: PartMigrations = [
  {
    name: 'gateway 1',
    sql: `
      create table gateway_switches (
        network text primary key,
        is_on boolean not null,
        changed_at_ms double precision not null
      );
      create table gateway_session_log (
        session_id text not null,
        position integer not null,
        record text not null,
        primary key (session_id, position)
      );
      create table gateway_sessions (
        session_id text primary key,
        role text not null,
        counterpart text not null,
        transfer text not null,
        stage integer not null,
        asset text not null,
        records integer not null,
        outcome text,
        attempts integer not null default 0,
        problem text,
        again_at_ms double precision,
        created_at_ms double precision not null,
        changed_at_ms double precision not null
      );
      create index gateway_sessions_open on gateway_sessions (created_at_ms) where outcome is null;
      create index gateway_sessions_time on gateway_sessions (created_at_ms);
      create table gateway_quarantine (
        reason text not null,
        hash text not null,
        counterpart text,
        times integer not null,
        first_at_ms double precision not null,
        last_at_ms double precision not null,
        primary key (reason, hash)
      );
      create index gateway_quarantine_time on gateway_quarantine (last_at_ms)`,
  },
]
