import { useSpeech, useTexts } from '@hufu/look'
import { Checkbox, NativeSelect, TextInput } from '@mantine/core'
import { type ClaimField, type FieldProblem, problemOfField } from './claim-fields.ts'
import classes from './claim-inputs.module.css'
import { counterTexts } from './counter-texts.ts'

interface ClaimInputsProps {
  readonly fields: readonly ClaimField[]
  readonly values: Readonly<Record<string, string>>
  /** Whether what is wrong is shown: only once somebody has tried to go on. */
  readonly isChecked: boolean
  readonly onChange: (name: string, value: string) => void
}

/** Inputs for the claims of a type. */
export function ClaimInputs({ fields, values, isChecked, onChange }: ClaimInputsProps) {
  const { say } = useSpeech()
  const texts = useTexts(counterTexts)
  return (
    <div className={classes.grid}>
      {fields.map(field => {
        const value = values[field.name] ?? ''
        const problem: FieldProblem | undefined = isChecked ? problemOfField(field, value.trim()) : undefined
        const common = {
          label: say(field.title),
          withAsterisk: field.isRequired,
          'aria-required': field.isRequired,
          name: field.name,
          error: problem === undefined ? undefined : texts.problems[problem],
          ...(field.hint === undefined ? {} : { description: say(field.hint) }),
        }
        if (field.kind === 'flag')
          return (
            <Checkbox
              key={field.name}
              label={common.label}
              checked={value === 'true'}
              onChange={event => onChange(field.name, String(event.currentTarget.checked))}
            />
          )
        if (field.kind === 'choice')
          return (
            <NativeSelect
              key={field.name}
              {...common}
              value={value}
              data={[
                { value: '', label: texts.choose },
                ...field.options.map(option => ({ value: option.value, label: say(option.label) })),
              ]}
              onChange={event => onChange(field.name, event.currentTarget.value)}
            />
          )
        return (
          <TextInput
            key={field.name}
            {...common}
            value={value}
            type={field.kind === 'date' ? 'date' : 'text'}
            inputMode={field.kind === 'number' ? 'numeric' : 'text'}
            autoComplete="off"
            className={(field.schema.maxLength ?? 0) > 100 ? classes.broad! : ''}
            onChange={event => onChange(field.name, event.currentTarget.value)}
          />
        )
      })}
    </div>
  )
}
