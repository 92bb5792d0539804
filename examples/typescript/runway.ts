// Makes a video with Runway's own SDK: node runway.ts "PROMPT"
import { writeFile } from 'node:fs/promises';
import RunwayML, { TaskFailedError } from '@runwayml/sdk';

const client = new RunwayML({
  baseURL: `${process.env.FILMGATE_URL ?? 'http://127.0.0.1:8080'}/runway`,
  apiKey: process.env.FILMGATE_API_KEY,
});

// Await the create before the wait: an error of the create is caught here then.
const created = await client.textToVideo.create({
  model: 'gen4.5',
  promptText: process.argv[2] ?? 'a lighthouse in a storm',
  duration: 5,
  ratio: '1280:720',
});

try {
  const task = await client.tasks.retrieve(created.id).waitForTaskOutput();
  const video = await fetch(task.output[0]);
  await writeFile('runway.mp4', Buffer.from(await video.arrayBuffer()));
  console.log('saved runway.mp4');
} catch (error) {
  if (!(error instanceof TaskFailedError)) throw error;
  console.error(`TaskFailedError: ${error.taskDetails.status} ${'failureCode' in error.taskDetails ? error.taskDetails.failureCode : ''}`);
  process.exit(1);
}
