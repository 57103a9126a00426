/** Whether the native core is the one with sanitizers (`npm run test:sanitized`). */
export const isSanitized: boolean = process.env['SLUICE_SANITIZED'] === '1'

/** For `skip` of tests that measure memory: freed bytes stay in the sanitizer's quarantine. */
export const skipIfSanitized: string | false =
  isSanitized && 'memory figures mean nothing with AddressSanitizer'

/** For `skip` of tests that only say something there. */
export const skipUnlessSanitized: string | false =
  !isSanitized && 'needs the native core with sanitizers: npm run test:sanitized'

/** What a Sluice process needs in its environment besides what it inherits. */
export function sanitizerEnvironment(): NodeJS.ProcessEnv {
  const runtime = process.env['SLUICE_SANITIZER_RUNTIME']
  // Not a test's process: what it starts in its turn may be a Sluice.
  return runtime === undefined ? {} : { LD_PRELOAD: runtime, NODE_TEST_CONTEXT: undefined }
}
