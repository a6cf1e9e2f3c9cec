// Reads one JSON object per line from standard input, asks WeCom's own package, writes one JSON object per line.
'use strict';

const path = require('node:path');
const readline = require('node:readline');

const wecom = require(path.join(process.argv[2], 'node_modules', '@wecom', 'crypto'));

const answers = {
  encrypt: ({ key, message, id, token, timestamp, nonce }) => {
    const encrypted = wecom.encrypt(key, message, id);
    return { encrypted, signature: wecom.getSignature(token, timestamp, nonce, encrypted) };
  },
  decrypt: ({ key, encrypted, token, timestamp, nonce }) => {
    const { message, id } = wecom.decrypt(key, encrypted);
    return { message, id, signature: wecom.getSignature(token, timestamp, nonce, encrypted) };
  },
};

readline.createInterface({ input: process.stdin }).on('line', (line) => {
  const question = JSON.parse(line);
  process.stdout.write(`${JSON.stringify(answers[question.do](question))}\n`);
});
