// Run by the set-up: makes the empty embedded database that servers copy when they start for the first time.
import { makeEmbeddedTemplate } from '../packages/service/src/embedded-template.ts'

await makeEmbeddedTemplate()
