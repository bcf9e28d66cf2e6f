import { useSyncExternalStore } from 'react'

/** What a person followed or pasted, or what they scanned from another screen. */
export interface WaitingLink {
  readonly text: string
  readonly from: 'link' | 'scan'
}

/**
 * A link that the wallet was opened with (`#/open?…`), until it is dealt with. It is taken out of the address at once: it may hold a pre-authorized code, which
 * has no business in the browser's history. It outlives unlocking, but not the page.
 */
let waiting: WaitingLink | undefined
const listeners = new Set<() => void>()

/** Takes a wallet link out of the address, now and whenever another comes. */
export function watchLinks(): void {
  const take = (): void => {
    if (!window.location.hash.startsWith('#/open?')) return
    const link = window.location.href
    window.history.replaceState(null, '', '#/open')
    setLink({ text: link, from: 'link' })
  }
  take()
  window.addEventListener('hashchange', take)
}

/** The link to deal with. */
export function useLink(): WaitingLink | undefined {
  return useSyncExternalStore(subscribe, () => waiting)
}

/** Puts a scanned or pasted link in the place of what waited; undefined: it is dealt with. */
export function setLink(link: WaitingLink | undefined): void {
  waiting = link
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}
