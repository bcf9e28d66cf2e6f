import { Alert } from '@mantine/core'
import { IconLink } from '@tabler/icons-react'
import { CopyButton } from './copy-button.tsx'

/** A link that is shown this once. */
export function LinkOnce({ title, explain, link }: { readonly title: string; readonly explain: string; readonly link: string }) {
  return (
    <Alert role="status" color="bronze" variant="light" title={title} icon={<IconLink aria-hidden />} mb="md">
      <p>{explain}</p>
      <p>
        <code>{link}</code>
      </p>
      <CopyButton text={link} />
    </Alert>
  )
}
