import { useHashLocation } from 'wouter/use-hash-location'

/** Where the person is, by the address's fragment. A fragment's parameters are no part of the place: links bring secrets in them. */
export function usePlace(options?: Parameters<typeof useHashLocation>[0]): ReturnType<typeof useHashLocation> {
  const [location, navigate] = useHashLocation(options)
  return [location.replace(/\?.*$/, ''), navigate]
}

// How the router writes a place into a link.
usePlace.hrefs = (place: string): string => `#${place}`
