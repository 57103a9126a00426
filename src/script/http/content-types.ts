/** `content-type` by file name extension. The first rows are what scripts have always got. */
const CONTENT_TYPES: Readonly<Record<string, string>> = {
  html: 'text/html',
  css: 'text/css',
  xml: 'text/xml',
  txt: 'text/plain',
  gif: 'image/gif',
  png: 'image/png',
  jpg: 'image/jpeg',
  svg: 'image/svg+xml',
  woff: 'font/woff',
  woff2: 'font/woff2',
  ico: 'image/x-icon',
  js: 'application/javascript',
  json: 'application/json',

  avif: 'image/avif',
  csv: 'text/csv',
  htm: 'text/html',
  jpeg: 'image/jpeg',
  map: 'application/json',
  md: 'text/markdown',
  mjs: 'application/javascript',
  mp3: 'audio/mpeg',
  mp4: 'video/mp4',
  otf: 'font/otf',
  pdf: 'application/pdf',
  ttf: 'font/ttf',
  wasm: 'application/wasm',
  webm: 'video/webm',
  webmanifest: 'application/manifest+json',
  webp: 'image/webp',
  zip: 'application/zip',
}

/** The media type of a file by its name. */
export function contentTypeOf(fileName: string): string {
  const extension = /\.([^./]+)$/.exec(fileName)?.[1]?.toLowerCase() ?? ''
  return Object.hasOwn(CONTENT_TYPES, extension)
    ? (CONTENT_TYPES[extension] as string)
    : 'application/octet-stream'
}
