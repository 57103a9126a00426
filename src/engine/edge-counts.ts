/** What is counted of each edge, in this order. */
export const MESSAGES = 0
export const EVENTS = 1
export const BYTES = 2
export const ERRORS = 3
export const EDGE_FIELDS = 4
