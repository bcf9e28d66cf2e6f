import { Alert, Button, Divider, FileButton, Textarea } from '@mantine/core'
import { IconCamera, IconCameraOff, IconInfoCircle, IconPhoto } from '@tabler/icons-react'
import { useState } from 'react'
import { useLocation } from 'wouter'
import { useSpeech } from '../texts/language.tsx'
import { useAnnounce } from './announcer.tsx'
import { setLink, type WaitingLink } from './link-waiting.ts'
import { Page } from './page.tsx'
import { readQrFile } from './read-qr.ts'
import classes from './scan-page.module.css'
import { useCamera } from './use-camera.ts'

/** The ways in for a link: through the camera, out of a picture, or pasted. */
export function ScanPage() {
  const { texts } = useSpeech()
  const announce = useAnnounce()
  const [, navigate] = useLocation()
  const [pictureEmpty, setPictureEmpty] = useState(false)
  const words = texts.scan
  const open = (text: string, from: WaitingLink['from']): void => {
    announce(words.found)
    setLink({ text, from })
    navigate('/open')
  }
  const choose = async (file: File | null): Promise<void> => {
    if (file === null) return
    const text = await readQrFile(file)
    setPictureEmpty(text === undefined)
    if (text !== undefined) open(text, 'scan')
  }
  return (
    <Page title={words.title} explain={words.explain}>
      <Camera onFound={text => open(text, 'scan')} />
      <div className={classes.or}>
        <FileButton accept="image/*" onChange={file => void choose(file)} inputProps={{ 'aria-label': words.choose }}>
          {props => (
            <Button {...props} variant="default" fullWidth leftSection={<IconPhoto size={20} aria-hidden />}>
              {words.choose}
            </Button>
          )}
        </FileButton>
        {pictureEmpty && (
          <Alert role="alert" color="bronze" variant="light" icon={<IconInfoCircle aria-hidden />} mt="sm">
            {words.noCode}
          </Alert>
        )}
      </div>
      <Divider my="lg" label={words.or} labelPosition="center" />
      <PasteForm onOpen={text => open(text, 'link')} />
      <p className={classes.privacy}>{words.privacy}</p>
    </Page>
  )
}

function Camera({ onFound }: { readonly onFound: (text: string) => void }) {
  const { texts } = useSpeech()
  const words = texts.scan
  const camera = useCamera(onFound)
  const on = camera.state === 'on' || camera.state === 'starting'
  return (
    <>
      <div className={classes.finder} data-on={on}>
        {/* A camera's picture has no captions. */}
        <video ref={camera.video} playsInline muted hidden={!on} aria-label={words.picture} />
        <span className={classes.frame} aria-hidden="true" />
        {!on && (
          <Button size="lg" leftSection={<IconCamera size={22} aria-hidden />} onClick={camera.start}>
            {words.start}
          </Button>
        )}
        {on && (
          <Button
            className={classes.stop}
            variant="white"
            color="gray"
            leftSection={<IconCameraOff size={20} aria-hidden />}
            onClick={camera.stop}
          >
            {words.stop}
          </Button>
        )}
      </div>
      {(camera.state === 'denied' || camera.state === 'missing') && (
        <Alert role="alert" color="bronze" variant="light" icon={<IconInfoCircle aria-hidden />} mt="sm">
          {words[camera.state]}
        </Alert>
      )}
    </>
  )
}

function PasteForm({ onOpen }: { readonly onOpen: (text: string) => void }) {
  const { texts } = useSpeech()
  const [text, setText] = useState('')
  const [missing, setMissing] = useState(false)
  const words = texts.scan
  return (
    <form
      noValidate
      onSubmit={event => {
        event.preventDefault()
        if (text.trim() === '') setMissing(true)
        else onOpen(text.trim())
      }}
    >
      <Textarea
        label={words.link}
        description={words.linkHint}
        placeholder="openid4vp://…"
        autosize
        minRows={2}
        maxRows={6}
        autoComplete="off"
        spellCheck={false}
        value={text}
        error={missing && text.trim() === '' && words.linkMissing}
        onChange={event => setText(event.currentTarget.value)}
      />
      <Button type="submit" variant="outline" fullWidth mt="sm">
        {words.open}
      </Button>
    </form>
  )
}
