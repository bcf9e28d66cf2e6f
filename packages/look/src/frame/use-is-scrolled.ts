import { type RefCallback, useCallback, useState } from 'react'

/** Tells whether a box is broader than its place, so that one has to scroll in it. */
export function useIsScrolled<Box extends HTMLElement>(): { readonly ref: RefCallback<Box>; readonly isScrolled: boolean } {
  const [isScrolled, setIsScrolled] = useState(false)
  const ref = useCallback((box: Box | null) => {
    if (box === null) return undefined
    const measure = (): void => setIsScrolled(box.scrollWidth > box.clientWidth)
    const observer = new ResizeObserver(measure)
    observer.observe(box)
    if (box.firstElementChild !== null) observer.observe(box.firstElementChild)
    measure()
    return () => observer.disconnect()
  }, [])
  return { ref, isScrolled }
}
