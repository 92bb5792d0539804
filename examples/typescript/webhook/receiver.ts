// Receives the events of a Filmgate webhook, and prints each one once.
//
//   WEBHOOK_SECRET=whsec_… PORT=8090 node receiver.ts
import { createServer } from 'node:http';
import { Webhook } from 'standardwebhooks';

const webhook = new Webhook(process.env.WEBHOOK_SECRET!);
const seen = new Set<string>(); // keep the ids where a restart does not lose them

const server = createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = Buffer.concat(chunks).toString(); // as it came: a body that was parsed and written again has another signature
  let event;
  try {
    event = webhook.verify(body, request.headers as Record<string, string>) as { type: string; data: { id?: string; status?: string } };
  } catch (error) {
    response.writeHead(401).end(`${(error as Error).message}\n`);
    return;
  }
  const id = request.headers['webhook-id'] as string;
  if (!seen.has(id)) { // an event may come more than once, with the same id
    seen.add(id);
    console.log(`${event.type} ${event.data.id ?? ''}`.trim());
  }
  response.writeHead(204).end(); // soon: after 20 seconds the event counts as not delivered
});
server.listen(Number(process.env.PORT ?? 8090), '127.0.0.1', () => {
  const at = server.address() as { port: number };
  console.log(`listening on http://127.0.0.1:${at.port}`);
});
