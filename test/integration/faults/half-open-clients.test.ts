import { halfOpenClients } from '../../../bench/reliability/faults/half-open-clients.ts'
import { testSurvives } from './support/survive.ts'

testSurvives(halfOpenClients, { peak: 100, after: 80 })
