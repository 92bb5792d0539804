// Makes a video through the AI SDK's xAI provider and saves it as xai.mp4.
//
//   FILMGATE_API_KEY=fg_… node xai.ts "a lighthouse in a storm, slow push in"
import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { createXai } from '@ai-sdk/xai';
import { experimental_generateVideo as generateVideo } from 'ai';

const server = process.env.FILMGATE_URL ?? 'http://127.0.0.1:8080';
const xai = createXai({ baseURL: `${server}/xai/v1`, apiKey: process.env.FILMGATE_API_KEY });

// The AI SDK does not download from private addresses by itself. This does, from whatever address the server has.
const download = async ({ url }: { url: URL }) => {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url.pathname}: status ${response.status}`);
  return { data: new Uint8Array(await response.arrayBuffer()), mediaType: response.headers.get('content-type') ?? undefined };
};

try {
  const { video, warnings } = await generateVideo({
    model: xai.video('grok-imagine-video'),
    prompt: process.argv[2] ?? 'a lighthouse in a storm, slow push in',
    duration: 5,
    poll: { intervalMs: 1000 },
    download,
    maxRetries: 5,
    headers: { 'Idempotency-Key': randomUUID() }, // a repeated request makes no second video
  });
  for (const warning of warnings) console.log('warning:', warning);
  await writeFile('xai.mp4', video.uint8Array);
  console.log('saved xai.mp4');
} catch (error) {
  // A refused request is an AI_APICallError.
  console.error(`${(error as Error).name}: ${(error as Error).message}`);
  process.exitCode = 1;
}
