import type { FastifyReply, FastifyRequest } from 'fastify'

/** The cookie that holds a session's token. */
export interface SessionCookie {
  /** The token that the request brings; undefined if it brings none, or several, of which one may be planted by a neighbour on the host. */
  read(request: FastifyRequest): string | undefined
  set(reply: FastifyReply, token: string, expiresAtMs: number): void
  clear(reply: FastifyReply): void
}

/**
 * For a server at an address. The name has the port, since browsers give cookies of one host to all its ports; over HTTPS the prefix `__Host-` keeps
 * other hosts of the domain from setting it.
 */
export function sessionCookie(publicUrl: string): SessionCookie {
  const { protocol, port } = new URL(publicUrl)
  const isSecure = protocol === 'https:'
  const name = `${isSecure ? '__Host-' : ''}hufu-staff-${port === '' ? (isSecure ? '443' : '80') : port}`
  const attributes = `Path=/; HttpOnly; SameSite=Strict${isSecure ? '; Secure' : ''}`
  return {
    read({ headers }) {
      const values = (headers.cookie ?? '')
        .split(';')
        .map(pair => pair.trim())
        .filter(pair => pair.startsWith(`${name}=`))
      return values.length === 1 ? values[0]!.slice(name.length + 1) : undefined
    },
    set(reply, token, expiresAtMs) {
      reply.header('set-cookie', `${name}=${token}; ${attributes}; Expires=${new Date(expiresAtMs).toUTCString()}`)
    },
    clear(reply) {
      reply.header('set-cookie', `${name}=; ${attributes}; Expires=Thu, 01 Jan 1970 00:00:00 GMT`)
    },
  }
}
