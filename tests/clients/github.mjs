// GitHub's REST paths for customising tokens, as Octokit and, behind a front that ends TLS, the GitHub CLI speak them.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import http from 'node:http';
import https from 'node:https';
import { readFileSync } from 'node:fs';
import { Octokit } from '@octokit/core';

const [endpoint, token, certificate, key] = process.argv.slice(2);
const octokit = new Octokit({ auth: token, baseUrl: `${endpoint}/api/v3`, log: { debug() {}, info() {}, warn() {}, error() {} } });
const repository = { owner: 'octo-org', repo: 'site', headers: { 'x-github-api-version': '2022-11-28' } };

const org = await octokit.request('PUT /orgs/{org}/actions/oidc/customization/sub', { org: 'octo-org', include_claim_keys: ['repo', 'event_name'] });
assert.equal(org.status, 201);
const put = await octokit.request('PUT /repos/{owner}/{repo}/actions/oidc/customization/sub', { ...repository, use_default: false, include_claim_keys: ['repo', 'context'] });
assert.equal(put.status, 201);
const got = await octokit.request('GET /repos/{owner}/{repo}/actions/oidc/customization/sub', repository);
assert.deepEqual(got.data, { use_default: false, include_claim_keys: ['repo', 'context'], use_immutable_subject: false, sub_claim_prefix: 'repo:octo-org/site' });
await assert.rejects(
    octokit.request('PUT /repos/{owner}/{repo}/actions/oidc/customization/sub', { ...repository, use_default: 'no' }),
    (error) => error.status === 422 && error.message.includes('"no" is not a boolean'));
await assert.rejects(
    new Octokit({ auth: 'other', baseUrl: `${endpoint}/api/v3` }).request('GET /orgs/{org}/actions/oidc/customization/sub', { org: 'octo-org' }),
    (error) => error.status === 401 && error.message.startsWith('Bad credentials'));
const issuer = await octokit.request('PUT /enterprises/{enterprise}/actions/oidc/customization/issuer', { enterprise: 'acme', include_enterprise_slug: true });
assert.equal(issuer.status, 204);

if (certificate) {
    const front = https.createServer({ cert: readFileSync(certificate), key: readFileSync(key) }, (request, answer) => {
        const { hostname, port } = new URL(endpoint);
        request.pipe(http.request({ hostname, port, method: request.method, path: request.url, headers: request.headers }, (inner) => {
            answer.writeHead(inner.statusCode, inner.headers);
            inner.pipe(answer);
        }));
    });
    await new Promise((ready) => front.listen(0, '127.0.0.1', ready));
    const GH_HOST = `127.0.0.1:${front.address().port}`;
    const gh = (...args) => new Promise((done) => {
        const child = spawn('gh', ['api', ...args], { env: { ...process.env, GH_HOST, GH_ENTERPRISE_TOKEN: token, SSL_CERT_FILE: certificate, GH_CONFIG_DIR: '/nonexistent', NO_COLOR: '1' } });
        let [output, errors] = ['', ''];
        child.stdout.on('data', (data) => { output += data; });
        child.stderr.on('data', (data) => { errors += data; });
        child.on('close', (code) => done({ code, output, errors }));
    });

    const changed = await gh('-X', 'PUT', 'repos/octo-org/site/actions/oidc/customization/sub', '-F', 'use_default=false', '-f', 'include_claim_keys[]=repo', '-f', 'include_claim_keys[]=actor_id');
    assert.equal(changed.code, 0, changed.errors);
    const prefix = await gh('repos/octo-org/site/actions/oidc/customization/sub', '--jq', '.sub_claim_prefix + " " + (.include_claim_keys | join(","))');
    assert.equal(prefix.output.trim(), 'repo:octo-org/site repo,actor_id', prefix.errors);
    const wrong = await gh('-X', 'PUT', 'repos/octo-org/site/actions/oidc/customization/sub', '-F', 'use_default=false', '-f', 'include_claim_keys[]=nonsense');
    assert.notEqual(wrong.code, 0);
    assert.match(wrong.errors, /claim key `nonsense` is no claim of a GitHub token \(HTTP 422\)/);
    front.close();
}
