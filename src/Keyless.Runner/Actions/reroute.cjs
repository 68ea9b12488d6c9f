// Loaded into node actions by Keyless: older AWS SDKs know no endpoint variable, so requests for AWS's hosts are sent to the sandbox.
// The Host header stays, and with it the signature. Nothing else is touched.
'use strict';
const http = require('http');
const https = require('https');

const target = new URL(process.env.KEYLESS_SANDBOX_URL);
const isAws = (host) => /(^|\.)(amazonaws\.com(\.cn)?|api\.aws)$/i.test(host || '');

for (const name of ['request', 'get']) {
  const original = https[name];
  https[name] = function (...args) {
    const fromUrl = typeof args[0] === 'string' || args[0] instanceof URL ? new URL(args.shift()) : undefined;
    const given = typeof args[0] === 'object' && args[0] !== null ? args.shift() : {};
    const callback = args[0];
    const options = fromUrl
      ? { protocol: fromUrl.protocol, hostname: fromUrl.hostname, port: fromUrl.port, path: fromUrl.pathname + fromUrl.search, ...given }
      : { ...given };
    const host = String(options.hostname || options.host || '').replace(/:\d+$/, '');
    if (!isAws(host)) {
      return fromUrl ? original.call(https, fromUrl, given, callback) : original.call(https, given, callback);
    }

    const headers = { ...(options.headers || {}) };
    if (!Object.keys(headers).some((header) => header.toLowerCase() === 'host')) {
      headers.Host = host;
    }

    delete options.agent;
    delete options.servername;
    Object.assign(options, { protocol: target.protocol, host: target.hostname, hostname: target.hostname, port: target.port, headers });
    return http[name](options, callback);
  };
}
