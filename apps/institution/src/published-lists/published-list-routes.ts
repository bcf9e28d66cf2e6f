import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ServiceError } from '@hufu/service'
import type { FastifyInstance } from 'fastify'

/** Where the lists lie: a folder for each issuer's address, a file for each list. */
export interface PublishedListOptions {
  readonly folder: string
}

const addressPattern = '^N[1-9A-HJ-NP-Za-km-z]{33}$'
const listPattern = '^[A-Za-z0-9_-]{1,64}$'

/**
 * Gives out Token Status Lists that an issuer's desk has signed and put into a folder. A Fastify plug-in.
 *
 * @see draft-ietf-oauth-status-list §8.1
 */
export async function publishedListRoutes(server: FastifyInstance, { folder }: PublishedListOptions): Promise<void> {
  const params = {
    type: 'object',
    properties: { address: { type: 'string', pattern: addressPattern }, list: { type: 'string', pattern: listPattern } },
  }
  server.get<{ Params: { address: string; list: string } }>(
    '/status-lists/:address/:list',
    {
      config: { access: 'public', cors: true },
      schema: { params, summary: 'A status list that an issuer’s desk has published', tags: ['Status'] },
    },
    async (request, reply) => {
      const { address, list } = request.params
      const token = await readFile(join(folder, address, list), 'utf8').catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return undefined
        throw error
      })
      if (token === undefined) throw new ServiceError('ERR_SERVICE_NOT_FOUND', 'there is no such status list')
      reply.header('content-type', 'application/statuslist+jwt').header('cache-control', 'no-cache')
      return reply.send(Buffer.from(token))
    },
  )
}
