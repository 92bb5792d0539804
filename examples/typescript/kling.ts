// Makes a video with Kling's API: node kling.ts "PROMPT"
import { createHmac } from 'node:crypto';
import { writeFile } from 'node:fs/promises';

const base = `${process.env.FILMGATE_URL ?? 'http://127.0.0.1:8080'}/kling`;

// token signs a token as Kling's clients do, with the two keys that "filmgate key kling ID" prints.
function token(accessKey: string, secretKey: string): string {
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const now = Math.floor(Date.now() / 1000);
  const text = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode({ iss: accessKey, exp: now + 1800, nbf: now - 5 })}`;
  return `${text}.${createHmac('sha256', secretKey).update(text).digest('base64url')}`;
}

// A plain API key is enough; a token works too.
const { KLING_ACCESS_KEY: access, KLING_SECRET_KEY: secret, FILMGATE_API_KEY: key } = process.env;

class KlingError extends Error {}

async function call(path: string, body?: object): Promise<any> {
  const answer = await fetch(base + path, {
    method: body ? 'POST' : 'GET',
    headers: { Authorization: `Bearer ${access && secret ? token(access, secret) : key}`, 'Content-Type': 'application/json' },
    body: body && JSON.stringify(body),
  });
  const { code, message, data } = await answer.json();
  if (code !== 0) throw new KlingError(`${code} ${message}`);
  return data;
}

let task = await call('/v1/videos/text2video', { model_name: 'kling-v2-6', prompt: process.argv[2] ?? 'a lighthouse in a storm', duration: '5' });
while (task.task_status === 'submitted' || task.task_status === 'processing') {
  await new Promise((done) => setTimeout(done, 1000));
  task = await call(`/v1/videos/text2video/${task.task_id}`);
}
if (task.task_status === 'failed') {
  console.error(`KlingError: ${task.task_status_msg}`);
  process.exit(1);
}
const video = await fetch(task.task_result.videos[0].url);
await writeFile('kling.mp4', Buffer.from(await video.arrayBuffer()));
console.log('saved kling.mp4');
