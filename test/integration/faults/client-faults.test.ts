import { clientResets } from '../../../bench/reliability/faults/client-resets.ts'
import { idleConnections } from '../../../bench/reliability/faults/idle-connections.ts'
import { slowBody, slowHead, slowRead } from '../../../bench/reliability/faults/slow-requests.ts'
import { testSurvives } from './support/survive.ts'

testSurvives(clientResets, { peak: 100, after: 80 })
testSurvives(idleConnections, { peak: 100, after: 80 })
testSurvives(slowHead, { peak: 100, after: 80 })
testSurvives(slowBody, { peak: 100, after: 80 })
// A thousand queues of 256 KB and what was on its way to them; two workers have 512 MB for that.
testSurvives(slowRead, { peak: 550, after: 100 })
