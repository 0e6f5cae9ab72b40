// Signs or verifies one event on standard input with the npm package standardwebhooks; one line of JSON on standard output.
const { Webhook } = require("standardwebhooks");

let input = "";
process.stdin.on("data", (piece) => (input += piece));
process.stdin.on("end", () => {
  const { does, secret, body, headers, id, at } = JSON.parse(input);
  const webhook = new Webhook(secret);
  if (does === "sign") {
    const when = new Date(at * 1000);
    console.log(JSON.stringify({ "webhook-id": id, "webhook-timestamp": String(at), "webhook-signature": webhook.sign(id, when, body) }));
    return;
  }
  try {
    console.log(JSON.stringify({ payload: webhook.verify(body, headers) }));
  } catch (error) {
    console.log(JSON.stringify({ error: error.message }));
  }
});
