// Makes a video with Google's SDK, as Vertex AI has it, and saves it as google.mp4.
//
//   FILMGATE_API_KEY=fg_… node google.ts "a lighthouse in a storm, slow push in"
import { writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { GoogleGenAI } from '@google/genai';

const server = process.env.FILMGATE_URL ?? 'http://127.0.0.1:8080';
const ai = new GoogleGenAI({
  vertexai: true,
  apiKey: process.env.FILMGATE_API_KEY,
  httpOptions: { baseUrl: `${server}/google`, retryOptions: { attempts: 5 } },
});

try {
  let operation = await ai.models.generateVideos({
    model: 'veo-3.1-generate-001',
    source: { prompt: process.argv[2] ?? 'a lighthouse in a storm, slow push in' },
    config: { durationSeconds: 5 },
  });
  while (!operation.done) {
    await sleep(1000);
    operation = await ai.operations.getVideosOperation({ operation });
  }
  // A failed operation is no exception: it has an error, or the reasons for which its video was filtered.
  if (operation.error) throw new Error(String(operation.error.message));
  const { generatedVideos, raiMediaFilteredReasons } = operation.response ?? {};
  const video = generatedVideos?.[0]?.video;
  if (!video) throw new Error(`the video was filtered: ${raiMediaFilteredReasons?.join(' ')}`);
  if (video.videoBytes) await writeFile('google.mp4', Buffer.from(video.videoBytes, 'base64'));
  else await writeFile('google.mp4', new Uint8Array(await (await fetch(video.uri!)).arrayBuffer())); // more than 32 MiB
  console.log('saved google.mp4');
} catch (error) {
  // A refused request is an ApiError, whose message holds the JSON of the answer.
  const { name, message } = error as Error;
  console.error(`${name}: ${message}`);
  process.exitCode = 1;
}
