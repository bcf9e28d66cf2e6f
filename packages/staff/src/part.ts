import type { Migration } from '@hufu/service'
import type { FastifyInstance } from 'fastify'

/** A part of a server: staff, log, issuer, explorer … Each has its own tables, routes and background work. */
export interface Part {
  readonly name: string
  /** Adds the part's routes, each with its `access` and its schema. */
  routes(server: FastifyInstance): void | Promise<void>
  /** Ends what the part runs in the background. */
  close?(): Promise<void>
}

/** Shape of a part's tables: run before any part opens. */
export type PartMigrations = readonly Migration[]
