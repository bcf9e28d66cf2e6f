import type { FetchStatusList } from '@hufu/credentials'
import { fetchOutside } from './fetch-outside.ts'
import type { OutsidePolicy } from './outside-address.ts'

/** How status lists are asked for. */
export interface StatusListOptions extends OutsidePolicy {
  /** Media types of the lists, as a header. */
  readonly accept: string
  readonly maxBytes: number
}

/**
 * Fetches status lists over HTTP, from public addresses only.
 *
 * @returns throws ServiceError `ERR_SERVICE_ADDRESS`, `ERR_SERVICE_OUTSIDE` as {@link fetchOutside}; Error: none of 200
 */
export function fetchStatusListOverHttp({ accept, ...options }: StatusListOptions): FetchStatusList {
  return async uri => {
    const response = await fetchOutside(uri, { ...options, headers: { accept } })
    if (!response.ok) throw new Error(`status list server answered ${response.status}`)
    return response.text()
  }
}
