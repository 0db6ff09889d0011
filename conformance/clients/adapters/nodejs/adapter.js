'use strict';
/*
 * Drives cos-nodejs-sdk-v5 by the adapter protocol: one JSON object a line on stdin and on stdout.
 *
 * The SDK has no call for picture jobs; its documentation sends such requests with cos.request and
 * COS.util.json2xml, and so does this. What the library gives is passed on as it is.
 */

const fs = require('fs');
const readline = require('readline');

// Whatever the library prints goes to stderr: stdout carries the protocol only.
for (const name of ['log', 'info', 'debug']) console[name] = console.error;

const COS = require('cos-nodejs-sdk-v5');

// The SDK tries up to four times, without pauses; its Timeout is one of a try.
const TRIES = 4;

const SETTINGS = {
  Proxy: "the call's endpoint.proxy, so that the URL and the Host stay the documented ones (http, no TLS)",
  ContentType: 'application/xml on create, as the documentation shows (without it the SDK sends none)',
  Timeout: 'timeout_s / 4 a try: the SDK tries four times',
  retries: "the SDK's default, and its default AutoSwitchHost",
};

const clients = new Map();

/** A client object of the SDK for the call's credentials and endpoint, made once. */
function clientFor(call) {
  const { credentials, endpoint } = call;
  const key = JSON.stringify([credentials, endpoint, call.timeout_s]);
  if (!clients.has(key)) {
    const options = { SecretId: credentials.secret_id, SecretKey: credentials.secret_key };
    if (credentials.token) options.SecurityToken = credentials.token;
    if (endpoint.proxy) options.Proxy = endpoint.proxy;
    else options.Ip = `${endpoint.host}:${endpoint.port}`;
    if (call.timeout_s) options.Timeout = Math.round((call.timeout_s * 1000) / TRIES);
    clients.set(key, new COS(options));
  }
  return clients.get(key);
}

function send(call, method, key, more) {
  const url = `http://${call.bucket}.ci.${call.region}.myqcloud.com/${key}`;
  return clientFor(call).request({ Method: method, Key: key, Url: url, ...more });
}

function listOf(value) {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}

/** The jobs of the object that the SDK made of the response's XML; it keeps a single job single. */
function jobsOf(answer) {
  const response = (answer && answer.Response) || {};
  const result = { jobs: listOf(response.JobsDetail) };
  if (response.NonExistJobIds !== undefined) result.non_exist_job_ids = listOf(response.NonExistJobIds);
  if (response.NextToken !== undefined) result.next_token = response.NextToken;
  return result;
}

const OPERATIONS = {
  async create_pic_job(call) {
    const body = COS.util.json2xml({ Request: call.job });
    return jobsOf(await send(call, 'POST', 'pic_jobs', { ContentType: 'application/xml', Body: body }));
  },
  async describe_pic_job(call) {
    return jobsOf(await send(call, 'GET', `pic_jobs/${call.job_ids.join(',')}`, {}));
  },
  async list_pic_jobs(call) {
    return jobsOf(await send(call, 'GET', 'pic_jobs', { Query: call.query }));
  },
  async cancel_pic_job(call) {
    for (const id of call.job_ids) await send(call, 'PUT', `jobs/${id}`, { Action: 'cancel' });
    return {};
  },
};

function hello() {
  return {
    name: 'cos-nodejs-sdk-v5',
    version: COS.version,
    language: 'javascript',
    ops: Object.keys(OPERATIONS),
    settings: SETTINGS,
  };
}

function withoutSecrets(text, call) {
  for (const name of ['secret_key', 'token']) {
    const secret = call.credentials && call.credentials[name];
    if (secret) text = text.split(secret).join('***');
  }
  return text.replace(/(q-signature=)[0-9a-f]{40}/g, '$1***');
}

/** The SDK's error object: a status of 3xx or more is the service's, everything else the client's. */
function errorOf(error, call) {
  const text = String((error && error.message) || error);
  if (error && error.statusCode >= 300) {
    return {
      kind: 'service',
      status: error.statusCode,
      code: error.code === undefined ? null : error.code,
      message: withoutSecrets(text, call),
      request_id: error.RequestId || (error.error && error.error.RequestId) || null,
    };
  }
  const name = (error && (error.code || error.name)) || 'Error';
  return { kind: 'client', message: withoutSecrets(`${name}: ${text}`, call) };
}

// An exception that the library throws from an event handler reaches nobody: the call under way never
// settles, and the process would end. It is reported as that call's answer instead.
let escaped = null;
process.on('uncaughtException', (error) => {
  if (escaped) escaped(error);
  else console.error(error);
});

async function answerTo(call) {
  if (call.op === 'hello') return { result: hello() };
  const operation = OPERATIONS[call.op];
  if (!operation) return { unsupported: `the adapter has no operation ${call.op}` };
  const escape = new Promise((_resolve, reject) => {
    escaped = (error) => reject(new Error(`not caught by the library, it would end the process: ${error}`));
  });
  try {
    return { result: await Promise.race([operation(call), escape]) };
  } catch (error) {
    return { error: errorOf(error, call) };
  } finally {
    escaped = null;
  }
}

async function main() {
  for await (const line of readline.createInterface({ input: process.stdin, crlfDelay: Infinity })) {
    if (!line.trim()) continue;
    const call = JSON.parse(line);
    if (call.op === 'shutdown') break;
    const answer = { id: call.id, ...(await answerTo(call)) };
    let bytes = Buffer.from(`${JSON.stringify(answer)}\n`);
    // A pipe may take a long answer in pieces, and may not be ready for the next piece at once.
    while (bytes.length) {
      try {
        bytes = bytes.subarray(fs.writeSync(1, bytes));
      } catch (error) {
        if (error.code !== 'EAGAIN') throw error;
      }
    }
  }
  process.exit(0);
}

main();
