const MAX_CHARACTERS = 500

/** A message that may quote any part of a text, short enough for a line. */
export function cut(message: string): string {
  return message.length > MAX_CHARACTERS ? `${message.slice(0, MAX_CHARACTERS)}…` : message
}
