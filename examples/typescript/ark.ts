// Makes a video through the AI SDK's ByteDance provider, which speaks Ark's API, and saves it as ark.mp4.
//
//   FILMGATE_API_KEY=fg_… node ark.ts "a lighthouse in a storm, slow push in"
import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { createByteDance } from '@ai-sdk/bytedance';
import { experimental_generateVideo as generateVideo } from 'ai';

const server = process.env.FILMGATE_URL ?? 'http://127.0.0.1:8080';
const ark = createByteDance({ baseURL: `${server}/ark/api/v3`, apiKey: process.env.FILMGATE_API_KEY });

// The AI SDK does not download from private addresses by itself. This does, from whatever address the server has.
const download = async ({ url }: { url: URL }) => {
  for (let tries = 1; ; tries++) {
    const response = await fetch(url);
    if (response.ok) return { data: new Uint8Array(await response.arrayBuffer()), mediaType: response.headers.get('content-type') ?? undefined };
    if (tries === 5 || ![429, 503].includes(response.status)) throw new Error(`${url.pathname}: status ${response.status}`);
    await wait(1000 * Number(response.headers.get('retry-after') ?? 1));
  }
};

try {
  const { video, warnings } = await generateVideo({
    model: ark.video('seedance-1-5-pro-251215'),
    prompt: process.argv[2] ?? 'a lighthouse in a storm, slow push in',
    duration: 5,
    download,
    maxRetries: 5,
    headers: { 'Idempotency-Key': randomUUID() }, // a repeated request makes no second video
  });
  for (const warning of warnings) console.log('warning:', warning);
  await writeFile('ark.mp4', video.uint8Array);
  console.log('saved ark.mp4');
} catch (error) {
  // A failed task is a BYTEDANCE_VIDEO_GENERATION_FAILED; a refused request is an AI_APICallError.
  console.error(`${(error as Error).name}: ${(error as Error).message}`);
  process.exitCode = 1;
}
