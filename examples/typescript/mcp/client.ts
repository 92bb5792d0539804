// Makes a video through the tools of the Model Context Protocol with its own SDK, and saves it as mcp.mp4.
//
//   FILMGATE_API_KEY=fg_… node client.ts "a lighthouse in a storm, slow push in" 5
//
// With FILMGATE_PROGRAM=filmgate it starts `filmgate mcp` and talks to it over its standard input and output, else it calls /mcp.
import { writeFile } from 'node:fs/promises';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';

const url = process.env.FILMGATE_URL ?? 'http://127.0.0.1:8080';
const key = process.env.FILMGATE_API_KEY ?? '';
const program = process.env.FILMGATE_PROGRAM;
const transport = program
  ? new StdioClientTransport({ command: program, args: ['mcp'], env: { ...(process.env as Record<string, string>) } })
  : new StreamableHTTPClientTransport(new URL(`${url}/mcp`), { requestInit: { headers: { Authorization: `Bearer ${key}` } } });

// "auto" takes the newest revision that both know; without it the SDK speaks that of 2025.
const client = new Client({ name: 'filmgate-example', version: '1.0.0' }, { versionNegotiation: { mode: 'auto' } });
await client.connect(transport);
try {
  const { tools } = await client.listTools();
  console.log(`tools: ${tools.map((t) => t.name).join(', ')}`);

  const result = await client.callTool(
    { name: 'make_video', arguments: { prompt: process.argv[2] ?? 'a lighthouse in a storm, slow push in', seconds: Number(process.argv[3] ?? 5) } },
    { onprogress: ({ progress, message }) => console.log(`progress: ${message}, ${Math.round(progress * 100)} %`), resetTimeoutOnProgress: true },
  );
  if (result.isError) throw new Error(result.content.map((c) => (c.type === 'text' ? c.text : '')).join(' '));

  const video = result.content.find((c) => c.type === 'resource_link' && c.mimeType === 'video/mp4');
  if (video?.type !== 'resource_link') throw new Error('the video is not finished; call get_video with its id');
  console.log(`status: ${(result.structuredContent as { status: string }).status}`);
  const file = await fetch(video.uri);
  await writeFile('mcp.mp4', Buffer.from(await file.arrayBuffer()));
  console.log(`saved mcp.mp4 from ${video.name}`);
} catch (error) {
  console.error(`${(error as Error).constructor.name}: ${(error as Error).message}`);
  process.exitCode = 1;
} finally {
  await client.close();
}
