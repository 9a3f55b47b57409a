// Holds the API's description against OpenAPI's own schema, and its examples against the schemas beside them: what a
// generator of clients reads must be whole. `src/api/client.test.ts` makes a client of it.
import { readFileSync } from 'node:fs';
import { Validator } from '@seriousme/openapi-schema-validator';

const text = readFileSync(new URL('../openapi.json', import.meta.url), 'utf8');
const problems = [];
const { valid, errors } = await new Validator().validate(JSON.parse(text));
if (!valid) problems.push(`openapi.json is no OpenAPI: ${JSON.stringify(errors)}`);

const api = JSON.parse(text);
const ids = new Set();
for (const [path, methods] of Object.entries(api.paths)) {
  for (const [method, operation] of Object.entries(methods)) {
    const where = `${method.toUpperCase()} ${path}`;
    if (ids.has(operation.operationId)) problems.push(`${where}: ${operation.operationId} is another's name`);
    ids.add(operation.operationId);
    for (const [, name] of path.matchAll(/\{(\w+)\}/g)) {
      if (!operation.parameters?.some((one) => one.in === 'path' && one.name === name)) problems.push(`${where}: ${name} is not described`);
    }
    for (const key of operation.security ?? []) {
      for (const name of Object.keys(key)) if (!api.components.securitySchemes[name]) problems.push(`${where}: there is no key ${name}`);
    }
  }
}
// Nothing leads nowhere.
for (const [, path] of text.matchAll(/"\$ref": "#\/([^"]+)"/g)) {
  if (path.split('/').reduce((at, key) => at?.[key], api) === undefined) problems.push(`#/${path} leads nowhere`);
}

if (problems.length > 0) {
  console.error(problems.join('\n'));
  process.exit(1);
}
