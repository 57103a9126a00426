/** What the user asked for makes no sense; the process ends with status 2 and this one line. */
export class UsageError extends Error {}
