// Makes a video with Replicate's SDK and saves it as replicate.mp4.
//
//   FILMGATE_API_KEY=fg_… node replicate.ts "a lighthouse in a storm, slow push in"
import { writeFile } from 'node:fs/promises';
import Replicate from 'replicate';

const server = process.env.FILMGATE_URL ?? 'http://127.0.0.1:8080';
const replicate = new Replicate({
  baseUrl: `${server}/replicate/v1`,
  auth: process.env.FILMGATE_API_KEY,
  useFileOutput: false, // run() then returns the URL of the video, whether it begins with http or https
});

try {
  const output = await replicate.run(
    'google/veo-3.1',
    { input: { prompt: process.argv[2] ?? 'a lighthouse in a storm, slow push in', duration: 5 } },
    ({ status, logs }) => console.log(status, logs?.trim()),
  );
  const video = await fetch(String(output));
  await writeFile('replicate.mp4', new Uint8Array(await video.arrayBuffer()));
  console.log('saved replicate.mp4');
} catch (error) {
  // A failed prediction is an Error: "Prediction failed: …". A refused request is an ApiError with the response.
  const { name, message } = error as Error;
  console.error(`${name}: ${message}`);
  process.exitCode = 1;
}
