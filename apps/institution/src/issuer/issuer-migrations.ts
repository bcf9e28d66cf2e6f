import type { PartMigrations } from '@hufu/staff'

export const issuerMigrations: PartMigrations = [
  {
    name: 'issuer 1',
    sql: `
      create table applications (
        id text primary key,
        type text not null,
        state text not null,
        status text not null default 'valid',
        reason text,
        content bytea not null,
        content_digest text not null,
        subject_key text,
        clerk text not null,
        officer text,
        return_reason bytea,
        import_id text,
        import_line integer,
        created_at_ms double precision not null,
        changed_at_ms double precision not null
      );
      create index applications_subject on applications (subject_key);
      create index applications_created on applications (created_at_ms);
      create index applications_clerk on applications (clerk, created_at_ms);
      create unique index applications_import on applications (import_id, import_line);

      create table offers (
        id text primary key,
        application text not null,
        configurations text not null,
        code_hash text not null unique,
        tx_code_digest text not null,
        attempts_left integer not null,
        state text not null,
        made_by text not null,
        created_at_ms double precision not null,
        expires_at_ms double precision not null
      );
      create index offers_application on offers (application);

      create table issuances (
        id text primary key,
        digest text not null unique,
        token text not null,
        application text not null,
        configuration text not null,
        state text not null,
        request bytea not null,
        transaction_hash text not null unique,
        notification_hash text not null unique,
        event text,
        created_at_ms double precision not null
      );
      create index issuances_application on issuances (application);

      create table credentials (
        id text primary key,
        issuance text not null,
        application text not null,
        type text not null,
        format text not null,
        holder text not null,
        list_kind text,
        list integer,
        list_index integer,
        leaf text,
        leaf_salt bytea,
        leaf_index integer,
        leaf_begun boolean not null default false,
        leaf_status text not null default 'valid',
        schema_version integer not null,
        intent_at_ms double precision not null,
        issued_at_ms double precision,
        sha256 text,
        status text not null default 'valid',
        reason text,
        status_at_ms double precision
      );
      create unique index credentials_place on credentials (list_kind, list, list_index);
      create index credentials_application on credentials (application);
      create index credentials_intent on credentials (intent_at_ms);
      create index credentials_not_valid on credentials (list_kind, list) where status <> 'valid';
      create index credentials_leaves on credentials (type) where leaf is not null and (leaf_index is null or leaf_status <> status);

      create table status_lists (
        name text primary key,
        kind text not null,
        number integer not null,
        revision integer not null default 0,
        text text,
        text_revision integer,
        signed_at_ms double precision,
        sha256 text,
        next_text text,
        next_revision integer,
        next_signed_at_ms double precision
      );

      create table tree_changes (
        type text not null,
        leaf_index integer not null,
        action text not null,
        leaf text not null,
        reason text not null,
        at_ms double precision not null,
        primary key (type, leaf_index)
      );

      create table imports (
        id text primary key,
        type text not null,
        state text not null,
        clerk text not null,
        officer text,
        bytes double precision not null default 0,
        checked_bytes double precision not null default 0,
        good integer not null default 0,
        bad integer not null default 0,
        unchanged integer not null default 0,
        passed_over integer not null default 0,
        applied integer not null default 0,
        created_at_ms double precision not null,
        changed_at_ms double precision not null
      );
      create table import_chunks (import_id text not null, number integer not null, content bytea not null, primary key (import_id, number));
      create table import_rows (
        import_id text not null,
        line integer not null,
        application_id text not null,
        content bytea not null,
        content_digest text not null,
        subject_key text not null,
        primary key (import_id, line)
      );
      create table import_problems (
        import_id text not null,
        line integer not null,
        column_number integer not null,
        column_name text not null,
        rule text not null,
        primary key (import_id, line, column_number)
      )`,
  },
]
