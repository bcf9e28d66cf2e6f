/** Takes the new version in the place of this one, and loads the page anew. */
type Apply = () => Promise<void>

let apply: Apply | undefined
const listeners = new Set<() => void>()

/** Tells that a new version is loaded and waits until the person agrees: nobody's half-entered code is thrown away. */
export function offerUpdate(take: Apply): void {
  setApply(take)
}

/** Whether a new version waits. */
export function updateWaits(): boolean {
  return apply !== undefined
}

export function applyUpdate(): void {
  void apply?.()
}

export function dismissUpdate(): void {
  setApply(undefined)
}

export function subscribeToUpdates(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

function setApply(next: Apply | undefined): void {
  apply = next
  for (const listener of listeners) listener()
}
