import type { Language } from '@hufu/look'

const units = [
  { unit: 'day', ms: 86_400_000 },
  { unit: 'hour', ms: 3_600_000 },
  { unit: 'minute', ms: 60_000 },
  { unit: 'second', ms: 1_000 },
] as const

/** A length of time in its largest unit, rounded: "3 days", "12 seconds". */
export function duration(ms: number, language: Language): string {
  const { unit, ms: length } = units.find(each => ms >= each.ms * 1.5) ?? units[3]
  const value = length === 1_000 && ms < 10_000 ? Math.round(ms / 100) / 10 : Math.round(ms / length)
  return new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: language === 'en' ? 'long' : 'short' }).format(value)
}

/** How much, in the largest binary unit: "1.5 GiB". */
export function size(bytes: number, language: Language): string {
  const names = ['B', 'KiB', 'MiB', 'GiB', 'TiB']
  const step = Math.min(names.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10))
  return `${new Intl.NumberFormat(language, { maximumFractionDigits: 1 }).format(bytes / 1024 ** step)} ${names[step]}`
}
