import { DataTable, Dialog, Page, Rows, useLoaded, useSpeech, useTexts } from '@hufu/look'
import { Button, NativeSelect, TextInput } from '@mantine/core'
import { useState } from 'react'
import { Link } from 'wouter'
import type { Credential, CredentialFormat, Status } from '../api/staff-answers.ts'
import { StatusMark } from '../counter/application-mark.tsx'
import classes from '../counter/claim-inputs.module.css'
import { stateTexts } from '../counter/state-texts.ts'
import { useTypes } from '../counter/use-types.ts'
import { ChangeStatus } from './change-status.tsx'
import { credentialTexts } from './credential-texts.ts'
import { RevokeAll } from './revoke-all.tsx'

const formats: readonly CredentialFormat[] = ['dc+sd-jwt', 'ldp_vc', 'hufu_zk']
const statuses: readonly Status[] = ['valid', 'suspended', 'revoked']
const identifier = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const pageLength = 100

/** The register: every copy, where it stands, and changes of its status. @param application - whose copies are shown at first; empty: all */
export function CredentialsPage({ application = '' }: { readonly application?: string }) {
  const texts = useTexts(credentialTexts)
  const words = useTexts(stateTexts)
  const { say, dateTime } = useSpeech()
  const { types, nameOf } = useTypes()
  const [filter, setFilter] = useState({ type: '', format: '', status: '', application })
  const [limit, setLimit] = useState(pageLength)
  const [shown, setShown] = useState<string>()
  const set = (name: keyof typeof filter, value: string): void => setFilter(before => ({ ...before, [name]: value }))
  const isWrong = filter.application !== '' && !identifier.test(filter.application)
  const query = new URLSearchParams([
    ['limit', String(limit)],
    ...Object.entries(filter).filter(([name, value]) => value !== '' && !(name === 'application' && isWrong)),
  ]).toString()
  const { data, error, reload } = useLoaded(query, client =>
    client.get<{ credentials: readonly Credential[] }>(`/issuer/credentials?${query}`),
  )
  const open = data?.credentials.find(({ id }) => id === shown)
  const all = { value: '', label: texts.all }
  return (
    <Page title={texts.title} explain={texts.explain} aside={<RevokeAll />}>
      <fieldset style={{ border: 0, margin: '0 0 1rem', padding: 0 }}>
        <legend className="unseen">{texts.filters}</legend>
        <div className={classes.filters}>
          <NativeSelect
            label={texts.type}
            value={filter.type}
            data={[all, ...(types ?? []).map(({ id, title }) => ({ value: id, label: say(title) }))]}
            onChange={event => set('type', event.currentTarget.value)}
          />
          <NativeSelect
            label={texts.format}
            value={filter.format}
            data={[all, ...formats.map(value => ({ value, label: words.formats[value] }))]}
            onChange={event => set('format', event.currentTarget.value)}
          />
          <NativeSelect
            label={texts.status}
            value={filter.status}
            data={[all, ...statuses.map(value => ({ value, label: words.statuses[value] }))]}
            onChange={event => set('status', event.currentTarget.value)}
          />
          <TextInput
            label={texts.number}
            placeholder={texts.numberHint}
            value={filter.application}
            error={isWrong ? texts.numberWrong : undefined}
            onChange={event => set('application', event.currentTarget.value.trim())}
          />
        </div>
      </fieldset>
      <DataTable
        caption={texts.title}
        rows={data?.credentials}
        keyOf={({ id }) => id}
        error={error}
        onRetry={reload}
        empty={texts.empty}
        onMore={data?.credentials.length === limit && limit < 500 ? () => setLimit(before => before + pageLength) : undefined}
        columns={[
          { title: texts.type, show: ({ type }) => nameOf(type) },
          { title: texts.format, show: ({ format }) => words.formats[format] },
          { title: texts.status, show: ({ status }) => <StatusMark status={status} /> },
          { title: texts.place, show: row => placesOf(row) },
          { title: texts.issued, show: ({ issuedAtMs }) => (issuedAtMs === undefined ? texts.pending : dateTime(issuedAtMs)) },
          {
            title: '',
            show: ({ id }) => (
              <Button variant="default" aria-label={texts.detailsOf(id)} onClick={() => setShown(id)}>
                {texts.details}
              </Button>
            ),
          },
        ]}
      />
      <Dialog title={texts.details} isOpen={open !== undefined} onClose={() => setShown(undefined)}>
        {open !== undefined && <Details credential={open} onChanged={reload} />}
      </Dialog>
    </Page>
  )

  function placesOf({ leafIndex, statusLists }: Credential): string {
    if (leafIndex !== undefined) return texts.leaf(leafIndex)
    return statusLists.map(({ uri, index }) => `${uri.split('/').at(-1)} · ${texts.list(index)}`).join('; ')
  }
}

function Details({ credential, onChanged }: { readonly credential: Credential; readonly onChanged: () => void }) {
  const texts = useTexts(credentialTexts)
  const words = useTexts(stateTexts)
  const { say, dateTime } = useSpeech()
  const { reasons, nameOf } = useTypes()
  const { id, application, type, format, status, statusLists, leafIndex, issuedAtMs, sha256, isPublished } = credential
  const reason = reasons.find(({ code }) => code === credential.reason)
  return (
    <>
      <Rows
        rows={[
          { name: texts.type, value: nameOf(type) },
          { name: texts.format, value: words.formats[format] },
          {
            name: texts.status,
            value: (
              <>
                <StatusMark status={status} /> {isPublished ? texts.published : texts.unpublished}
              </>
            ),
          },
          reason !== undefined && { name: texts.reason, value: say(reason.text) },
          { name: texts.issued, value: issuedAtMs === undefined ? texts.pending : dateTime(issuedAtMs) },
          leafIndex !== undefined && { name: texts.leafTitle, value: texts.leaf(leafIndex) },
          ...statusLists.map(({ uri, index }) => ({
            id: uri,
            name: texts.statusLists,
            value: (
              <>
                <code>{uri}</code> · {texts.list(index)}
              </>
            ),
          })),
          { name: texts.identifier, value: <code>{id}</code> },
          sha256 !== undefined && { name: texts.sha256, value: <code>{sha256}</code> },
          { name: texts.application, value: <Link href={`/review/${application}`}>{texts.openApplication}</Link> },
        ]}
      />
      <div style={{ display: 'flex', gap: '0.5rem', marginTop: '1rem' }}>
        <ChangeStatus path={`/issuer/credentials/${id}/status`} status={status} onChanged={onChanged} />
      </div>
    </>
  )
}
