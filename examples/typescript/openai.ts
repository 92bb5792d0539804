// Makes a video with OpenAI's own SDK and saves it as openai.mp4.
//
//   FILMGATE_API_KEY=fg_… node openai.ts "a lighthouse in a storm, slow push in"
import { writeFile } from 'node:fs/promises';
import OpenAI, { OpenAIError } from 'openai';

const client = new OpenAI({
  baseURL: `${process.env.FILMGATE_URL ?? 'http://127.0.0.1:8080'}/openai/v1`,
  apiKey: process.env.FILMGATE_API_KEY,
});

try {
  let { data: video, response } = await client.videos
    .create({
      model: 'sora-2',
      prompt: process.argv[2] ?? 'a lighthouse in a storm, slow push in',
      seconds: '4',
      size: '1280x720',
      // A first frame: input_reference: createReadStream('first.png'), or { image_url: 'https://…' }.
    })
    .withResponse();

  while (video.status === 'queued' || video.status === 'in_progress') {
    console.log(`${video.status}, ${video.progress} %`);
    const wait = Number(response.headers.get('openai-poll-after-ms') ?? 2000);
    await new Promise((resolve) => setTimeout(resolve, wait));
    ({ data: video, response } = await client.videos.retrieve(video.id).withResponse());
  }
  // A failed video is an answer like any other: the SDK throws nothing.
  if (video.status === 'failed') throw new OpenAIError(`${video.error?.code}: ${video.error?.message}`);

  const content = await client.videos.downloadContent(video.id);
  await writeFile('openai.mp4', Buffer.from(await content.arrayBuffer()));
  console.log('saved openai.mp4');
} catch (error) {
  if (error instanceof OpenAI.APIError) {
    // A refused request: BadRequestError (400), AuthenticationError (401), RateLimitError (429) and so on.
    console.error(`${error.constructor.name}: ${error.message} (param ${error.param}, code ${error.code})`);
  } else {
    console.error(`${(error as Error).constructor.name}: ${(error as Error).message}`);
  }
  process.exitCode = 1;
}
