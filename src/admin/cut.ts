const MAX_CHARACTERS = 500

/** A message that may quote any part of a text, short enough for a line. */
export function cut(message: string, maxCharacters: number = MAX_CHARACTERS): string {
  return message.length > maxCharacters ? `${message.slice(0, maxCharacters)}…` : message
}
