import { TextInput } from '@mantine/core'

interface MomentInputProps {
  readonly label: string
  readonly timeMs: number
  readonly onChange: (timeMs: number) => void
}

/** A day and second, in the time of whoever asks. */
export function MomentInput({ label, timeMs, onChange }: MomentInputProps) {
  return (
    <TextInput
      type="datetime-local"
      step={1}
      label={label}
      value={localText(timeMs)}
      onChange={event => {
        const chosen = new Date(event.currentTarget.value).getTime()
        if (!Number.isNaN(chosen) && chosen >= 0) onChange(chosen)
      }}
    />
  )
}

/** As the input takes it: `2026-11-27T14:05:09`, local time. */
function localText(timeMs: number): string {
  return new Date(timeMs - new Date(timeMs).getTimezoneOffset() * 60_000).toISOString().slice(0, 19)
}
