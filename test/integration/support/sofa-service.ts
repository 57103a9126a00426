/** What both sides of the Dubbo peers have to agree on. */
export const ECHO_SERVICE = { interfaceName: 'com.example.Echo', version: '1.0.0' }

/** The peers' packages log to this. */
export const SILENT = { debug: nothing, info: nothing, warn: nothing, error: nothing }

function nothing(): void {}
