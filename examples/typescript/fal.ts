// Makes a video with fal's own client: node fal.ts "PROMPT"
import { writeFile } from 'node:fs/promises';
import { ApiError, createFalClient } from '@fal-ai/client';

const server = process.env.FILMGATE_URL ?? 'http://127.0.0.1:8080';

// The client has no base URL: its middleware sends each request to Filmgate.
const fal = createFalClient({
  credentials: process.env.FILMGATE_API_KEY,
  requestMiddleware: async (request) => ({ ...request, url: request.url.replace(/^https:\/\/(queue\.fal\.run|rest\.fal\.ai)/, `${server}/fal`) }),
});

try {
  const { data } = await fal.subscribe('fal-ai/veo3.1', {
    input: { prompt: process.argv[2] ?? 'a lighthouse in a storm', duration: '8s', aspect_ratio: '16:9' },
    pollInterval: 1000,
  });
  const video = await fetch(data.video.url);
  await writeFile('fal.mp4', Buffer.from(await video.arrayBuffer()));
  console.log('saved fal.mp4');
} catch (error) {
  if (!(error instanceof ApiError)) throw error;
  console.error(`${error.name}: ${error.status} ${JSON.stringify(error.body)}`);
  process.exit(1);
}
