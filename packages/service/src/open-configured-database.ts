import { join } from 'node:path'
import type { Database } from './database.ts'
import { openEmbeddedDatabase } from './open-embedded-database.ts'
import { openPostgresDatabase } from './open-postgres-database.ts'
import { readConfiguredFile } from './read-configured-file.ts'

/** What a server's settings say of its database. */
export interface DatabaseSettings {
  /** File with the URL of a PostgreSQL database; undefined: an embedded one. */
  readonly databaseUrlFile: string | undefined
  readonly dataFolder: string
  /** Connections of this process. */
  readonly databasePoolSize: number
}

/** Opens the database that a server is told to use. @throws ServiceError `ERR_SERVICE_CONFIG`: the file cannot be read, or as `openPostgresDatabase` */
export async function openConfiguredDatabase({ databaseUrlFile, dataFolder, databasePoolSize }: DatabaseSettings): Promise<Database> {
  if (databaseUrlFile === undefined) return openEmbeddedDatabase(join(dataFolder, 'tables'))
  const url = (await readConfiguredFile('DATABASE_URL_FILE', databaseUrlFile)).trim()
  return openPostgresDatabase(url, { poolSize: databasePoolSize })
}
