// Makes a video through Luma's SDK and saves it as luma.mp4.
//
//   FILMGATE_API_KEY=fg_… node luma.ts "a lighthouse in a storm, slow push in"
import { writeFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import LumaAI from 'lumaai';

const server = process.env.FILMGATE_URL ?? 'http://127.0.0.1:8080';
const luma = new LumaAI({ baseURL: `${server}/dream-machine/v1`, authToken: process.env.FILMGATE_API_KEY, maxRetries: 5 });

try {
  let generation = await luma.generations.create({
    model: 'ray-2',
    prompt: process.argv[2] ?? 'a lighthouse in a storm, slow push in',
    aspect_ratio: '16:9',
    duration: '5s',
  });
  while (generation.state !== 'completed') {
    if (generation.state === 'failed') throw new Error(`the generation failed: ${generation.failure_reason}`);
    await wait(1000);
    generation = await luma.generations.get(generation.id!);
  }
  const response = await fetch(generation.assets!.video!);
  if (!response.ok) throw new Error(`the video: status ${response.status}`);
  await writeFile('luma.mp4', Buffer.from(await response.arrayBuffer()));
  console.log('saved luma.mp4');
} catch (error) {
  // A refused request has a class of its own, such as LumaAI.BadRequestError. A failed generation is no error of the SDK.
  console.error(`${(error as Error).constructor.name}: ${(error as Error).message}`);
  process.exitCode = 1;
}
