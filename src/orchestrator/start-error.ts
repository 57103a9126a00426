/** The program cannot start, for a reason that one line tells: a port in use, a broken script. */
export class StartError extends Error {}
