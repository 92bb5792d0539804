// Makes a video through the AI SDK's gateway provider and saves it as gateway.mp4.
//
//   FILMGATE_API_KEY=fg_… node gateway.ts "a lighthouse in a storm, slow push in"
import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { createGateway, experimental_generateVideo as generateVideo } from 'ai';

const server = process.env.FILMGATE_URL ?? 'http://127.0.0.1:8080';
const gateway = createGateway({ baseURL: `${server}/v4/ai`, apiKey: process.env.FILMGATE_API_KEY });

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
    model: gateway.video('google/veo-3.1-generate-001'),
    prompt: process.argv[2] ?? 'a lighthouse in a storm, slow push in',
    duration: 5,
    download,
    maxRetries: 5,
    headers: { 'Idempotency-Key': randomUUID() }, // a repeated request makes no second video
  });
  for (const warning of warnings) console.log('warning:', warning);
  await writeFile('gateway.mp4', video.uint8Array);
  console.log('saved gateway.mp4');
} catch (error) {
  // A failed task is a GatewayFailedDependencyError. A refused request has a class of its own, such as GatewayInvalidRequestError.
  console.error(`${(error as Error).name}: ${(error as Error).message}`);
  process.exitCode = 1;
}
