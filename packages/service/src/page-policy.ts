/** Directives of a content security policy that differ from the usual ones for pages, such as `{ 'script-src': "'self' 'wasm-unsafe-eval'" }`. */
export type PagePolicy = { readonly [directive: string]: string }

/** What is no page loads nothing, and stands in no frame. */
export const answerPolicy = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

/**
 * A page takes scripts and everything else from its own server, and runs no script that stands in it. Styles may stand in it: the component library writes them
 * there, and they bring nothing in that the other directives do not let.
 */
const pageDirectives: PagePolicy = {
  'default-src': "'none'",
  'script-src': "'self'",
  'style-src': "'self' 'unsafe-inline'",
  'img-src': "'self' data: blob:",
  'font-src': "'self'",
  'connect-src': "'self'",
  'worker-src': "'self'",
  'manifest-src': "'self'",
  'form-action': "'self'",
  'base-uri': "'none'",
  'frame-ancestors': "'none'",
}

/** The header's value for a page. @param changes - directives in place of the usual ones */
export function pagePolicy(changes: PagePolicy = {}): string {
  return Object.entries({ ...pageDirectives, ...changes })
    .map(([directive, value]) => `${directive} ${value}`)
    .join('; ')
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The route answers with a page, or with what pages load: true for the usual policy, or what differs from it. */
    readonly page?: true | PagePolicy
  }
}
