import { ErrorNotice, Loading, Page, Section, useClient, useLoaded, useSpeech, useTask, useTexts } from '@hufu/look'
import { Alert, Button, Group, NativeSelect, TextInput } from '@mantine/core'
import { IconInfoCircle } from '@tabler/icons-react'
import { type FormEvent, useRef, useState } from 'react'
import { useLocation } from 'wouter'
import type { Application, ApplicationInput, CredentialType } from '../api/staff-answers.ts'
import { claimsOf, fieldsOf, hasWorkedOutClaims, problemOfField } from './claim-fields.ts'
import classes from './claim-inputs.module.css'
import { ClaimInputs } from './claim-inputs.tsx'
import { counterTexts } from './counter-texts.ts'
import { useTypes } from './use-types.ts'

const residentNumber = /^[1-9][0-9]{16}[0-9X]$/

/** Where a new application is entered. */
export function NewApplicationPage() {
  const texts = useTexts(counterTexts)
  return (
    <Page title={texts.newTitle} back="/applications" width="narrow">
      <ApplicationForm />
    </Page>
  )
}

/** Where one that is not submitted is changed. */
export function EditApplicationPage({ id }: { readonly id: string }) {
  const texts = useTexts(counterTexts)
  const { data, error, reload } = useLoaded(`application ${id}`, client => client.get<Application>(`/issuer/applications/${id}`))
  return (
    <Page title={texts.edit} back={`/applications/${id}`} width="narrow">
      <ErrorNotice error={error} onRetry={reload} />
      {data === undefined ? error === undefined && <Loading /> : <ApplicationForm application={data} />}
    </Page>
  )
}

function ApplicationForm({ application }: { readonly application?: Application }) {
  const texts = useTexts(counterTexts)
  const { say } = useSpeech()
  const { types, error } = useTypes()
  const [typeId, setTypeId] = useState(application?.type ?? '')
  if (types === undefined) return error === undefined ? <Loading lines={6} /> : <ErrorNotice error={error} />
  if (types.length === 0)
    return (
      <Alert color="bronze" variant="light" icon={<IconInfoCircle aria-hidden />}>
        {texts.noTypes}
      </Alert>
    )
  const type = types.find(({ id }) => id === typeId) ?? (types.length === 1 ? types[0] : undefined)
  return (
    <>
      <NativeSelect
        label={texts.type}
        withAsterisk
        value={type?.id ?? ''}
        disabled={application !== undefined}
        data={[{ value: '', label: texts.chooseType }, ...types.map(each => ({ value: each.id, label: say(each.title) }))]}
        onChange={event => setTypeId(event.currentTarget.value)}
      />
      {type !== undefined && <TypeForm key={type.id} type={type} application={application} />}
    </>
  )
}

function TypeForm({ type, application }: { readonly type: CredentialType; readonly application?: Application | undefined }) {
  const texts = useTexts(counterTexts)
  const client = useClient()
  const [, navigate] = useLocation()
  const fields = fieldsOf(type)
  const [values, setValues] = useState(() => valuesOf(application))
  const [isChecked, setIsChecked] = useState(false)
  const form = useRef<HTMLFormElement>(null)
  const task = useTask()
  const change = (name: string, value: string): void => setValues(before => ({ ...before, [name]: value }))
  const textOf = (name: string): string => (values[name] ?? '').trim()
  const knowsNumber = 'resident_number' in (type.schema.properties ?? {})
  const [from, until, subject] = [textOf('$from'), textOf('$until'), textOf('$subject')]
  const untilProblem = until === '' ? texts.problems.missing : from !== '' && until <= from ? texts.periodOrder : undefined
  const subjectProblem = subject !== '' && !residentNumber.test(subject) ? texts.problems.pattern : undefined
  const wrong = [...fields.map(field => problemOfField(field, textOf(field.name))), untilProblem, subjectProblem].filter(
    problem => problem !== undefined,
  ).length

  const save = (event: FormEvent): void => {
    event.preventDefault()
    setIsChecked(true)
    if (wrong > 0) {
      // Once the marks are there.
      requestAnimationFrame(() => form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus())
      return
    }
    const input: ApplicationInput = {
      type: type.id,
      claims: claimsOf(fields, values),
      ...(subject === '' ? {} : { subject }),
      ...(from === '' ? {} : { validFrom: from }),
      validUntil: until,
    }
    task.run(async () => {
      const { id } =
        application === undefined
          ? await client.send<Application>('POST', '/issuer/applications', input)
          : await client.send<Application>('PUT', `/issuer/applications/${application.id}`, input)
      navigate(`/applications/${id}`)
    })
  }

  return (
    <form ref={form} onSubmit={save} noValidate>
      <Section title={texts.claims}>
        <ClaimInputs fields={fields} values={values} isChecked={isChecked} onChange={change} />
        {hasWorkedOutClaims(type) && <p>{texts.workedOut}</p>}
      </Section>
      <Section title={texts.period}>
        <div className={classes.grid}>
          <TextInput
            type="date"
            label={texts.validFrom}
            description={texts.validFromHint}
            value={values.$from ?? ''}
            onChange={event => change('$from', event.currentTarget.value)}
          />
          <TextInput
            type="date"
            label={texts.validUntil}
            withAsterisk
            aria-required
            inputWrapperOrder={['label', 'input', 'description', 'error']}
            value={values.$until ?? ''}
            error={isChecked ? untilProblem : undefined}
            onChange={event => change('$until', event.currentTarget.value)}
          />
          {!knowsNumber && (
            <TextInput
              label={texts.subject}
              description={texts.subjectHint}
              autoComplete="off"
              value={values.$subject ?? ''}
              error={isChecked ? subjectProblem : undefined}
              onChange={event => change('$subject', event.currentTarget.value.toUpperCase())}
            />
          )}
        </div>
      </Section>
      {isChecked && wrong > 0 && (
        <Alert role="alert" color="cinnabar" variant="light" mt="md">
          {texts.summary(wrong)}
        </Alert>
      )}
      <ErrorNotice error={task.error} />
      <Group justify="flex-end" mt="lg">
        <Button type="submit" loading={task.isRunning}>
          {application === undefined ? texts.save : texts.saveAgain}
        </Button>
      </Group>
    </form>
  )
}

function valuesOf(application: Application | undefined): Readonly<Record<string, string>> {
  if (application === undefined) return { $until: inFiveYears() }
  const { claims, validFrom, validUntil, subject } = application
  return {
    ...Object.fromEntries(Object.entries(claims).map(([name, value]) => [name, String(value)])),
    $from: validFrom ?? '',
    $until: validUntil,
    $subject: subject ?? '',
  }
}

function inFiveYears(): string {
  const day = new Date()
  day.setFullYear(day.getFullYear() + 5)
  return day.toISOString().slice(0, 10)
}
