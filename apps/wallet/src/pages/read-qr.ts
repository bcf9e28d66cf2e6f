import jsQR from 'jsqr'

/** Longest side of what is searched, in pixels: a code that fills a tenth of a phone's picture is found still, in well under a frame's time. */
const longestSide = 1000

/** Finds a QR code in a picture, or in the frame that a video shows now. @returns its text, or undefined */
export function readQr(source: HTMLVideoElement | ImageBitmap, canvas: HTMLCanvasElement): string | undefined {
  const [width, height] = source instanceof HTMLVideoElement ? [source.videoWidth, source.videoHeight] : [source.width, source.height]
  if (width === 0 || height === 0) return undefined
  const scale = Math.min(1, longestSide / Math.max(width, height))
  canvas.width = Math.max(1, Math.round(width * scale))
  canvas.height = Math.max(1, Math.round(height * scale))
  const context = canvas.getContext('2d', { willReadFrequently: true })
  if (context === null) return undefined
  context.drawImage(source, 0, 0, canvas.width, canvas.height)
  const { data } = context.getImageData(0, 0, canvas.width, canvas.height)
  const found = jsQR(data, canvas.width, canvas.height)?.data
  return found === undefined || found === '' ? undefined : found
}

/** @returns the text of the code in a picture file, or undefined: none found, or no picture */
export async function readQrFile(file: File): Promise<string | undefined> {
  const picture = await createImageBitmap(file).catch(() => undefined)
  if (picture === undefined) return undefined
  try {
    return readQr(picture, document.createElement('canvas'))
  } finally {
    picture.close()
  }
}
