// Answers every request to a paused tenant. Nothing of the request comes back, and nothing is told of
// the tenant but that it is paused.
import { createServer } from 'node:http';

const PORT = 8080;

const PAGE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Paused</title>
<h1>This service is paused</h1>
<p>Its data is kept. Please ask whoever runs it for you.</p>
</html>
`;

const server = createServer((_request, response) => {
  response.writeHead(503, {
    'content-type': 'text/html; charset=utf-8',
    'content-length': Buffer.byteLength(PAGE),
    'cache-control': 'no-store',
    'retry-after': '300',
    // A body that nobody reads must not be taken for the next request.
    connection: 'close',
  });
  response.end(PAGE);
});

server.listen(PORT);
process.once('SIGTERM', () => server.close());
