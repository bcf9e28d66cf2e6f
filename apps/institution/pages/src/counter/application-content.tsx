import { Rows, Section, useNameOf, useSpeech, useTexts } from '@hufu/look'
import { Alert } from '@mantine/core'
import { IconAlertTriangle, IconCopyCheck } from '@tabler/icons-react'
import { Link } from 'wouter'
import type { Application } from '../api/staff-answers.ts'
import { ApplicationMark } from './application-mark.tsx'
import { type ClaimField, fieldsOf, shownValue, textsOf } from './claim-fields.ts'
import { counterTexts } from './counter-texts.ts'
import { useTypes } from './use-types.ts'

interface ApplicationContentProps {
  readonly application: Application
  /** Where other applications are. */
  readonly pathOf: (id: string) => string
}

/** What an application says, what is wrong with it, and of whom there is another one. */
export function ApplicationContent({ application, pathOf }: ApplicationContentProps) {
  const texts = useTexts(counterTexts)
  const { say, language, dateTime } = useSpeech()
  const nameOf = useNameOf()
  const { types, nameOf: typeName } = useTypes()
  const type = types?.find(({ id }) => id === application.type)
  const fields = type === undefined ? [] : fieldsOf(type)
  const titleOf = (name: string): string => say(textsOf(type?.schema.properties?.[name]?.title, name))
  const { claims, duplicates, problems, subject, validFrom, validUntil, returnReason, importLine, officer } = application
  return (
    <>
      {returnReason !== undefined && application.state === 'returned' && (
        <Alert color="bronze" variant="light" title={texts.returnReason} icon={<IconAlertTriangle aria-hidden />} mt="md">
          {returnReason}
        </Alert>
      )}
      {duplicates.length > 0 && (
        <Alert color="bronze" variant="light" title={texts.duplicateTitle} icon={<IconCopyCheck aria-hidden />} mt="md">
          {texts.duplicate(duplicates.length)}
          <ul>
            {duplicates.map(({ id, state, status }) => (
              <li key={id}>
                <Link href={pathOf(id)}>{texts.duplicateLine}</Link> <ApplicationMark state={state} status={status} />
              </li>
            ))}
          </ul>
        </Alert>
      )}
      {problems.length > 0 && (
        <Alert color="cinnabar" variant="light" icon={<IconAlertTriangle aria-hidden />} mt="md">
          {texts.invalid}
          <ul>
            {problems.map(({ path, rule, schemaPath }) => (
              <li key={`${schemaPath} ${path}`}>
                {titleOf(path.split('/')[1] ?? '')} <code>{rule}</code>
              </li>
            ))}
          </ul>
        </Alert>
      )}
      <Section title={texts.claims} aside={<ApplicationMark {...application} />}>
        <Rows
          rows={inOrder(claims, fields).map(([name, value]) => ({
            id: name,
            name: titleOf(name),
            value: shownValue(
              fields.find(field => field.name === name),
              value,
              language,
            ),
          }))}
        />
      </Section>
      <Section title={texts.application}>
        <Rows
          rows={[
            { name: texts.type, value: typeName(application.type) },
            { name: texts.period, value: `${validFrom ?? ''} – ${validUntil}` },
            subject !== undefined && { name: texts.subject, value: subject },
            importLine !== undefined && { name: texts.source, value: texts.importLine(importLine) },
            { name: texts.clerk, value: nameOf(application.clerk) },
            officer !== undefined && { name: texts.officer, value: nameOf(officer) },
            { name: texts.created, value: dateTime(application.createdAtMs) },
            { name: texts.changed, value: dateTime(application.changedAtMs) },
          ]}
        />
      </Section>
    </>
  )
}

/** As the form has them; what the server works out comes last. */
function inOrder(claims: Application['claims'], fields: readonly ClaimField[]): readonly (readonly [string, unknown])[] {
  const names = fields.map(({ name }) => name)
  const placeOf = (name: string): number => (names.includes(name) ? names.indexOf(name) : names.length)
  return Object.entries(claims).toSorted(([one], [other]) => placeOf(one) - placeOf(other))
}
