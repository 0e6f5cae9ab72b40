// The Bot API and its citizens: npm telegram-test-api, unchanged.   node telegram.js PORT
'use strict';
const TelegramServer = require('telegram-test-api');

const server = new TelegramServer({host: '127.0.0.1', port: Number(process.argv[2]), storeTimeout: 24 * 3600});
// a webhook call that failed is left unhandled there, which would end the process
process.on('unhandledRejection', (error) => console.error(`unhandled: ${error && error.message}`));
process.on('SIGTERM', () => process.exit(0));
process.stdin.on('close', () => process.exit(0)).resume(); // whoever started us is gone
server.start();
