// An identity provider as a city has one: `oidc-provider`, with its own sign-in page. Who signs in as "a@b" has that e-mail address,
// verified unless it begins with "unverified".
import Provider from 'oidc-provider';

const [port, redirect, client, secret] = process.argv.slice(2);
const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [{client_id: client, client_secret: secret, redirect_uris: [redirect], response_types: ['code'], grant_types: ['authorization_code']}],
  claims: {openid: ['sub'], email: ['email', 'email_verified']},
  pkce: {required: () => true},
  cookies: {keys: ['for the tests alone']},
  findAccount: async (_, id) => ({
    accountId: id,
    claims: async () => ({sub: id, email: id, email_verified: !id.startsWith('unverified')}),
  }),
});
provider.listen(Number(port), '127.0.0.1', () => console.log('listening'));
process.stdin.on('end', () => process.exit(0)).resume(); // a killed test leaves nothing running
