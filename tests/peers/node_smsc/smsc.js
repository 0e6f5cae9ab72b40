// An operator's centre for the tests; the protocol is the npm package `smpp`, what becomes of a message is ours.
//   node smsc.js SMPP_PORT CONTROL_PORT      (127.0.0.1; user and password from SMSC_USER, SMSC_PASS; ends with its standard input)
// Control, HTTP: POST /fates {"33612345600": ["throttled", "delivered"]}: what each submit to that number meets, the last one for good
//                POST /receipt {"to": …, "fate": …}: the receipt of the last submit to that number, now
//                POST /mo {"from", "to", "parts": [{"text", "udh"?}], "data_coding"?}      GET /log
const http = require('http');
const smpp = require('smpp');

const [port, control] = process.argv.slice(2).map(Number);
const STATES = {
  delivered: ['DELIVRD', '000', 2], undeliverable: ['UNDELIV', '001', 5], expired: ['EXPIRED', '002', 3], rejected: ['REJECTD', '003', 8],
};
const REFUSALS = {refused: 0x0B, throttled: 0x58, full: 0x14};
const RECEIPT_AFTER = 100; // milliseconds
const receivers = new Set(), fates = {}, last = {}, log = [];
let count = 0;

function receipt(pdu, id, fate) {
  const [stat, err, state] = STATES[fate], now = new Date().toISOString().replace(/[-:T]/g, '').slice(2, 12);
  const done = stat === 'DELIVRD' ? '001' : '000';
  const peer = [...receivers].pop(); // whoever is bound by then; an operator keeps what it can't tell yet
  if (!peer) return void setTimeout(receipt, RECEIPT_AFTER, pdu, id, fate);
  peer.deliver_sm({
    source_addr: pdu.destination_addr, source_addr_ton: 1, source_addr_npi: 1, destination_addr: pdu.source_addr, esm_class: 4,
    short_message: `id:${id} sub:001 dlvrd:${done} submit date:${now} done date:${now} stat:${stat} err:${err} text:`,
    receipted_message_id: id, message_state: state,
  });
}

function submit(peer, pdu) {
  const id = (++count).toString(16).padStart(8, '0'), to = pdu.destination_addr, queue = fates[to] || ['delivered'];
  const part = pdu.short_message, fate = queue.length > 1 ? queue.shift() : queue[0];
  log.push({
    id, to, from: pdu.source_addr, fate, coding: pdu.data_coding, esm: pdu.esm_class, receipt: pdu.registered_delivery & 1,
    validity: pdu.validity_period || null, udh: part.udh ? Buffer.concat(part.udh.map(b => Buffer.from(b))).toString('hex') : '', text: part.message,
  });
  if (fate === 'cut') { // it has the message, the answer never comes
    receivers.delete(peer);
    return peer.destroy();
  }
  if (REFUSALS[fate]) return peer.send(pdu.response({command_status: REFUSALS[fate]}));
  last[to] = [pdu, id];
  peer.send(pdu.response({message_id: id}));
  if ((pdu.registered_delivery & 1) && STATES[fate]) setTimeout(receipt, RECEIPT_AFTER, pdu, id, fate);
}

smpp.createServer(peer => {
  const bind = pdu => {
    const known = pdu.system_id === process.env.SMSC_USER && pdu.password === process.env.SMSC_PASS;
    peer.send(pdu.response({command_status: known ? 0 : smpp.ESME_RBINDFAIL, system_id: 'TEST'}));
    if (known) receivers.add(peer);
  };
  peer.on('bind_transceiver', bind);
  peer.on('submit_sm', pdu => submit(peer, pdu));
  peer.on('enquire_link', pdu => peer.send(pdu.response()));
  peer.on('unbind', pdu => { peer.send(pdu.response()); peer.close(); });
  peer.on('close', () => receivers.delete(peer));
  peer.on('error', () => {});
}).listen(port, '127.0.0.1');

function mo(message) {
  for (const part of message.parts) {
    const pdu = {source_addr: message.from, source_addr_ton: 1, source_addr_npi: 1, destination_addr: message.to, short_message: part.text};
    pdu.data_coding = message.data_coding || 0; // left out, the package says 1 for what it wrote in GSM-7
    if (part.udh) Object.assign(pdu, {esm_class: 0x40, short_message: {udh: Buffer.from(part.udh, 'hex'), message: part.text}});
    [...receivers].pop().deliver_sm(pdu);
  }
}

const CALLS = {
  'POST /fates': body => { Object.assign(fates, body); },
  'POST /receipt': body => { receipt(...last[body.to], body.fate); },
  'POST /mo': mo,
  'GET /log': () => log,
  'GET /': () => ({bound: receivers.size}),
};

http.createServer((request, response) => {
  let body = '';
  request.on('data', some => { body += some; });
  request.on('end', () => {
    let answer;
    try {
      answer = CALLS[`${request.method} ${request.url}`](body ? JSON.parse(body) : null);
    } catch (error) {
      response.statusCode = 400;
      answer = {error: String(error)};
    }
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(answer === undefined ? null : answer));
  });
}).listen(control, '127.0.0.1');

process.stdin.on('end', () => process.exit(0)).resume(); // a killed test leaves nothing running
