// Checks packets with WeCom's own Node package: reads JSON on standard input, writes JSON on standard output.
const { decrypt, encrypt, getSignature } = require("@wecom/crypto");
const input = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
const { token, key, receiver } = input;
const read = input.packets.map(({ encrypted, timestamp, nonce }) => {
  const { message, id } = decrypt(key, encrypted);
  return { message, id, signature: getSignature(token, timestamp, nonce, encrypted) };
});
const written = input.messages.map((message) => encrypt(key, message, receiver));
process.stdout.write(JSON.stringify({ read, written }));
