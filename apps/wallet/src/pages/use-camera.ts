import { type RefObject, useEffect, useRef, useState } from 'react'
import { readQr } from './read-qr.ts'

export type CameraState = 'off' | 'starting' | 'on' | 'denied' | 'missing'

/** Milliseconds between two looks for a code. */
const pauseMs = 150

/**
 * Looks for a code through the camera. Pictures are read where they are taken and kept nowhere; the camera goes off when a code is found, the page is left or hidden.
 *
 * @param onFound - gets the code's text, once
 */
export function useCamera(onFound: (text: string) => void): {
  readonly state: CameraState
  readonly video: RefObject<HTMLVideoElement | null>
  readonly start: () => void
  readonly stop: () => void
} {
  const video = useRef<HTMLVideoElement>(null)
  const [state, setState] = useState<CameraState>('off')
  const found = useRef(onFound)
  useEffect(() => {
    found.current = onFound
  }, [onFound])
  const wanted = state === 'starting' || state === 'on'

  useEffect(() => {
    if (!wanted) return
    let stream: MediaStream | undefined
    let timer: ReturnType<typeof setTimeout> | undefined
    let ended = false
    const canvas = document.createElement('canvas')
    const look = (): void => {
      const text = video.current === null ? undefined : readQr(video.current, canvas)
      if (text === undefined) timer = setTimeout(look, pauseMs)
      else {
        setState('off')
        found.current(text)
      }
    }
    const begin = async (): Promise<void> => {
      const media = await openCamera()
      if (typeof media === 'string') return ended ? undefined : setState(media)
      stream = media
      if (ended || video.current === null) return stopStream(stream)
      video.current.srcObject = stream
      await video.current.play().catch(() => undefined)
      if (ended) return
      setState('on')
      look()
    }
    const hidden = (): void => {
      if (document.hidden) setState('off')
    }
    document.addEventListener('visibilitychange', hidden)
    void begin()
    return () => {
      ended = true
      clearTimeout(timer)
      document.removeEventListener('visibilitychange', hidden)
      stopStream(stream)
    }
  }, [wanted])

  return { state, video, start: () => setState('starting'), stop: () => setState('off') }
}

async function openCamera(): Promise<MediaStream | 'denied' | 'missing'> {
  // Undefined where the page is not served securely.
  if (navigator.mediaDevices === undefined) return 'missing'
  try {
    return await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment', width: { ideal: 1280 } }, audio: false })
  } catch (error) {
    const name = error instanceof DOMException ? error.name : ''
    return name === 'NotFoundError' || name === 'OverconstrainedError' ? 'missing' : 'denied'
  }
}

function stopStream(stream: MediaStream | undefined): void {
  for (const track of stream?.getTracks() ?? []) track.stop()
}
