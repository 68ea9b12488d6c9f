// The peer's side: the same cases, its policies loaded once, its core decision timed. usage: node iam-simulate.mjs NODE_MODULES CASES
import { readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { performance } from 'node:perf_hooks'

const [modules, cases] = process.argv.slice(2)
const from = (path) => import(pathToFileURL(`${modules}/@cloud-copilot/${path}`).href)
const { loadPolicy } = await from('iam-policy/dist/esm/index.js')
const { authorize } = await from('iam-simulate/dist/esm/core_engine/CoreSimulatorEngine.js')
const { AwsRequestImpl } = await from('iam-simulate/dist/esm/request/request.js')
const { RequestContextImpl } = await from('iam-simulate/dist/esm/requestContext.js')
const { DiscoveryContextKeyConstraints } = await from('iam-simulate/dist/esm/context_keys/discoveryContextKeyConstraints.js')

const names = { Allowed: 'Allow', ExplicitlyDenied: 'ExplicitDeny', ImplicitlyDenied: 'ImplicitDeny' }
const load = (policies) => (policies ?? []).map((policy, i) => loadPolicy(policy, { name: `p${i}` }))
const levels = (list) => (list ?? []).map((policies, i) => ({ orgIdentifier: `level${i}`, policies: load(policies) }))

for (const line of readFileSync(cases, 'utf8').split('\n').filter(Boolean)) {
  const { id, request, policies } = JSON.parse(line)
  const input = {
    request: new AwsRequestImpl(request.principal, { resource: request.resource, accountId: request.resourceAccount }, request.action, new RequestContextImpl(request.context)),
    sessionPolicy: policies.session ? loadPolicy(policies.session, { name: 'session' }) : undefined,
    identityPolicies: load(policies.identity),
    serviceControlPolicies: levels(policies.scps),
    resourceControlPolicies: levels(policies.rcps),
    resourcePolicy: policies.resource ? loadPolicy(policies.resource, { name: 'resource' }) : undefined,
    permissionBoundaries: policies.boundaries ? load(policies.boundaries) : undefined,
    vpcEndpointPolicies: undefined,
    simulationParameters: { simulationMode: 'Strict', discoveryContextKeyConstraints: new DiscoveryContextKeyConstraints([]) },
    serviceSettings: {},
  }
  const repeat = (milliseconds) => {
    const start = performance.now()
    let count = 0
    while (performance.now() - start < milliseconds) {
      for (let i = 0; i < 256; i++) authorize(input)
      count += 256
    }
    return (count * 1000) / (performance.now() - start)
  }
  repeat(300)
  const perSecond = repeat(1000)
  const { result } = authorize(input)
  console.log(JSON.stringify({ id, decision: names[result] ?? result, perSecond }))
}
